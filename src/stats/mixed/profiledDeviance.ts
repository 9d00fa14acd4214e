import type { Matrix } from "#math";
import type { RandomStructure } from "./randomStructure.ts";

/** What a linear mixed model comes to at one θ, with fixed effects and residual variance at their best. */
export interface ProfilePoint {
  /** Λ by term. */
  readonly lambda: readonly Float64Array[];
  /** ln det of A = ΛᵀZᵀZΛ + I, and of the fixed effects' information (in units of 1/σ²). */
  readonly logDeterminant: number;
  readonly logInformation: number;
  /** Penalised residual sum of squares, ‖y − Xβ − ZΛu‖² + ‖u‖². */
  readonly squares: number;
  /** Fixed effects over the orthonormal columns, and the lower triangle of their information, row after row. */
  readonly gamma: Float64Array;
  readonly root: Float64Array;
  /** L⁻¹ΛᵀZᵀ[X y], one row per random effect. */
  readonly half: Float64Array;
}

/**
 * The profiled deviance (or REML criterion) of a linear mixed model as a function of θ alone. The rows enter once, as
 * products; after that an evaluation costs groups, not rows:
 *
 *     ln det A + n·(1 + ln(2π·r²/n))                                  maximum likelihood
 *     ln det A + ln det XᵀV⁻¹X + (n − p)·(1 + ln(2π·r²/(n − p)))      REML
 *
 * with r² the penalised residual sum of squares. The fixed columns come orthonormal and the response orthogonal to them, so
 * that nothing is lost in the products.
 *
 * Source: Bates, Mächler, Bolker and Walker (2015), Journal of Statistical Software 67(1), equations 33 to 42.
 */
export class ProfiledDeviance {
  readonly structure: RandomStructure;
  readonly isRestricted: boolean;
  readonly n: number;
  readonly p: number;
  /** ZᵀQ and Zᵀy side by side, one row of p + 1 numbers per random effect. */
  readonly crossProducts: Float64Array;
  readonly #responseSquares: number;
  /** What does not depend on θ: 2·ln det R for REML, and the logarithms of the weights. */
  readonly #constant: number;

  constructor({
    structure,
    q,
    response,
    logColumns,
    logWeights,
    isRestricted,
  }: {
    readonly structure: RandomStructure;
    /** Orthonormal fixed columns, and the response orthogonal to them; both times the root of the weights. */
    readonly q: Matrix;
    readonly response: Float64Array;
    /** ln det of the products of the columns themselves. */
    readonly logColumns: number;
    readonly logWeights: number;
    readonly isRestricted: boolean;
  }) {
    this.structure = structure;
    this.isRestricted = isRestricted;
    this.n = response.length;
    this.p = q.columns;
    const width = this.p + 1;
    this.crossProducts = new Float64Array(structure.size * width);
    for (let j = 0; j <= this.p; j++) {
      const sums = structure.gather(j < this.p ? q.column(j) : response);
      for (let i = 0; i < sums.length; i++) this.crossProducts[i * width + j] = sums[i];
    }
    this.#responseSquares = response.reduce((sum, value) => sum + value * value, 0);
    this.#constant = (isRestricted ? logColumns : 0) - logWeights;
    structure.collectProducts();
  }

  /** n, or n − p for REML. */
  get degrees(): number {
    return this.isRestricted ? this.n - this.p : this.n;
  }

  /** @returns undefined where the numbers overflow. */
  at(theta: Float64Array): ProfilePoint | undefined {
    const { structure, p } = this;
    const width = p + 1;
    const lambda = structure.factorOf(theta);
    if (!structure.factor(lambda)) return undefined;
    const half = this.crossProducts.slice();
    structure.timesFactorTransposed(lambda, half, width);
    structure.cholesky.solveLower(half, width);

    const root = new Float64Array(width * width);
    for (let j = 0; j < p; j++) root[j * width + j] = 1;
    root[p * width + p] = this.#responseSquares;
    for (let from = 0; from < half.length; from += width) {
      for (let j = 0; j < width; j++) {
        const value = half[from + j];
        const to = j * width;
        for (let k = 0; k <= j; k++) root[to + k] -= value * half[from + k];
      }
    }
    for (let j = 0; j < width; j++) {
      for (let k = 0; k <= j; k++) {
        let sum = root[j * width + k];
        for (let m = 0; m < k; m++) sum -= root[j * width + m] * root[k * width + m];
        if (k < j) root[j * width + k] = sum / root[k * width + k];
        else if (j === p) root[j * width + j] = sum;
        else if (sum > 0) root[j * width + j] = Math.sqrt(sum);
        else return undefined;
      }
    }
    const squares = root[p * width + p];
    if (!(squares > 0)) return undefined;
    const gamma = new Float64Array(p);
    let logInformation = 0;
    for (let j = p - 1; j >= 0; j--) {
      let sum = root[p * width + j];
      for (let k = j + 1; k < p; k++) sum -= root[k * width + j] * gamma[k];
      gamma[j] = sum / root[j * width + j];
      logInformation += 2 * Math.log(root[j * width + j]);
    }
    return { lambda, logDeterminant: structure.cholesky.logDeterminant(), logInformation, squares, gamma, root, half };
  }

