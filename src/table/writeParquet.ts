import { Engine } from "./engine.ts";
import { quoteName, quoteText } from "./sqlText.ts";

/** How a column of whole numbers in memory becomes a column of a Parquet file. */
export type ParquetMeaning =
  | { readonly as: "whole" }
  /** Days since 1 January 1970. */
  | { readonly as: "date" }
  /** 123 is 12.3. */
  | { readonly as: "tenths" }
  | { readonly as: "truth" }
  /** A code into a list of texts. */
  | { readonly as: "levels"; readonly levels: readonly string[] }
  /** Text of a number with leading zeros: 42 is `P0000042`. */
  | { readonly as: "numbered"; readonly prefix: string; readonly digits: number };

export type ParquetColumn = ParquetMeaning & { readonly name: string; readonly bits: 16 | 32 };

export type WholeArray = Int16Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** What stands in an array where there is no value: the smallest number of its kind. */
export const ABSENT: Readonly<Record<16 | 32, number>> = { 16: -32_768, 32: -2_147_483_648 };

const ROWS_PER_GROUP = 122_880;

/**
 * Writes a Parquet file from typed arrays, batch by batch: texts stay small codes until the engine writes them. What has
 * been appended is held in the engine at two or four bytes a value; the same batches give the same bytes.
 */
export class ParquetWriter implements Disposable {
  readonly #engine: Engine;
  readonly #columns: readonly ParquetColumn[];

  private constructor(engine: Engine, columns: readonly ParquetColumn[]) {
    this.#engine = engine;
    this.#columns = columns;
  }

  static async open(columns: readonly ParquetColumn[]): Promise<ParquetWriter> {
    const engine = await Engine.open();
    await engine.useOneThread();
    const types = columns.map(({ name, bits }) => `${quoteName(name)} ${bits === 16 ? "SMALLINT" : "INTEGER"}`);
    await engine.run(`CREATE TABLE rows (${types.join(", ")})`);
    return new ParquetWriter(engine, columns);
  }

  /**
   * Adds rows: the first `rows` values of each array, in the order of the columns.
   * @throws RangeError  an array is too short, or not of the bits its column was declared with.
   */
  async append(arrays: readonly WholeArray[], rows: number): Promise<void> {
    for (const [c, { name, bits }] of this.#columns.entries()) {
      const array = arrays[c];
      if (array === undefined || array.length < rows || array.BYTES_PER_ELEMENT * 8 !== bits)
        throw new RangeError(`column ${name} needs ${rows} values of ${bits} bits`);
    }
    await this.#engine.appendWholes("rows", arrays, rows);
  }

  /** Writes every row appended, in order. The file must not exist. */
  async write(path: string): Promise<void> {
    const columns = this.#columns.map((column) => `${meaning(column)} AS ${quoteName(column.name)}`);
    await this.#engine.run(
      `COPY (SELECT ${columns.join(", ")} FROM rows) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${ROWS_PER_GROUP})`,
    );
  }

  [Symbol.dispose](): void {
    this.#engine.close();
  }
}

/** SQL of the value a stored number stands for; NULL where it is absent. */
function meaning(column: ParquetColumn): string {
  const stored = `nullif(${quoteName(column.name)}, ${ABSENT[column.bits]})`;
  switch (column.as) {
    case "whole":
      return `${stored}::INTEGER`;
    case "date":
      return `DATE '1970-01-01' + ${stored}::INTEGER`;
    case "tenths":
      return `${stored} / 10.0::DOUBLE`;
    case "truth":
      return `${stored} = 1`;
    case "levels":
      return `list_extract([${column.levels.map(quoteText).join(", ")}], ${stored} + 1)`;
    case "numbered":
      return `${quoteText(column.prefix)} || lpad(${stored}::VARCHAR, ${column.digits}, '0')`;
  }
}
