import { checkLength, RandomStream } from "#math";
import { ImputationDesign } from "./imputationDesign.ts";
import { logisticDraw } from "./logisticDraw.ts";
import { predictiveMeanMatching } from "./predictiveMeanMatching.ts";
import { quantify } from "./quantify.ts";

/** A column to complete: numbers with NaN, or codes into levels with −1, where there is no value. */
export type IncompleteColumn =
  | { readonly name: string; readonly kind: "number"; readonly values: Float64Array }
  | {
      readonly name: string;
      readonly kind: "code";
      readonly codes: Int32Array;
      readonly levels: readonly string[];
      /** `logit`: gaps of a column of two levels are drawn from a logistic regression; matched like numbers when left out. */
      readonly method?: "logit";
    };

export type CompletedColumn = { readonly values: Float64Array } | { readonly codes: Int32Array };

export interface ChainedImputation {
  /**
   * The columns completed for the i-th time, in the order given; the same i gives the same values.
   * @throws RangeError  i is not a whole number from 0 to draws − 1.
   */
  draw(i: number): readonly CompletedColumn[];
}

const ITERATIONS = 10;

/**
 * Multiple imputation by chained equations: gaps start with values drawn from those observed; then, ten times over, each
 * incomplete column is regressed on all others and its gaps are filled by predictive mean matching, so that every value
 * filled in was observed somewhere. A category takes part as 0/1 columns, and is itself filled through the one scoring of
 * its levels that the other columns predict best, or, where it has two levels and asks for it, by logistic regression.
 * Draws are independent chains.
 *
 * A column without any observed value stays empty and takes no part.
 *
 * @param columns  Of one length; also columns without gaps, which serve as predictors.
 * @throws ShapeMismatch  the columns differ in length, or `logit` is asked for a column that has not two levels.
 *
 * Source: van Buuren and Groothuis-Oudshoorn (2011), Journal of Statistical Software 45(3); scoring of categories as in
 * mice 3.16, `pmm` of factors.
 */
export function chainedImputation({
  columns,
  seed,
  draws,
}: {
  readonly columns: readonly IncompleteColumn[];
  readonly seed: number;
  readonly draws: number;
}): ChainedImputation {
  const rows = columns.length === 0 ? 0 : lengthOf(columns[0]);
  for (const column of columns) {
    checkLength(column.name, lengthOf(column), rows);
    if (isLogit(column)) checkLength(`levels of ${column.name}`, column.levels.length, 2);
  }
  const gaps = columns.map(gapsOf);
  const isUsed = gaps.map((own) => own.length < rows);
  // Few gaps first, as they disturb the others least.
  const order = [...columns.keys()]
    .filter((j) => gaps[j].length > 0 && isUsed[j])
    .sort((a, b) => gaps[a].length - gaps[b].length || a - b);
  return {
    draw(i) {
      if (!(Number.isInteger(i) && i >= 0 && i < draws)) throw new RangeError(`there is no draw ${i} of ${draws}`);
      const chain = new Chain(columns, gaps, isUsed, new RandomStream(seed, `imputation ${i}`));
      for (let iteration = 0; iteration < ITERATIONS; iteration++) for (const j of order) chain.fill(j);
      return chain.completed();
    },
  };
}

function isLogit(column: IncompleteColumn): column is IncompleteColumn & { kind: "code" } {
  return column.kind === "code" && column.method === "logit";
}

function lengthOf(column: IncompleteColumn): number {
  return column.kind === "number" ? column.values.length : column.codes.length;
}

function gapsOf(column: IncompleteColumn): Int32Array {
  const values: Float64Array | Int32Array = column.kind === "number" ? column.values : column.codes;
  const isGap = column.kind === "number" ? Number.isNaN : (code: number) => code < 0;
  return Int32Array.from([...values.keys()].filter((row) => isGap(values[row])));
}

/** One chain: the completed values, as they are and as columns of a regression. */
class Chain {
  readonly #columns: readonly IncompleteColumn[];
  readonly #gaps: readonly Int32Array[];
  readonly #random: RandomStream;
  readonly #values: readonly Float64Array[];
  /** Intercept and all columns, numbers centred and scaled, categories by level but the first. */
  readonly #design: ImputationDesign;
  /** Places of each column in the design. */
  readonly #places: readonly (readonly number[])[];
  readonly #centre: Float64Array;
  readonly #scale: Float64Array;

