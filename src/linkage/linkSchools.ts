import type { SchoolsLinkage } from "#protocol";
import type { TidyTable } from "#sources";
import { type CodeColumn, type Column, isMissing } from "#table";
import type { SchoolsRecord } from "./linkRecord.ts";
import { readLinks } from "./schools/readLinks.ts";
import { type Succession, schoolSuccession } from "./schools/succession.ts";

/**
 * Follows schools through changes of number, for every source that names them.
 * @param asOf  The day the chain speaks of, in days since 1970: later links have not happened yet.
 */
export function linkSchools(
  linkage: SchoolsLinkage,
  sources: ReadonlyMap<string, TidyTable>,
  asOf: number | undefined,
): { readonly succession: Succession; readonly record: SchoolsRecord } {
  const succession = schoolSuccession(readLinks(sources.get(linkage.chain)!.frame), asOf);
  const counted = Object.entries(linkage.columns).flatMap(([source, name]) => {
    const column = sources.get(source)?.frame.columns.get(name);
    if (column === undefined) return [];
    const numbers = new Set<string>();
    let rowsChanged = 0;
    const texts = asTexts(column);
    const changed = texts.levels.map((level) => succession.identityOf.has(level));
    for (const code of texts.codes) {
      if (code < 0) continue;
      numbers.add(texts.levels[code]!);
      if (changed[code] === true) rowsChanged++;
    }
    const identities = new Set([...numbers].map((urn) => succession.identityOf.get(urn) ?? urn));
    return [{ source, numbers: numbers.size, identities: identities.size, rowsChanged }];
  });
  const empty =
    sources.get(linkage.chain)!.frame.rows === 0 ? [`${linkage.chain} is empty: every number is its own school.`] : [];
  const record: SchoolsRecord = {
    kind: "schools",
    linkage: linkage.id,
    identity: linkage.identity,
    followed: succession.identityOf.size,
    merged: succession.merged,
    sources: counted,
    warnings: [...empty, ...succession.warnings],
  };
  return { succession, record };
}

/** The identity column beside a column of numbers: each distinct number is looked up once. */
export function identityColumn(numbers: Column, { identityOf }: Pick<Succession, "identityOf">): CodeColumn {
  const { codes, levels } = asTexts(numbers);
  const identities = levels.map((level) => identityOf.get(level) ?? level);
  const sorted = [...new Set(identities)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const place = new Map(sorted.map((identity, i) => [identity, i]));
  const codeOf = Int32Array.from(identities, (identity) => place.get(identity)!);
  return { kind: "code", type: "text", levels: sorted, codes: codes.map((code) => (code < 0 ? -1 : codeOf[code]!)) };
}

/** A column as codes and texts; numbers are written plainly. */
export function asTexts(column: Column): { readonly codes: Int32Array; readonly levels: readonly string[] } {
  if (column.kind === "code") return column;
  const places = new Map<number, number>();
  const codes = Int32Array.from(column.values, (value, row) => {
    if (isMissing(column, row)) return -1;
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    return place;
  });
  return { codes, levels: [...places.keys()].map(String) };
}
