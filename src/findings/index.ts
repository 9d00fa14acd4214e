export { designExhibits } from "./designExhibits.ts";
export { effectExhibits } from "./effectExhibits.ts";
export { type EstimandBlock, estimandBlock } from "./estimandBlock.ts";
export type {
  Chart,
  ClusterName,
  Exhibit,
  ExhibitCell,
  ExhibitRow,
  ForestPanel,
  YearMark,
} from "./exhibit.ts";
export { withUniqueIds } from "./exhibit.ts";
export { type Claim, type Finding, readFinding } from "./finding.ts";
export { inShort } from "./inShort.ts";
export { linkCautions, linkExhibits, repairCautions, repairExhibit } from "./linkExhibits.ts";
export { isFew, levelInWords, plural, printNumber } from "./print.ts";
export { miExhibits, type RegisterShown, type ReturnShown } from "./returns/index.ts";
export { clusterLeftOut, sensitivityExhibit, specificationCurve } from "./sensitivityExhibits.ts";
export { baselineInWords } from "./startWords.ts";
export { warningsOf } from "./warnings.ts";
export { yearsExhibit } from "./yearExhibits.ts";
