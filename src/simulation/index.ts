export {
  type SimulatedSchools,
  type SimulationOptions,
  type SimulationTruth,
  simulateSchools,
} from "./simulateSchools.ts";
export {
  type FullWorkforceOptions,
  inventWorkforce,
  type ManagementRow,
  type ReturnedRow,
  settle,
  simulateWorkforce,
  simulateWorkforceReturns,
  WORKFORCE_FILES,
  type Workforce,
  type WorkforceOptions,
  type WorkforceTruth,
} from "./workforce/index.ts";
