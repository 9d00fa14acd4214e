import {
  checkLength,
  choleskyFactor,
  type Evaluation,
  invertCholesky,
  logGamma,
  Matrix,
  type Minimum,
  multiply,
  symmetricEigen,
  transpose,
  withDifferences,
} from "#math";
import { rowsOfWeight } from "../common/badWeights.ts";
import { ColumnProducts } from "../regression/columnProducts.ts";
import { fitLogistic } from "../regression/logisticFit.ts";
import { basisOf, originalScale } from "../regression/regressionBasis.ts";
import { BinomialLikelihood, type BinomialLink } from "./binomialLikelihood.ts";
import { ConditionalModes } from "./conditionalModes.ts";
import { findTheta } from "./findTheta.ts";
import { laplaceDeviance } from "./laplaceDeviance.ts";
import {
  checkFinite,
  effectsOfRows,
  endCautions,
  type MixedFit,
  type NotEstimable,
  notEstimable,
} from "./linearMixedModel.ts";
import { QuadratureDeviance } from "./quadratureDeviance.ts";
import { type RandomEffects, termLabels } from "./randomEffects.ts";
import { RandomStructure } from "./randomStructure.ts";
import { reasonAgainst } from "./reasonAgainst.ts";
import { canonicalTheta, scaledEffects, thetaNames, thetaScale } from "./relativeCovariance.ts";
import { rowPatterns } from "./rowPatterns.ts";
import { randomVariances } from "./varianceComponents.ts";

export interface LogisticMixedFit extends MixedFit {
  readonly link: BinomialLink;
  /** Quadrature points: 0 for fixed effects in the penalised step, 1 for Laplace's method. */
  readonly points: number;
  /** Covariance of the fixed effects with the variances held fixed, from the penalised system. */
  readonly conditionalCovariance: Matrix;
  /** Where `covariance` comes from: the second derivatives of the deviance, or `conditionalCovariance`. */
  readonly covarianceFrom: "second derivatives" | "penalised system";
}

/** Quadrature of several points is for one random coefficient of one factor: a caller's mistake. */
export class QuadratureNotPossible extends Error {
  override readonly name = "QuadratureNotPossible";
}

/** An outcome outside 0 … 1, or trials that are not above 0: a caller's mistake. */
export class BadProportions extends Error {
  override readonly name = "BadProportions";
}

const SINGULAR = 1e-4;
const TOLERANCE = 1e-6;
const STARTING_THETA = 0.5;
/** Step of the second derivatives, as a share of a parameter's standard error. */
const STEP = 3e-4;
/** A predictor this far from 0 may be on its way to infinity. */
const LARGE_PREDICTOR = 12;
/** Laplace's method is too rough with fewer rows per group, once groups differ this much. */
const FEW_ROWS = 10;
const LARGE_ICC = 0.1;

/**
 * Logistic (or probit) mixed model P(y = 1) = g⁻¹(Xβ + Zb), b = Λ(θ)u with u standard normal, by maximum likelihood with the
 * random effects integrated out by Laplace's method or adaptive Gauss-Hermite quadrature.
 *
 * Rows that are the same in everything but the outcome are taken together first. The deviance is searched over (θ, β) by
 * quasi-Newton steps with its exact slope; every evaluation finds the groups' modes anew from where they were. Standard
 * errors come from the second derivatives over (θ, β), differences of the exact slope.
 *
 * @param y        n outcomes: 0 or 1, or the share of successes among `trials`.
 * @param trials   n numbers of trials, 1 each when left out. Rows of 0 leave first.
 * @param x        n × k, the intercept among its columns.
 * @param effects  Random terms (`randomEffectsOf`).
 * @param points   0: β with u in the penalised step only; 1: Laplace; more: quadrature, for one random coefficient.
 * @param offset   n numbers added to the linear predictor.
 * @returns        `not estimable` with the reason where no finite estimate is best.
 * @throws ShapeMismatch, BadWeights, BadProportions, NotFinite, QuadratureNotPossible, RangeError (points)
 *
 * Source: Bates, Mächler, Bolker and Walker (2015), Journal of Statistical Software 67(1); Pinheiro and Chao (2006), Journal
 * of Computational and Graphical Statistics 15(1); conventions of lme4.
 */
