import type { Place } from "#domain";
import type { Scope } from "#expression";
import { type Item, itemAt, type Path, placeAt } from "./item.ts";
import { declaredAt, expressionAt, isDeclared, present, type Reading } from "./reading.ts";
import { resolveDerived } from "./resolveDerived.ts";
import { sourceScope } from "./resolveSources.ts";
import type { UnitText } from "./schema.ts";
import type { JoinDeclaration, RepairDeclaration, StudySource } from "./study.ts";
import { deliveredColumn, UNKNOWN, type UnitColumn, type UnitModel } from "./unitColumns.ts";

/** The units of a study. One whose source is at fault is left out: everything about it would be a consequence. */
export function resolveUnits(
  reading: Reading,
  units: Readonly<Record<string, UnitText>>,
  sources: ReadonlyMap<string, StudySource>,
): ReadonlyMap<string, UnitModel> {
  const resolved = new Map<string, UnitModel>();
  for (const [id, unit] of Object.entries(units)) {
    const item = itemAt(reading.sound, ["units", id])!;
    if (!isDeclared(reading, "source", unit.from, ["sources"], item, ["from"])) continue;
    const source = sources.get(unit.from);
    if (source !== undefined) resolved.set(id, resolveUnit(reading, id, unit, item, source, sources));
  }
  return resolved;
}

function resolveUnit(
  reading: Reading,
  id: string,
  unit: UnitText,
  item: Item,
  source: StudySource,
  sources: ReadonlyMap<string, StudySource>,
): UnitModel {
  const { faults } = reading;
  const columns = new Map<string, UnitColumn>();
  for (const name of declaredAt(reading, ["sources", source.id, "columns"])) columns.set(name, UNKNOWN);
  for (const column of source.columns) columns.set(column.name, deliveredColumn(source, column));

  const where = expressionAt(reading, item, ["where"], sourceScope(reading, source.id, source.columns, "truth"));
  if (!columns.has(unit.identity)) faults.unknownColumn(id, unit.identity, columns.keys(), placeAt(item, ["identity"]));
  if (unit.year !== undefined) checkYear(reading, id, unit.year, columns, item);
  const join = (unit.join ?? []).flatMap((text, i) => resolveJoin(reading, id, text, i, item, columns, sources) ?? []);
  const scopeOf = (wants?: "truth" | "number"): Scope => ({
    name: id,
    columns,
    moments: unit.year === undefined ? "none" : "fixed",
    ...present({ wants }),
  });
  const derived = resolveDerived(reading, {
    id,
    year: unit.year,
    member: unit.member ?? {},
    texts: unit.columns ?? {},
    item,
    columns,
    scopeOf,
    sources,
  });
  for (const [role, name] of Object.entries(unit.member ?? {})) {
    if (!columns.has(name)) faults.unknownColumn(id, name, columns.keys(), placeAt(item, ["member", role]));
  }
  const repair = resolveRepair(reading, id, unit, item, source);
  return {
    columns,
    declaration: {
      id,
      is: unit.is,
      from: source.id,
      identity: unit.identity,
      member: unit.member ?? {},
      join,
      columns: derived,
      place: item.place,
      ...present({ where, year: unit.year, repair }),
    },
  };
}

function checkYear(
  reading: Reading,
  id: string,
  name: string,
  columns: ReadonlyMap<string, UnitColumn>,
  item: Item,
): void {
  const column = columns.get(name);
  const place = placeAt(item, ["year"]);
  if (column === undefined) reading.faults.unknownColumn(id, name, columns.keys(), place);
  else if (column.type !== undefined && column.type.kind !== "academicYear") {
    reading.faults.add(
      "type-mismatch",
      place,
      `\`year\` needs a column of academic years; ${name} is not one.`,
      `Declare ${name} as \`{ type: academicYear, written: end }\`.`,
    );
  }
}

