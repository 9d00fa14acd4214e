import { Matrix } from "./matrix.ts";
import { dot } from "./products.ts";

/** A = U·diag(values)·Vᵀ with orthogonal U and V, the values largest first. */
export interface SingularValues {
  readonly u: Matrix;
  readonly values: Float64Array;
  readonly v: Matrix;
}

/**
 * Singular values of a small square matrix by one-sided Jacobi rotations: columns are turned in pairs until all are
 * orthogonal; their lengths are the values. Where a value is 0 the column of U is any that completes an orthogonal matrix.
 *
 * Source: Hestenes (1958), Journal of the Society for Industrial and Applied Mathematics 6(1).
 */
export function singularValues(a: Matrix): SingularValues {
  const n = a.columns;
  const turned = new Matrix(n, n);
  // Scaled, so that no square underflows.
  const size = a.data.reduce((most, own) => Math.max(most, Math.abs(own)), 0) || 1;
  turned.data.set(a.data.map((own) => own / size));
  const turns = new Matrix(n, n);
  for (let i = 0; i < n; i++) turns.set(i, i, 1);
  for (let sweep = 0; sweep < 60; sweep++) {
    let isDone = true;
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const left = turned.column(i);
        const right = turned.column(j);
        const product = dot(left, right);
        const leftSquare = dot(left, left);
        const rightSquare = dot(right, right);
        if (!(Math.abs(product) > 1e-15 * Math.sqrt(leftSquare * rightSquare))) continue;
        isDone = false;
        const zeta = (rightSquare - leftSquare) / (2 * product);
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cosine = 1 / Math.sqrt(1 + tangent * tangent);
        turn(left, right, cosine, cosine * tangent);
        turn(turns.column(i), turns.column(j), cosine, cosine * tangent);
      }
    }
    if (isDone) break;
  }
  const lengths = Float64Array.from({ length: n }, (_, j) => Math.sqrt(dot(turned.column(j), turned.column(j))));
  const order = Array.from(lengths.keys()).sort((i, j) => lengths[j] - lengths[i]);
  const u = new Matrix(n, n);
  const v = new Matrix(n, n);
  for (const [to, from] of order.entries()) {
    v.column(to).set(turns.column(from));
    if (lengths[from] > 1e-14 * lengths[order[0]]) u.column(to).set(turned.column(from).map((x) => x / lengths[from]));
    else u.column(to).set(completing(u, to));
  }
  return { u, values: Float64Array.from(order, (j) => size * lengths[j]), v };
}

/** A unit vector orthogonal to the first `count` columns: of the axes, the one least of which they explain. */
function completing(u: Matrix, count: number): Float64Array {
  const n = u.rows;
  let best = new Float64Array(n);
  let bestLength = -1;
  for (let axis = 0; axis < n; axis++) {
    const own = new Float64Array(n);
    own[axis] = 1;
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < count; j++) {
        const column = u.column(j);
        const share = dot(column, own);
        for (let i = 0; i < n; i++) own[i] -= share * column[i];
      }
    }
    const length = Math.sqrt(dot(own, own));
    if (length > bestLength) {
      bestLength = length;
      best = own.map((x) => x / length);
    }
  }
  return best;
}

function turn(left: Float64Array, right: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < left.length; i++) {
    const own = left[i];
    left[i] = cosine * own - sine * right[i];
    right[i] = sine * own + cosine * right[i];
  }
}
