export { CodedColumns } from "./codedColumns.ts";
export { type JointTest, jointTest, testContrast } from "./contrastTests.ts";
export { FAMILIES, type Family, familyNamed } from "./family.ts";
export {
  fitGeneralised,
  type GeneralisedFit,
  type MatrixRequest,
  OutcomeNotAllowed,
} from "./generalisedFit.ts";
export { type GoodnessOfFit, goodnessOfFit } from "./goodnessOfFit.ts";
export { fitLinear, type LinearFit } from "./linearFit.ts";
export { fitLogistic } from "./logisticFit.ts";
export { ProfileDeviance, type ProfileLimit, profileInterval } from "./profileInterval.ts";
export {
  type CovarianceKind,
  coefficientCovariance,
  type RobustCovariance,
  robustCovariance,
} from "./robustCovariance.ts";
export { wildClusterBootstrap } from "./wildClusterBootstrap.ts";
export { workingFit } from "./workingFit.ts";
