import { choleskyFactor, invertCholesky, Matrix, multiply, solveUpperTransposed, transposeMultiply } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import type { LinearMixedFit } from "./linearMixedModel.ts";
import type { RandomStructure } from "./randomStructure.ts";

/** Standard errors and degrees of freedom that allow for the variances being estimated too. */
export interface KenwardRoger {
  readonly state: "estimated";
  /** One per fixed effect. */
  readonly se: Float64Array;
  readonly df: Float64Array;
}

/** Work, as Σ over independent parts of (random effects)³, above which the adjustment is refused. */
const MOST_WORK = 5e8;

/**
 * The small-sample covariance and degrees of freedom of Kenward and Roger for a REML fit. With V = Σ γᵢGᵢ linear in its
 * variances and covariances γ,
 *
 *     Φ_A = Φ + 2Φ·(Σᵢⱼ Wᵢⱼ(Qᵢⱼ − PᵢΦPⱼ))·Φ
 *     Pᵢ = −XᵀV⁻¹GᵢV⁻¹X,  Qᵢⱼ = XᵀV⁻¹GᵢV⁻¹GⱼV⁻¹X
 *
 * and W the inverse of the expected REML information about γ. For one coefficient the degrees of freedom come to 2/A with
 * A = Σ Wᵢⱼ(lᵀΦPᵢΦl)(lᵀΦPⱼΦl)/(lᵀΦl)². All of it is worked out on the random effects, part by part of groups that are not
 * joined by rows, never on n × n matrices.
 *
 * @returns `not estimable` for a maximum likelihood fit, where the information is singular, or where groups are so many and
 *          so crossed that the adjustment would take minutes (it is then nil: use Satterthwaite's).
 *
 * Source: Kenward and Roger (1997), Biometrics 53(3); Halekoh and Højsgaard (2014), Journal of Statistical Software 59(9).
 */
export function kenwardRoger(fit: LinearMixedFit): KenwardRoger | NotEstimable {
  if (!fit.isRestricted) return notEstimable("the adjustment of Kenward and Roger is for REML fits");
  const { profile, theta, r } = fit.inner;
  const { structure, p, n } = profile;
  const { of, count } = structure.components();
  const sizes = new Int32Array(count);
  for (const part of of) sizes[part]++;
  if (sizes.reduce((work, size) => work + size ** 3, 0) > MOST_WORK) {
    return notEstimable("there are too many joined groups; with so many the adjustment is nil");
  }
  const point = profile.at(theta);
  if (point === undefined) return notEstimable("the fit cannot be evaluated");

  const parts = partsOf(structure, of, sizes, profile.crossProducts, p);
  const parameters = structure.thetaSize + 1;
  const last = parameters - 1;
  const sums = new Sums(parameters, p);
  const first = identityMatrix(p);
  const second = new Matrix(p, p);
  const third = new Matrix(p, p);
  let traceSquares = n - structure.size;
  for (const part of parts) {
    const added = addPart(part, point.lambda, structure, sums);
    if (added === undefined) return notEstimable("the random effects' matrix is singular");
    subtract(first, added.first);
    subtract(second, added.second);
    subtract(third, added.third);
    traceSquares += added.traceSquares;
  }
  add(second, first);
  add(third, second);
  sums.trace[last][last] = traceSquares;
  sums.p[last] = second;
  sums.q[last][last] = third;

  // Everything so far is in units of σ: V = σ²M, so that θ-free factors of σ cancel when γ is counted in units of σ².
  const root = choleskyFactor(first);
  if (root === undefined) return notEstimable("the fixed effects' information is singular");
  const phi = invertCholesky(root);
  const phiP = sums.p.map((own) => multiply(phi, own));
  const information = new Matrix(parameters, parameters);
  for (let i = 0; i < parameters; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (sums.trace[i][j] - 2 * traceOfProduct(phi, sums.q[i][j]) + traceOfProduct(phiP[i], phiP[j])) / 2;
      information.set(i, j, value);
      information.set(j, i, value);
    }
  }
  const informationRoot = choleskyFactor(information);
  if (informationRoot === undefined) return notEstimable("the data carry no information about some variance");
  const w = invertCholesky(informationRoot);
  const u = new Matrix(p, p);
  for (let i = 0; i < parameters; i++) {
    for (let j = 0; j < parameters; j++) {
      const inner = multiply(sums.p[i], phiP[j]);
      const q = i >= j ? sums.q[i][j] : transposed(sums.q[j][i]);
      for (let e = 0; e < u.data.length; e++) u.data[e] += w.get(i, j) * (q.data[e] - inner.data[e]);
    }
  }
  const adjusted = multiply(phi, multiply(u, phi));
  const se = new Float64Array(p);
  const df = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    const unit = new Float64Array(p);
    unit[j] = 1;
    const m = solveUpperTransposed(r, unit);
    const plain = quadratic(phi, m);
    se[j] = fit.sigma * Math.sqrt(plain + 2 * quadratic(adjusted, m));
    const left = vectorTimes(phi, m);
    const slopes = sums.p.map((own) => quadratic(own, left) / plain);
    let a = 0;
    for (let i = 0; i < parameters; i++) {
      for (let k = 0; k < parameters; k++) a += w.get(i, k) * slopes[i] * slopes[k];
    }
    df[j] = 2 / a;
  }
  return { state: "estimated", se, df };
}