export function fitLogisticMixed({
  y,
  x,
  names,
  effects,
  trials,
  offset,
  link = "logit",
  points = 1,
}: {
  readonly y: Float64Array;
  readonly x: Matrix;
  readonly names: readonly string[];
  readonly effects: readonly RandomEffects[];
  readonly trials?: Float64Array;
  readonly offset?: Float64Array;
  readonly link?: BinomialLink;
  readonly points?: number;
}): LogisticMixedFit | NotEstimable {
  check({ y, x, names, effects, trials, offset, points });
  if (x.rows === 0) return notEstimable("there is no row");
  const rows = rowsOfWeight(trials, x.rows);
  const own = rows.length === x.rows ? effects : effectsOfRows(effects, rows);
  const count = Float64Array.from(rows, (row) => trials?.[row] ?? 1);
  const success = Float64Array.from(rows, (row, i) => y[row] * count[i]);
  const reason =
    reasonAgainst(
      own,
      rows.length,
      count.some((one) => one > 1),
    ) ??
    reasonAgainstOutcome(success, count, x.columns) ??
    reasonAgainstGroups(own, success, count);
  if (reason !== undefined) return notEstimable(reason);

  const data = collapsed({ x, rows, effects: own, count, success, offset });
  const basis = basisOf(
    data.x,
    Int32Array.from({ length: data.x.rows }, (_, i) => i),
    undefined,
  );
  const p = basis.kept.length;
  const scaled = scaledEffects(data.effects);
  const structure = new RandomStructure(scaled.effects);
  const modes = new ConditionalModes({
    structure,
    likelihood: new BinomialLikelihood(data.success, data.count, link),
    products: new ColumnProducts(basis.x),
    x: basis.x,
    offset: data.offset,
  });
  // β = T·γ for γ over the columns of the basis.
  const toBeta = backTransform(basis, data.x.columns);
  const first = firstLook(modes, p);
  if (first === undefined || largestOf(first.point.eta) > LARGE_PREDICTOR) {
    const separation = separationIn(data, basis.kept, names);
    if (separation !== undefined) return notEstimable(separation);
  }
  const startGamma = first?.gamma ?? new Float64Array(p);
  const search = points === 0 ? searchJointly(modes, startGamma) : searchFully(modes, startGamma, points);
  if (search === undefined) return notEstimable("the modes of the random effects could not be found at any start");
  const { found, thetaHere, gamma } = search;
  const point = modes.at(thetaHere, gamma);
  if (point === undefined) return notEstimable("the modes of the random effects could not be found");
  const conditional = inverseOf(modes.information(point));
  if (conditional === undefined) return notEstimable("the fixed effects' information is singular");
  const value = found.value;
  const curved = points === 0 ? undefined : curvedCovariance(modes, points, thetaHere, gamma, conditional);
  modes.at(thetaHere, gamma);

  const theta = multiplied(thetaHere, thetaScale(structure, scaled.size));
  const variances = randomVariances(structure, termLabels(own), theta, 1);
  const b = structure.timesFactor(point.lambda, point.u);
  const inBeta = (covariance: Matrix) => multiply(toBeta, multiply(covariance, transpose(toBeta)));
  const beta = timesGamma(toBeta, gamma);
  const fit = {
    state: "fitted" as const,
    n: rows.length,
    names: Array.from(basis.kept, (j) => names[j]),
    dropped: Array.from(basis.dropped, (j) => names[j]),
    beta,
    covariance: inBeta(curved ?? conditional),
    thetaNames: thetaNames(own),
    theta,
    effects: own,
    variances,
    modes: structure.terms.map(({ offset: from, width, groups }, t) =>
      Float64Array.from({ length: groups * width }, (_, i) => b[from + i] / scaled.size[t][i % width]),
    ),
    isSingular: structure.diagonalPlaces().some((place) => thetaHere[place] < SINGULAR),
    logLik: -value / 2 + binomialConstant(success, count),
    parameters: p + theta.length,
    record: { path: found.path, stopped: found.stopped },
    link,
    points,
    conditionalCovariance: inBeta(conditional),
    covarianceFrom: curved === undefined ? ("penalised system" as const) : ("second derivatives" as const),
  };
  return {
    ...fit,
    cautions: [...cautionsOf(fit, sumOf(count), curved === undefined && points > 0), ...endCautions(found)],
  };
}

