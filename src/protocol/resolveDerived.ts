import { columnsOf, parseExpression, RESERVED } from "#expression";
import { type ColumnText, type DerivedIn, Deriver } from "./deriver.ts";
import { type Item, itemAt, placeAt } from "./item.ts";
import { declaredAt, type Reading } from "./reading.ts";
import type { DerivedColumn } from "./study.ts";
import { UNKNOWN } from "./unitColumns.ts";

/** The derived columns of a unit in the order of the file; types are found in the order they depend on each other. */
export function resolveDerived(reading: Reading, unit: DerivedIn): readonly DerivedColumn[] {
  const done = new Map<string, readonly DerivedColumn[]>();
  const delivered = new Set(unit.columns.keys());
  const names = declaredAt(reading, ["units", unit.id, "columns"]);
  for (const name of names) if (!delivered.has(name)) unit.columns.set(name, UNKNOWN);

  const visit = (name: string, trail: readonly string[]): void => {
    const text = unit.texts[name];
    if (text === undefined || done.has(name)) return;
    if (trail.includes(name)) {
      const circle = [...trail.slice(trail.indexOf(name)), name].join(" → ");
      reading.faults.add(
        "circular",
        placeAt(unit.item, ["columns", name]),
        `Columns ${circle} depend on each other.`,
        "Break the circle at one of these lines.",
      );
      done.set(name, []);
      return;
    }
    for (const other of readsOf(text, itemAt(unit.item, ["columns", name]))) visit(other, [...trail, name]);
    if (done.has(name)) return;
    const made = nameIsFree(reading, unit, name, delivered) ? new Deriver(reading, unit, name).make(text) : [];
    done.set(
      name,
      made.map(({ column }) => column),
    );
    for (const { column, as } of made) unit.columns.set(column.name, as);
    if (made.length > 0 && made.every(({ column }) => column.name !== name)) unit.columns.delete(name);
  };
  for (const name of Object.keys(unit.texts)) visit(name, []);
  return names.flatMap((name) => done.get(name) ?? []);
}

function nameIsFree(reading: Reading, unit: DerivedIn, name: string, delivered: ReadonlySet<string>): boolean {
  const place = placeAt(unit.item, ["columns", name]);
  if (RESERVED.has(name)) {
    reading.faults.add(
      "wrong-kind",
      place,
      `\`${name}\` is a word of the language of expressions: no column can have it as its name.`,
    );
    return false;
  }
  if (!delivered.has(name)) return true;
  reading.faults.add(
    "repeated-key",
    place,
    `${unit.id} has a column \`${name}\` already, from its sources.`,
    "Give the derived column another name.",
  );
  return false;
}

/** Columns of its own unit that a derived column reads. */
function readsOf(text: ColumnText, item: Item | undefined): readonly string[] {
  if (typeof text !== "object" || "expression" in text) {
    const found = typeof text === "object" ? itemAt(item, ["expression"]) : item;
    if (found?.kind !== "scalar") return [];
    const parsed = parseExpression(found.text, found.place);
    return parsed.state === "parsed" ? columnsOf(parsed.parsed).map(({ name }) => name) : [];
  }
  if ("recode" in text) return [text.recode];
  if ("bands" in text) return [text.bands];
  if ("quantiles" in text) return [text.quantiles, ...(text.within ?? [])];
  if ("standardise" in text) return [text.standardise, ...(text.within ?? [])];
  if ("rule" in text) {
    if (text.rule === "roleLevel") return [text.post, ...(text.tlr === undefined ? [] : [text.tlr])];
    return text.rule === "challengingSchool" ? [text.grade] : [];
  }
  return text.on;
}
