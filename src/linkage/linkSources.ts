import { columnsOf } from "#expression";
import type { LinkageDeclaration, PeopleLinkage, Study, UnitDeclaration } from "#protocol";
import type { TidyTable } from "#sources";
import { type Column, type Frame, takeColumn } from "#table";
import { readsOf } from "./buildUnit.ts";
import type { LinkRecord } from "./linkRecord.ts";
import { linkReturn, narrowed } from "./linkReturn.ts";
import { identityColumn, linkSchools } from "./linkSchools.ts";
import { cellText } from "./people/comparedField.ts";

/** Sources with the columns linkage gives them, and what it did. */
export interface LinkedSources {
  readonly sources: ReadonlyMap<string, TidyTable>;
  readonly records: readonly LinkRecord[];
  /**
   * Gives another view of a source, with fewer rows or columns, the columns linkage made of it. The view must hold
   * `linkColumns` of the source.
   */
  readonly dress: (table: TidyTable) => TidyTable;
}

/** The source gains columns: how, for any view of it. */
type Dress = (frame: Frame) => ReadonlyMap<string, Column>;

/**
 * Carries out the linkage section: schools first, so that people are found among schools that have an identity.
 * @param sources  The tables as delivered, not sealed: linkage may see which years somebody is in, and passes it on to nobody.
 * @throws Faults  decisions or dictionaries that cannot be read; a return in which nothing can be compared.
 */
export function linkSources(study: Study, sources: ReadonlyMap<string, TidyTable>): LinkedSources {
  const records: LinkRecord[] = [];
  const dresses = new Map<string, Dress[]>();
  const add = (source: string, one: Dress): void => {
    dresses.set(source, [...(dresses.get(source) ?? []), one]);
  };
  const dress = (table: TidyTable): TidyTable => {
    const columns = new Map(table.frame.columns);
    for (const one of dresses.get(table.id) ?? [])
      for (const [name, column] of one(table.frame)) columns.set(name, column);
    return { ...table, frame: { rows: table.frame.rows, columns } };
  };
  for (const linkage of inOrder(study.linkage)) {
    if (linkage.kind === "schools") {
      const { succession, record } = linkSchools(linkage, sources, dayOfChain(study, linkage.chain));
      records.push(record);
      for (const [source, name] of Object.entries(linkage.columns)) {
        add(source, (frame) => {
          const numbers = frame.columns.get(name);
          return new Map(numbers === undefined ? [] : [[linkage.identity, identityColumn(numbers, succession)]]);
        });
      }
      continue;
    }
    const dressed = new Map([...sources].map(([id, table]) => [id, dress(table)]));
    const { columns, record } = linkReturn(study, linkage, dressed);
    records.push(record);
    add(linkage.from, likeRows(sources.get(linkage.from)!.frame, signatureOf(study, linkage), columns));
  }
  return { sources: new Map([...sources].map(([id, table]) => [id, dress(table)])), records, dress };
}

const inOrder = (linkage: ReadonlyMap<string, LinkageDeclaration>): readonly LinkageDeclaration[] =>
  [...linkage.values()].sort((a, b) => Number(a.kind === "people") - Number(b.kind === "people"));

/** The day a chain speaks of: its snapshot, or the end of the programme. */
function dayOfChain(study: Study, chain: string): number | undefined {
  return study.sources.get(chain)?.snapshot ?? study.about.period?.to;
}

/** Everything a row's link depends on: rows that agree on all of it are linked alike. */
function signatureOf(study: Study, linkage: PeopleLinkage): readonly string[] {
  const compared = comparedBy(linkage);
  const { inYear, roles } = linkage;
  const source = study.sources.get(linkage.from)!;
  const names = [
    ...compared.map(({ column }) => column),
    ...linkage.rowKey,
    ...(inYear?.how === "recruitment" ? [inYear.column] : []),
    ...(roles === undefined ? [] : [roles.column]),
  ];
  return source.columns.map(({ name }) => name).filter((name) => names.includes(name));
}