function check({
  y,
  x,
  names,
  effects,
  trials,
  offset,
  points,
}: {
  y: Float64Array;
  x: Matrix;
  names: readonly string[];
  effects: readonly RandomEffects[];
  trials: Float64Array | undefined;
  offset: Float64Array | undefined;
  points: number;
}): void {
  checkLength("y", y.length, x.rows);
  checkLength("names", names.length, x.columns);
  if (trials !== undefined) checkLength("trials", trials.length, x.rows);
  if (offset !== undefined) {
    checkLength("offset", offset.length, x.rows);
    checkFinite("offset", offset);
  }
  for (const { group, codes, z } of effects) {
    checkLength(`groups of "${group}"`, codes.length, x.rows);
    for (const column of z) checkFinite("a varying column", column);
  }
  checkFinite("x", x.data);
  if (!y.every((value) => value >= 0 && value <= 1)) {
    throw new BadProportions("an outcome must be 0 or 1, or the share of successes among the trials");
  }
  if (!(Number.isInteger(points) && points >= 0 && points <= 100)) {
    throw new RangeError(`quadrature points must be a whole number from 0 to 100, not ${points}`);
  }
  if (points > 1 && (effects.length !== 1 || effects[0].columns.length !== 1)) {
    throw new QuadratureNotPossible(
      `quadrature with ${points} points is for a model with one random coefficient; use Laplace's method (1 point) here`,
    );
  }
}

function reasonAgainstOutcome(success: Float64Array, count: Float64Array, columns: number): string | undefined {
  const successes = sumOf(success);
  const all = sumOf(count);
  if (successes === 0 || successes === all) return "the outcome is the same in every row";
  if (all <= columns) return `${all} trials cannot estimate ${columns} fixed effects`;
  return undefined;
}

/** Where no group holds both outcomes, the larger the variance between groups the better: none is best. */
function reasonAgainstGroups(
  effects: readonly RandomEffects[],
  success: Float64Array,
  count: Float64Array,
): string | undefined {
  for (const { group, codes, levels, z } of effects) {
    if (!z.some((column) => column.every((value) => value === 1))) continue;
    const ones = new Float64Array(levels.length);
    const zeros = new Float64Array(levels.length);
    for (let i = 0; i < codes.length; i++) {
      ones[codes[i]] += success[i];
      zeros[codes[i]] += count[i] - success[i];
    }
    if (ones.every((own, g) => own === 0 || zeros[g] === 0)) {
      return `in every group of "${group}" the outcome is the same: no finite variance between groups is best`;
    }
  }
  return undefined;
}

/** Rows alike in everything but the outcome as one, with the sums of their trials and successes. */
interface Collapsed {
  readonly x: Matrix;
  readonly effects: readonly RandomEffects[];
  readonly count: Float64Array;
  readonly success: Float64Array;
  readonly offset: Float64Array | undefined;
}

