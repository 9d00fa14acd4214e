/** What somebody may be in a programme; the administrator is of none. */
export const ROLES = {
  administrator: "Administrator",
  manager: "Programme manager",
  recruiter: "Recruiter",
  partner: "Partner",
  lead: "In-school lead",
  head: "Head teacher",
  participant: "Participant",
  finance: "Finance",
  evaluator: "Evaluator",
  commissioner: "Commissioner",
  checker: "Output checker",
  surveyManager: "Survey manager",
  dataManager: "Data manager",
} as const;

export type Role = keyof typeof ROLES;

/**
 * How far a role reaches: everything, own programmes, own caseload, own school, self, study keys in the place of names, counts
 * under the small-number rule; or not at all.
 */
export type Reach = "all" | "programme" | "caseload" | "school" | "self" | "keys" | "counts" | "none";

const NOBODY: Readonly<Record<Role, Reach>> = {
  administrator: "none",
  manager: "none",
  recruiter: "none",
  partner: "none",
  lead: "none",
  head: "none",
  participant: "none",
  finance: "none",
  evaluator: "none",
  commissioner: "none",
  checker: "none",
  surveyManager: "none",
  dataManager: "none",
};

const everyoneInIt = {
  manager: "programme",
  recruiter: "programme",
  partner: "programme",
  lead: "programme",
  head: "programme",
  participant: "programme",
  finance: "programme",
  evaluator: "programme",
  commissioner: "programme",
  surveyManager: "programme",
  dataManager: "programme",
} as const;

/** Who may do what: the one table of it. Every route names an action of it, and a test walks every role over every route. */
export const PERMISSIONS = {
  "invite, end and give roles": { ...NOBODY, administrator: "all", manager: "programme" },
  "invite administrators": { ...NOBODY, administrator: "all" },
  "list every account": { ...NOBODY, administrator: "all" },
  "read the whole audit trail": { ...NOBODY, administrator: "all" },
  "start a programme": { ...NOBODY, administrator: "all" },
  "see a programme": { ...NOBODY, ...everyoneInIt, administrator: "all" },
  "define a programme": { ...NOBODY, manager: "programme" },
  "bring in the school register": { ...NOBODY, manager: "programme", recruiter: "programme" },
  "read schools": {
    ...NOBODY,
    manager: "programme",
    recruiter: "programme",
    partner: "programme",
    finance: "programme",
    evaluator: "programme",
    dataManager: "programme",
  },
  "see participants' names": { ...NOBODY, manager: "programme", recruiter: "programme", dataManager: "programme" },
  "see contact details": { ...NOBODY, manager: "programme" },
  "see teacher numbers and birth dates": { ...NOBODY, manager: "programme", dataManager: "programme" },
  "add, end and replace participants": { ...NOBODY, manager: "programme" },
  "read the pipeline": { ...NOBODY, manager: "programme", recruiter: "programme" },
  "record a contact with a school": { ...NOBODY, manager: "programme", recruiter: "programme" },
} as const satisfies Readonly<Record<string, Readonly<Record<Role, Reach>>>>;

export type Action = keyof typeof PERMISSIONS;

/** A role somebody holds; without a programme it is that of an administrator. */
export interface HeldRole {
  readonly role: Role;
  readonly programme: string | undefined;
}

/** How far somebody may do something in a programme, by the widest of the roles held in it. */
export function reachOf(held: readonly HeldRole[], action: Action, programme?: string): Reach {
  const reaches = held
    .filter((own) => own.programme === undefined || own.programme === programme)
    .map((own): Reach => PERMISSIONS[action][own.role]);
  return WIDEST.find((reach) => reaches.includes(reach)) ?? "none";
}

const WIDEST: readonly Reach[] = ["all", "programme", "caseload", "school", "self", "keys", "counts"];

export const may = (held: readonly HeldRole[], action: Action, programme?: string): boolean =>
  reachOf(held, action, programme) !== "none";
