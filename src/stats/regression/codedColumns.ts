import { Matrix } from "#math";
import { valuesOf } from "../common/badWeights.ts";
import { type Formula, type ModelData, rowsOf, UnknownVariable, type Variable, variableOf } from "../model/index.ts";
import type { DesignColumns } from "./designColumns.ts";

/** A category as a block of 0/1 columns: code c of a row has column `first + c`, or none below 0. */
interface Block {
  readonly codes: Int32Array;
  readonly levels: number;
  /** Column of the first level; one less than the first column where the first level has none. */
  readonly first: number;
  readonly hasFirst: boolean;
}

/** Several blocks taken as one, so that each row is visited once for all of them. */
interface Joint {
  readonly codes: Int32Array;
  readonly size: number;
  /** For each joint code the columns that are 1. */
  readonly columns: readonly (readonly number[])[];
}

/** Joint codes up to this many keep their tables in the processor's cache. */
const LARGEST_JOINT = 256;

/**
 * A design of main effects in which each category stays one column of small whole numbers: products are additions into
 * tables by code, not multiplications of 0/1 columns. Numbers stay columns.
 *
 * Same columns, in the same order, as `modelMatrix` gives.
 */
export class CodedColumns implements DesignColumns {
  readonly rows: number;
  readonly columns: number;
  readonly names: readonly string[];
  /** Columns that are numbers, by place. */
  readonly dense: ReadonlyMap<number, Float64Array>;
  readonly #blocks: readonly Block[];
  readonly #joints: readonly Joint[];

  private constructor(
    rows: number,
    names: readonly string[],
    blocks: readonly Block[],
    dense: ReadonlyMap<number, Float64Array>,
  ) {
    this.rows = rows;
    this.columns = names.length;
    this.names = names;
    this.dense = dense;
    this.#blocks = blocks;
    this.#joints = joined(rows, blocks);
  }

  /**
   * @throws UnknownVariable  the formula has an interaction, names a variable that is not there, or a value is missing.
   */
  static of(formula: Pick<Formula, "hasIntercept" | "terms">, data: ModelData): CodedColumns {
    const rows = rowsOf(data);
    const names: string[] = [];
    const blocks: Block[] = [];
    const dense = new Map<number, Float64Array>();
    let takesAll = !formula.hasIntercept;
    if (formula.hasIntercept) {
      blocks.push({ codes: new Int32Array(rows), levels: 1, first: 0, hasFirst: true });
      names.push("(Intercept)");
    }
    for (const term of formula.terms) {
      if (term.length > 1) throw new UnknownVariable(`"${term.join(":")}": a coded design has no interactions`);
      const variable = variableOf(data, term[0]);
      checkComplete(term[0], variable);
      if (variable.kind === "number") {
        dense.set(names.length, variable.values);
        names.push(term[0]);
        continue;
      }
      const hasFirst = takesAll;
      takesAll = false;
      blocks.push({
        codes: variable.codes,
        levels: variable.levels.length,
        first: names.length - (hasFirst ? 0 : 1),
        hasFirst,
      });
      names.push(...variable.levels.slice(hasFirst ? 0 : 1).map((level) => `${term[0]}${level}`));
    }
    return new CodedColumns(rows, names, blocks, dense);
  }

  /** The same columns for some rows, its numbers shifted and scaled. */
  prepared(rows: Int32Array, change: (values: Float64Array, column: number) => Float64Array): CodedColumns {
    // Rows that count are in order: as many as all are all.
    const taken = (codes: Int32Array): Int32Array =>
      rows.length === this.rows ? codes : rows.map((row) => codes[row]);
    const blocks = this.#blocks.map((block) => ({ ...block, codes: taken(block.codes) }));
    const dense = [...this.dense].map(
      ([column, values]) => [column, change(valuesOf(values, rows, Number.NaN), column)] as const,
    );
    return new CodedColumns(rows.length, this.names, blocks, new Map(dense));
  }

  times(beta: Float64Array): Float64Array {
    const result = new Float64Array(this.rows);
    for (const { codes, columns } of this.#joints) {
      const sums = Float64Array.from(columns, (own) => own.reduce((sum, j) => sum + beta[j], 0));
      for (let i = 0; i < result.length; i++) result[i] += sums[codes[i]];
    }
    for (const [j, values] of this.dense) for (let i = 0; i < result.length; i++) result[i] += beta[j] * values[i];
    return result;
  }