function collapsed({
  x,
  rows,
  effects,
  count,
  success,
  offset,
}: Omit<Collapsed, "offset"> & { rows: Int32Array; offset: Float64Array | undefined }): Collapsed {
  const isWhole = rows.length === x.rows;
  const taken = (column: Float64Array) => (isWhole ? column : picked(column, rows));
  const columns = Array.from({ length: x.columns }, (_, j) => taken(x.column(j)));
  const shift = offset === undefined ? undefined : taken(offset);
  const { patternOf, firstRow } = rowPatterns(rows.length, [
    ...effects.map(({ codes }) => codes),
    ...effects.flatMap(({ z }) => z),
    ...columns,
    ...(shift === undefined ? [] : [shift]),
  ]);
  const firsts = (column: Float64Array) => picked(column, firstRow);
  const sums = (values: Float64Array) => {
    const result = new Float64Array(firstRow.length);
    for (let i = 0; i < values.length; i++) result[patternOf[i]] += values[i];
    return result;
  };
  const small = new Matrix(firstRow.length, x.columns);
  for (const [j, column] of columns.entries()) small.column(j).set(firsts(column));
  return {
    x: small,
    effects: effects.map((own) => ({
      ...own,
      codes: Int32Array.from(firstRow, (row) => own.codes[row]),
      z: own.z.map(firsts),
    })),
    count: sums(count),
    success: sums(success),
    offset: shift === undefined ? undefined : firsts(shift),
  };
}

/** Fixed and random effects together, the random ones of a middling variance: where a search starts. */
function firstLook(modes: ConditionalModes, p: number): ReturnType<ConditionalModes["jointly"]> {
  const theta = modes.structure.startingTheta().map((value) => value * STARTING_THETA);
  return modes.jointly(theta, new Float64Array(p));
}

/**
 * Whether the fixed columns separate the ones from the zeros, in words: no random effect can bring that back. Newton's
 * steps have then carried some predictor beyond `LARGE_PREDICTOR` before they became small, so that only such fits ask.
 */
function separationIn(
  { x, count, success }: Collapsed,
  kept: Int32Array,
  names: readonly string[],
): string | undefined {
  const columns = Array.from(kept, (j) => x.column(j));
  const { patternOf, firstRow } = rowPatterns(x.rows, columns);
  const ones = new Float64Array(firstRow.length);
  const zeros = new Float64Array(firstRow.length);
  for (let i = 0; i < x.rows; i++) {
    ones[patternOf[i]] += success[i];
    zeros[patternOf[i]] += count[i] - success[i];
  }
  const n = firstRow.length;
  const twice = new Matrix(2 * n, kept.length);
  for (const [j, column] of columns.entries()) {
    const own = picked(column, firstRow);
    twice.column(j).set(own);
    twice.column(j).set(own, n);
  }
  const weights = new Float64Array(2 * n);
  weights.set(ones);
  weights.set(zeros, n);
  const fit = fitLogistic({
    y: new Float64Array(2 * n).fill(1, 0, n),
    x: twice,
    names: Array.from(kept, (j) => names[j]),
    weights,
  });
  if (fit.state !== "separated") return undefined;
  const which = fit.columns.length === 0 ? "the fixed effects" : fit.columns.join(", ");
  return `separation: ${which} tell the ones from the zeros without error`;
}

function backTransform(basis: ReturnType<typeof basisOf>, columns: number): Matrix {
  const p = basis.kept.length;
  const result = new Matrix(p, p);
  for (let j = 0; j < p; j++) {
    const unit = new Float64Array(p);
    unit[j] = 1;
    const beta = originalScale(basis, unit, columns);
    for (let i = 0; i < p; i++) result.set(i, j, beta[basis.kept[i]]);
  }
  return result;
}

interface Search {
  readonly found: Minimum;
  readonly thetaHere: Float64Array;
  readonly gamma: Float64Array;
}

function searchFully(modes: ConditionalModes, startGamma: Float64Array, points: number): Search | undefined {
  const { structure } = modes;
  const k = structure.thetaSize;
  const evaluate = evaluation(modes, points);
  const theta = structure.startingTheta().map((value) => value * STARTING_THETA);
  const joint = modes.jointly(theta, startGamma);
  const gamma = joint?.gamma ?? startGamma;
  const start = Float64Array.of(...theta, ...gamma);
  const inverse = startingInverse(modes, evaluate, start, k);
  const found = findTheta({
    evaluate,
    start,
    diagonal: structure.diagonalPlaces(),
    tolerance: TOLERANCE,
    ...(inverse === undefined ? {} : { inverse }),
  });
  if (!Number.isFinite(found.value)) return undefined;
  return { found, thetaHere: canonicalTheta(structure, found.x.slice(0, k)), gamma: found.x.slice(k) };
}

