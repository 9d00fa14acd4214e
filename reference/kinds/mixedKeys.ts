import { type Matrix, type MixedFit, type RandomEffects, randomEffectsOf } from "#stats";
import type { Request } from "../case.ts";
import { type ModelRows, readModel } from "../model.ts";
import { BadSpec } from "../spec.ts";

/** The arrays a mixed model asks for, from the complete rows of the data. */
export interface MixedRequest extends ModelRows {
  readonly effects: readonly RandomEffects[];
}

export function requestOf(request: Request): MixedRequest {
  const model = readModel(request, { dropsUnusedLevels: true });
  if (model.formula.random.length === 0) throw new BadSpec("spec.formula has no random term");
  return { ...model, effects: randomEffectsOf(model.formula, model.data) };
}

export function named(names: readonly string[], values: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(names.map((name, j) => [name, values[j]]));
}

/** A covariance by the names of its rows and columns. */
function namedMatrix(names: readonly string[], values: Matrix): Record<string, Record<string, number>> {
  return Object.fromEntries(names.map((name, j) => [name, named(names, values.column(j))]));
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
