export { designExhibits } from "./designExhibits.ts";
export { effectExhibits } from "./effectExhibits.ts";
export { type EstimandBlock, estimandBlock } from "./estimandBlock.ts";
export type {
  Chart,
  Exhibit,
  ExhibitAbout,
  ExhibitCell,
  ExhibitColumn,
  ExhibitRow,
  ForestPanel,
  YearMark,
} from "./exhibit.ts";
export { type Claim, type Finding, readFinding } from "./finding.ts";
export { levelInWords, plural, printCount, printNumber } from "./print.ts";
export { sensitivityExhibit, specificationCurve } from "./sensitivityExhibits.ts";
export { warningsOf } from "./warnings.ts";
export { yearsExhibit } from "./yearExhibits.ts";