function searchJointly(modes: ConditionalModes, startGamma: Float64Array): Search | undefined {
  const { structure } = modes;
  const value = (theta: Float64Array): number => {
    const found = modes.jointly(theta, startGamma);
    return found === undefined ? Number.POSITIVE_INFINITY : found.point.penalised + structure.cholesky.logDeterminant();
  };
  const found = findTheta({
    evaluate: withDifferences(value, 3e-5),
    start: structure.startingTheta().map((own) => own * STARTING_THETA),
    diagonal: structure.diagonalPlaces(),
    tolerance: TOLERANCE,
  });
  const thetaHere = canonicalTheta(structure, found.x);
  const joint = modes.jointly(thetaHere, startGamma);
  return joint === undefined ? undefined : { found, thetaHere, gamma: joint.gamma };
}

/** The deviance over (θ, γ) with its slope. */
function evaluation(modes: ConditionalModes, points: number): (x: Float64Array) => Evaluation {
  const k = modes.structure.thetaSize;
  const quadrature = points > 1 ? new QuadratureDeviance(modes, points) : undefined;
  return (x) => {
    const point = modes.at(x.subarray(0, k), x.subarray(k));
    if (point === undefined) return { value: Number.POSITIVE_INFINITY, gradient: new Float64Array(x.length) };
    return quadrature === undefined ? laplaceDeviance(modes, point) : quadrature.at(point);
  };
}

/** The inverse second derivatives at the start: differences of the slope along θ, the penalised information along γ. */
function startingInverse(
  modes: ConditionalModes,
  evaluate: (x: Float64Array) => Evaluation,
  start: Float64Array,
  k: number,
): Matrix | undefined {
  const size = start.length;
  const hessian = new Matrix(size, size);
  for (let i = 0; i < k; i++) {
    const column = slopeDifference(evaluate, start, i, 1e-3);
    for (let j = 0; j < size; j++) {
      hessian.set(j, i, column[j]);
      hessian.set(i, j, column[j]);
    }
  }
  const point = modes.at(start.subarray(0, k), start.subarray(k));
  if (point === undefined) return undefined;
  const information = modes.information(point);
  for (let i = k; i < size; i++) {
    for (let j = k; j < size; j++) hessian.set(i, j, 2 * information.get(i - k, j - k));
  }
  const inverse = inverseOf(hessian);
  if (inverse !== undefined) return inverse;
  // Not a bowl there: the parts by themselves, each with its curvature turned upwards.
  const ownInverse = inverseOf(information);
  if (ownInverse === undefined) return undefined;
  const result = new Matrix(size, size);
  for (let i = 0; i < k; i++) result.set(i, i, 1 / Math.max(Math.abs(hessian.get(i, i)), 1));
  for (let i = k; i < size; i++) {
    for (let j = k; j < size; j++) result.set(i, j, ownInverse.get(i - k, j - k) / 2);
  }
  return result;
}

function slopeDifference(
  evaluate: (x: Float64Array) => Evaluation,
  x: Float64Array,
  i: number,
  step: number,
): Float64Array {
  const at = x.slice();
  at[i] = x[i] + step;
  const above = evaluate(at).gradient;
  at[i] = x[i] - step;
  const below = evaluate(at).gradient;
  return above.map((value, j) => (value - below[j]) / (2 * step));
}

/**
 * Twice the inverse second derivatives of the deviance over (θ, γ), its block of γ. Directions of θ in which the deviance
 * does not curve upwards (a variance on its boundary) are held fixed.
 */
