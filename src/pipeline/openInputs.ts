import { type AcademicYear, Faults } from "#domain";
import type { Study, StudySource } from "#protocol";
import {
  type OpenSource,
  openSource,
  type Seal,
  type SealedColumns,
  type SourceTrail,
  type TidyTable,
  type WantedRows,
} from "#sources";
import type { NumberColumn } from "#table";
import { DataFaults } from "./dataFaults.ts";
import { Linking } from "./linking.ts";
import type { Progress } from "./progress.ts";
import { sealedColumns } from "./sealing.ts";
import { usedColumns } from "./usedColumns.ts";

/** Every file of a study, opened and checked; tables are asked for under a seal or without one. */
export class Inputs implements AsyncDisposable {
  readonly #sources: ReadonlyMap<string, OpenSource>;
  readonly #used: (source: string) => ReadonlySet<string>;
  readonly #linking: Linking;
  readonly #views = new Map<string, Promise<TidyTable>>();

  /**
   * @param used     Which columns of a source are wanted.
   * @param linking  What gives sources the columns that linkage makes.
   */
  constructor(
    sources: ReadonlyMap<string, OpenSource>,
    used: (source: string) => ReadonlySet<string>,
    linking: Linking,
  ) {
    this.#sources = sources;
    this.#used = used;
    this.#linking = linking;
  }

  /** The people and schools linked across sources, and the record of it. */
  linked(): ReturnType<Linking["linked"]> {
    return this.#linking.linked();
  }

  get trails(): readonly SourceTrail[] {
    return [...this.#sources.values()].map((source) => source.trail);
  }

  /** The table of one source; the same seal gives the same table without reading again. */
  view(source: string, seal?: Seal): Promise<TidyTable> {
    const key = JSON.stringify([source, seal?.yearColumn, seal?.upTo, seal?.without]);
    const known = this.#views.get(key) ?? this.#linking.view(source, seal, this.#used(source));
    this.#views.set(key, known);
    return known;
  }

  /** Some columns of every row of a source, without a seal: for who is there when, before anything is designed. */
  columnsOf(source: string, names: ReadonlySet<string>): Promise<TidyTable> {
    return this.#linking.view(source, undefined, names);
  }

  /**
   * The rows wanted of those a seal shows. Not kept: such a question is asked once.
   * @param names  The columns wanted; those the study looks at when left out.
   */
  rowsOf(
    source: string,
    seal: Seal | undefined,
    wanted: WantedRows,
    names: ReadonlySet<string> = this.#used(source),
  ): Promise<TidyTable> {
    return this.#linking.view(source, seal, names, wanted);
  }

  /** The same files, with the columns another version of the study looks at. They are closed with the first. */
  seenBy(study: Study): Inputs {
    return new Inputs(this.#sources, (source) => usedColumns(study, source), new Linking(study, this.#sources));
  }

  /** The academic years a source holds, ascending: which years there are, and nothing of what they hold. */
  async years(source: string, yearColumn: string): Promise<readonly AcademicYear[]> {
    const { frame } = await this.#sources.get(source)!.view(undefined, new Set([yearColumn]));
    const { values } = frame.columns.get(yearColumn) as NumberColumn;
    return [...new Set(values)].filter((year) => !Number.isNaN(year)).sort((a, b) => a - b);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const source of this.#sources.values()) await source[Symbol.asyncDispose]();
  }
}

/**
 * Opens and checks every declared file. Faults of all files are said at once.
 * @throws Faults  missing or broken files, values neither valid nor declared.
 */
export async function openInputs(study: Study, dataFolder: string, progress: Progress): Promise<Inputs> {
  const sources = [...study.sources.values()];
  // At once: each file is read by the engine in its own thread.
  const settled = await Promise.allSettled(sources.map((source) => openOne(study, source, dataFolder, progress)));
  const opened = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = settled.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  if (failed.length === 0) {
    const files = new Map(opened.map((source, i) => [sources[i]!.id, source]));
    return new Inputs(files, (source) => usedColumns(study, source), new Linking(study, files));
  }
  for (const source of opened) await source[Symbol.asyncDispose]();
  const faults = failed.filter((problem) => problem instanceof Faults);
  if (faults.length < failed.length) throw failed.find((problem) => !(problem instanceof Faults));
  throw faults.length === 1 ? faults[0]! : new DataFaults(faults);
}

async function openOne(study: Study, source: StudySource, dataFolder: string, progress: Progress): Promise<OpenSource> {
  const done = progress.begin(`reading ${source.file}`);
  const sealed: readonly SealedColumns[] = sealedColumns(study, source.id);
  const open = await openSource(source, { dataFolder, sealed });
  done(`${open.trail.rowsKept.toLocaleString("en-GB")} of ${open.trail.rowsInFile.toLocaleString("en-GB")} rows kept`);
  return open;
}
