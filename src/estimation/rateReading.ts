import {
  fitLogistic,
  type GeneralisedFit,
  type Interval,
  type LinearFit,
  poolContrasts,
  profileInterval,
  type RobustCovariance,
  robustCovariance,
  smallestDetectable,
  testContrast,
  tInterval,
  workingFit,
} from "#stats";
import { alphaOf } from "./alpha.ts";
import type { Effect, EffectBase, Estimable, RatesBehind } from "./effect.ts";
import { aboveFloor, tooFewClusters } from "./floor.ts";
import type { Layout, Question } from "./reading.ts";

/** Rates are told in percent, differences of them in percentage points. */
const PERCENT = 100;

/** What a logistic reading adds to an effect. */
type RateEffect = Pick<Effect, "point" | "estimate" | "unclustered" | "wild" | "detectable"> & Pick<Effect, "rates">;

/** A logistic model of one draw, with the mean predicted rates of its estimand and how they move with the coefficients. */
interface RateModel {
  readonly layout: Layout;
  readonly fit: Exclude<GeneralisedFit, { readonly state: "not converged" }>;
  /** The least squares fit it ended in, which only errors need. */
  readonly working: () => LinearFit;
  /** Worked out once for each kind of errors: the difference and the odds ratio are both over it. */
  readonly covarianceUnder: (errors: Effect["errors"]) => RobustCovariance;
  readonly treated: number;
  readonly comparison: number;
  /** Slope of the difference of rates by each coefficient. */
  readonly slope: Float64Array;
}

/**
 * The difference of two rates, in percentage points, by standardisation: a logistic model of the outcome on treatment and
 * covariates, weighted by the matching weights, predicts everybody of the estimand with and without the programme.
 *
 *     difference = Σ wᵢ·(μᵢ¹ − μᵢ⁰) / Σ wᵢ
 *
 * over the treated kept (ATT), or over all matched rows alike under `matchedSample`. Standard errors by the delta method
 * with the covariance of the analysis (CR2 with Satterthwaite degrees of freedom by default), covariates held fixed; the
 * odds ratio's interval comes from the same covariance, so that the two cannot disagree. Pooled over imputations.
 *
 * Source: methods, sections 1.4 and 5; Dowd, Greene and Norton (2014), Health Services Research 49(2).
 */
export function estimateRates(question: Question, layouts: readonly Layout[], base: EffectBase): RateEffect {
  const models = layouts.map((layout) => modelOf(question, layout));
  const failed = models.find((model) => typeof model === "string");
  if (typeof failed === "string") return withoutModel(layouts[0]!, failed);
  const sound = models as readonly RateModel[];
  const { level, errors } = question.analysis;
  const thin = tooFewClusters(base);
  const interval =
    thin === undefined
      ? poolContrasts(
          sound.map((model) => differenceTest(model, errors, level)),
          level,
        )
      : undefined;
  const point: Estimable<Interval> =
    interval === undefined
      ? { state: "not estimable", reason: thin! }
      : aboveFloor(interval, base, question.analysis.minimumTreated);
  const mean = (of: (model: RateModel) => number) => sound.reduce((sum, model) => sum + of(model), 0) / sound.length;
  return {
    point,
    estimate: PERCENT * mean((model) => model.treated - model.comparison),
    unclustered: poolContrasts(
      sound.map((model) => differenceTest(model, "HC2", level)),
      level,
    ),
    wild: undefined,
    detectable: point.state === "estimated" ? smallestDetectable(point.se, point.df, alphaOf(level)) : undefined,
    rates: {
      treated: PERCENT * mean((model) => model.treated),
      comparison: PERCENT * mean((model) => model.comparison),
      ...oddsRatioOf(question, sound, point),
    },
  };
}

