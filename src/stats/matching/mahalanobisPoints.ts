import { checkLength, choleskyFactor, Matrix, orthogonalise } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";

/** How columns are brought to one scale: by their pooled covariance, their pooled SDs, or not at all. */
export type Scaling = "mahalanobis" | "scaled_euclidean" | "euclidean";

/**
 * Points whose straight distance is the Mahalanobis distance of the rows,
 *
 *     d(a, b)² = (xₐ − x_b)ᵀ S⁻¹ (xₐ − x_b),
 *
 * with S the covariance within the two groups, over n − 2. A column that is a combination of others adds nothing to the
 * distance and is left out: the result is that of the generalised inverse.
 *
 * @param x        n × k columns, no intercept.
 * @param treated  1 or 0 per row.
 * @param scaling  "scaled_euclidean" takes only the variances in S, "euclidean" takes S = 1.
 * @returns n × rank points; not estimable when no column varies within the groups or a group is empty.
 * @throws ShapeMismatch  the lengths disagree.
 *
 * Source: Rubin (1980), Biometrics 36, with the pooled covariance of MatchIt 4.7.1.
 */
export function mahalanobisPoints(
  x: Matrix,
  treated: Uint8Array,
  scaling: Scaling = "mahalanobis",
): Matrix | NotEstimable {
  checkLength("treated", treated.length, x.rows);
  if (x.data.some(Number.isNaN)) return notEstimable("a row has no value in a column of the distance");
  const within = centredWithinGroups(x, treated);
  if (within === undefined) return notEstimable("one of the two groups is empty");
  if (scaling === "euclidean") return x;
  const variance = Array.from({ length: x.columns }, (_, j) => {
    const column = within.column(j);
    let sum = 0;
    for (let i = 0; i < column.length; i++) sum += column[i] * column[i];
    return sum / (x.rows - 2);
  });
  const varying = variance.map((_, j) => j).filter((j) => variance[j] > 1e-20 * squaredSize(x.column(j)));
  if (varying.length === 0) return notEstimable("no column varies within the two groups");
  if (scaling === "scaled_euclidean")
    return Matrix.fromColumns(varying.map((j) => x.column(j).map((value) => value / Math.sqrt(variance[j]))));

  const { kept } = orthogonalise(Matrix.fromColumns(varying.map((j) => within.column(j))));
  const used = Array.from(kept, (place) => varying[place]);
  const covariance = new Matrix(used.length, used.length);
  for (const [a, left] of used.entries()) {
    for (const [b, right] of used.entries()) {
      let sum = 0;
      for (let i = 0; i < x.rows; i++) sum += within.get(i, left) * within.get(i, right);
      covariance.set(a, b, sum / (x.rows - 2));
    }
  }
  const root = choleskyFactor(covariance);
  if (root === undefined) return notEstimable("the covariance within the groups cannot be inverted");
  return whitened(x, used, root);
}

/** L⁻¹x for every row, with S = LLᵀ. */
function whitened(x: Matrix, used: readonly number[], root: Matrix): Matrix {
  const points = new Matrix(x.rows, used.length);
  for (let j = 0; j < used.length; j++) {
    const to = points.column(j);
    to.set(x.column(used[j]));
    for (let k = 0; k < j; k++) {
      const share = root.get(j, k);
      const earlier = points.column(k);
      for (let i = 0; i < to.length; i++) to[i] -= share * earlier[i];
    }
    for (let i = 0; i < to.length; i++) to[i] /= root.get(j, j);
  }
  return points;
}

function centredWithinGroups(x: Matrix, treated: Uint8Array): Matrix | undefined {
  const counts = [0, 0];
  for (const arm of treated) counts[arm]++;
  if (counts[0] === 0 || counts[1] === 0) return undefined;
  const result = new Matrix(x.rows, x.columns);
  for (let j = 0; j < x.columns; j++) {
    const column = x.column(j);
    const to = result.column(j);
    const sums = [0, 0];
    for (let i = 0; i < column.length; i++) sums[treated[i]] += column[i];
    for (let i = 0; i < column.length; i++) to[i] = column[i] - sums[treated[i]] / counts[treated[i]];
  }
  return result;
}

function squaredSize(column: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < column.length; i++) largest = Math.max(largest, Math.abs(column[i]));
  return largest * largest;
}
