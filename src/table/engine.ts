import { availableParallelism } from "node:os";
import {
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBVector,
  INTEGER,
  SMALLINT,
  UTINYINT,
  VARCHAR,
} from "@duckdb/node-api";
import { quoteName } from "./sqlText.ts";

/** How a column of a result is handed over. */
export type NumberKind = "float64" | "int32" | "uint8";

/** One row of a small result. */
export type SmallRow = readonly (string | number | null)[];

/** One row of text: null where there is nothing. */
export type TextRow = readonly (string | null)[];

type NumberArray = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

const CHUNK_ROWS = 2048;
const TEXTS_AT_ONCE = 65_536;

/**
 * One database in memory, from opening to `close`. It fetches no extension, writes no file, and is gone when closed.
 *
 * Loading may use every core. Queries that print, order or add up must come after `useOneThread`: floating-point sums
 * and the order of groups are then the same in every run.
 */
export class Engine {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(): Promise<Engine> {
    const instance = await DuckDBInstance.create(":memory:", {
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      temp_directory: "",
    });
    return new Engine(instance, await instance.connect());
  }

  /** Carries out statements whose results nobody needs. */
  async run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }

  async useOneThread(): Promise<void> {
    await this.run("SET threads = 1");
  }

  /**
   * Carries out one statement on every core, after `useOneThread`: for one whose result has no order of its own to lose.
   * In one call, so that no other query comes between.
   */
  async runOnEveryCore(sql: string): Promise<void> {
    await this.run(`SET threads = ${availableParallelism()}; ${sql}; SET threads = 1`);
  }

  /** A result of a few rows. Numbers must be cast in SQL to INTEGER or DOUBLE. */
  async rows(sql: string): Promise<readonly SmallRow[]> {
    const reader = await this.#connection.runAndReadAll(sql);
    return reader.getRowsJS() as readonly SmallRow[];
  }

  /** The first cell of a result that must be a number. */
  async number(sql: string): Promise<number> {
    return Number((await this.rows(sql))[0]![0]);
  }

  /**
   * A result of one column of text without NULLs, in its order. The engine joins the texts and one string comes over,
   * since fetching a million texts one by one takes seconds.
   */
  async texts(sql: string): Promise<readonly string[]> {
    const parts = await this.rows(
      `SELECT count(*)::INTEGER, string_agg(t, chr(0) ORDER BY n) FROM (SELECT t, row_number() OVER () - 1 AS n FROM (${sql}) AS q(t)) GROUP BY n // ${TEXTS_AT_ONCE} ORDER BY n // ${TEXTS_AT_ONCE}`,
    );
    const texts: string[] = [];
    for (const [count, joined] of parts) {
      const split = (joined as string).split("\0");
      // A text that holds the separator itself.
      if (split.length !== count) return (await this.rows(sql)).map(([text]) => text as string);
      for (const text of split) texts.push(text);
    }
    return texts;
  }

  /**
   * Columns of a result as typed arrays, in the order of the result.
   *
   * @param sql    A query without NULLs whose columns are cast to DOUBLE, INTEGER or UTINYINT, as `kinds` says.
   * @param kinds  One for each column.
   * @param rows   How many rows the result has.
   * @throws RangeError  the result has another number of rows.
   */
  async columns(sql: string, kinds: readonly NumberKind[], rows: number): Promise<readonly NumberArray[]> {
    const columns = kinds.map((kind) => newArray(kind, rows));
    const result = await this.#connection.stream(sql);
    let at = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      if (at + chunk.rowCount > rows) throw new RangeError(`a result of more than the ${rows} rows expected`);
      for (const [c, column] of columns.entries()) column.set(itemsOf(chunk, c), at);
      at += chunk.rowCount;
    }
    if (at !== rows) throw new RangeError(`a result of ${at} rows where ${rows} were expected`);
    return columns;
  }

  /** Makes a table of text columns from batches of rows, in their order. Returns how many rows there were. */
  async createTextTable(
    table: string,
    columns: readonly string[],
    batches: Iterable<readonly TextRow[]> | AsyncIterable<readonly TextRow[]>,
  ): Promise<number> {
    await this.run(
      `CREATE TABLE ${quoteName(table)} (${columns.map((name) => `${quoteName(name)} VARCHAR`).join(", ")})`,
    );
    const appender = await this.#connection.createAppender(table);
    const types = columns.map(() => VARCHAR);
    let count = 0;
    for await (const batch of batches) {
      for (let at = 0; at < batch.length; at += CHUNK_ROWS) {
        const part = batch.slice(at, at + CHUNK_ROWS);
        const chunk = DuckDBDataChunk.create(types, part.length);
        for (const c of columns.keys()) {
          chunk.setColumnValues(
            c,
            part.map((row) => row[c]!),
          );
        }
        appender.appendDataChunk(chunk);
        count += part.length;
      }
    }
    appender.closeSync();
    return count;
  }

  /** Makes a table of one column of 0 and 1, in the order given, to stand beside another table row by row. */
  async createFlagTable(table: string, column: string, flags: Uint8Array): Promise<void> {
    await this.run(`CREATE TABLE ${quoteName(table)} (${quoteName(column)} UTINYINT)`);
    const appender = await this.#connection.createAppender(table);
    for (let at = 0; at < flags.length; at += CHUNK_ROWS) {
      const part = flags.subarray(at, at + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create([UTINYINT], part.length);
      const vector = chunk.getColumnVector(0);
      ownItems(vector).set(part);
      vector.flush();
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }

  /** Adds rows of whole numbers to a table: the first `rows` values of each array, one array a column, in their order. */
  async appendWholes(
    table: string,
    arrays: readonly (Int16Array<ArrayBuffer> | Int32Array<ArrayBuffer>)[],
    rows: number,
  ): Promise<void> {
    const appender = await this.#connection.createAppender(table);
    const types = arrays.map((array) => (array instanceof Int16Array ? SMALLINT : INTEGER));
    for (let at = 0; at < rows; at += CHUNK_ROWS) {
      const end = Math.min(at + CHUNK_ROWS, rows);
      const chunk = DuckDBDataChunk.create(types, end - at);
      for (const [c, array] of arrays.entries()) {
        const vector = chunk.getColumnVector(c);
        ownItems(vector).set(array.subarray(at, end));
        vector.flush();
      }
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

function newArray(kind: NumberKind, rows: number): NumberArray {
  return kind === "float64" ? new Float64Array(rows) : kind === "int32" ? new Int32Array(rows) : new Uint8Array(rows);
}

function itemsOf(chunk: DuckDBDataChunk, column: number): NumberArray {
  return ownItems(chunk.getColumnVector(column)).subarray(0, chunk.rowCount) as NumberArray;
}

/** The engine's own array behind a vector; its type declarations keep it private, and going through it item by item would make an object of every value. */
function ownItems(vector: DuckDBVector): NumberArray {
  return (vector as unknown as { readonly items: NumberArray }).items;
}
