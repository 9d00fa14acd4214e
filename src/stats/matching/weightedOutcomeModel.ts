import { checkLength, Matrix } from "#math";
import type { Interval } from "../common/interval.ts";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { testContrast } from "../regression/contrastTests.ts";
import { fitLinear } from "../regression/linearFit.ts";
import { robustCovariance } from "../regression/robustCovariance.ts";

/**
 * Effect of treatment in a linear outcome model fitted with matching, inverse-probability or entropy weights: right when
 * either the weights balance what matters or the model is right. Covariates are centred on their weighted treated mean and
 * enter alone and with treatment, so that the coefficient of treatment speaks of the treated also where effects differ.
 *
 * Standard error: CR2 over the clusters (rows when there are none) with Satterthwaite degrees of freedom; weights are taken
 * as probability weights, and as known.
 *
 * @param x        n × k covariates without an intercept; combinations of others are dropped.
 * @param weights  Zero or more; rows of weight 0 take no part.
 * @throws ShapeMismatch  the lengths disagree.
 *
 * Source: Lin (2013), Annals of Applied Statistics 7, centring; Ho, Imai, King and Stuart (2007), Political Analysis 15.
 */
export function weightedOutcomeModel({
  y,
  treated,
  x,
  weights,
  clusters,
  level = 0.95,
}: {
  readonly y: Float64Array;
  readonly treated: Uint8Array;
  readonly x: Matrix;
  readonly weights: Float64Array;
  readonly clusters?: Int32Array;
  readonly level?: number;
}): Interval | NotEstimable {
  const n = y.length;
  checkLength("treated", treated.length, n);
  checkLength("x", x.rows, n);
  checkLength("weights", weights.length, n);
  const used = [...weights.keys()].filter((row) => weights[row] > 0);
  if (!used.some((row) => treated[row] === 1)) return notEstimable("no treated row has weight");
  if (!used.some((row) => treated[row] === 0)) return notEstimable("no comparison row has weight");
  if (used.some((row) => !Number.isFinite(y[row]))) return notEstimable("a row with weight has no outcome");

  const treatedWeights = weights.map((weight, row) => weight * treated[row]);
  const total = treatedWeights.reduce((sum, weight) => sum + weight, 0);
  const centred = Array.from({ length: x.columns }, (_, j) => {
    const column = x.column(j);
    const mean = used.reduce((sum, row) => sum + treatedWeights[row] * column[row], 0) / total;
    return column.map((value) => value - mean);
  });
  const arm = Float64Array.from(treated);
  const columns = [
    new Float64Array(n).fill(1),
    arm,
    ...centred,
    ...centred.map((column) => column.map((value, row) => value * arm[row])),
  ];
  const names = columns.map((_, j) => (j === 1 ? "treated" : `${j}`));
  const fit = fitLinear({ y, x: Matrix.fromColumns(columns), names, weights });
  const contrast = Float64Array.from(names, (name) => Number(name === "treated"));
  if (fit.dropped.includes("treated")) return notEstimable("the treatment is a combination of the columns");
  const covariance = robustCovariance(fit, { kind: "CR2", clusters: clusters === undefined ? [] : [clusters] });
  const effect = testContrast(fit, covariance, contrast, { level });
  return effect.df > 0 ? effect : notEstimable("the clusters leave nothing to estimate an uncertainty from");
}