  constructor(
    columns: readonly IncompleteColumn[],
    gaps: readonly Int32Array[],
    isUsed: readonly boolean[],
    random: RandomStream,
  ) {
    this.#columns = columns;
    this.#gaps = gaps;
    this.#random = random;
    this.#values = columns.map((column, j) => {
      const values = Float64Array.from(column.kind === "number" ? column.values : column.codes);
      if (!isUsed[j]) return values;
      const observed = observedRows(gaps[j], values.length);
      for (const row of gaps[j]) values[row] = values[observed[random.integer(observed.length)]];
      return values;
    });
    let width = 1;
    this.#places = columns.map((column, j) => {
      const own = !isUsed[j] ? 0 : column.kind === "number" ? 1 : column.levels.length - 1;
      const places = Array.from({ length: own }, (_, i) => width + i);
      width += own;
      return places;
    });
    const rows = this.#values[0]?.length ?? 0;
    this.#design = new ImputationDesign(rows, width);
    this.#centre = new Float64Array(columns.length);
    this.#scale = new Float64Array(columns.length).fill(1);
    for (let row = 0; row < rows; row++) this.#design.data[row * width] = 1;
    for (const [j, column] of columns.entries()) {
      if (column.kind === "number" && isUsed[j]) this.#standardise(j);
      for (let row = 0; row < rows; row++) this.#enter(j, row);
    }
    this.#design.count(
      Int32Array.from({ length: rows }, (_, row) => row),
      1,
    );
  }

  #standardise(j: number): void {
    const values = this.#values[j];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    this.#centre[j] = mean;
    this.#scale[j] = sd > 0 ? sd : 1;
  }

  /** Writes a row's value of a column into the design. */
  #enter(j: number, row: number): void {
    const value = this.#values[j][row];
    const from = row * this.#design.width;
    const places = this.#places[j];
    if (this.#columns[j].kind === "number") {
      for (const place of places) this.#design.data[from + place] = (value - this.#centre[j]) / this.#scale[j];
    } else for (let i = 0; i < places.length; i++) this.#design.data[from + places[i]] = Number(value === i + 1);
  }

  /** Fills the gaps of one column anew from all others. */
  fill(j: number): void {
    const design = this.#design;
    const gaps = this.#gaps[j];
    const places = this.#places[j];
    const predictors = Array.from({ length: design.width }, (_, place) => place).filter(
      (place) => !places.includes(place),
    );
    const observed = observedRows(gaps, design.rows);
    // Sums over the observed rows: those with gaps are out while their values change.
    design.count(gaps, -1);
    const filled = this.#drawnByLogit(j, predictors, observed) ?? this.#matched(j, predictors, observed);
    for (const [i, row] of gaps.entries()) {
      this.#values[j][row] = filled[i];
      this.#enter(j, row);
    }
    design.count(gaps, 1);
  }

  #drawnByLogit(j: number, predictors: readonly number[], observed: Int32Array): ArrayLike<number> | undefined {
    if (!isLogit(this.#columns[j])) return undefined;
    const yes = Float64Array.from(observed, (row) => this.#values[j][row]);
    return logisticDraw({ design: this.#design, predictors, observed, yes, gaps: this.#gaps[j] }, this.#random);
  }

  #matched(j: number, predictors: readonly number[], observed: Int32Array): ArrayLike<number> {
    const design = this.#design;
    const gaps = this.#gaps[j];
    const places = this.#places[j];
    const root = design.ridgeRoot(predictors);
    const target =
      this.#columns[j].kind === "code"
        ? quantify(design, places, predictors, root)
        : {
            moments: Float64Array.from(predictors, (predictor) => design.product(places[0], predictor)),
            squares: design.product(places[0], places[0]),
          };
    const donors = predictiveMeanMatching({ design, predictors, root, ...target, observed, gaps }, this.#random);
    return Float64Array.from(donors, (donor) => this.#values[j][donor]);
  }

  completed(): readonly CompletedColumn[] {
    return this.#columns.map((column, j) =>
      column.kind === "number" ? { values: this.#values[j] } : { codes: Int32Array.from(this.#values[j]) },
    );
  }
}

function observedRows(gaps: Int32Array, rows: number): Int32Array {
  const observed = new Int32Array(rows - gaps.length);
  let at = 0;
  let gap = 0;
  for (let row = 0; row < rows; row++) {
    if (gap < gaps.length && gaps[gap] === row) gap++;
    else observed[at++] = row;
  }
  return observed;
}
