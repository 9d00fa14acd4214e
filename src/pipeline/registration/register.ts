import { type Fault, Faults } from "#domain";
import type { Study } from "#protocol";
import { type DesignRecord, designRecords } from "../designRecord.ts";
import type { DesignedStudy } from "../designStudy.ts";
import type { Inputs } from "../openInputs.ts";
import { printChoices } from "../printChoices.ts";
import { program } from "../program.ts";
import { readOpenings } from "./openings.ts";
import { appendRecord, inputsOf, type RegistrationRecord, readRecords } from "./records.ts";
import { changesSince, isIntact } from "./verify.ts";

/** Who registers, in which role, and why. */
export interface Registrant {
  readonly who: string;
  readonly role: string;
  readonly reason: string;
  /** UTC, as the record keeps it. */
  readonly when: string;
}

/**
 * Freezes protocol, inputs and design as record 1. A study already registered and unchanged keeps the record it has.
 * @throws Faults  refusals: approval missing, or changed since it was registered.
 */
export function register(
  study: Study,
  inputs: Inputs,
  designed: DesignedStudy,
  registrant: Registrant,
): RegistrationRecord {
  const records = readRecords(study.folder);
  const design = designRecords(study, designed);
  const last = records.at(-1);
  if (last !== undefined) {
    const refusals = changesSince(study, inputs.trails, design, last).refusals;
    if (refusals.length > 0) throw new Faults("study.yaml", refusals);
    return last;
  }
  refuseWithoutApproval(study);
  return appendRecord(
    study,
    recordOf(study, inputs, designed, design, { number: 1, kind: "registration", changes: [], registrant }),
  );
}

/**
 * Appends an amendment: what changed since the last record, who says so and why, and whether an outcome had been opened.
 * @throws Faults  `not-registered`, `nothing-changed`, `registered-removed`.
 */
export function amend(
  study: Study,
  inputs: Inputs,
  designed: DesignedStudy,
  registrant: Registrant,
): RegistrationRecord {
  const last = readRecords(study.folder).at(-1);
  if (last === undefined) {
    throw refuse("not-registered", "There is no registration to amend.", "Register first: `assay register`.", "fault");
  }
  const design = designRecords(study, designed);
  const changes = changesSince(study, inputs.trails, design, last);
  if (isIntact(changes))
    throw refuse(
      "nothing-changed",
      "Nothing that was registered has changed.",
      "Comments, layout, titles and reasons need no amendment.",
      "fault",
    );
  const seen = readOpenings(study.folder).length > 0;
  const removed = seen ? changes.removed : [];
  if (removed.length > 0) {
    throw refuse(
      "registered-removed",
      `${removed.join(", ")} ${removed.length === 1 ? "was" : "were"} registered and outcomes have been opened since.`,
      "Put it back: a registered result is computed and printed whatever it says.",
      "refusal",
    );
  }
  const record = { number: last.number + 1, kind: "amendment" as const, changes: changes.sentences, registrant };
  return appendRecord(study, recordOf(study, inputs, designed, design, record));
}

function recordOf(
  study: Study,
  inputs: Inputs,
  designed: DesignedStudy,
  design: readonly DesignRecord[],
  about: { number: number; kind: RegistrationRecord["kind"]; changes: readonly string[]; registrant: Registrant },
): Omit<RegistrationRecord, "format" | "previous" | "bytes" | "protocol"> {
  const openings = readOpenings(study.folder);
  const seen = new Set(openings.flatMap((opening) => opening.outcomes));
  const outcomes = [...study.outcomes.keys()].map(
    (id) => [id, seen.has(id) ? "already seen" : "held but unopened"] as const,
  );
  return {
    number: about.number,
    kind: about.kind,
    meaning: study.meaning,
    resolved: study.resolved,
    inputs: inputsOf(inputs.trails),
    design,
    choices: printChoices(study, designed),
    program: { ...program(), seed: study.about.seed },
    statement: { ...about.registrant, outcomes: Object.fromEntries(outcomes) },
    approvals: study.about.approvals,
    changes: about.changes,
    outcomesSeen: openings.length > 0,
  };
}

function refuseWithoutApproval(study: Study): void {
  const missing = study.about.approvals.filter(
    (approval) => approval.needed === "register" && approval.date === undefined,
  );
  if (missing.length === 0) return;
  throw new Faults(
    "study.yaml",
    missing.map((approval) => ({
      code: "approval-missing",
      severity: "refusal",
      message: `Registration needs ${approval.what} by ${approval.by}; no date of it is recorded.`,
      suggestion: "Add its `date` and `reference` under study.approvals once it is given.",
    })),
  );
}

function refuse(code: string, message: string, suggestion: string, severity: Fault["severity"]): Faults {
  return new Faults("registration", [{ code, severity, message, suggestion }]);
}
