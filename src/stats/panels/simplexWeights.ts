import { checkLength, Matrix, solveLinear } from "#math";

/**
 * Weights of 0 or more that add to 1 and bring a combination of columns nearest to a target:
 * the minimum of ‖A·w − b‖² + ridge·‖w‖².
 *
 * Found by an active set: columns leave when their weight would turn negative and come back when that lowers the
 * distance, until no change does. Exact to rounding; where several answers are equally near, the ridge decides.
 *
 * @param a      m × n, a column for each candidate.
 * @param b      m numbers.
 * @param ridge  0 or more; a trace of it is always added, so that the answer is one.
 * @throws ShapeMismatch  the lengths differ.
 *
 * Source: Lawson and Hanson (1974), Solving Least Squares Problems, chapter 23, with one equality.
 */
export function simplexWeights(a: Matrix, b: Float64Array, ridge = 0): Float64Array {
  checkLength("target", b.length, a.rows);
  const n = a.columns;
  const gram = new Matrix(n, n);
  const towards = new Float64Array(n);
  let size = 0;
  for (let j = 0; j < n; j++) {
    const column = a.column(j);
    for (let i = 0; i < b.length; i++) towards[j] += column[i] * b[i];
    for (let l = 0; l <= j; l++) {
      const other = a.column(l);
      let sum = 0;
      for (let i = 0; i < b.length; i++) sum += column[i] * other[i];
      gram.set(j, l, sum);
      gram.set(l, j, sum);
    }
    size = Math.max(size, gram.get(j, j));
  }
  const trace = ridge + 1e-10 * (size || 1);
  for (let j = 0; j < n; j++) gram.data[j * n + j] += trace;

  let w: Float64Array = new Float64Array(n);
  const isIn = new Uint8Array(n);
  w[nearest(gram, towards)] = 1;
  isIn[w.indexOf(1)] = 1;
  for (let round = 0; round < 20 * n + 100; round++) {
    w = settle(gram, towards, w, isIn);
    // The gradient of columns in use is the same for all, μ; one outside that is lower would help.
    const gradient = Float64Array.from(w, (_, j) => slope(gram, towards, w, j));
    const mu = gradient.reduce((sum, own, j) => sum + w[j] * own, 0);
    let best = -1;
    for (let j = 0; j < n; j++) {
      if (isIn[j] === 0 && gradient[j] < mu - 1e-12 * size && (best < 0 || gradient[j] < gradient[best])) best = j;
    }
    if (best < 0) return w;
    isIn[best] = 1;
  }
  return w;
}

/** The single column nearest to the target. */
function nearest(gram: Matrix, towards: Float64Array): number {
  let best = 0;
  const distance = (j: number): number => gram.get(j, j) - 2 * towards[j];
  for (let j = 1; j < towards.length; j++) if (distance(j) < distance(best)) best = j;
  return best;
}

/** The best weights of the columns in use; columns that would turn negative leave on the way there. */
function settle(gram: Matrix, towards: Float64Array, start: Float64Array, isIn: Uint8Array): Float64Array {
  let w = start.slice();
  for (;;) {
    const used = [...isIn.keys()].filter((j) => isIn[j] === 1);
    const wanted = equalityMinimum(gram, towards, used);
    if (wanted === undefined) return w;
    let share = 1;
    for (const [i, j] of used.entries()) {
      if (wanted[i] < 0) share = Math.min(share, w[j] / (w[j] - wanted[i]));
    }
    const next = new Float64Array(w.length);
    for (const [i, j] of used.entries()) next[j] = w[j] + share * (wanted[i] - w[j]);
    w = next;
    if (share === 1) return w;
    let left = 0;
    for (const [i, j] of used.entries()) {
      if (wanted[i] < 0 && w[j] <= 1e-15) {
        w[j] = 0;
        isIn[j] = 0;
        left++;
      }
    }
    if (left === 0) return w;
  }
}

/** The minimum over the columns in use with weights of sum 1, of either sign. */
function equalityMinimum(gram: Matrix, towards: Float64Array, used: readonly number[]): Float64Array | undefined {
  const k = used.length;
  const left = new Matrix(k + 1, k + 1);
  const right = new Matrix(k + 1, 1);
  for (const [i, a] of used.entries()) {
    for (const [j, b] of used.entries()) left.set(i, j, gram.get(a, b));
    left.set(i, k, 1);
    left.set(k, i, 1);
    right.set(i, 0, towards[a]);
  }
  right.set(k, 0, 1);
  return solveLinear(left, right)?.column(0).slice(0, k);
}

function slope(gram: Matrix, towards: Float64Array, w: Float64Array, j: number): number {
  let sum = -towards[j];
  for (let l = 0; l < w.length; l++) sum += gram.get(l, j) * w[l];
  return sum;
}
