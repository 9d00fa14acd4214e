export { type CohenKappa, cohenKappa, type KappaWeights } from "./cohenKappa.ts";
export { type FleissKappa, fleissKappa } from "./fleissKappa.ts";
export { type KrippendorffAlpha, krippendorffAlpha, type MeasurementLevel } from "./krippendorffAlpha.ts";