function curvedCovariance(
  modes: ConditionalModes,
  points: number,
  theta: Float64Array,
  gamma: Float64Array,
  conditional: Matrix,
): Matrix | undefined {
  const evaluate = evaluation(modes, points);
  const k = theta.length;
  const p = gamma.length;
  const x = Float64Array.of(...theta, ...gamma);
  const middle = modes.at(theta, gamma)?.u;
  if (middle === undefined) return undefined;
  const columns = Array.from(x, (value, i) => {
    const step = i < k ? STEP * Math.max(Math.abs(value), 0.1) : STEP * Math.sqrt(conditional.get(i - k, i - k));
    return slopeDifference(
      (at) => {
        modes.startFrom(middle);
        return evaluate(at);
      },
      x,
      i,
      step,
    );
  });
  const h = (i: number, j: number) => (columns[i][j] + columns[j][i]) / 2;
  const reduced = new Matrix(p, p);
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) reduced.set(i, j, h(k + i, k + j));
  const own = new Matrix(k, k);
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) own.set(i, j, h(i, j));
  const { values, vectors } = symmetricEigen(own);
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  for (let e = 0; e < k; e++) {
    if (!(values[e] > 1e-7 * largest)) continue;
    const along = Float64Array.from({ length: p }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += vectors.get(j, e) * h(j, k + i);
      return sum;
    });
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < p; j++) reduced.set(i, j, reduced.get(i, j) - (along[i] * along[j]) / values[e]);
    }
  }
  const inverse = inverseOf(reduced);
  if (inverse !== undefined) for (let i = 0; i < inverse.data.length; i++) inverse.data[i] *= 2;
  return inverse;
}

function inverseOf(a: Matrix): Matrix | undefined {
  const root = choleskyFactor(a);
  return root === undefined ? undefined : invertCholesky(root);
}

/** Σ ln C(m, s) over rows of whole numbers; 0 for 0/1 outcomes. */
function binomialConstant(success: Float64Array, count: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < count.length; i++) {
    const m = count[i];
    const s = Math.round(success[i]);
    if (m <= 1 || !Number.isInteger(m) || Math.abs(s - success[i]) > 1e-6) continue;
    sum += logGamma(m + 1) - logGamma(s + 1) - logGamma(m - s + 1);
  }
  return sum;
}

function cautionsOf(
  {
    points,
    link,
    variances,
    effects,
    isSingular,
  }: Pick<LogisticMixedFit, "points" | "link" | "variances" | "effects" | "isSingular">,
  trials: number,
  isWithoutCurvature: boolean,
): string[] {
  const cautions: string[] = [];
  const level = latentVariance(link);
  const total = variances.reduce((sum, { covariance }) => sum + traceOf(covariance), level);
  if (points <= 1) {
    for (const [t, { group, levels }] of effects.entries()) {
      const share = traceOf(variances[t].covariance) / total;
      if (trials / levels.length >= FEW_ROWS || share <= LARGE_ICC) continue;
      cautions.push(
        `${(trials / levels.length).toFixed(1)} rows per group of "${group}", whose share of the variance is ` +
          `${share.toFixed(2)}: Laplace's method is rough here; adaptive quadrature with 15 points is advised`,
      );
    }
  }
  if (isSingular) cautions.push("singular: a variance, or a combination of random coefficients, is estimated as 0");
  if (isWithoutCurvature) {
    cautions.push("the second derivatives are not positive: standard errors take the variances as known");
  }
  return cautions;
}

/** The variance of the latent residual: π²/3 of the logistic distribution, 1 of the normal. */
export function latentVariance(link: BinomialLink): number {
  return link === "logit" ? Math.PI ** 2 / 3 : 1;
}

function traceOf(a: Matrix): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) sum += a.get(i, i);
  return sum;
}

function timesGamma(a: Matrix, gamma: Float64Array): Float64Array {
  return Float64Array.from(gamma, (_, i) => gamma.reduce((sum, value, j) => sum + a.get(i, j) * value, 0));
}

function picked(column: Float64Array, rows: Int32Array): Float64Array {
  const result = new Float64Array(rows.length);
  for (let i = 0; i < result.length; i++) result[i] = column[rows[i]];
  return result;
}

function largestOf(values: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest;
}

function multiplied(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value * b[i]);
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}
