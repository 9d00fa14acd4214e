import {
  completeRows,
  type Formula,
  type Matrix,
  type MixedFit,
  type ModelData,
  modelMatrix,
  numbersOf,
  type RandomEffects,
  randomEffectsOf,
  readFormula,
  rowsOf,
  takeRows,
  type Variable,
  variableOf,
  variablesOf,
} from "#stats";
import type { Request } from "../case.ts";
import { BadSpec } from "../spec.ts";

/** The arrays a mixed model asks for, from the complete rows of the data. */
export interface MixedRequest {
  readonly formula: Formula;
  readonly data: ModelData;
  readonly x: Matrix;
  readonly names: readonly string[];
  readonly y: Float64Array;
  readonly weights?: Float64Array;
  readonly offset?: Float64Array;
  readonly effects: readonly RandomEffects[];
}

export function requestOf({ spec, data: all }: Request): MixedRequest {
  const formula = readFormula(spec.text("formula"));
  const { response } = formula;
  if (response === undefined) throw new BadSpec("spec.formula names no response");
  if (formula.random.length === 0) throw new BadSpec("spec.formula has no random term");
  const weightName = spec.optionalText("weights");
  const needed = [...variablesOf(formula), ...(weightName === undefined ? [] : [weightName])];
  const rows = completeRows(all, needed);
  const data = withoutUnusedLevels(rows.length === rowsOf(all) ? all : takeRows(all, rows));
  const { x, names } = modelMatrix(formula, data);
  const offset = sumOfOffsets(formula, data);
  return {
    formula,
    data,
    x,
    names,
    y: responseOf(data, response),
    ...(weightName === undefined ? {} : { weights: numbersOf(data, weightName) }),
    ...(offset === undefined ? {} : { offset }),
    effects: randomEffectsOf(formula, data),
  };
}

/** Numbers, or 0 for the first level of a category and 1 for any other. */
function responseOf(data: ModelData, name: string): Float64Array {
  const variable = variableOf(data, name);
  return variable.kind === "number" ? variable.values : Float64Array.from(variable.codes, (code) => Number(code > 0));
}

/** R leaves out levels that no row has. */
function withoutUnusedLevels(data: ModelData): ModelData {
  return new Map(
    [...data].map(([name, variable]): [string, Variable] => {
      if (variable.kind === "number") return [name, variable];
      const used = variable.levels.map((_, code) => variable.codes.includes(code));
      if (used.every(Boolean)) return [name, variable];
      let next = 0;
      const place = used.map((isUsed) => (isUsed ? next++ : -1));
      return [
        name,
        {
          kind: "factor",
          levels: variable.levels.filter((_, code) => used[code]),
          codes: variable.codes.map((code) => place[code]),
        },
      ];
    }),
  );
}

function sumOfOffsets(formula: Formula, data: ModelData): Float64Array | undefined {
  if (formula.offsets.length === 0) return undefined;
  const sum = new Float64Array(rowsOf(data));
  for (const name of formula.offsets) {
    for (const [i, value] of numbersOf(data, name).entries()) sum[i] += value;
  }
  return sum;
}

export function named(names: readonly string[], values: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(names.map((name, j) => [name, values[j]]));
}

/** A covariance by the names of its rows and columns. */
export function namedMatrix(names: readonly string[], values: Matrix): Record<string, Record<string, number>> {
  return Object.fromEntries(names.map((name, j) => [name, named(names, values.column(j))]));
}

/** The fit with its fixed effects called as R calls them: `factor(year)2016` where the formula says `factor(year)`. */
export function asR<T extends MixedFit>(fit: T, { factors }: Formula): T {
  const inR = (name: string): string =>
    name
      .split(":")
      .map((part) => {
        const variable = factors.find((own) => part.startsWith(own));
        return variable === undefined ? part : `factor(${variable})${part.slice(variable.length)}`;
      })
      .join(":");
  return { ...fit, names: fit.names.map(inR), dropped: fit.dropped.map(inR) };
}

/** What `lmer` and `glmer` have in common. */
export function mixedKeys(fit: MixedFit) {
  const se = Float64Array.from(fit.names, (_, j) => Math.sqrt(fit.covariance.get(j, j)));
  const missing = Object.fromEntries(fit.dropped.map((name) => [name, Number.NaN]));
  const deviance = -2 * fit.logLik;
  return {
    fixed: { ...named(fit.names, fit.beta), ...missing },
    se: { ...named(fit.names, se), ...missing },
    statistic: {
      ...named(
        fit.names,
        fit.beta.map((value, j) => value / se[j]),
      ),
      ...missing,
    } as Record<string, number>,
    vcov: namedMatrix(fit.names, fit.covariance),
    theta: named(fit.thetaNames, fit.theta),
    logLik: fit.logLik,
    deviance,
    aic: deviance + 2 * fit.parameters,
    bic: deviance + Math.log(fit.n) * fit.parameters,
    n: fit.n,
    groups: Object.fromEntries(fit.effects.map(({ group, levels }) => [group, levels.length])),
    varianceComponents: fit.variances.flatMap(({ label, covariance }, t) =>
      componentRows(label, fit.effects[t].columns, covariance),
    ),
    ranefFirst10: firstModes(fit),
    singular: fit.isSingular,
    ...(fit.cautions.length === 0 ? {} : { cautions: fit.cautions }),
  };
}

/** Variances of a term, then its covariances with their correlation. */
function componentRows(label: string, columns: readonly string[], covariance: Matrix) {
  const variances = columns.map((term1, k) => ({
    group: label,
    term1,
    term2: null as string | null,
    vcov: covariance.get(k, k),
    sdcor: Math.sqrt(covariance.get(k, k)),
  }));
  const covariances = columns.flatMap((term1, k) =>
    columns.slice(k + 1).map((term2, after) => {
      const m = k + 1 + after;
      const vcov = covariance.get(k, m);
      return { group: label, term1, term2, vcov, sdcor: vcov / Math.sqrt(covariance.get(k, k) * covariance.get(m, m)) };
    }),
  );
  return [...variances, ...covariances];
}

/** Variance over the total, by group; of a group with several coefficients that of the last, as the references have it. */
export function variancesOverTotal(fit: MixedFit, residual: number): Record<string, number> {
  const own = fit.variances.flatMap(({ label, covariance }) =>
    Array.from({ length: covariance.rows }, (_, k) => ({ label, value: covariance.get(k, k) })),
  );
  const total = own.reduce((sum, { value }) => sum + value, residual);
  return Object.fromEntries(own.map(({ label, value }) => [label, value / total]));
}

/** The first ten groups of each factor: a number, or numbers by coefficient where several vary. */
function firstModes(fit: MixedFit): Record<string, unknown> {
  const byFactor: Record<string, Record<string, Record<string, number>>> = {};
  for (const [t, { group, levels, columns }] of fit.effects.entries()) {
    byFactor[group] ??= {};
    for (const [g, level] of levels.slice(0, 10).entries()) {
      byFactor[group][level] ??= {};
      for (const [c, column] of columns.entries()) {
        byFactor[group][level][column] = fit.modes[t][g * columns.length + c];
      }
    }
  }
  return Object.fromEntries(
    Object.entries(byFactor).map(([group, levels]) => [
      group,
      Object.fromEntries(
        Object.entries(levels).map(([level, values]) => {
          const own = Object.values(values);
          return [level, own.length === 1 ? own[0] : values];
        }),
      ),
    ]),
  );
}
