import type { Fault } from "#domain";
import { dressColumns, type LinkedSources, type LinkRecord, linkColumns, linkSources } from "#linkage";
import type { Study } from "#protocol";
import type { OpenSource, Seal, TidyTable, WantedRows } from "#sources";

/**
 * Linkage of one study, carried out when first asked for and then remembered. Every view of a source that gains columns
 * gets them on its way out, whatever rows and columns it shows.
 */
export class Linking {
  readonly #study: Study;
  readonly #sources: ReadonlyMap<string, OpenSource>;
  #linked: Promise<LinkedSources> | undefined;

  constructor(study: Study, sources: ReadonlyMap<string, OpenSource>) {
    this.#study = study;
    this.#sources = sources;
  }

  /** The links, their records, and how other views are dressed. @throws Faults  see `linkSources`. */
  linked(): Promise<LinkedSources> {
    this.#linked ??= this.#link();
    return this.#linked;
  }

  /** A view of a source with the columns linkage gives it; identifiers nobody asked for are left behind. */
  async view(
    source: string,
    seal: Seal | undefined,
    names: ReadonlySet<string>,
    wanted?: WantedRows,
  ): Promise<TidyTable> {
    const open = this.#sources.get(source)!;
    const needed = dressColumns(this.#study, source);
    if (needed.size === 0) return open.view(seal, names, wanted);
    const { dress } = await this.linked();
    const table = dress(await open.view(seal, new Set([...names, ...needed]), wanted));
    const columns = new Map([...table.frame.columns].filter(([name]) => names.has(name) || !needed.has(name)));
    return { ...table, frame: { rows: table.frame.rows, columns } };
  }

  async #link(): Promise<LinkedSources> {
    const tables = new Map<string, TidyTable>();
    for (const [id, open] of this.#sources) {
      const names = linkColumns(this.#study, id);
      if (names.size > 0) tables.set(id, await open.view(undefined, names));
    }
    return linkSources(this.#study, tables);
  }
}

/** What linkage found odd, each with the place of its linkage, for somebody who may see the rows: examples quote cells. */
export function linkWarnings(study: Study, records: readonly LinkRecord[]): readonly Fault[] {
  return records.flatMap((record) =>
    record.warnings.map((message) => ({
      code: "linkage",
      severity: "warning" as const,
      place: study.linkage.get(record.linkage)!.place,
      message,
      suggestion: record.kind === "people" ? "`assay link review` shows the rows." : "Look at the chain.",
    })),
  );
}
