import { checkLength, SparseCholesky } from "#math";
import { findMeetings, type Meeting, sparsePattern, type TermLayout } from "./meetings.ts";
import type { RandomEffects } from "./randomEffects.ts";

/**
 * The sparse algebra of random effects b = Λ(θ)·u with u of unit variance: the products ZᵀWZ, the matrix
 * A = ΛᵀZᵀWZΛ + I and its factor, all by blocks of groups that meet. Groups are eliminated from the finest factor to the
 * coarsest, which fills in nothing where factors are nested.
 *
 * Source: Bates, Mächler, Bolker and Walker (2015), Journal of Statistical Software 67(1), sections 2 and 3.
 */
export class RandomStructure {
  readonly effects: readonly RandomEffects[];
  readonly terms: readonly TermLayout[];
  readonly rows: number;
  /** How many random effects, and how many parameters. */
  readonly size: number;
  readonly thetaSize: number;
  readonly cholesky: SparseCholesky;

  readonly #meetings: readonly Meeting[];
  readonly #columnStart: Int32Array;
  readonly #rowIndex: Int32Array;
  /** ZᵀWZ and A in one sparse pattern. */
  readonly #products: Float64Array;
  readonly #a: Float64Array;

  /** @throws ShapeMismatch  the terms have different numbers of rows. */
  constructor(effects: readonly RandomEffects[]) {
    this.effects = effects;
    this.rows = effects[0]?.codes.length ?? 0;
    const terms: TermLayout[] = [];
    let offset = 0;
    let thetaOffset = 0;
    for (const { group, codes, levels, z } of effects) {
      checkLength(`groups of "${group}"`, codes.length, this.rows);
      for (const column of z) checkLength(`values varying by "${group}"`, column.length, this.rows);
      const width = z.length;
      terms.push({ width, groups: levels.length, offset, thetaOffset });
      offset += width * levels.length;
      thetaOffset += (width * (width + 1)) / 2;
    }
    this.terms = terms;
    this.size = offset;
    this.thetaSize = thetaOffset;

    const meetings: Meeting[] = [];
    const partners: Int32Array[][][] = terms.map(() => []);
    for (let fine = 0; fine < terms.length; fine++) {
      for (let coarse = fine + 1; coarse < terms.length; coarse++) {
        const found = findMeetings(effects, fine, coarse);
        partners[fine][coarse] = found.partnersOf;
        meetings.push({ ...found, fine, coarse, rowPlace: new Int32Array(found.fineGroup.length) });
      }
    }
    const { columnStart, rowIndex } = sparsePattern(terms, partners, meetings);
    this.#meetings = meetings;
    this.#columnStart = columnStart;
    this.#rowIndex = rowIndex;
    this.#products = new Float64Array(rowIndex.length);
    this.#a = new Float64Array(rowIndex.length);
    this.cholesky = new SparseCholesky(columnStart, rowIndex);
  }

  /** The parameters of a fit that starts with unrelated effects of the size of the residual. */
  startingTheta(): Float64Array {
    const theta = new Float64Array(this.thetaSize);
    for (const place of this.diagonalPlaces()) theta[place] = 1;
    return theta;
  }

  /** Places in θ of the diagonal elements, those that may not be below 0. */
  diagonalPlaces(): number[] {
    return this.terms.flatMap(({ width, thetaOffset }) => {
      const places: number[] = [];
      for (let c = 0, at = thetaOffset; c < width; at += width - c, c++) places.push(at);
      return places;
    });
  }

  /** Λ's block of each term: `width` × `width`, lower, column after column. */
  factorOf(theta: Float64Array): Float64Array[] {
    return this.terms.map(({ width, thetaOffset }) => {
      const block = new Float64Array(width * width);
      let at = thetaOffset;
      for (let c = 0; c < width; c++) for (let k = c; k < width; k++) block[c * width + k] = theta[at++];
      return block;
    });
  }

  /** Collects ZᵀWZ; every row counts once when no weights are given. */
  collectProducts(weights?: Float64Array): void {
    const products = this.#products.fill(0);
    const start = this.#columnStart;
    for (const [t, { width, offset }] of this.terms.entries()) {
      const { codes, z } = this.effects[t];
      for (let c = 0; c < width; c++) {
        for (let k = c; k < width; k++) {
          for (let i = 0; i < this.rows; i++) {
            const value = z[c][i] * z[k][i];
            products[start[offset + codes[i] * width + c] + k - c] +=
              weights === undefined ? value : value * weights[i];
          }
        }
      }
    }
    for (const { fine, coarse, fineGroup, ofRow, rowPlace } of this.#meetings) {
      const { width, offset } = this.terms[fine];
      const inner = this.terms[coarse].width;
      for (let c = 0; c < width; c++) {
        const left = this.effects[fine].z[c];
        for (let k = 0; k < inner; k++) {
          const right = this.effects[coarse].z[k];
          for (let i = 0; i < this.rows; i++) {
            const m = ofRow[i];
            const value = left[i] * right[i];
            const place = start[offset + fineGroup[m] * width + c] + width - c + rowPlace[m] + k;
            products[place] += weights === undefined ? value : value * weights[i];
          }
        }
      }
    }
  }