/** Sums over the parts, by parameter: tr(V⁻¹GᵢV⁻¹Gⱼ), −Pᵢ and Qᵢⱼ with σ = 1; i ≥ j. The last one is the residual. */
class Sums {
  readonly trace: Float64Array[];
  readonly p: Matrix[];
  readonly q: Matrix[][];

  constructor(parameters: number, columns: number) {
    this.trace = Array.from({ length: parameters }, () => new Float64Array(parameters));
    this.p = Array.from({ length: parameters }, () => new Matrix(columns, columns));
    this.q = Array.from({ length: parameters }, (_, i) =>
      Array.from({ length: i + 1 }, () => new Matrix(columns, columns)),
    );
  }
}

/** Groups joined by rows, with their share of ZᵀZ and ZᵀX. */
interface Part {
  readonly indices: number[];
  readonly products: Matrix;
  readonly columns: Matrix;
}

function partsOf(
  structure: RandomStructure,
  of: Int32Array,
  sizes: Int32Array,
  crossProducts: Float64Array,
  p: number,
): Part[] {
  const local = new Int32Array(structure.size);
  const parts: Part[] = Array.from(sizes, (size) => ({
    indices: [],
    products: new Matrix(size, size),
    columns: new Matrix(size, p),
  }));
  for (const [i, own] of of.entries()) {
    const { indices, columns } = parts[own];
    local[i] = indices.length;
    for (let j = 0; j < p; j++) columns.set(indices.length, j, crossProducts[i * (p + 1) + j]);
    indices.push(i);
  }
  structure.eachProduct((row, column, value) => {
    const { products } = parts[of[row]];
    products.set(local[row], local[column], value);
    products.set(local[column], local[row], value);
  });
  return parts;
}