/** The difference alone, with its interval: what sensitivities and leave-one-out need. */
export function rateDifference(question: Question, layouts: readonly Layout[], base: EffectBase): Estimable<Interval> {
  const { level, errors, minimumTreated } = question.analysis;
  const thin = tooFewClusters(base);
  const tests: Interval[] = [];
  for (const layout of layouts) {
    const model = modelOf(question, layout);
    if (typeof model === "string") return { state: "not estimable", reason: model };
    if (thin !== undefined) return { state: "not estimable", reason: thin };
    tests.push(differenceTest(model, errors, level));
  }
  return aboveFloor(poolContrasts(tests, level), base, minimumTreated);
}

/** The difference without an interval, for orders of ties. */
export function rateEstimate(question: Question, layout: Layout): Estimable<{ readonly estimate: number }> {
  const model = modelOf(question, layout);
  if (typeof model === "string") return { state: "not estimable", reason: model };
  return { state: "estimated", estimate: PERCENT * (model.treated - model.comparison) };
}

function modelOf(question: Question, layout: Layout): RateModel | string {
  const { y, x, names, weights } = layout;
  const fit = fitLogistic({ y, x, names, weights });
  if (fit.state === "not converged") return "the logistic model did not converge";
  // A level of a covariate in which nobody (or everybody) has the outcome predicts them without error, in both groups alike.
  if (fit.state === "separated" && (fit.columns.includes("treated") || oneOutcome(layout)))
    return separationInWords(layout, fit.columns);
  if (Number.isNaN(fit.beta[1]!)) return "treatment cannot be told apart from the covariates";
  const { family } = fit;
  const shares = sharesOf(question, layout);
  let total = 0;
  let high = 0;
  let low = 0;
  const slope = new Float64Array(names.length);
  const kept = [...names.keys()].filter((j) => !Number.isNaN(fit.beta[j]!));
  for (let i = 0; i < y.length; i++) {
    const share = shares[i]!;
    if (share === 0) continue;
    const off = fit.linearPredictor[i]! - x.get(i, 1) * fit.beta[1]!;
    const on = off + fit.beta[1]!;
    const d1 = family.meanDerivative(on);
    const d0 = family.meanDerivative(off);
    total += share;
    high += share * family.mean(on);
    low += share * family.mean(off);
    for (const j of kept) slope[j]! += share * (j === 1 ? d1 : (d1 - d0) * x.get(i, j));
  }
  for (const j of kept) slope[j]! /= total;
  const working = lazily(() => workingFit(fit, { family, y, x, names, weights }));
  const covarianceUnder = once((errors: Effect["errors"]) => {
    const clusters = errors === "HC2" || errors === "model" ? undefined : layout.clusters;
    return robustCovariance(working(), { kind: errors, ...(clusters !== undefined && { clusters }) });
  });
  return { layout, fit, working, covarianceUnder, treated: high / total, comparison: low / total, slope };
}

/** A function that works out its answer when first asked. */
function lazily<Answer>(work: () => Answer): () => Answer {
  let known: { readonly answer: Answer } | undefined;
  return () => {
    known ??= { answer: work() };
    return known.answer;
  };
}

/** A function that works out each answer once. */
function once<Asked, Answer>(work: (asked: Asked) => Answer): (asked: Asked) => Answer {
  const known = new Map<Asked, Answer>();
  return (asked) => {
    const answer = known.get(asked) ?? work(asked);
    known.set(asked, answer);
    return answer;
  };
}

/** How much each row counts in the average of predictions. */
function sharesOf(question: Question, { treated, weights }: Layout): Float64Array {
  if (question.open.sample.comparison.estimand === "matchedSample") return new Float64Array(treated.length).fill(1);
  return weights.map((weight, i) => (treated[i] === 1 ? weight : 0));
}

/** The standard error of a contrast of the coefficients, and its degrees of freedom. */
function spreadOf(
  { working, covarianceUnder }: RateModel,
  contrast: Float64Array,
  errors: Effect["errors"],
  level: number,
): Pick<Interval, "se" | "df"> {
  const { se, df } = testContrast(working(), covarianceUnder(errors), contrast, { level });
  // The variance of a yes or no is known from its mean: nothing is left to estimate, and the normal distribution serves.
  return errors === "model" ? { se: se / Math.sqrt(dispersion(working())), df: Number.POSITIVE_INFINITY } : { se, df };
}

