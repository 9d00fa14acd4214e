export {
  type SimulatedSchools,
  type SimulationOptions,
  type SimulationTruth,
  simulateSchools,
} from "./simulateSchools.ts";