/** With M = V/σ²: adds the part's shares to the sums; returns those of XᵀM⁻¹X, XᵀM⁻²X, XᵀM⁻³X still to be subtracted. */
function addPart(
  { indices, products, columns }: Part,
  lambda: readonly Float64Array[],
  structure: RandomStructure,
  sums: Sums,
): { first: Matrix; second: Matrix; third: Matrix; traceSquares: number } | undefined {
  const size = indices.length;
  const place = new Map(indices.map((index, i) => [index, i]));
  const factor = new Matrix(size, size);
  const pairs: { row: number; column: number }[][] = Array.from({ length: structure.thetaSize }, () => []);
  for (const [t, { width, groups, offset, thetaOffset }] of structure.terms.entries()) {
    for (let g = 0; g < groups; g++) {
      const from = place.get(offset + g * width);
      if (from === undefined) continue;
      let at = thetaOffset;
      for (let c = 0; c < width; c++) {
        for (let k = c; k < width; k++) {
          factor.set(from + k, from + c, lambda[t][c * width + k]);
          pairs[at].push({ row: from + k, column: from + c });
          if (k !== c) pairs[at].push({ row: from + c, column: from + k });
          at++;
        }
      }
    }
  }
  const a = transposeMultiply(factor, multiply(products, factor));
  for (let i = 0; i < size; i++) a.set(i, i, a.get(i, i) + 1);
  const root = choleskyFactor(a);
  if (root === undefined) return undefined;
  const inverse = invertCholesky(root);
  const spread = multiply(factor, multiply(inverse, transposed(factor)));
  // K with M⁻¹Z = ZK.
  const k = multiply(spread, products);
  for (let i = 0; i < k.data.length; i++) k.data[i] = -k.data[i];
  for (let i = 0; i < size; i++) k.set(i, i, k.get(i, i) + 1);
  const t = multiply(products, k);
  const t2 = transposeMultiply(k, t);
  const f = transposeMultiply(k, columns);
  const f2 = transposeMultiply(k, f);
  const spreadColumns = multiply(spread, columns);

  const last = structure.thetaSize;
  const scattered = pairs.map((own) => timesPattern(own, f));
  const through = scattered.map((own) => multiply(t, own));
  for (let i = 0; i < last; i++) {
    add(sums.p[i], transposeMultiply(f, scattered[i]));
    for (let j = 0; j <= i; j++) {
      for (const own of pairs[i]) {
        for (const other of pairs[j]) {
          sums.trace[i][j] += t.get(own.column, other.row) * t.get(other.column, own.row);
        }
      }
      add(sums.q[i][j], transposeMultiply(scattered[i], through[j]));
    }
    for (const { row, column } of pairs[i]) sums.trace[last][i] += t2.get(row, column);
    add(sums.q[last][i], transposeMultiply(f2, scattered[i]));
  }
  return {
    first: transposeMultiply(columns, spreadColumns),
    second: transposeMultiply(f, spreadColumns),
    third: transposeMultiply(f2, spreadColumns),
    traceSquares: inverse.data.reduce((sum, value) => sum + value * value, 0),
  };
}

/** E·F for a matrix E with ones at some places. */
function timesPattern(pairs: readonly { row: number; column: number }[], f: Matrix): Matrix {
  const result = new Matrix(f.rows, f.columns);
  for (const { row, column } of pairs) {
    for (let j = 0; j < f.columns; j++) result.set(row, j, result.get(row, j) + f.get(column, j));
  }
  return result;
}

function identityMatrix(n: number): Matrix {
  const result = new Matrix(n, n);
  for (let i = 0; i < n; i++) result.set(i, i, 1);
  return result;
}

function transposed(a: Matrix): Matrix {
  const result = new Matrix(a.columns, a.rows);
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < a.columns; j++) result.set(j, i, a.get(i, j));
  return result;
}

function add(to: Matrix, own: Matrix): void {
  for (let i = 0; i < to.data.length; i++) to.data[i] += own.data[i];
}

function subtract(from: Matrix, own: Matrix): void {
  for (let i = 0; i < from.data.length; i++) from.data[i] -= own.data[i];
}

function traceOfProduct(a: Matrix, b: Matrix): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < a.columns; j++) sum += a.get(i, j) * b.get(j, i);
  return sum;
}

function vectorTimes(a: Matrix, m: Float64Array): Float64Array {
  return Float64Array.from(m, (_, i) => m.reduce((sum, value, j) => sum + a.get(i, j) * value, 0));
}

function quadratic(a: Matrix, m: Float64Array): number {
  return vectorTimes(a, m).reduce((sum, value, i) => sum + value * m[i], 0);
}
