import { tTail } from "#math";
import { fitLinearMixed, kenwardRoger, satterthwaiteDegrees } from "#stats";
import type { Request } from "../case.ts";
import { mixedKeys, named, requestOf, variancesOverTotal } from "./mixedKeys.ts";

/** A linear mixed model as `lmer` gives it. */
export function linearMixed(request: Request): unknown {
  const isRestricted = request.spec.flag("reml", true);
  const { x, names, y: response, weights, offset, effects } = requestOf(request);
  const y = offset === undefined ? response : response.map((value, i) => value - offset[i]);
  const fit = fitLinearMixed({
    y,
    x,
    names,
    effects,
    isRestricted,
    ...(weights === undefined ? {} : { weights }),
  });
  if (fit.state === "not estimable") return fit;
  const residual = fit.sigma ** 2;
  const df = satterthwaiteDegrees(fit);
  const adjusted = isRestricted ? kenwardRoger(fit) : undefined;
  const keys = mixedKeys(fit);
  const t = fit.names.map((name) => keys.statistic[name]);
  return {
    ...keys,
    icc: variancesOverTotal(fit, residual),
    varianceComponents: [
      ...keys.varianceComponents,
      { group: "Residual", term1: null, term2: null, vcov: residual, sdcor: fit.sigma },
    ],
    sigma: fit.sigma,
    ...(isRestricted ? { remlCriterion: -2 * fit.logLik } : {}),
    satterthwaite: {
      df: named(fit.names, df),
      p: named(
        fit.names,
        df.map((own, j) => 2 * tTail(Math.abs(t[j]), own)),
      ),
    },
    ...(adjusted?.state === "estimated"
      ? { kenwardRoger: { se: named(fit.names, adjusted.se), df: named(fit.names, adjusted.df) } }
      : {}),
  };
}
