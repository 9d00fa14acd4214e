import { type EvaluationContext, evaluate } from "#expression";
import type { Covariate } from "#protocol";
import { CodedColumns, Matrix, type Variable } from "#stats";
import { type CodeColumn, type Column, isMissing, takeColumn } from "#table";

/** A covariate read for a list of units, in their order. */
export interface CovariateColumn {
  readonly name: string;
  readonly column: Column;
  /** For a category: the level left out of the model. */
  readonly reference: string | undefined;
}

/** Reads covariates for the units of a context, each at the moment it names. */
export function readCovariates(
  covariates: readonly Covariate[],
  context: EvaluationContext,
): readonly CovariateColumn[] {
  return covariates.map((covariate) => ({
    name: covariate.name,
    column: evaluate(covariate.expression, context),
    reference: covariate.reference,
  }));
}

/** The same covariates for some of the units. */
export function takeCovariates(covariates: readonly CovariateColumn[], rows: Int32Array): readonly CovariateColumn[] {
  return covariates.map((covariate) => ({ ...covariate, column: takeColumn(covariate.column, rows) }));
}

/** Rows with a value in every covariate. */
export function completeRows(covariates: readonly CovariateColumn[], rows: number): Int32Array {
  const hasGap = new Uint8Array(rows);
  for (const { column } of covariates) {
    for (let row = 0; row < rows; row++) if (isMissing(column, row)) hasGap[row] = 1;
  }
  const complete = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) if (hasGap[row] === 0) complete[count++] = row;
  return complete.slice(0, count);
}

/** One column of a model: a number, or one level of a category as 0/1. */
export interface ModelColumn {
  readonly name: string;
  /** The covariate it belongs to. */
  readonly covariate: string;
  readonly level: string | undefined;
  readonly values: Float64Array;
}

/**
 * Covariates as model columns: numbers and truth values as they are, a category as one 0/1 column per level that occurs
 * but its reference (the first level when none is declared). Missing values stay NaN.
 */
export function modelColumns(covariates: readonly CovariateColumn[]): readonly ModelColumn[] {
  return covariates.flatMap(({ name, column, reference }): readonly ModelColumn[] => {
    if (column.kind === "number") return [{ name, covariate: name, level: undefined, values: column.values }];
    return levelsBeside(column, reference).map((code) => ({
      name: levelName(name, column, code),
      covariate: name,
      level: column.levels[code]!,
      values: asIndicator(column.codes, code),
    }));
  });
}

/** How a column that stands for one level of a category is called. */
export const levelName = (covariate: string, { levels }: CodeColumn, code: number): string =>
  `${covariate}: ${levels[code]}`;

/** The levels of a category that occur in some row, as codes, ascending. */
export function occurringLevels({ codes, levels }: CodeColumn): readonly number[] {
  const occurs = new Uint8Array(levels.length);
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) occurs[codes[row]!] = 1;
  return [...levels.keys()].filter((code) => occurs[code] === 1);
}

const referenceCode = ({ levels }: CodeColumn, reference: string | undefined): number =>
  Math.max(0, reference === undefined ? 0 : levels.indexOf(reference));

function levelsBeside(column: CodeColumn, reference: string | undefined): readonly number[] {
  const left = referenceCode(column, reference);
  return occurringLevels(column).filter((code) => code !== left);
}

function asIndicator(codes: Int32Array, code: number): Float64Array {
  const values = new Float64Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    if (codes[row]! < 0) values[row] = Number.NaN;
    else if (codes[row] === code) values[row] = 1;
  }
  return values;
}

/** An intercept and the columns of `modelColumns`, by the same names in the same order. */
function codedDesign(covariates: readonly CovariateColumn[], rows: number): { x: CodedColumns; names: string[] } {
  const names = ["(Intercept)"];
  const data = new Map<string, Variable>();
  for (const [place, { name, column, reference }] of covariates.entries()) {
    if (column.kind === "number") {
      data.set(`${place}`, { kind: "number", values: column.values });
      names.push(name);
      continue;
    }
    const beside = levelsBeside(column, reference);
    const own = [referenceCode(column, reference), ...beside];
    const placeOf = new Int32Array(column.levels.length).fill(-1);
    for (const [level, code] of own.entries()) placeOf[code] = level;
    data.set(`${place}`, {
      kind: "factor",
      codes: column.codes.map((code) => placeOf[code]!),
      levels: own.map((code) => column.levels[code]!),
    });
    names.push(...beside.map((code) => levelName(name, column, code)));
  }
  // Without a covariate only the intercept says how many rows there are.
  if (data.size === 0) data.set("", { kind: "number", values: new Float64Array(rows) });
  const terms = covariates.map((_, place) => [`${place}`] as const);
  return { x: CodedColumns.of({ hasIntercept: true, terms }, data), names };
}

/** Squares and products a score asks for beside the main effects. */
export interface ScoreTerms {
  readonly quadratic: readonly string[];
  readonly interactions: readonly (readonly [string, string])[];
}

/**
 * The columns of a score: an intercept, the covariates, and the squares and products asked for. Categories stay codes where
 * nothing is multiplied. For complete covariates.
 */
export function scoreDesign(
  covariates: readonly CovariateColumn[],
  rows: number,
  { quadratic, interactions }: ScoreTerms,
): { x: Matrix | CodedColumns; names: string[] } {
  if (quadratic.length === 0 && interactions.length === 0) return codedDesign(covariates, rows);
  const columns = modelColumns(covariates);
  const parts: { name: string; values: Float64Array }[] = [
    { name: "(Intercept)", values: new Float64Array(rows).fill(1) },
    ...columns,
  ];
  for (const name of quadratic) {
    for (const column of columns.filter((c) => c.covariate === name && c.level === undefined)) {
      parts.push({ name: `${column.name} squared`, values: column.values.map((value) => value * value) });
    }
  }
  for (const [a, b] of interactions) {
    for (const left of columns.filter((c) => c.covariate === a)) {
      for (const right of columns.filter((c) => c.covariate === b)) {
        parts.push({
          name: `${left.name} × ${right.name}`,
          values: left.values.map((value, i) => value * right.values[i]!),
        });
      }
    }
  }
  return { x: Matrix.fromColumns(parts.map((part) => part.values)), names: parts.map((part) => part.name) };
}
