import { Matrix } from "#math";
import type { DesignColumns } from "./designColumns.ts";

/** Some columns of a design. */
export class SelectedColumns implements DesignColumns {
  readonly rows: number;
  readonly columns: number;
  readonly #all: DesignColumns;
  readonly #kept: Int32Array;

  constructor(all: DesignColumns, kept: Int32Array) {
    this.rows = all.rows;
    this.columns = kept.length;
    this.#all = all;
    this.#kept = kept;
  }

  times(beta: Float64Array): Float64Array {
    const whole = new Float64Array(this.#all.columns);
    for (const [j, place] of this.#kept.entries()) whole[place] = beta[j];
    return this.#all.times(whole);
  }

  transposedTimes(values: Float64Array): Float64Array {
    const whole = this.#all.transposedTimes(values);
    return Float64Array.from(this.#kept, (place) => whole[place]);
  }

  weighted(w: Float64Array): Matrix {
    const whole = this.#all.weighted(w);
    const result = new Matrix(this.columns, this.columns);
    for (const [j, b] of this.#kept.entries())
      for (const [i, a] of this.#kept.entries()) result.set(i, j, whole.get(a, b));
    return result;
  }
}
