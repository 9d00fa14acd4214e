export { refuseWithoutApproval } from "./approvals.ts";
export { logOpening, readOpenings } from "./openings.ts";
export { type RegistrationRecord, readRecords } from "./records.ts";
export { amend, type Registered, type Registrant, register } from "./register.ts";
export { refuseIfChanged } from "./verify.ts";
