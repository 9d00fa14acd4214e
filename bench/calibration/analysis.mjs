// What the studies have in common on the evaluator's side: a propensity score, a match, a fit, and its intervals.
import {
  coefficientCovariance,
  fitLinear,
  fitLogistic,
  Matrix,
  marginalEffect,
  matchNearest,
  robustCovariance,
  setNumbers,
  testContrast,
  tInterval,
  workingFit,
} from "#stats";

export const LEVEL = 0.95;

/** A propensity score that no finite coefficients fit best: this world has no answer. */
export class NoScore extends Error {
  name = "NoScore";
}

/** The intercept and the columns, as a design matrix. */
export function designOf(columns) {
  return Matrix.fromColumns([new Float64Array(columns[0].length).fill(1), ...columns]);
}

/** Logits of the propensity score, from a logistic regression on the covariates. */
export function propensityLogits(covariates, treated) {
  const x = designOf(covariates);
  const names = Array.from({ length: x.columns }, (_, j) => `${j}`);
  const fit = fitLogistic({ y: Float64Array.from(treated), x, names });
  if (fit.state !== "converged") throw new NoScore(`the propensity score is ${fit.state}`);
  return fit.linearPredictor;
}

/**
 * Nearest neighbours on the propensity score, ties broken at random.
 * @param caliperSd  Largest distance, in SDs of the logit; none when left out.
 */
export function matchOnScore(random, { covariates, treated, neighbours, caliperSd, replacement = false }) {
  const score = propensityLogits(covariates, treated);
  const places = Int32Array.from(treated, (_, row) => row);
  random.shuffle(places);
  const matches = matchNearest({
    score,
    treated,
    neighbours,
    replacement,
    order: "largest",
    discard: "none",
    tieRank: Float64Array.from(places),
    ...(caliperSd === undefined ? {} : { caliper: caliperSd * standardDeviation(score) }),
  });
  return { ...matches, score, setOf: setNumbers(matches.sets, treated.length), kept: treatedKept(matches) };
}

function treatedKept({ sets }) {
  return sets.filter(({ controls }) => controls.length > 0).map((set) => set.treated);
}

function standardDeviation(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/**
 * The coefficient of treatment in a weighted linear model of the covariates, with an interval under each rule.
 * @param rules  By name: the kind of covariance, its clusters, and `z` where the normal takes the place of Student's t.
 */
export function linearIntervals({ y, treated, covariates, weights, rules }) {
  const names = ["(Intercept)", "treated", ...covariates.map((_, j) => `x${j + 1}`)];
  const fit = fitLinear({
    y,
    x: designOf([Float64Array.from(treated), ...covariates]),
    names,
    ...(weights === undefined ? {} : { weights }),
  });
  return { fit, intervals: intervalsOf(fit, rules) };
}

function intervalsOf(fit, rules) {
  const contrast = Float64Array.from(fit.names, (name) => Number(name === "treated"));
  const found = {};
  for (const [name, { kind, clusters = [], z = false }] of Object.entries(rules)) {
    const own = testContrast(fit, robustCovariance(fit, { kind, clusters }), contrast, { level: LEVEL });
    found[name] = z ? tInterval(own.estimate, own.se, Number.POSITIVE_INFINITY, LEVEL) : own;
  }
  return found;
}

/**
 * The effect on the treated kept, in probability, from a logistic model of treatment and covariates with matching weights:
 * its interval under each rule, with the degrees of freedom that rule gives the coefficient of treatment. Rows of weight 0
 * leave first.
 */
export function logisticIntervals({ rules, formula, ...everyone }) {
  const rows = Int32Array.from(everyone.weights.keys()).filter((row) => everyone.weights[row] > 0);
  const take = (values) => values.constructor.from(rows, (row) => values[row]);
  const [y, treated, weights] = [everyone.y, everyone.treated, everyone.weights].map(take);
  const covariates = everyone.covariates.map(take);
  const data = new Map([
    ["treated", { kind: "number", values: Float64Array.from(treated) }],
    ...covariates.map((values, j) => [`x${j + 1}`, { kind: "number", values }]),
  ]);
  const names = ["(Intercept)", "treated", ...covariates.map((_, j) => `x${j + 1}`)];
  const request = { y, x: designOf([Float64Array.from(treated), ...covariates]), names, weights };
  const fit = fitLogistic(request);
  if (fit.state !== "converged") throw new NoScore(`the outcome model is ${fit.state}`);
  const working = workingFit(fit, { family: fit.family, ...request });
  const contrast = Float64Array.from(names, (name) => Number(name === "treated"));
  const over = Float64Array.from(treated);
  const found = {};
  for (const [name, { kind, clusters = [], z = false }] of Object.entries(rules)) {
    const covariance = robustCovariance(working, { kind, clusters: clusters.map(take) });
    const { df } = testContrast(working, covariance, contrast, { level: LEVEL });
    const effect = marginalEffect({
      fit,
      formula,
      data,
      treatment: "treated",
      over,
      covariance: coefficientCovariance(working, kind === "model" ? modelOf(working) : covariance.v),
      df: z ? Number.POSITIVE_INFINITY : df,
      level: LEVEL,
    });
    if (effect.state !== "estimated") throw new NoScore(effect.reason);
    found[name] = effect.difference;
  }
  return { intervals: found };
}

/** A generalised model's own covariance is (XᵀWX)⁻¹ with dispersion 1: the identity in the basis of the fit. */
function modelOf({ q }) {
  const v = new Matrix(q.columns, q.columns);
  for (let j = 0; j < q.columns; j++) v.set(j, j, 1);
  return v;
}
