import { type Formula, type ModelData, rowsOf } from "../model/index.ts";
import type { LogisticMixedFit } from "./logisticMixedModel.ts";
import { integratedMean, integrationRule, meanOf } from "./meanPrediction.ts";
import { MixedPredictor } from "./mixedPredictor.ts";

/** P(y = 1) of each row with the random effects at 0, at their conditional modes, and integrated out. */
export interface MixedPredictions {
  readonly zero: Float64Array;
  readonly modes: Float64Array;
  readonly integrated: Float64Array;
}

/**
 * Predicts for rows, those of the fit or others. A group that the fit has not seen stands at its mean.
 * @throws UnknownVariable  the rows lack a variable of the formula, or have other columns than the fit.
 */
export function predictMixed(fit: LogisticMixedFit, formula: Formula, data: ModelData): MixedPredictions {
  const n = rowsOf(data);
  const rows = new MixedPredictor(fit, formula, data, undefined).rows({ data, weights: new Float64Array(n).fill(1) });
  const result = { zero: new Float64Array(n), modes: new Float64Array(n), integrated: new Float64Array(n) };
  const rule = integrationRule();
  for (let i = 0; i < n; i++) {
    let eta = rows.offset?.[i] ?? 0;
    for (let j = 0; j < fit.beta.length; j++) eta += fit.beta[j] * rows.x.get(i, j);
    result.zero[i] = meanOf(eta, fit.link);
    result.modes[i] = meanOf(eta + rows.modes[i], fit.link);
    result.integrated[i] = integratedMean(eta, rows.variance[i], fit.link, rule).mean;
  }
  return result;
}
