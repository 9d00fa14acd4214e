import { identity, Matrix, multiply, solveLinear, transpose, transposeMultiply } from "#math";
import { kaiserNormalised, scaleRows } from "./kaiserNormalised.ts";
import type { Rotation, RotationStop } from "./rotation.ts";

/** Length of the projected slope at which the search ends. */
const TOLERANCE = 1e-9;
const MOST_STEPS = 10_000;
const R_TOLERANCE = 1e-5;
const R_STEPS = 1000;

/**
 * Direct oblimin: correlated factors whose squared loadings go together as little as can be,
 *
 *     ¼ Σ_{j≠m} [Σᵢ lᵢⱼ² lᵢₘ² − (γ/p)·Σᵢ lᵢⱼ²·Σᵢ lᵢₘ²],   L = A·(T′)⁻¹,   Φ = T′T
 *
 * over matrices T with columns of length 1, by projected gradient steps from T = I. γ = 0 is quartimin; above about .8
 * the criterion has no minimum.
 *
 * @param normalise  Whether rows are scaled to length 1 first and back afterwards (Kaiser).
 * @returns undefined when the search falls into factors that are the same.
 *
 * Source: Jennrich and Sampson (1966), Psychometrika 31(3); algorithm: Jennrich (2002), Psychometrika 67(1).
 */
export function oblimin(
  loadings: Matrix,
  gamma: number,
  normalise: boolean,
  stop: RotationStop = "exact",
): Rotation | undefined {
  const [tolerance, mostSteps] = stop === "R" ? [R_TOLERANCE, R_STEPS] : [TOLERANCE, MOST_STEPS];
  const { scaled, lengths } = normalise
    ? kaiserNormalised(loadings)
    : { scaled: loadings, lengths: new Float64Array(loadings.rows).fill(1) };
  const k = loadings.columns;
  let turn = identity(k);
  let now = place(scaled, turn, gamma);
  let reach = 1;
  for (let steps = 0; now !== undefined; steps++) {
    const { projected, length } = project(turn, now.slope);
    const isDone = length <= tolerance;
    if (isDone || steps === mostSteps) {
      return {
        loadings: scaleRows(now.loadings, lengths),
        factorCorrelations: transposeMultiply(turn, turn),
        steps,
        stopped: isDone ? "converged" : "limit",
      };
    }
    reach *= 2;
    let isFound = false;
    for (let half = 0; half < 60; half++) {
      const next = new Matrix(k, k);
      for (let i = 0; i < next.data.length; i++) next.data[i] = turn.data[i] - reach * projected.data[i];
      unitColumns(next);
      const found = place(scaled, next, gamma);
      if (found !== undefined && now.value - found.value > 0.5 * length * length * reach) {
        turn = next;
        now = found;
        isFound = true;
        break;
      }
      reach /= 2;
    }
    // No step falls any more: the rest of the slope is rounding.
    if (!isFound) {
      return {
        loadings: scaleRows(now.loadings, lengths),
        factorCorrelations: transposeMultiply(turn, turn),
        steps,
        stopped: length < 1e-6 ? "converged" : "limit",
      };
    }
  }
  return undefined;
}

/** Loadings, criterion and slope by T; undefined where T has no inverse. */
function place(
  loadings: Matrix,
  turn: Matrix,
  gamma: number,
): { readonly loadings: Matrix; readonly value: number; readonly slope: Matrix } | undefined {
  const inverse = solveLinear(turn, identity(turn.columns));
  if (inverse === undefined) return undefined;
  const own = multiply(loadings, transpose(inverse));
  const p = own.rows;
  const k = own.columns;
  const sums = new Float64Array(p);
  for (let j = 0; j < k; j++) for (let i = 0; i < p; i++) sums[i] += own.get(i, j) ** 2;
  const slope = new Matrix(p, k);
  let value = 0;
  for (let j = 0; j < k; j++) {
    // Squares of the other columns, less γ times their mean over the rows.
    let mean = 0;
    for (let i = 0; i < p; i++) mean += (sums[i] - own.get(i, j) ** 2) / p;
    for (let i = 0; i < p; i++) {
      const square = own.get(i, j) ** 2;
      const others = sums[i] - square - gamma * mean;
      value += (square * others) / 4;
      slope.set(i, j, own.get(i, j) * others);
    }
  }
  // ∂f/∂T = −(L′·∂f/∂L·T⁻¹)′
  const product = transpose(multiply(transposeMultiply(own, slope), inverse));
  for (let i = 0; i < product.data.length; i++) product.data[i] = -product.data[i];
  return { loadings: own, value, slope: product };
}

/** The slope along the surface of matrices with columns of length 1. */
function project(turn: Matrix, slope: Matrix): { readonly projected: Matrix; readonly length: number } {
  const projected = new Matrix(turn.rows, turn.columns);
  let square = 0;
  for (let j = 0; j < turn.columns; j++) {
    let along = 0;
    for (let i = 0; i < turn.rows; i++) along += turn.get(i, j) * slope.get(i, j);
    for (let i = 0; i < turn.rows; i++) {
      const own = slope.get(i, j) - along * turn.get(i, j);
      projected.set(i, j, own);
      square += own * own;
    }
  }
  return { projected, length: Math.sqrt(square) };
}

function unitColumns(matrix: Matrix): void {
  for (let j = 0; j < matrix.columns; j++) {
    const column = matrix.column(j);
    let square = 0;
    for (let i = 0; i < column.length; i++) square += column[i] * column[i];
    for (let i = 0; i < column.length; i++) column[i] /= Math.sqrt(square);
  }
}
