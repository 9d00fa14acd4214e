import { choleskyFactor, Matrix, type RandomStream, solveCholesky } from "#math";
import { argsort } from "./argsort.ts";

/** A column to fill, with what predicts it. */
export interface PredictionProblem {
  /** One number per row; only observed rows are read. */
  readonly target: Float64Array;
  readonly observed: Int32Array;
  readonly gaps: Int32Array;
  /** All rows × all columns, standardised. */
  readonly design: Matrix;
  /** Columns of the design that predict. */
  readonly predictors: readonly number[];
  /** designᵀ·design over the observed rows. */
  readonly products: Matrix;
}

/** How many of the nearest observed rows one is drawn from. */
const DONORS = 5;
/** Share of each diagonal entry added to it, so that predictors may repeat each other. */
const RIDGE = 1e-5;

/**
 * For each gap an observed row to take the value from. The target is regressed on the predictors; coefficients are drawn
 * from their posterior; each gap's prediction under the draw is compared with the observed rows' predictions under the
 * estimate, and one of the five nearest is drawn ("type 1 matching").
 *
 * Source: Little (1988), Journal of Business and Economic Statistics 6(3); van Buuren (2018), Flexible Imputation of
 * Missing Data, algorithms 3.1 and 3.3.
 */
export function predictiveMeanMatching(problem: PredictionProblem, random: RandomStream): Int32Array {
  const { observed, gaps } = problem;
  const { estimate, drawn } = drawCoefficients(problem, random);
  const fitted = predictions(problem, observed, estimate);
  const wanted = predictions(problem, gaps, drawn);
  const order = argsort(fitted);
  const sorted = Float64Array.from(order, (i) => fitted[i]);
  const pool = Math.min(DONORS, observed.length);
  return Int32Array.from(wanted, (value) => {
    const first = nearestRun(sorted, value, pool);
    return observed[order[first + random.integer(pool)]];
  });
}

function drawCoefficients(
  problem: PredictionProblem,
  random: RandomStream,
): { estimate: Float64Array; drawn: Float64Array } {
  const { target, observed, predictors } = problem;
  const root = ridgeRoot(problem);
  const moments = crossMoments(problem, target);
  const estimate = solveCholesky(root, moments);
  const fitted = predictions(problem, observed, estimate);
  let squares = 0;
  for (const [i, row] of observed.entries()) squares += (target[row] - fitted[i]) ** 2;
  const sigma = Math.sqrt(squares / random.chiSquare(Math.max(2, observed.length - predictors.length)));
  // β + σL⁻ᵀz has covariance σ²(LLᵀ)⁻¹.
  const noise = Float64Array.from(predictors, () => random.normal());
  for (let i = noise.length - 1; i >= 0; i--) {
    for (let j = i + 1; j < noise.length; j++) noise[i] -= root.get(j, i) * noise[j];
    noise[i] /= root.get(i, i);
  }
  return { estimate, drawn: estimate.map((value, j) => value + sigma * noise[j]) };
}

/** Cholesky factor of the predictors' products, with the ridge. */
export function ridgeRoot({ predictors, products }: Pick<PredictionProblem, "predictors" | "products">): Matrix {
  const k = predictors.length;
  const own = new Matrix(k, k);
  for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) own.set(a, b, products.get(predictors[a], predictors[b]));
  // A level nobody observed has a diagonal of 0, or of rounding.
  for (let a = 0; a < k; a++) own.set(a, a, Math.max(own.get(a, a), 1e-6) * (1 + RIDGE));
  return choleskyFactor(own)!;
}

/** Xᵀy over the observed rows. */
export function crossMoments({ observed, design, predictors }: PredictionProblem, target: Float64Array): Float64Array {
  return Float64Array.from(predictors, (place) => {
    const column = design.column(place);
    let sum = 0;
    for (const row of observed) sum += column[row] * target[row];
    return sum;
  });
}

function predictions({ design, predictors }: PredictionProblem, rows: Int32Array, beta: Float64Array): Float64Array {
  const result = new Float64Array(rows.length);
  for (const [j, place] of predictors.entries()) {
    const column = design.column(place);
    for (let i = 0; i < rows.length; i++) result[i] += beta[j] * column[rows[i]];
  }
  return result;
}

/** Where the `size` values nearest to one begin in an ascending list. */
function nearestRun(sorted: Float64Array, value: number, size: number): number {
  let low = 0;
  let high = sorted.length - size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value - sorted[middle] > sorted[middle + size] - value) low = middle + 1;
    else high = middle;
  }
  return low;
}
