import { checkLength, dot, type Evaluation, Matrix, orthogonalise, solveUpper, solveUpperTransposed } from "#math";
import { rowsOfWeight } from "../common/badWeights.ts";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { checkFinite } from "../common/notFinite.ts";
import { findTheta } from "./findTheta.ts";
import { endCautions, type MixedFit, SINGULAR } from "./mixedFit.ts";
import { ProfiledDeviance, type ProfilePoint } from "./profiledDeviance.ts";
import { effectsOfRows, type RandomEffects, termLabels } from "./randomEffects.ts";
import { RandomStructure } from "./randomStructure.ts";
import { reasonAgainst } from "./reasonAgainst.ts";
import { canonicalTheta, scaledEffects, thetaNames, thetaScale } from "./relativeCovariance.ts";
import { randomVariances } from "./varianceComponents.ts";

export interface LinearMixedFit extends MixedFit {
  readonly isRestricted: boolean;
  readonly sigma: number;
  /** What degrees of freedom are worked out from. */
  readonly inner: LinearInner;
}

/** The fit in its own coordinates: orthonormal fixed columns, random columns of unit size. */
export interface LinearInner {
  readonly profile: ProfiledDeviance;
  readonly theta: Float64Array;
  readonly point: ProfilePoint;
  /** √W·X = q·r. */
  readonly r: Matrix;
}

/** √2 × the square root of the fall of the deviance still expected when the search stops. */
const TOLERANCE = 1e-6;

/**
 * Linear mixed model y = Xβ + Zb + ε with b = Λ(θ)u, u ~ N(0, σ²I), ε ~ N(0, σ²W⁻¹): nested or crossed groups, random
 * intercepts and slopes, by REML or maximum likelihood.
 *
 * θ is sought by quasi-Newton steps on the profiled deviance with its exact slope; a variance on its boundary is found
 * as exactly 0 and reported as `isSingular`. Columns that repeat earlier ones are dropped and named.
 *
 * @param y             n outcomes.
 * @param x             n × k, the intercept among its columns.
 * @param effects       Random terms (`randomEffectsOf`).
 * @param weights       n precision weights: the residual variance of a row is σ²/w. Rows of weight 0 leave first.
 * @param isRestricted  REML, the default.
 * @returns             `not estimable` with the reason where the data cannot tell the parts of the model apart.
 * @throws ShapeMismatch  the lengths disagree.
 * @throws BadWeights     a weight is negative or no number, or all are 0.
 * @throws NotFinite      y, x or a varying column holds NaN or infinity.
 *
 * Source: Bates, Mächler, Bolker and Walker (2015), Journal of Statistical Software 67(1); conventions of lme4.
 */