function dispersion({ residuals, weights, dfResidual }: LinearFit): number {
  const sum = residuals.reduce((total, residual, i) => total + weights[i]! * residual * residual, 0);
  return sum / dfResidual;
}

function differenceTest(model: RateModel, errors: Effect["errors"], level: number): Interval {
  const { se, df } = spreadOf(model, model.slope, errors, level);
  return tInterval(PERCENT * (model.treated - model.comparison), PERCENT * se, df, level);
}

/** The odds ratio of treatment, Wald on the log-odds scale with the covariance of the difference. */
function oddsRatioOf(
  question: Question,
  models: readonly RateModel[],
  point: Estimable<Interval>,
): Pick<RatesBehind, "oddsRatio" | "oddsRatioInterval"> {
  const { level, errors } = question.analysis;
  if (point.state === "not estimable") return { oddsRatio: point, oddsRatioInterval: "wald" };
  const log = poolContrasts(
    models.map((model) => {
      const contrast = new Float64Array(model.layout.names.length);
      contrast[1] = 1;
      const { se, df } = spreadOf(model, contrast, errors, level);
      return tInterval(model.fit.beta[1]!, se, df, level);
    }),
    level,
  );
  const wald = {
    state: "estimated",
    ratio: Math.exp(log.estimate),
    low: Math.exp(log.low),
    high: Math.exp(log.high),
    p: log.p,
  } as const;
  const [only] = models;
  // Profile likelihood takes weights for frequencies and knows no clusters: only where there are neither.
  if (errors !== "model" || models.length > 1 || !only!.layout.weights.every((weight) => weight === 1))
    return { oddsRatio: wald, oddsRatioInterval: "wald" };
  const { y, x, names } = only!.layout;
  const { low, high } = profileInterval(
    only!.fit,
    { family: only!.fit.family, y, x, names },
    { column: 1, se: log.se, level },
  );
  if (typeof low !== "number" || typeof high !== "number") return { oddsRatio: wald, oddsRatioInterval: "wald" };
  return { oddsRatio: { ...wald, low: Math.exp(low), high: Math.exp(high) }, oddsRatioInterval: "profile" };
}

/** The plain difference of weighted rates, where no model can be fitted: it has no interval, and says why. */
function withoutModel(layout: Layout, reason: string): RateEffect {
  const rateOf = (arm: 0 | 1): number => {
    let ones = 0;
    let all = 0;
    for (const [i, weight] of layout.weights.entries()) {
      if (layout.treated[i] !== arm) continue;
      ones += weight * layout.y[i]!;
      all += weight;
    }
    return (PERCENT * ones) / all;
  };
  const point = { state: "not estimable", reason } as const;
  return {
    point,
    estimate: rateOf(1) - rateOf(0),
    unclustered: undefined,
    wild: undefined,
    detectable: undefined,
    rates: { treated: rateOf(1), comparison: rateOf(0), oddsRatio: point, oddsRatioInterval: "wald" },
  };
}

/** Whether one of the groups has only one outcome. */
function oneOutcome({ y, treated }: Layout): boolean {
  const outcomes = [new Set<number>(), new Set<number>()];
  for (const [i, value] of y.entries()) outcomes[treated[i]!]!.add(value);
  return outcomes.some((own) => own.size < 2);
}

/** Which group, or which level of a covariate, has only one outcome. */
function separationInWords({ y, treated }: Layout, columns: readonly string[]): string {
  for (const arm of [1, 0]) {
    const own = y.filter((_, i) => treated[i] === arm);
    const who = arm === 1 ? "programme" : "comparison";
    if (own.every((value) => value === 1))
      return `everybody in the ${who} group has this outcome: no odds can be modelled`;
    if (own.every((value) => value === 0))
      return `nobody in the ${who} group has this outcome: no odds can be modelled`;
  }
  return `${columns.join(", ")} tells those with this outcome from those without it without error: no odds can be modelled`;
}
