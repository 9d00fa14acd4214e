import { type EvaluationContext, evaluate } from "#expression";
import type { Covariate } from "#protocol";
import { Matrix } from "#stats";
import { type Column, isMissing, takeColumn } from "#table";

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
  const complete: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (covariates.every(({ column }) => !isMissing(column, row))) complete.push(row);
  }
  return Int32Array.from(complete);
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
 * Covariates as model columns: numbers and truth values as they are, a category as one 0/1 column per level but its
 * reference (the first level when none is declared). Missing values stay NaN.
 */
export function modelColumns(covariates: readonly CovariateColumn[]): readonly ModelColumn[] {
  return covariates.flatMap((covariate) => levelColumns(covariate, false));
}

/** Covariates as columns of a balance table: like `modelColumns`, but every level has its own. */
export function balanceColumns(covariates: readonly CovariateColumn[]): readonly ModelColumn[] {
  return covariates.flatMap((covariate) => levelColumns(covariate, true));
}

function levelColumns({ name, column, reference }: CovariateColumn, everyLevel: boolean): readonly ModelColumn[] {
  if (column.kind === "number") return [{ name, covariate: name, level: undefined, values: column.values }];
  const present = new Set(column.codes);
  const left = everyLevel ? -1 : Math.max(0, reference === undefined ? 0 : column.levels.indexOf(reference));
  return column.levels.flatMap((level, code) => {
    if (code === left || !present.has(code)) return [];
    const values = Float64Array.from(column.codes, (own) => (own < 0 ? Number.NaN : Number(own === code)));
    return [{ name: `${name}: ${level}`, covariate: name, level, values }];
  });
}

/** Squares and products a score asks for beside the main effects. */
export interface ScoreTerms {
  readonly quadratic: readonly string[];
  readonly interactions: readonly (readonly [string, string])[];
}

/** An intercept, the columns, and the squares and products asked for. */
export function scoreMatrix(
  columns: readonly ModelColumn[],
  rows: number,
  terms: ScoreTerms,
): { x: Matrix; names: string[] } {
  const parts: { name: string; values: Float64Array }[] = [
    { name: "(Intercept)", values: new Float64Array(rows).fill(1) },
    ...columns,
  ];
  for (const name of terms.quadratic) {
    for (const column of columns.filter((c) => c.covariate === name && c.level === undefined)) {
      parts.push({ name: `${column.name} squared`, values: column.values.map((value) => value * value) });
    }
  }
  for (const [a, b] of terms.interactions) {
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
