export { inventWorkforce, type Workforce } from "./inventWorkforce.ts";
export type { ManagementRow } from "./managementReturn.ts";
export { type FullWorkforceOptions, settle, type WorkforceOptions } from "./options.ts";
export { type ReturnedRow, simulateWorkforceReturns } from "./simulateReturns.ts";
export { simulateWorkforce, WORKFORCE_FILES } from "./simulateWorkforce.ts";
export type { WorkforceTruth } from "./truth.ts";