/** How missing years are filled. Reads the source the unit is made from: filling comes before anything is derived. */
function resolveRepair(
  reading: Reading,
  id: string,
  { repair, year }: UnitText,
  item: Item,
  source: StudySource,
): RepairDeclaration | undefined {
  const { faults, defaults } = reading;
  if (repair === undefined) return defaults.add(`units.${id}.repair`, "none", "D-10") as undefined;
  const at = (...path: Path): Place => placeAt(item, ["repair", ...path]);
  if (year === undefined) {
    return faults.add(
      "type-mismatch",
      at(),
      `${id} has no \`year\`: no year of it can be missing.`,
      "Leave `repair` out.",
    );
  }
  const columnOf = (name: string, ...path: Path) => {
    const column = source.columns.find((own) => own.name === name);
    if (column === undefined)
      faults.unknownColumn(
        source.id,
        name,
        source.columns.map((own) => own.name),
        at(...path),
      );
    return column;
  };
  const start = columnOf(repair.roleStart, "roleStart");
  if (start !== undefined && start.type !== "date")
    faults.add("type-mismatch", at("roleStart"), `\`roleStart\` needs a column of dates; ${repair.roleStart} is none.`);
  for (const [i, name] of (repair.fixed ?? []).entries()) columnOf(name, "fixed", i);
  for (const [i, name] of (repair.countDown ?? []).entries()) columnOf(name, "countDown", i);
  if (repair.asBaseline === true) {
    faults.add(
      "not-supported-yet",
      at("asBaseline"),
      "A filled row exists only because the person stayed: it cannot be anybody's baseline row.",
      "Leave `asBaseline` out.",
    );
  }
  if (repair.sameSchool === false)
    faults.add(
      "not-supported-yet",
      at("sameSchool"),
      "Filled years are in the school of the later row.",
      "Leave `sameSchool` out.",
    );
  defaults.add(`units.${id}.repair.asBaseline`, "no", "D-10");
  return {
    rule: repair.rule,
    roleStart: repair.roleStart,
    fixed: repair.fixed ?? [],
    countDown: repair.countDown ?? [],
    place: at(),
    ...present({ limit: repair.limit }),
  };
}

type JoinText = NonNullable<UnitText["join"]>[number];

function resolveJoin(
  reading: Reading,
  id: string,
  text: JoinText,
  i: number,
  item: Item,
  columns: Map<string, UnitColumn>,
  sources: ReadonlyMap<string, StudySource>,
): JoinDeclaration | undefined {
  const { faults, defaults } = reading;
  const place = placeAt(item, ["join", i]);
  if (!isDeclared(reading, "source", text.source, ["sources"], item, ["join", i, "source"])) return undefined;
  const source = sources.get(text.source);
  const theirs = declaredAt(reading, ["sources", text.source, "columns"]);
  for (const [k, name] of text.on.entries()) {
    const at = placeAt(item, ["join", i, "on", k]);
    if (!columns.has(name)) faults.unknownColumn(id, name, columns.keys(), at);
    else if (!theirs.includes(name)) faults.unknownColumn(text.source, name, theirs, at);
  }
  const brought = text.columns ?? theirs.filter((name) => !text.on.includes(name));
  const prefix = text.prefix ?? "";
  const isListed = text.columns !== undefined;
  const clashing = new Set(brought.filter((name) => columns.has(prefix + name)));
  if (clashing.size > 0) {
    const names = [...clashing].map((name) => `\`${prefix}${name}\``).join(", ");
    const at = placeAt(item, isListed ? ["join", i, "columns"] : ["join", i]);
    const message = `${id} has ${names} already; joining ${text.source} would bring ${clashing.size === 1 ? "it" : "them"} again.`;
    faults.add("repeated-key", at, message, "Give the join a `prefix`, or list other `columns` to bring.");
  }
  for (const [k, name] of brought.entries()) {
    if (!theirs.includes(name))
      faults.unknownColumn(text.source, name, theirs, placeAt(item, ["join", i, "columns", k]));
    else if (!clashing.has(name)) {
      const column = source?.columns.find((own) => own.name === name);
      columns.set(
        prefix + name,
        column === undefined || source === undefined ? UNKNOWN : deliveredColumn(source, column),
      );
    }
  }
  if (text.missing === undefined) defaults.add(`units.${id}.join.${text.source}.missing`, "keep", "D-09");
  return source === undefined
    ? undefined
    : { source: text.source, on: text.on, columns: brought, prefix, missing: text.missing ?? "keep", place };
}
