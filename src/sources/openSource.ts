import type { SourceDeclaration } from "#domain";
import type { Expression } from "#expression";
import { Engine } from "#table";
import { checkDeclaration } from "./checkDeclaration.ts";
import { collectFaults } from "./collectFaults.ts";
import type { Delivery } from "./delivery.ts";
import type { StoredBytes } from "./fileBytes.ts";
import { type GroupMean, groupMeans } from "./groupMeans.ts";
import { findColumns } from "./header.ts";
import { locateFile } from "./locateFile.ts";
import { readCsv } from "./readCsv.ts";
import { readFrame } from "./readFrame.ts";
import { readJsonLines } from "./readJsonLines.ts";
import { readParquet } from "./readParquet.ts";
import { readSheet } from "./readSheet.ts";
import {
  countKeyGaps,
  countRows,
  decideWhere,
  findRepeatedKeys,
  narrowed,
  select,
  wantedCondition,
} from "./selection.ts";
import type { Seal, SealedColumns, SourceTrail, TidyTable, WantedRows } from "./tidyTable.ts";
import { type CheckedColumn, checkCells } from "./typedTable.ts";

/** A source with the rows the study keeps of it. */
export type SourceToOpen = SourceDeclaration & { readonly where?: Expression };

export interface OpenOptions {
  /** The folder that paths of sources are relative to. */
  readonly dataFolder: string;
  /** Told, in words, what is being done to which file. */
  readonly onProgress?: (text: string) => void;
  /** Cells whose faulty values are described and never shown. */
  readonly sealed?: readonly SealedColumns[];
}

/** One file, checked and held in the engine until closed; what is seen of it is asked for through views. */
export class OpenSource implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #source: SourceToOpen;
  readonly #columns: readonly CheckedColumn[];
  /** Of the whole file, nothing sealed. */
  readonly trail: SourceTrail;

  constructor(engine: Engine, source: SourceToOpen, columns: readonly CheckedColumn[], trail: SourceTrail) {
    this.#engine = engine;
    this.#source = source;
    this.#columns = columns;
    this.trail = trail;
  }

  /**
   * The kept rows as a tidy table, without what the seal hides: neither the values nor the presence of sealed rows and
   * columns can be told from it.
   * @param only    The columns wanted; all of them when left out.
   * @param wanted  The rows wanted; all of them when left out. The trail is that of these rows.
   * @throws Faults  `sealed-in-where` (a refusal), when `where` reads a column that the seal leaves out.
   */
  async view(seal?: Seal, only?: ReadonlySet<string>, wanted?: WantedRows): Promise<TidyTable> {
    const rows = await wantedCondition(this.#engine, this.#columns, wanted);
    const selection = narrowed(select(this.#source, this.#source.where, this.#columns, seal), rows);
    const trail =
      seal === undefined && rows === undefined
        ? this.trail
        : { ...this.trail, ...(await tracePath(this.#engine, this.#source, this.#columns, selection)) };
    const shown = this.#columns.filter(
      ({ column: { name } }) => seal?.without.includes(name) !== true && (only === undefined || only.has(name)),
    );
    const frame = await readFrame(this.#engine, shown, selection.kept, trail.rowsKept);
    return { id: this.#source.id, frame, trail };
  }

  /**
   * Counts the kept rows, and takes the mean of a number, for each combination of categories or texts that occurs.
   * Rows without a value in the number count and leave the mean alone. Sorted by the groups' levels, gaps last.
   */
  async meansBy(number: string, groups: readonly string[]): Promise<readonly GroupMean[]> {
    return groupMeans(
      this.#engine,
      this.#columns,
      select(this.#source, this.#source.where, this.#columns, undefined).kept,
      number,
      groups,
    );
  }

  /** Releases the engine; views already taken stay. */
  close(): void {
    this.#engine.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

/**
 * Opens one file: finds it, checks its structure, its header and every declared cell, and decides which rows are kept.
 *
 * @throws Faults       the file, its structure or its header is not as declared.
 * @throws ValueFaults  `value-not-declared`: cells that are neither valid nor a declared code, every one listed.
 */
export async function openSource(source: SourceToOpen, options: OpenOptions): Promise<OpenSource> {
  checkDeclaration(source);
  const path = locateFile(options.dataFolder, source.file);
  const engine = await Engine.open();
  try {
    const say = (what: string) => options.onProgress?.(`${source.id}: ${what} ${source.file}`);
    say("reading");
    const { delivery, stored } = await deliver(engine, source, path);
    const found = findColumns(source, delivery.headers);
    say("checking every cell of");
    const { columns, faultyRows } = await checkCells(engine, source, delivery, found);
    if (faultyRows > 0) {
      say("listing faulty values of");
      throw await collectFaults(engine, source, delivery, columns, options.sealed ?? []);
    }
    await decideWhere(engine, source.where, columns, delivery.records);
    const rows = await tracePath(engine, source, columns, select(source, source.where, columns, undefined));
    const trail: SourceTrail = {
      source: source.id,
      file: source.file,
      path,
      ...stored,
      rowsInFile: delivery.records,
      ...(source.expectedRows !== undefined && { expectedRows: source.expectedRows }),
      ...rows,
    };
    return new OpenSource(engine, source, columns, trail);
  } catch (problem) {
    engine.close();
    throw problem;
  }
}

async function deliver(
  engine: Engine,
  source: SourceDeclaration,
  path: string,
): Promise<{ delivery: Delivery; stored: StoredBytes }> {
  const { file, delimiter, encoding } = source;
  const wanted = source.columns.map((column) => column.from);
  switch (source.format) {
    case "csv":
      return readCsv(engine, { path, file, delimiter, encoding, wanted });
    case "parquet":
      return readParquet(engine, { path, file, wanted });
    case "jsonl":
      return readJsonLines(engine, { path, file, wanted });
    case "xlsx":
      return readSheet(engine, source, path);
  }
}

async function tracePath(
  engine: Engine,
  source: SourceToOpen,
  columns: readonly CheckedColumn[],
  selection: ReturnType<typeof select>,
): Promise<Pick<SourceTrail, "rowsKept" | "rowsRefused" | "rowsUndecided" | "keyGaps" | "repeatedKeys">> {
  const counts = await countRows(engine, source.where, selection);
  const keyGaps = await countKeyGaps(engine, source, columns, selection.kept);
  return {
    ...counts,
    keyGaps,
    repeatedKeys: await findRepeatedKeys(engine, source, columns, selection.kept, counts.rowsKept),
  };
}