  transposedTimes(values: Float64Array): Float64Array {
    const result = new Float64Array(this.columns);
    for (const { codes, size, columns } of this.#joints) {
      const sums = new Float64Array(size);
      for (let i = 0; i < values.length; i++) sums[codes[i]] += values[i];
      for (let c = 0; c < size; c++) for (const j of columns[c]) result[j] += sums[c];
    }
    for (const [j, column] of this.dense) {
      let sum = 0;
      for (let i = 0; i < values.length; i++) sum += values[i] * column[i];
      result[j] = sum;
    }
    return result;
  }

  weighted(w: Float64Array): Matrix {
    const k = this.columns;
    const result = new Matrix(k, k);
    const add = (a: number, b: number, value: number): void => {
      result.data[b * k + a] += value;
      if (a !== b) result.data[a * k + b] += value;
    };
    for (const [s, one] of this.#joints.entries()) {
      const own = new Float64Array(one.size);
      for (let i = 0; i < w.length; i++) own[one.codes[i]] += w[i];
      for (let c = 0; c < one.size; c++) {
        for (const [x, a] of one.columns[c].entries()) for (const b of one.columns[c].slice(x)) add(a, b, own[c]);
      }
      for (const other of this.#joints.slice(s + 1)) {
        const table = new Float64Array(one.size * other.size);
        for (let i = 0; i < w.length; i++) table[one.codes[i] * other.size + other.codes[i]] += w[i];
        for (let c = 0; c < one.size; c++) {
          for (let d = 0; d < other.size; d++) {
            const value = table[c * other.size + d];
            if (value === 0) continue;
            for (const a of one.columns[c]) for (const b of other.columns[d]) add(a, b, value);
          }
        }
      }
    }
    const dense = [...this.dense];
    const scaled = new Float64Array(w.length);
    for (const [x, [a, values]] of dense.entries()) {
      for (let i = 0; i < w.length; i++) scaled[i] = w[i] * values[i];
      for (const { codes, size, columns } of this.#joints) {
        const sums = new Float64Array(size);
        for (let i = 0; i < w.length; i++) sums[codes[i]] += scaled[i];
        for (let c = 0; c < size; c++) for (const b of columns[c]) add(a, b, sums[c]);
      }
      for (const [b, others] of dense.slice(x)) {
        let sum = 0;
        for (let i = 0; i < w.length; i++) sum += scaled[i] * others[i];
        add(a, b, sum);
      }
    }
    return result;
  }
}

function checkComplete(name: string, variable: Variable): void {
  if (variable.kind === "number") {
    const gap = variable.values.findIndex((value) => !Number.isFinite(value));
    if (gap >= 0)
      throw new UnknownVariable(`"${name}" is ${variable.values[gap]} in row ${gap}: a finite number is needed`);
  } else {
    const gap = variable.codes.findIndex((code) => code < 0 || code >= variable.levels.length);
    if (gap >= 0) throw new UnknownVariable(`"${name}" has no level in row ${gap}`);
  }
}

/** Blocks joined while the joint code stays small. */
function joined(rows: number, blocks: readonly Block[]): Joint[] {
  const joints: Joint[] = [];
  let open: Block[] = [];
  let size = 1;
  for (const block of blocks) {
    if (open.length > 0 && size * block.levels > LARGEST_JOINT) {
      joints.push(joint(rows, open));
      open = [];
      size = 1;
    }
    open.push(block);
    size *= block.levels;
  }
  if (open.length > 0) joints.push(joint(rows, open));
  return joints;
}

function joint(rows: number, blocks: readonly Block[]): Joint {
  const codes = new Int32Array(rows);
  let columns: number[][] = [[]];
  for (const { codes: own, levels, first, hasFirst } of blocks) {
    for (let i = 0; i < rows; i++) codes[i] = codes[i] * levels + own[i];
    columns = columns.flatMap((before) =>
      Array.from({ length: levels }, (_, code) => (code === 0 && !hasFirst ? before : [...before, first + code])),
    );
  }
  return { codes, size: columns.length, columns };
}
