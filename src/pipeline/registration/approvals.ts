import { Faults } from "#domain";
import type { Study } from "#protocol";

/** @throws Faults  `approval-missing`, refusals: an approval the step needs has no date yet. */
export function refuseWithoutApproval(study: Study, step: "register" | "estimate"): void {
  const missing = study.about.approvals.filter((approval) => approval.needed === step && approval.date === undefined);
  if (missing.length === 0) return;
  const what = { register: "Registration", estimate: "Opening the outcomes" }[step];
  throw new Faults(
    "study.yaml",
    missing.map((approval) => ({
      code: "approval-missing",
      severity: "refusal",
      message: `${what} needs ${approval.what} by ${approval.by}; no date of it is recorded.`,
      suggestion: "Add its `date` and `reference` under study.approvals once it is given.",
    })),
  );
}
