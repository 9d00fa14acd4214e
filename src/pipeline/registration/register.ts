import { type Fault, Faults } from "#domain";
import type { Study } from "#protocol";
import { type DesignRecord, designRecords } from "../designRecord.ts";
import type { DesignedStudy } from "../designStudy.ts";
import type { Inputs } from "../openInputs.ts";
import { printChoices } from "../printChoices.ts";
import { program } from "../program.ts";
import { refuseWithoutApproval } from "./approvals.ts";
import { readOpenings } from "./openings.ts";
import { appendRecord, inputsOf, type RegistrationRecord, readRecords } from "./records.ts";
import { changesSince, isIntact, refuseIfChanged } from "./verify.ts";

/** Who registers, in which role, and why. */
export interface Registrant {
  readonly who: string;
  readonly role: string;
  readonly reason: string;
  /** UTC, as the record keeps it. */
  readonly when: string;
}

/** What a registration is made from. */
export interface ToRegister {
  readonly study: Study;
  readonly inputs: Inputs;
  readonly designed: DesignedStudy;
  readonly registrant: Registrant;
  /** Results lie in the output folder already: somebody has seen them, whatever the log says. */
  readonly hasFindings: boolean;
}

/** A record, and whether it was made now. */
export interface Registered {
  readonly record: RegistrationRecord;
  readonly isNew: boolean;
}

/**
 * Freezes protocol, inputs and design as record 1. A study already registered and unchanged keeps the record it has, also
 * when somebody else registered the same at the same moment.
 * @throws Faults  refusals: approval missing, or changed since it was registered.
 */
export function register(from: ToRegister): Registered {
  const { study, designed } = from;
  const design = designRecords(study, designed);
  const known = unchangedRecord(from, design);
  if (known !== undefined) return { record: known, isNew: false };
  refuseWithoutApproval(study, "register");
  try {
    return {
      record: appendRecord(study, recordOf(from, design, { number: 1, kind: "registration", changes: [] })),
      isNew: true,
    };
  } catch (problem) {
    const faster = problem instanceof Faults ? unchangedRecord(from, design) : undefined;
    if (faster === undefined) throw problem;
    return { record: faster, isNew: false };
  }
}

/** The last record, where there is one and nothing has changed since. @throws Faults  where something has. */
function unchangedRecord(
  { study, inputs }: ToRegister,
  design: readonly DesignRecord[],
): RegistrationRecord | undefined {
  const last = readRecords(study.folder).at(-1);
  if (last !== undefined) refuseIfChanged(study, inputs.trails, design, last);
  return last;
}

/**
 * Appends an amendment: what changed since the last record, who says so and why, and whether an outcome had been opened.
 * @throws Faults  `not-registered`, `nothing-changed`, `registered-removed`.
 */
export function amend(from: ToRegister): RegistrationRecord {
  const { study, inputs, designed } = from;
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
  const removed = outcomesSeen(from) ? changes.removed : [];
  if (removed.length > 0) {
    throw refuse(
      "registered-removed",
      `${removed.join(", ")} ${removed.length === 1 ? "was" : "were"} registered and outcomes have been opened since.`,
      "Put it back: a registered result is computed and printed whatever it says.",
      "refusal",
    );
  }
  return appendRecord(
    study,
    recordOf(from, design, { number: last.number + 1, kind: "amendment", changes: changes.sentences }),
  );
}

/** Once seen, always seen: what an earlier record says cannot be taken back by a later one. */
const outcomesSeen = ({ study, hasFindings }: ToRegister): boolean =>
  readRecords(study.folder).some((record) => record.outcomesSeen) ||
  hasFindings ||
  readOpenings(study.folder).length > 0;

function recordOf(
  from: ToRegister,
  design: readonly DesignRecord[],
  about: Pick<RegistrationRecord, "number" | "kind" | "changes">,
): Omit<RegistrationRecord, "format" | "previous" | "bytes" | "protocol"> {
  const { study, inputs, designed, registrant } = from;
  const opened = new Set(readOpenings(study.folder).flatMap((opening) => opening.outcomes));
  const outcomes = [...study.outcomes.keys()].map(
    (id) => [id, from.hasFindings || opened.has(id) ? "already seen" : "held but unopened"] as const,
  );
  return {
    ...about,
    meaning: study.meaning,
    resolved: study.resolved,
    inputs: inputsOf(inputs.trails),
    design,
    choices: printChoices(study, designed),
    program: { ...program(), seed: study.about.seed },
    statement: { ...registrant, outcomes: Object.fromEntries(outcomes) },
    approvals: study.about.approvals,
    outcomesSeen: outcomesSeen(from),
  };
}

function refuse(code: string, message: string, suggestion: string, severity: Fault["severity"]): Faults {
  return new Faults("registration", [{ code, severity, message, suggestion }]);
}
