import {
  completeRows,
  type Formula,
  type ModelData,
  numbersOf,
  readFormula,
  rowsOf,
  takeRows,
  variablesOf,
} from "#stats";
import { BadSpec } from "../spec.ts";

/** The rows of a case that have every value asked for, and who is treated among them. */
export interface TreatmentData {
  /** Those rows only. */
  readonly data: ModelData;
  readonly treated: Uint8Array;
  /** Their places in the file, from 0. */
  readonly rows: Int32Array;
  /** Rows of the file. */
  readonly fileRows: number;
}

/** @throws BadSpec  the treatment holds something besides 0 and 1. */
export function treatmentData(data: ModelData, treat: string, needed: readonly string[]): TreatmentData {
  const rows = completeRows(data, [...new Set([treat, ...needed])]);
  const own = takeRows(data, rows);
  const values = numbersOf(own, treat);
  if (!values.every((value) => value === 0 || value === 1))
    throw new BadSpec(`the treatment "${treat}" holds something besides 0 and 1`);
  return { data: own, treated: Uint8Array.from(values), rows, fileRows: rowsOf(data) };
}

/** A formula of treatment on covariates, the treatment's name and the covariates' names. */
export function treatmentFormula(text: string): { formula: Formula; treat: string; covariates: readonly string[] } {
  const formula = readFormula(text);
  if (formula.response === undefined) throw new BadSpec(`spec.formula "${text}" names no treatment before "~"`);
  const covariates = variablesOf(formula).filter((name) => name !== formula.response);
  return { formula, treat: formula.response, covariates };
}

/** Values of the rows used, spread over the rows of the file. */
export function overFile<T>({ rows, fileRows }: TreatmentData, values: ArrayLike<T>, otherwise: T): T[] {
  const result = new Array<T>(fileRows).fill(otherwise);
  for (const [i, row] of rows.entries()) result[row] = values[i];
  return result;
}

/** The number of a row in the file, from 1. */
export const fileNumber = ({ rows }: TreatmentData, row: number): number => rows[row] + 1;