  /** Every entry of the lower triangle of ZᵀWZ that may differ from 0. */
  eachProduct(visit: (row: number, column: number, value: number) => void): void {
    for (let j = 0; j < this.size; j++) {
      for (let entry = this.#columnStart[j]; entry < this.#columnStart[j + 1]; entry++) {
        visit(this.#rowIndex[entry], j, this.#products[entry]);
      }
    }
  }

  /** Factors A = ΛᵀZᵀWZΛ + I from the products collected last. Returns false when numbers overflow. */
  factor(lambda: readonly Float64Array[]): boolean {
    const products = this.#products;
    const a = this.#a;
    const start = this.#columnStart;
    for (const [t, { width, groups, offset }] of this.terms.entries()) {
      const own = lambda[t];
      const half = new Float64Array(width * width);
      for (let g = 0; g < groups; g++) {
        const first = offset + g * width;
        if (width === 1) {
          a[start[first]] = own[0] * own[0] * products[start[first]] + 1;
          continue;
        }
        // half = C·Λ, then the lower part of Λᵀ·half.
        for (let c = 0; c < width; c++) {
          for (let k = 0; k < width; k++) {
            let sum = 0;
            for (let m = c; m < width; m++) {
              const low = Math.min(k, m);
              sum += products[start[first + low] + Math.max(k, m) - low] * own[c * width + m];
            }
            half[c * width + k] = sum;
          }
        }
        for (let c = 0; c < width; c++) {
          for (let k = c; k < width; k++) {
            let sum = k === c ? 1 : 0;
            for (let m = k; m < width; m++) sum += own[k * width + m] * half[c * width + m];
            a[start[first + c] + k - c] = sum;
          }
        }
      }
    }
    for (const { fine, coarse, fineGroup, rowPlace } of this.#meetings) {
      const { width, offset } = this.terms[fine];
      const inner = this.terms[coarse].width;
      const left = lambda[fine];
      const right = lambda[coarse];
      for (let m = 0; m < fineGroup.length; m++) {
        const first = offset + fineGroup[m] * width;
        for (let c = 0; c < width; c++) {
          for (let k = 0; k < inner; k++) {
            let sum = 0;
            for (let d = c; d < width; d++) {
              const from = start[first + d] + width - d + rowPlace[m];
              for (let e = k; e < inner; e++) sum += right[k * inner + e] * products[from + e] * left[c * width + d];
            }
            a[start[first + c] + width - c + rowPlace[m] + k] = sum;
          }
        }
      }
    }
    return this.cholesky.factor(a);
  }

  /** Λᵀ·B in place, B of `width` columns stored row after row. */
  timesFactorTransposed(lambda: readonly Float64Array[], b: Float64Array, columns = 1): void {
    for (const [t, { width, groups, offset }] of this.terms.entries()) {
      const own = lambda[t];
      for (let g = 0; g < groups; g++) {
        for (let c = 0; c < width; c++) {
          const to = (offset + g * width + c) * columns;
          for (let j = 0; j < columns; j++) {
            let sum = 0;
            for (let k = c; k < width; k++) sum += own[c * width + k] * b[to + (k - c) * columns + j];
            b[to + j] = sum;
          }
        }
      }
    }
  }

  /** Λ·U, U of `columns` columns stored row after row. */
  timesFactor(lambda: readonly Float64Array[], u: Float64Array, columns = 1): Float64Array {
    const b = new Float64Array(u.length);
    for (const [t, { width, groups, offset }] of this.terms.entries()) {
      const own = lambda[t];
      for (let g = 0; g < groups; g++) {
        for (let k = 0; k < width; k++) {
          const to = (offset + g * width + k) * columns;
          for (let c = 0; c <= k; c++) {
            const factor = own[c * width + k];
            const from = (offset + g * width + c) * columns;
            for (let j = 0; j < columns; j++) b[to + j] += factor * u[from + j];
          }
        }
      }
    }
    return b;
  }

  /** ZᵀWZ·B for the products collected last, B of `columns` columns stored row after row. */
  timesProducts(b: Float64Array, columns = 1): Float64Array {
    const result = new Float64Array(b.length);
    this.eachProduct((row, column, value) => {
      const low = row * columns;
      const high = column * columns;
      for (let j = 0; j < columns; j++) result[low + j] += value * b[high + j];
      if (row !== column) for (let j = 0; j < columns; j++) result[high + j] += value * b[low + j];
    });
    return result;
  }

  /** Zᵀ·v. */
  gather(v: Float64Array): Float64Array {
    const sums = new Float64Array(this.size);
    for (const [t, { width, offset }] of this.terms.entries()) {
      const { codes, z } = this.effects[t];
      for (let c = 0; c < width; c++) {
        const column = z[c];
        for (let i = 0; i < this.rows; i++) sums[offset + codes[i] * width + c] += column[i] * v[i];
      }
    }
    return sums;
  }

  /** Adds Z·b to one number per row. */
  spread(b: Float64Array, to: Float64Array): void {
    for (const [t, { width, offset }] of this.terms.entries()) {
      const { codes, z } = this.effects[t];
      for (let c = 0; c < width; c++) {
        const column = z[c];
        for (let i = 0; i < this.rows; i++) to[i] += column[i] * b[offset + codes[i] * width + c];
      }
    }
  }

  /**
   * From S = A⁻¹ at its pattern: the leverage of each row, zᵢᵀΛSΛᵀzᵢ (0 when not asked for), and the direct slope of
   * ln det A along each parameter, 2·tr(S·Λᵀ·ZᵀWZ·∂Λ).
   */
  leverages(
    lambda: readonly Float64Array[],
    inverse: Float64Array,
    isByRow = true,
  ): { leverage: Float64Array; slope: Float64Array } {
    const leverage = new Float64Array(isByRow ? this.rows : 0);
    const slope = new Float64Array(this.thetaSize);
    for (let t = 0; t < this.terms.length; t++) {
      const { width, groups, thetaOffset } = this.terms[t];
      const own = lambda[t];
      const s = new Float64Array(width * width);
      const c = new Float64Array(width * width);
      const half = new Float64Array(width * width);
      const spreadOut = new Float64Array(groups * width * width);
      for (let g = 0; g < groups; g++) {
        this.#loadDiagonal(t, g, inverse, s, c);
        // S·Λᵀ, then its product with C for the slope and with Λ for the leverages.
        timesTransposed(s, own, width, width, half);
        addSlope(slope, thetaOffset, half, c, width, width);
        for (let k = 0; k < width; k++) {
          for (let m = 0; m < width; m++) {
            let sum = 0;
            for (let l = 0; l <= k; l++) sum += own[l * width + k] * half[m * width + l];
            spreadOut[(g * width + m) * width + k] = sum;
          }
        }
      }
      if (!isByRow) continue;
      const { codes, z } = this.effects[t];
      for (let m = 0; m < width; m++) {
        for (let k = 0; k < width; k++) {
          const left = z[m];
          const right = z[k];
          const at = m * width + k;
          const size = width * width;
          for (let i = 0; i < this.rows; i++) leverage[i] += left[i] * right[i] * spreadOut[codes[i] * size + at];
        }
      }
    }
    for (const meeting of this.#meetings) {
      const { fine, coarse, fineGroup, ofRow } = meeting;
      const width = this.terms[fine].width;
      const inner = this.terms[coarse].width;
      const size = width * inner;
      const left = lambda[fine];
      const right = lambda[coarse];
      // Blocks with the finer group's coefficients as rows, and turned round.
      const s = new Float64Array(size);
      const sTurned = new Float64Array(size);
      const c = new Float64Array(size);
      const cTurned = new Float64Array(size);
      const half = new Float64Array(size);
      const halfTurned = new Float64Array(size);
      const spreadOut = new Float64Array(fineGroup.length * size);
      for (let m = 0; m < fineGroup.length; m++) {
        this.#loadMeeting(meeting, m, inverse, s, sTurned, c, cTurned);
        timesTransposed(s, right, width, inner, half);
        addSlope(slope, this.terms[fine].thetaOffset, half, cTurned, width, inner);
        timesTransposed(sTurned, left, inner, width, halfTurned);
        addSlope(slope, this.terms[coarse].thetaOffset, halfTurned, c, inner, width);
        for (let e = 0; e < inner; e++) {
          for (let d = 0; d < width; d++) {
            let sum = 0;
            for (let f = 0; f <= d; f++) sum += left[f * width + d] * half[e * width + f];
            spreadOut[m * size + e * width + d] = sum;
          }
        }
      }
      if (!isByRow) continue;
      for (let d = 0; d < width; d++) {
        for (let e = 0; e < inner; e++) {
          const zLeft = this.effects[fine].z[d];
          const zRight = this.effects[coarse].z[e];
          const at = e * width + d;
          for (let i = 0; i < this.rows; i++) leverage[i] += 2 * zLeft[i] * zRight[i] * spreadOut[ofRow[i] * size + at];
        }
      }
    }
    return { leverage, slope };
  }

  /** The blocks of A⁻¹ and of ZᵀWZ of one group, full and symmetric. */
  #loadDiagonal(t: number, g: number, inverse: Float64Array, s: Float64Array, c: Float64Array): void {
    const { width, offset } = this.terms[t];
    const { place } = this.cholesky;
    for (let low = 0; low < width; low++) {
      const first = this.#columnStart[offset + g * width + low];
      for (let high = low; high < width; high++) {
        const entry = first + high - low;
        s[low * width + high] = s[high * width + low] = inverse[place[entry]];
        c[low * width + high] = c[high * width + low] = this.#products[entry];
      }
    }
  }

