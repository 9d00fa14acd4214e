import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { Matrix } from "#math";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const FOLDER = join(process.env.ASSAY_SHARED ?? join(ROOT, "..", "shared"), "reference");

/** Whether the reference results (computed in R, see their README) are beside the repository. */
export const hasReferences = existsSync(FOLDER);

/** The expected part of one reference result; its shape is the caller's to know. */
export function expectedOf<T>(name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")).expect;
}

export type Csv = ReadonlyMap<string, readonly string[]>;

/** A CSV file of the references, by column. Those used have no commas inside quotes and no empty cells. */
export function readCsv(name: string): Csv {
  const [header, ...lines] = readFileSync(join(FOLDER, name), "utf8").trim().split("\n");
  const rows = lines.map((line) => line.replaceAll('"', "").split(","));
  const columns = header.replaceAll('"', "").split(",");
  return new Map(columns.map((column, j) => [column, rows.map((row) => row[j])]));
}

export const numbers = (csv: Csv, column: string): Float64Array => Float64Array.from(csv.get(column)!, Number);

/** 0/1 columns of all levels of a text column. */
function levelColumns(csv: Csv, column: string, levels: readonly string[]): Float64Array[] {
  return levels.map((level) => Float64Array.from(csv.get(column)!, (own) => Number(own === level)));
}

/** The covariates of `teachers.csv` as the references' formula has them: male + age + role + fulltime + ofsted + fsm. */
export function teacherCovariates(csv: Csv): { names: string[]; columns: Float64Array[] } {
  const [middle, senior] = levelColumns(csv, "role", ["middle", "senior"]);
  const [ri, inadequate] = levelColumns(csv, "ofsted", ["ri", "inadequate"]);
  return {
    names: ["male", "age", "rolemiddle", "rolesenior", "fulltime", "ofstedri", "ofstedinadequate", "fsm"],
    columns: [
      numbers(csv, "male"),
      numbers(csv, "age"),
      middle,
      senior,
      numbers(csv, "fulltime"),
      ri,
      inadequate,
      numbers(csv, "fsm"),
    ],
  };
}

/** An intercept before the columns. */
export function withIntercept(columns: readonly Float64Array[]): Matrix {
  return Matrix.fromColumns([new Float64Array(columns[0].length).fill(1), ...columns]);
}

/** Fails unless |actual − expected| ≤ tolerance × max(|expected|, floor). */
export function near(actual: number, expected: number, tolerance: number, floor = 0): void {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(
    tolerance * Math.max(Math.abs(expected), floor),
  );
}