export function fitLinearMixed({
  y,
  x,
  names,
  effects,
  weights,
  isRestricted = true,
}: {
  readonly y: Float64Array;
  readonly x: Matrix;
  readonly names: readonly string[];
  readonly effects: readonly RandomEffects[];
  readonly weights?: Float64Array;
  readonly isRestricted?: boolean;
}): LinearMixedFit | NotEstimable {
  checkLength("y", y.length, x.rows);
  checkLength("names", names.length, x.columns);
  if (weights !== undefined) checkLength("weights", weights.length, x.rows);
  for (const { group, codes } of effects) checkLength(`groups of "${group}"`, codes.length, x.rows);
  checkFinite("y", y);
  checkFinite("x", x.data);
  for (const { z } of effects) for (const column of z) checkFinite("a varying column", column);
  if (x.rows === 0) return notEstimable("there is no row");

  const rows = rowsOfWeight(weights, x.rows);
  const used = rows.length === x.rows ? effects : effectsOfRows(effects, rows);
  const reason = reasonAgainst(used, rows.length);
  if (reason !== undefined) return notEstimable(reason);
  const root = weights === undefined ? undefined : Float64Array.from(rows, (row) => Math.sqrt(weights[row]));

  const { q, r, kept, dropped } = orthogonalise(rowsOf(x, rows, root));
  const p = kept.length;
  if (rows.length <= p) return notEstimable(`${rows.length} rows cannot estimate ${p} fixed effects and a variance`);
  const response = Float64Array.from(rows, (row, i) => y[row] * (root?.[i] ?? 1));
  const size = dot(response, response);
  const ordinary = project(q, response);
  const left = dot(response, response);
  if (!(left > 1e-24 * size)) return notEstimable("the fixed effects explain the outcome without error");

  const scaled = scaledEffects(used, root);
  const structure = new RandomStructure(scaled.effects);
  const profile = new ProfiledDeviance({
    structure,
    q,
    response,
    logColumns: 2 * sumOver(p, (j) => Math.log(Math.abs(r.get(j, j)))),
    logWeights: root === undefined ? 0 : 2 * sumOver(root.length, (i) => Math.log(root[i])),
    isRestricted,
  });
  const evaluate = (at: Float64Array): Evaluation => {
    const own = profile.at(at);
    if (own === undefined) return { value: Number.POSITIVE_INFINITY, gradient: new Float64Array(at.length) };
    return { value: profile.deviance(own), gradient: profile.slope(own) };
  };
  const found = findTheta({
    evaluate,
    start: structure.startingTheta(),
    diagonal: structure.diagonalPlaces(),
    tolerance: TOLERANCE,
  });
  const inTheta = canonicalTheta(structure, found.x);
  const point = profile.at(inTheta);
  if (point === undefined || !(point.squares > 1e-12 * left)) {
    return notEstimable("fixed effects and groups together explain the outcome without error");
  }

  const sigma = Math.sqrt(point.squares / profile.degrees);
  const beta = solveUpper(
    r,
    ordinary.map((value, j) => value + point.gamma[j]),
  );
  const theta = inTheta.map((value, i) => value * thetaScale(structure, scaled.size)[i]);
  const u = profile.modes(point);
  const b = structure.timesFactor(point.lambda, u);
  return {
    state: "fitted",
    n: rows.length,
    names: Array.from(kept, (j) => names[j]),
    dropped: Array.from(dropped, (j) => names[j]),
    beta,
    covariance: covarianceOf(profile, point, r, sigma),
    thetaNames: thetaNames(effects),
    theta,
    effects: used,
    variances: randomVariances(structure, termLabels(effects), theta, sigma * sigma),
    modes: structure.terms.map(({ offset, width, groups }, t) =>
      Float64Array.from({ length: groups * width }, (_, i) => b[offset + i] / scaled.size[t][i % width]),
    ),
    isSingular: structure.diagonalPlaces().some((place) => inTheta[place] < SINGULAR),
    logLik: -profile.deviance(point) / 2,
    parameters: p + theta.length + 1,
    record: { path: found.path, stopped: found.stopped },
    cautions: endCautions(found),
    isRestricted,
    sigma,
    inner: { profile, theta: inTheta, point, r },
  };
}

function rowsOf(x: Matrix, rows: Int32Array, root: Float64Array | undefined): Matrix {
  if (root === undefined) return x;
  const result = new Matrix(rows.length, x.columns);
  for (let j = 0; j < x.columns; j++) {
    const from = x.column(j);
    const to = result.column(j);
    for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]] * root[i];
  }
  return result;
}

/** qᵀy; y keeps what the columns leave. Done twice: what rounding left over the first time goes in the second. */
function project(q: Matrix, y: Float64Array): Float64Array {
  const shares = new Float64Array(q.columns);
  for (let pass = 0; pass < 2; pass++) {
    for (let j = 0; j < q.columns; j++) {
      const column = q.column(j);
      let share = 0;
      for (let i = 0; i < y.length; i++) share += column[i] * y[i];
      for (let i = 0; i < y.length; i++) y[i] -= share * column[i];
      shares[j] += share;
    }
  }
  return shares;
}

function covarianceOf(profile: ProfiledDeviance, point: ProfilePoint, r: Matrix, sigma: number): Matrix {
  const p = profile.p;
  const columns = Array.from({ length: p }, (_, j) => {
    const unit = new Float64Array(p);
    unit[j] = 1;
    return profile.whiten(point, solveUpperTransposed(r, unit));
  });
  const result = new Matrix(p, p);
  for (let j = 0; j < p; j++) {
    for (let k = 0; k < p; k++) {
      result.set(j, k, sigma * sigma * sumOver(p, (m) => columns[j][m] * columns[k][m]));
    }
  }
  return result;
}

function sumOver(count: number, value: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += value(i);
  return sum;
}
