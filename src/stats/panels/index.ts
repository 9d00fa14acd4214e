export {
  type AveragedEffect,
  type GroupTimeEffect,
  type GroupTimeEffects,
  groupTimeEffects,
} from "./groupTimeEffects.ts";
export type { PanelRows } from "./panel.ts";
export { type PanelEventStudy, panelEventStudy } from "./panelEventStudy.ts";
export { type RandomisationTest, randomisationTest } from "./randomisationInference.ts";
export { relativeMagnitudes, type TrendSensitivity } from "./relativeMagnitudes.ts";
export { type SyntheticControl, syntheticControl } from "./syntheticControl.ts";
export { type SyntheticDid, syntheticDid } from "./syntheticDid.ts";
export { type ComplierEffect, complierEffect, WEAK_INSTRUMENT_F } from "./twoStageLeastSquares.ts";
