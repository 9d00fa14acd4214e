import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { type Matrix, RandomStream } from "#math";
import type { NotEstimable } from "../../common/notEstimable.ts";
import {
  type Formula,
  type ModelData,
  modelMatrix,
  numbersOf,
  readFormula,
  rowsOf,
  type Variable,
} from "../../model/index.ts";
import type { MixedFit } from "../mixedFit.ts";
import { type RandomEffects, randomEffectsOf } from "../randomEffects.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "..");
/** Our own results (scripts in `R/`), and those that may lie beside the repository. */
const OWN = join(ROOT, "test", "reference");
const SHARED = join(process.env.ASSAY_SHARED ?? join(ROOT, "..", "shared"), "reference");

export const hasShared = existsSync(SHARED);

export interface Case {
  readonly spec: {
    readonly formula: string;
    readonly reml?: boolean;
    readonly nAGQ?: number;
    readonly link?: "logit" | "probit";
    readonly weights?: string;
    readonly levels?: Readonly<Record<string, readonly string[]>>;
  };
  readonly expect: Expected;
  readonly data: ModelData;
}

export interface Expected {
  readonly fixed: Record<string, number>;
  readonly se?: Record<string, number>;
  readonly seFromRX?: Record<string, number>;
  readonly theta: Record<string, number>;
  readonly logLik: number;
  readonly sigma?: number;
  readonly satterthwaite?: { readonly df: Record<string, number> };
  readonly kenwardRoger?: { readonly se: Record<string, number>; readonly df: Record<string, number> };
  readonly ranefFirst10: Record<string, Record<string, number | Record<string, number>>>;
}

export function readCase(id: string): Case {
  const folder = existsSync(join(OWN, `${id}.json`)) ? OWN : SHARED;
  const { spec, input, expect: expected } = JSON.parse(readFileSync(join(folder, `${id}.json`), "utf8"));
  return { spec, expect: expected, data: readData(join(folder, input), spec.levels ?? {}) };
}

/** CSV without commas inside quotes and without empty cells; a column with any quoted cell holds categories. */
function readData(path: string, levels: Readonly<Record<string, readonly string[]>>): ModelData {
  const [header, ...lines] = readFileSync(path, "utf8").trim().split("\n");
  const rows = lines.map((line) => line.split(","));
  return new Map(
    header
      .replaceAll('"', "")
      .split(",")
      .map((name, j) => [
        name,
        columnOf(
          rows.map((row) => row[j]),
          levels[name],
        ),
      ]),
  );
}

function columnOf(cells: readonly string[], levels: readonly string[] | undefined): Variable {
  if (levels === undefined && !cells.some((cell) => cell.startsWith('"'))) {
    return { kind: "number", values: Float64Array.from(cells, Number) };
  }
  const texts = cells.map((cell) => cell.replaceAll('"', ""));
  const used = levels ?? [...new Set(texts)].sort((a, b) => a.localeCompare(b, "en"));
  return { kind: "factor", levels: used, codes: Int32Array.from(texts, (text) => used.indexOf(text)) };
}

export interface Arrays {
  readonly formula: Formula;
  readonly y: Float64Array;
  readonly x: Matrix;
  readonly names: readonly string[];
  readonly effects: readonly RandomEffects[];
}

export function arraysOf(text: string, data: ModelData): Arrays {
  const formula = readFormula(text);
  const { x, names } = modelMatrix(formula, data);
  return { formula, y: numbersOf(data, formula.response!), x, names, effects: randomEffectsOf(formula, data) };
}

/** Fails unless every number is within a relative tolerance, or a thousandth of it of the largest. */
export function nearAll(
  names: readonly string[],
  values: ArrayLike<number>,
  expected: Record<string, number>,
  tolerance: number,
): void {
  expect(new Set(names)).toEqual(new Set(Object.keys(expected)));
  const largest = Object.values(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const [j, name] of names.entries()) {
    const wanted = expected[name];
    expect(Math.abs(values[j] - wanted), `${name}: ${values[j]} against ${wanted}`).toBeLessThanOrEqual(
      tolerance * Math.max(Math.abs(wanted), 1e-3 * largest, 1e-8),
    );
  }
}

export function errors(covariance: Matrix): Float64Array {
  return Float64Array.from({ length: covariance.rows }, (_, j) => Math.sqrt(covariance.get(j, j)));
}

export function nearModes(fit: MixedFit, expected: Expected["ranefFirst10"], tolerance: number): void {
  for (const [t, { group, levels, columns }] of fit.effects.entries()) {
    for (const [level, wanted] of Object.entries(expected[group])) {
      const g = levels.indexOf(level);
      expect(g, `${group} ${level}`).toBeGreaterThanOrEqual(0);
      for (const [c, column] of columns.entries()) {
        const own = fit.modes[t][g * columns.length + c];
        const value = typeof wanted === "number" ? wanted : wanted[column];
        expect(Math.abs(own - value), `${group} ${level} ${column}`).toBeLessThanOrEqual(
          tolerance * Math.max(Math.abs(value), 0.05),
        );
      }
    }
  }
}

/** The fit, or the test fails with the reason why there is none. */
export function fitted<T extends { readonly state: "fitted" }>(fit: T | NotEstimable): T {
  if (fit.state !== "fitted") throw new Error(fit.reason);
  return fit;
}

export interface InventedGroups {
  readonly seed: number;
  readonly groups: number;
  readonly perGroup: number;
  readonly groupSd: number;
  readonly slope: number;
  readonly slopeSd?: number;
  readonly isBinary?: boolean;
}

/** Rows in groups: `x` varies within groups, `w` between them; `y` is normal with residual 1, or 0/1 by a logit. */
export function inventedGroups({
  seed,
  groups,
  perGroup,
  groupSd,
  slope,
  slopeSd = 0,
  isBinary = false,
}: InventedGroups): ModelData {
  const random = new RandomStream(seed, "invented groups");
  const n = groups * perGroup;
  const columns = { g: new Float64Array(n), x: new Float64Array(n), w: new Float64Array(n), y: new Float64Array(n) };
  for (let g = 0, i = 0; g < groups; g++) {
    const own = groupSd * random.normal();
    const ownSlope = slope + slopeSd * random.normal();
    const level = random.normal();
    for (let m = 0; m < perGroup; m++, i++) {
      columns.g[i] = g + 1;
      columns.x[i] = random.normal();
      columns.w[i] = level;
      const mean = 0.5 + own + ownSlope * columns.x[i] + 0.3 * level;
      columns.y[i] = isBinary ? Number(random.uniform() < 1 / (1 + Math.exp(-mean))) : mean + random.normal();
    }
  }
  return new Map(Object.entries(columns).map(([name, values]) => [name, { kind: "number" as const, values }]));
}

/** The same rows in another order. */
export function reordered(data: ModelData, seed: number): ModelData {
  const order = Int32Array.from({ length: rowsOf(data) }, (_, i) => i);
  new RandomStream(seed, "order").shuffle(order);
  return new Map(
    [...data].map(([name, own]): [string, Variable] => [
      name,
      own.kind === "number"
        ? { kind: "number", values: Float64Array.from(order, (row) => own.values[row]) }
        : { ...own, codes: order.map((row) => own.codes[row]) },
    ]),
  );
}

/** The data with one more column of numbers. */
export function withNumbers(data: ModelData, name: string, values: Float64Array): ModelData {
  return new Map(data).set(name, { kind: "number", values });
}
