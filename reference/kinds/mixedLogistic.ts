import { normalQuantile, normalTail } from "#math";
import { type Effect, fitLogisticMixed, type LogisticMixedFit, latentVariance, mixedDifference } from "#stats";
import type { Request } from "../case.ts";
import { BadSpec } from "../spec.ts";
import { type MixedRequest, mixedKeys, named, requestOf, variancesOverTotal } from "./mixedKeys.ts";

/** A logistic mixed model as `glmer` gives it. */
export function logisticMixed(request: Request): unknown {
  const { spec } = request;
  spec.choice("family", ["binomial"], "binomial");
  const link = spec.choice("link", ["logit", "probit"], "logit");
  const points = spec.optionalNumber("nAGQ") ?? 1;
  const did = differenceOf(spec.raw("did"));
  const asked = requestOf(request);
  const { x, names, y, weights, offset, effects } = asked;
  const fit = fitLogisticMixed({
    y,
    x,
    names,
    effects,
    link,
    points,
    ...(weights === undefined ? {} : { trials: weights }),
    ...(offset === undefined ? {} : { offset }),
  });
  if (fit.state === "not estimable") return fit;
  const keys = mixedKeys(fit);
  const reach = normalQuantile(0.975);
  const se = fit.names.map((name) => keys.se[name]);
  return {
    ...keys,
    p: named(
      fit.names,
      fit.names.map((name) => 2 * normalTail(Math.abs(keys.statistic[name]))),
    ),
    wald: {
      lower: named(
        fit.names,
        fit.beta.map((value, j) => value - reach * se[j]),
      ),
      upper: named(
        fit.names,
        fit.beta.map((value, j) => value + reach * se[j]),
      ),
    },
    iccLatent: variancesOverTotal(fit, latentVariance(link)),
    seFromRX: named(
      fit.names,
      fit.names.map((_, j) => Math.sqrt(fit.conditionalCovariance.get(j, j))),
    ),
    ...(did === undefined ? {} : { margins: marginsOf(fit, asked, did) }),
  };
}

interface Difference {
  readonly treat: string;
  readonly period: string;
  readonly pre: readonly string[];
  readonly post: readonly string[];
}

function differenceOf(raw: unknown): Difference | undefined {
  if (raw === undefined || raw === null) return undefined;
  const { treat, period, pre, post, ...others } = raw as Record<string, unknown>;
  const unknown = Object.keys(others);
  if (unknown.length > 0) throw new BadSpec(`spec.did.${unknown.join(", spec.did.")}: not known`);
  const periods = (key: string, own: unknown): string[] => {
    const list = Array.isArray(own) ? own : [own];
    if (!list.every((value) => typeof value === "string" || typeof value === "number")) {
      throw new BadSpec(`spec.did.${key} must list periods`);
    }
    return list.map(String);
  };
  if (typeof treat !== "string" || typeof period !== "string") {
    throw new BadSpec("spec.did needs the names of treat and period");
  }
  return { treat, period, pre: periods("pre", pre), post: periods("post", post) };
}

function marginsOf(fit: LogisticMixedFit, { formula, data, weights }: MixedRequest, did: Difference) {
  const { periods, differences } = mixedDifference({
    fit,
    formula,
    data,
    ...did,
    ...(weights === undefined ? {} : { trials: weights }),
  });
  const three = ({ zero, modes, integrated }: Effect) => ({ zero, blup: modes, integrated });
  const withErrors = (own: Effect) => ({
    ...three(own),
    seZero: own.seZero,
    seIntegratedFixedOnly: own.seIntegrated,
  });
  return {
    byPeriod: Object.fromEntries(
      periods.map(({ period, untreated, treated, effect }) => [
        period,
        { t0: three(untreated), t1: three(treated), effect: withErrors(effect) },
      ]),
    ),
    did: Object.fromEntries(
      differences.map(({ period, probability, logOdds, onTreated }) => [
        period,
        {
          ...withErrors(probability),
          z: probability.z,
          p: probability.p,
          lower: probability.low,
          upper: probability.high,
          logOddsRatio: logOdds.estimate,
          seLogOddsRatio: logOdds.se,
          oddsRatio: logOdds.ratio,
          orLower: logOdds.low,
          orUpper: logOdds.high,
          pOddsRatio: logOdds.p,
          ...(onTreated === undefined ? {} : { onTreated: { ...withErrors(onTreated), rows: onTreated.rows } }),
        },
      ]),
    ),
  };
}
