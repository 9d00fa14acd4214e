export * from "./effect.ts";
export { estimateAnalysis } from "./estimateAnalysis.ts";
export { type EventStudy, eventStudy, isDip } from "./eventStudy.ts";
export { adjustFamily } from "./multiplicity.ts";
export { openSample, type OpenSample } from "./sample.ts";
export { type Evidence, estimateSensitivity, openFor, type SensitivityRow } from "./sensitivity.ts";
