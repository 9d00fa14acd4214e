export { BadFormula, type Formula, type RandomTerm, readFormula, type Term, variablesOf } from "./formula.ts";
export { type ModelMatrix, modelMatrix } from "./modelMatrix.ts";
export { type Patterns, patternsOf } from "./patterns.ts";
export {
  asFactor,
  completeRows,
  crossFactors,
  type ModelData,
  numbersOf,
  rowsOf,
  takeRows,
  UnknownVariable,
  type Variable,
  variableOf,
  withValue,
} from "./variable.ts";
