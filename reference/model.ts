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
  variableOf,
  variablesOf,
} from "#stats";
import type { Request } from "./case.ts";
import { BadSpec } from "./spec.ts";

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

/** Reads `formula`, `weights`, `offset` and `cluster` of a case; rows that lack any of their variables are left out. */
export function readModel({ spec, data: all }: Request): ModelRows {
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
  const data = takeRows(all, rows);
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

/** A response as numbers: of a category of two levels the second is 1, as R's `glm` takes it. */
function outcomeOf(data: ModelData, name: string): Float64Array {
  const variable = variableOf(data, name);
  if (variable.kind === "number") return variable.values;
  if (variable.levels.length > 2) throw new BadSpec(`the response "${name}" has ${variable.levels.length} categories`);
  return Float64Array.from(variable.codes);
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
