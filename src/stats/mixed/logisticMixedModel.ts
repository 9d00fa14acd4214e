import { checkLength, Matrix, multiply, transpose } from "#math";
import { rowsOfWeight } from "../common/badWeights.ts";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { checkFinite } from "../common/notFinite.ts";
import { denseBasis, originalScale } from "../regression/regressionBasis.ts";
import { BinomialLikelihood, type BinomialLink } from "./binomialLikelihood.ts";
import { binomialConstant, collapsed, reasonAgainstGroups, reasonAgainstOutcome, sumOf } from "./binomialRows.ts";
import { ConditionalModes } from "./conditionalModes.ts";
import { curvedCovariance } from "./curvedCovariance.ts";
import { cautionsOf } from "./logisticCautions.ts";
import { firstLook, inverseOf, searchFully, searchJointly } from "./logisticSearch.ts";
import { endCautions, type MixedFit, SINGULAR } from "./mixedFit.ts";
import { effectsOfRows, type RandomEffects, termLabels } from "./randomEffects.ts";
import { RandomStructure } from "./randomStructure.ts";
import { reasonAgainst } from "./reasonAgainst.ts";
import { scaledEffects, thetaNames, thetaScale } from "./relativeCovariance.ts";
import { separationIn } from "./separation.ts";
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

/** A predictor this far from 0 may be on its way to infinity. */
const LARGE_PREDICTOR = 12;

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
  const count = new Float64Array(rows.length);
  const success = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    count[i] = trials?.[rows[i]] ?? 1;
    success[i] = y[rows[i]] * count[i];
  }
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
  const basis = denseBasis(
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
    products: basis.products,
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

function backTransform(basis: ReturnType<typeof denseBasis>, columns: number): Matrix {
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

function timesGamma(a: Matrix, gamma: Float64Array): Float64Array {
  return Float64Array.from(gamma, (_, i) => gamma.reduce((sum, value, j) => sum + a.get(i, j) * value, 0));
}

function largestOf(values: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest;
}

function multiplied(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value * b[i]);
}