  /** −2 ln of the likelihood, or of the restricted likelihood, at its best for this θ. */
  deviance(point: ProfilePoint): number {
    const { degrees } = this;
    return (
      this.#constant +
      point.logDeterminant +
      (this.isRestricted ? point.logInformation : 0) +
      degrees * (1 + Math.log((2 * Math.PI * point.squares) / degrees))
    );
  }

  /**
   * The slope of the deviance along θ at a point, the last one evaluated. With H = A⁻¹Λᵀ Zᵀ[X y] and
   * F = Zᵀ[X y] − ZᵀZ·Λ·H (that is Zᵀ V⁻¹[X y]), the slope of r² along Λ is −2·Σ (F_y − F_Xγ)(H_y − H_Xγ)ᵀ and that of
   * ln det XᵀV⁻¹X is −2·Σ F_X (XᵀV⁻¹X)⁻¹ H_Xᵀ, summed over groups.
   */
  slope({ lambda, half, gamma, squares, root }: ProfilePoint): Float64Array {
    const { structure, p } = this;
    const width = p + 1;
    const { slope } = structure.leverages(lambda, structure.cholesky.selectedInverse(), false);
    const h = half.slice();
    structure.cholesky.solveLowerTransposed(h, width);
    const f = structure.timesProducts(structure.timesFactor(lambda, h, width), width);
    for (let i = 0; i < f.length; i++) f[i] = this.crossProducts[i] - f[i];
    const residual = new Float64Array(structure.size);
    const u = new Float64Array(structure.size);
    for (let i = 0; i < u.length; i++) {
      const from = i * width;
      residual[i] = f[from + p];
      u[i] = h[from + p];
      for (let j = 0; j < p; j++) {
        residual[i] -= gamma[j] * f[from + j];
        u[i] -= gamma[j] * h[from + j];
      }
    }
    structure.addOuter(slope, residual, u, (-2 * this.degrees) / squares);
    if (this.isRestricted) {
      for (const values of [f, h]) {
        for (let from = 0; from < values.length; from += width) {
          for (let j = 0; j < p; j++) {
            for (let k = 0; k < j; k++) values[from + j] -= root[j * width + k] * values[from + k];
            values[from + j] /= root[j * width + j];
          }
          values[from + p] = 0;
        }
      }
      structure.addOuter(slope, f, h, -2, width);
    }
    return slope;
  }

  /** The random effects' conditional modes u at a point, the last one evaluated. */
  modes({ half, gamma }: ProfilePoint): Float64Array {
    const width = this.p + 1;
    const u = new Float64Array(this.structure.size);
    for (let i = 0; i < u.length; i++) {
      let value = half[i * width + this.p];
      for (let j = 0; j < this.p; j++) value -= half[i * width + j] * gamma[j];
      u[i] = value;
    }
    this.structure.cholesky.solveLowerTransposed(u);
    return u;
  }

  /** m with mᵀ(XᵀV⁻¹X)⁻¹m as its sum of squares, in units of σ²; m over the orthonormal columns. */
  whiten({ root }: ProfilePoint, m: Float64Array): Float64Array {
    const width = this.p + 1;
    const result = Float64Array.from(m);
    for (let j = 0; j < this.p; j++) {
      for (let k = 0; k < j; k++) result[j] -= root[j * width + k] * result[k];
      result[j] /= root[j * width + j];
    }
    return result;
  }
}
