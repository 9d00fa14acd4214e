export { checkExpression, type Scope, type ScopeColumn } from "./check.ts";
export { alignCodes } from "./codes.ts";
export { type EvaluationContext, evaluate } from "./evaluate.ts";
export { parseExpression, RESERVED } from "./parse.ts";
export { printExpression } from "./print.ts";
export { type ColumnRead, columnsOf, type Expression, type Moment, type ParsedExpression } from "./tree.ts";
export { typeOfColumn, type ValueType } from "./valueType.ts";
export { inWords } from "./words.ts";
