import { checkLength, type Matrix } from "#math";
import { type Interval, tInterval } from "../common/interval.ts";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { fitLinear } from "../regression/linearFit.ts";
import { fitLogistic } from "../regression/logisticFit.ts";
import { influenceError } from "./weightedDifference.ts";

export type DoublyRobust =
  | ({
      readonly state: "estimated";
      /** One value per row: its part in the estimate's error. They average 0. */
      readonly influence: Float64Array;
      /** Smallest and largest share of the propensity score's range among rows that are weighted by it. */
      readonly scoreRange: readonly [number, number];
    } & Interval)
  | NotEstimable;

export interface DoublyRobustRequest {
  readonly y: Float64Array;
  readonly treated: Uint8Array;
  /** Columns of the outcome model, the intercept among them. */
  readonly x: Matrix;
  /** Columns of the propensity model, the intercept among them; those of the outcome when left out. */
  readonly scoreX?: Matrix;
  readonly estimand: "ATT" | "ATE";
  /** "logistic" for an outcome of 0 and 1. */
  readonly outcomeModel: "linear" | "logistic";
  /** A number per row; every row is its own cluster when left out. */
  readonly clusters?: Int32Array;
  readonly level?: number;
}

/**
 * Augmented inverse-probability weighting: an outcome model in each arm corrected by the weighted residuals, right when
 * either the outcome model or the propensity score e is.
 *
 *     ATE:  τ = mean of  m₁ − m₀ + t(y − m₁)/e − (1 − t)(y − m₀)/(1 − e)
 *     ATT:  τ = Σ [ t(y − m₀) − (1 − t)(y − m₀) e/(1 − e) ] / Σ t
 *
 * The standard error comes from the influence values, summed within clusters: √(G/(G − 1) Σ_g (Σ φᵢ)²)/n, with t on G − 1.
 * It takes both models as right; then fitting them adds nothing to first order.
 *
 * @returns Not estimable when an arm is empty, a model has no finite fit, or the score is 0 or 1 for a row it weights.
 * @throws ShapeMismatch     the lengths disagree.
 * @throws OutcomeNotAllowed  a logistic outcome is below 0 or above 1.
 *
 * Source: Robins, Rotnitzky and Zhao (1994), JASA 89; Moodie, Saarela and Stephens (2018), Statistics in Medicine 37, ATT.
 */
export function augmentedWeighting(request: DoublyRobustRequest): DoublyRobust {
  const { y, treated, x, scoreX = x, estimand, clusters, level = 0.95 } = request;
  const n = y.length;
  checkLength("treated", treated.length, n);
  checkLength("x", x.rows, n);
  checkLength("scoreX", scoreX.rows, n);
  if (clusters !== undefined) checkLength("clusters", clusters.length, n);
  if (!treated.includes(1) || !treated.includes(0)) return notEstimable("one of the two groups is empty");
  if (!y.every(Number.isFinite)) return notEstimable("a row has no outcome");

  const score = fitLogistic({ y: Float64Array.from(treated), x: scoreX, names: numbered(scoreX) });
  if (score.state !== "converged") {
    return notEstimable(
      score.state === "separated"
        ? `column ${score.columns.join(", ")} of the score tells the groups apart without error`
        : "the propensity score did not settle",
    );
  }
  const withoutProgramme = predictedIn(request, 0);
  if (typeof withoutProgramme === "string") return notEstimable(withoutProgramme);
  const withProgramme = estimand === "ATE" ? predictedIn(request, 1) : undefined;
  if (typeof withProgramme === "string") return notEstimable(withProgramme);

  const share = treated.reduce((sum, own) => sum + own, 0) / n;
  const parts = new Float64Array(n);
  let low = 1;
  let high = 0;
  for (let i = 0; i < n; i++) {
    const t = treated[i];
    const odds = Math.exp(score.linearPredictor[i]);
    const own = odds / (1 + odds);
    if (estimand === "ATE" || t === 0) {
      low = Math.min(low, own);
      high = Math.max(high, own);
    }
    const without = y[i] - withoutProgramme[i];
    if (estimand === "ATT") parts[i] = (t === 1 ? without : -without * odds) / share;
    else {
      const difference = withProgramme![i] - withoutProgramme[i];
      parts[i] = difference + (t === 1 ? (y[i] - withProgramme![i]) * (1 + 1 / odds) : -without * (1 + odds));
    }
  }
  const estimate = parts.reduce((sum, value) => sum + value, 0) / n;
  if (!Number.isFinite(estimate)) return notEstimable("the propensity score is 0 or 1 for a row that it weights");
  const influence = parts.map((value, i) =>
    estimand === "ATT" ? value - (treated[i] * estimate) / share : value - estimate,
  );
  const { se, df } = influenceError(
    influence.map((value) => value / n),
    undefined,
    clusters,
  );
  if (!(df > 0)) return notEstimable("one cluster leaves nothing to estimate an uncertainty from");
  return { state: "estimated", influence, scoreRange: [low, high], ...tInterval(estimate, se, df, level) };
}

/** Outcomes predicted for all rows by the model of one arm, or why there are none. */
function predictedIn({ y, treated, x, outcomeModel }: DoublyRobustRequest, arm: 0 | 1): Float64Array | string {
  const weights = Float64Array.from(treated, (own) => Number(own === arm));
  const names = numbered(x);
  const whose = arm === 1 ? "treated" : "comparison";
  if (outcomeModel === "logistic") {
    const fit = fitLogistic({ y, x, names, weights });
    if (fit.state !== "converged") return `the outcome model has no finite fit among the ${whose} rows (${fit.state})`;
    return fit.linearPredictor.map((eta) => 1 / (1 + Math.exp(-eta)));
  }
  const fit = fitLinear({ y, x, names, weights });
  const used = fit.beta.map((value) => (Number.isNaN(value) ? 0 : value));
  if (hasUnseenColumn(x, treated, arm, fit.dropped, names))
    return `column ${fit.dropped.join(", ")} varies only outside the ${whose} rows`;
  const predicted = new Float64Array(y.length);
  for (let j = 0; j < x.columns; j++) {
    const column = x.column(j);
    for (let i = 0; i < predicted.length; i++) predicted[i] += used[j] * column[i];
  }
  return predicted;
}

/**
 * Whether a column dropped in one arm is a combination of the others there but not in the whole: its effect on the other
 * arm's rows is then unknown.
 */
function hasUnseenColumn(
  x: Matrix,
  treated: Uint8Array,
  arm: 0 | 1,
  dropped: readonly string[],
  names: readonly string[],
): boolean {
  if (dropped.length === 0) return false;
  const whole = fitLinear({ y: new Float64Array(x.rows), x, names });
  return treated.some((own) => own !== arm) && dropped.some((name) => !whole.dropped.includes(name));
}

const numbered = (x: Matrix): string[] => Array.from({ length: x.columns }, (_, j) => `${j + 1}`);
