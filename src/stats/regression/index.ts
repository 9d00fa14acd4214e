export { type JointTest, jointTest, testContrast } from "./contrastTests.ts";
export { fitLinear, type LinearFit } from "./linearFit.ts";
export { fitLogistic } from "./logisticFit.ts";
export { robustCovariance } from "./robustCovariance.ts";
export { wildClusterBootstrap } from "./wildClusterBootstrap.ts";