/** The columns of a whole table for any of its rows, found by what its links depend on. */
function likeRows(whole: Frame, signature: readonly string[], columns: ReadonlyMap<string, Column>): Dress {
  const rowOf = new Map<string, number>();
  for (const [row, key] of gapsToo(whole, signature).entries()) if (!rowOf.has(key)) rowOf.set(key, row);
  return (frame) => {
    if (!signature.every((name) => frame.columns.has(name))) return new Map();
    const rows = Int32Array.from(gapsToo(frame, signature), (key) => rowOf.get(key) ?? -1);
    return new Map([...columns].map(([name, column]) => [name, takeColumn(column, rows)]));
  };
}

/** Keys of rows in which a gap is a value like any other. The length in front keeps ("a", "bc") apart from ("ab", "c"). */
function gapsToo(frame: Frame, names: readonly string[]): readonly string[] {
  const parts = names.map((name) => frame.columns.get(name)!);
  const cell = (column: Column, row: number): string => {
    const text = cellText(column, row);
    return `${text.length}:${text}`;
  };
  return Array.from({ length: frame.rows }, (_, row) => parts.map((column) => cell(column, row)).join(""));
}

/**
 * The columns of a source that linkage looks at, besides those its units use: what a view must hold for `linkSources`, and
 * for `dress`.
 */
export function linkColumns(study: Study, source: string): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (wanted: readonly (string | undefined)[]) => {
    for (const name of wanted) if (name !== undefined) names.add(name);
  };
  for (const linkage of study.linkage.values()) {
    if (linkage.kind === "schools") {
      add([linkage.columns[source]]);
      if (source === linkage.chain) add(["urn", "successor_urn", "link_urn", "link_type", "link_date"]);
      continue;
    }
    for (const { column, source: owner, yearColumn } of linkage.reportBy) {
      if ((owner ?? linkage.from) === source) add([column, yearColumn, "urn"]);
    }
    if (source === linkage.from) add(signatureOf(study, linkage));
    if (source !== linkage.to) continue;
    const compared = comparedBy(linkage);
    add([linkage.identity, linkage.yearColumn, "la_code", ...compared.map(({ column }) => column)]);
    if (linkage.usable !== undefined && linkage.usableOf === undefined)
      add(columnsOf(linkage.usable).map(({ name }) => name));
  }
  for (const unit of usableUnits(study)) add(unitReads(study, unit, source));
  const declared = new Set(study.sources.get(source)?.columns.map(({ name }) => name));
  return new Set([...names].filter((name) => declared.has(name)));
}

const comparedBy = ({ steps }: PeopleLinkage) =>
  steps.flatMap((step) => (step.how === "exact" ? step.columns : step.compare));

/** The units whose columns say what makes a link usable, with only what is needed to say so. */
function usableUnits(study: Study): readonly UnitDeclaration[] {
  return [...study.linkage.values()].flatMap((linkage) => {
    if (linkage.kind === "schools" || linkage.usable === undefined || linkage.usableOf === undefined) return [];
    const names = columnsOf(linkage.usable).map(({ name }) => name);
    return [{ ...narrowed(study.units.get(linkage.usableOf)!, names), wanted: names }];
  });
}

/** The columns of a source that a unit reads. */
function unitReads(
  study: Study,
  unit: UnitDeclaration & { readonly wanted?: readonly string[] },
  source: string,
): readonly string[] {
  const summarised = unit.columns.some((column) => "of" in column && column.of === source);
  if (summarised) return study.sources.get(source)!.columns.map(({ name }) => name);
  const joined = unit.join.flatMap((join) => (join.source === source ? [...join.on, ...join.columns] : []));
  if (source !== unit.from) return joined;
  return [
    ...joined,
    ...(unit.wanted ?? []),
    unit.identity,
    ...(unit.year === undefined ? [] : [unit.year]),
    ...unit.join.flatMap(({ on }) => on),
    ...unit.columns.flatMap((column) => readsOf(column).map(({ name }) => name)),
    ...(unit.where === undefined ? [] : columnsOf(unit.where).map(({ name }) => name)),
  ];
}

/**
 * What a view of a source must hold to be dressed: less than linkage itself looks at. Empty for a source that gains
 * nothing.
 */
export function dressColumns(study: Study, source: string): ReadonlySet<string> {
  const names = [...study.linkage.values()].flatMap((linkage) => {
    if (linkage.kind === "people") return linkage.from === source ? signatureOf(study, linkage) : [];
    return linkage.columns[source] ?? [];
  });
  return new Set(names);
}
