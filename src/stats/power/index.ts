export { BadDesign, type Precision, type PrecisionDesign, precisionOf } from "./design.ts";
export {
  type DetectableEffect,
  detectableEffect,
  FIXED_MULTIPLIER,
  powerOf,
  seedDetectableEffect,
  type TestAim,
  unitsNeeded,
} from "./detectableEffect.ts";
