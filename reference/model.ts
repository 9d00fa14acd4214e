import type { Matrix } from "#math";
import {
  asFactor,
  completeRows,
  type Formula,
  type ModelData,
  modelMatrix,
  numbersOf,
  readFormula,
  takeRows,
  type Variable,
  variableOf,
  variablesOf,
} from "#stats";
import type { Request } from "./case.ts";
import { BadSpec, NotAnswered } from "./spec.ts";

/** The rows of a model whose variables are all there, with everything a regression asks for. */
export interface ModelRows {
  readonly formula: Formula;
  readonly data: ModelData;
  /** Places of the rows in the file, from 0. */
  readonly rows: Int32Array;
  readonly response: string;
  readonly y: Float64Array;
  readonly x: Matrix;
  readonly names: readonly string[];
  readonly weights?: Float64Array;
  readonly offset?: Float64Array;
  /** One array per level of clustering, none when the case names none. */
  readonly clusters: readonly Int32Array[];
}

/**
 * Reads `formula`, `weights`, `offset` and `cluster` of a case; rows that lack any of their variables are left out.
 * @param dropsUnusedLevels  Whether levels that no row has go, as lme4 has it; R's `lm` and `glm` keep them as columns of
 *                           zeros, which are then dropped and named.
 */
export function readModel(
  { spec, data: all }: Request,
  { dropsUnusedLevels = false }: { readonly dropsUnusedLevels?: boolean } = {},
): ModelRows {
  const formula = readFormula(spec.text("formula"));
  const { response } = formula;
  if (response === undefined) throw new BadSpec(`spec.formula "${spec.text("formula")}" has no response`);
  const weightsName = spec.optionalText("weights");
  const offsetName = spec.optionalText("offset");
  const clusterNames = clustersOf(spec.raw("cluster"));
  const needed = [
    ...variablesOf(formula),
    ...[weightsName, offsetName].filter((name) => name !== undefined),
    ...clusterNames,
  ];
  const rows = completeRows(all, needed);
  const data = dropsUnusedLevels ? withoutUnusedLevels(takeRows(all, rows)) : takeRows(all, rows);
  if (rows.length === 0) throw new NotAnswered(`no row has a value of each of ${needed.join(", ")}`);
  if (weightsName !== undefined) checkWeights(numbersOf(data, weightsName), weightsName, rows);
  const { x, names } = modelMatrix(formula, data);
  const offsets = [...formula.offsets, ...(offsetName === undefined ? [] : [offsetName])];
  return {
    formula,
    data,
    rows,
    response,
    y: outcomeOf(data, response),
    x,
    names,
    ...(weightsName === undefined ? {} : { weights: numbersOf(data, weightsName) }),
    ...(offsets.length === 0 ? {} : { offset: summed(offsets.map((name) => numbersOf(data, name))) }),
    clusters: clusterNames.map((name) => asFactor(variableOf(data, name)).codes),
  };
}

function checkWeights(weights: Float64Array, name: string, rows: Int32Array): void {
  for (const [i, weight] of weights.entries()) {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new BadSpec(`row ${rows[i] + 1}, column "${name}": weight ${weight}; 0 or more is expected`);
    }
  }
  if (!weights.some((weight) => weight > 0)) throw new BadSpec(`column "${name}": no weight is above 0`);
}

/** A response as numbers: of a category the first level is 0 and any other 1, as R's `glm` takes it. */
function outcomeOf(data: ModelData, name: string): Float64Array {
  const variable = variableOf(data, name);
  return variable.kind === "number" ? variable.values : Float64Array.from(variable.codes, (code) => Number(code > 0));
}

function withoutUnusedLevels(data: ModelData): ModelData {
  return new Map(
    [...data].map(([name, variable]): [string, Variable] => {
      if (variable.kind === "number") return [name, variable];
      const used = variable.levels.map((_, code) => variable.codes.includes(code));
      let next = 0;
      const place = used.map((isUsed) => (isUsed ? next++ : -1));
      const levels = variable.levels.filter((_, code) => used[code]);
      return [name, { kind: "factor", levels, codes: variable.codes.map((code) => place[code]) }];
    }),
  );
}

function clustersOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === "string") return [value];
  if (Array.isArray(value) && value.every((own) => typeof own === "string")) return value;
  throw new BadSpec(`spec.cluster is ${JSON.stringify(value)}; a column or a list of columns is expected`);
}

function summed(columns: readonly Float64Array[]): Float64Array {
  return columns.reduce((left, right) => left.map((value, i) => value + right[i]));
}