  /** The blocks of two groups that meet: rows for the finer (`s`, `c`) and for the coarser group (`…Turned`). */
  #loadMeeting(
    { fine, coarse, fineGroup, rowPlace }: Meeting,
    m: number,
    inverse: Float64Array,
    s: Float64Array,
    sTurned: Float64Array,
    c: Float64Array,
    cTurned: Float64Array,
  ): void {
    const { width, offset } = this.terms[fine];
    const inner = this.terms[coarse].width;
    const { place } = this.cholesky;
    for (let d = 0; d < width; d++) {
      const first = this.#columnStart[offset + fineGroup[m] * width + d] + width - d + rowPlace[m];
      for (let e = 0; e < inner; e++) {
        const value = inverse[place[first + e]];
        const product = this.#products[first + e];
        s[e * width + d] = value;
        sTurned[d * inner + e] = value;
        c[e * width + d] = product;
        cTurned[d * inner + e] = product;
      }
    }
  }

  /**
   * Σ over groups (and over `columns` columns) of left[g, k]·right[g, l] for every parameter Λ[k, l], times `factor`, added
   * to `to`.
   */
  addOuter(to: Float64Array, left: Float64Array, right: Float64Array, factor: number, columns = 1): void {
    for (const { width, groups, offset, thetaOffset } of this.terms) {
      let at = thetaOffset;
      for (let l = 0; l < width; l++) {
        for (let k = l; k < width; k++) {
          let sum = 0;
          for (let g = 0; g < groups; g++) {
            const a = (offset + g * width + k) * columns;
            const b = (offset + g * width + l) * columns;
            for (let j = 0; j < columns; j++) sum += left[a + j] * right[b + j];
          }
          to[at++] += factor * sum;
        }
      }
    }
  }

  /** Groups joined by rows: the part to which each random effect belongs, and the number of parts. */
  components(): { readonly of: Int32Array; readonly count: number } {
    const parent = Int32Array.from({ length: this.size }, (_, i) => i);
    const root = (i: number): number => {
      let at = i;
      while (parent[at] !== at) {
        parent[at] = parent[parent[at]];
        at = parent[at];
      }
      return at;
    };
    for (const { width, groups, offset } of this.terms) {
      for (let g = 0; g < groups; g++)
        for (let c = 1; c < width; c++) parent[offset + g * width + c] = offset + g * width;
    }
    for (const { fine, coarse, fineGroup, coarseGroup } of this.#meetings) {
      const a = this.terms[fine];
      const b = this.terms[coarse];
      for (let m = 0; m < fineGroup.length; m++) {
        parent[root(a.offset + fineGroup[m] * a.width)] = root(b.offset + coarseGroup[m] * b.width);
      }
    }
    const of = new Int32Array(this.size);
    const number = new Map<number, number>();
    for (let i = 0; i < this.size; i++) {
      const own = root(i);
      if (!number.has(own)) number.set(own, number.size);
      of[i] = number.get(own)!;
    }
    return { of, count: number.size };
  }
}

/** S·Λᵀ for a block S of `rows` × `columns` (column after column) and a lower triangle Λ. */
function timesTransposed(s: Float64Array, lambda: Float64Array, rows: number, columns: number, to: Float64Array): void {
  for (let k = 0; k < columns; k++) {
    for (let l = 0; l < rows; l++) {
      let sum = 0;
      for (let m = 0; m <= k; m++) sum += s[m * rows + l] * lambda[m * columns + k];
      to[k * rows + l] = sum;
    }
  }
}

/** Adds 2·(half·C)[l, k] to the slope of every Λ[k, l], half being `width` × `inner` and C `inner` × `width`. */
function addSlope(
  slope: Float64Array,
  from: number,
  half: Float64Array,
  c: Float64Array,
  width: number,
  inner: number,
): void {
  let at = from;
  for (let l = 0; l < width; l++) {
    for (let k = l; k < width; k++) {
      let sum = 0;
      for (let m = 0; m < inner; m++) sum += half[m * width + l] * c[k * inner + m];
      slope[at++] += 2 * sum;
    }
  }
}
