import { type AcademicYear, academicYearOf, printAcademicYear } from "#domain";
import { checkColumns } from "./covariates.ts";
import { nearestOf } from "./faultList.ts";
import { entryAt, type Item, itemAt, type Path, placeAt } from "./item.ts";
import { readYear } from "./kinds.ts";
import { expressionAt, isDeclared, present, type Reading } from "./reading.ts";
import { resolveRules, ruleLabel } from "./resolveRules.ts";
import type { OutcomeText } from "./schema.ts";
import type { OutcomeDeclaration } from "./study.ts";
import type { UnitModel } from "./unitColumns.ts";

/** What is looked at after the start, and how it is measured. */
export function resolveOutcomes(
  reading: Reading,
  outcomes: Readonly<Record<string, OutcomeText>>,
  units: ReadonlyMap<string, UnitModel>,
): ReadonlyMap<string, OutcomeDeclaration> {
  const resolved = new Map<string, OutcomeDeclaration>();
  for (const [id, outcome] of Object.entries(outcomes)) {
    const item = itemAt(reading.sound, ["outcomes", id])!;
    if (!isDeclared(reading, "unit", outcome.unit, ["units"], item, ["unit"])) continue;
    const unit = units.get(outcome.unit);
    if (unit === undefined) continue;
    const found =
      outcome.rule === undefined
        ? [resolveOutcome(reading, id, outcome, item, unit)]
        : ruleOutcomes(reading, id, outcome, item, unit);
    for (const one of found) if (one !== undefined) resolved.set(one.id, one);
  }
  return resolved;
}

/** The names outcomes can be called by: those declared, and the parts of those made by a rule (`retained.school`). */
export function outcomeNames(outcomes: Readonly<Record<string, OutcomeText>>): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  for (const [id, { rule, within }] of Object.entries(outcomes)) {
    const parts = rule === undefined ? [id] : (within ?? ["profession"]).map((part) => `${id}.${part}`);
    names.set(id, parts);
    for (const part of parts) names.set(part, [part]);
  }
  return names;
}

/** An outcome by rule, one declaration for each part of it. */
function ruleOutcomes(
  reading: Reading,
  id: string,
  text: OutcomeText,
  item: Item,
  unit: UnitModel,
): readonly OutcomeDeclaration[] {
  const { defaults } = reading;
  const smallestImportant = readSmallest(reading, text, item);
  if (text.priority === undefined) defaults.add(`outcomes.${id}.priority`, "secondary", "D-22");
  if (text.span === undefined) defaults.add(`outcomes.${id}.span`, "sinceStart", "D-21");
  checkPriorities(reading, id, text, item);
  return resolveRules(reading, id, text, item, unit).map(({ within, rule }) => ({
    id: `${id}.${within}`,
    unit: text.unit,
    label: text.label === undefined ? ruleLabel(rule.rule, within) : `${text.label}: ${within}`,
    rule,
    horizons: text.horizons ?? [],
    history: new Map(),
    measure: text.measure,
    better: text.better,
    priority: priorityOf(text, within),
    alsoSealed: [],
    place: item.place,
    ...present({ present: text.present, status: text.status, smallestImportant }),
  }));
}

/** Each priority is that of a part, or of the others. */
function checkPriorities({ faults, whole }: Reading, id: string, { priority, within }: OutcomeText, item: Item): void {
  // A part at fault has said so itself, and is not among those read.
  const written = itemAt(whole, ["outcomes", id, "within"]);
  if (written?.kind === "list" && written.items.length !== within?.length) return;
  const parts = [...(within ?? ["profession"]), "others"];
  for (const part of Object.keys(typeof priority === "object" ? priority : {})) {
    if (!parts.includes(part))
      faults.add(
        "unknown-key",
        placeAt(item, ["priority", part]),
        `\`${part}\` is no part of outcome ${id}: it has ${parts.map((own) => `\`${own}\``).join(", ")}.`,
        nearestOf(part, parts),
      );
  }
}

/** The priority of a part: its own, that of `others`, or the one given for all. */
function priorityOf({ priority }: OutcomeText, part: string): OutcomeDeclaration["priority"] {
  if (priority === undefined || typeof priority === "string") return priority ?? "secondary";
  return priority[part] ?? priority.others ?? "secondary";
}

function resolveOutcome(
  reading: Reading,
  id: string,
  text: OutcomeText,
  item: Item,
  unit: UnitModel,
): OutcomeDeclaration | undefined {
  const { faults, defaults } = reading;
  const history = readHistory(reading, text, item, unit);
  const isPanel = unit.declaration.year !== undefined;
  const scope = {
    name: unit.declaration.id,
    columns: unit.columns,
    moments: isPanel ? ("open" as const) : ("none" as const),
    wants: "number" as const,
  };
  const expression = expressionAt(reading, item, ["expression"], scope);
  if (text.column !== undefined && text.expression !== undefined) {
    faults.add(
      "unknown-key",
      placeAt(item, ["expression"]),
      `outcome ${id} has both \`column\` and \`expression\`.`,
      "Keep one of the two.",
    );
  }
  if (text.column === undefined && text.expression === undefined && history.size === 0) {
    faults.add(
      "required-key",
      item.place,
      `outcome ${id} does not say where its values are: \`column\` is missing.`,
      "Add `column`, `expression` or `history`.",
    );
    return undefined;
  }
  if (text.column !== undefined) checkOutcomeColumn(reading, id, text.column, item, ["column"], unit);
  checkColumns(reading, item, ["alsoSealed"], text.alsoSealed ?? [], unit);
  if (text.status === "dropped" && text.because === undefined) {
    faults.add(
      "required-key",
      placeAt(item, ["status"]),
      `outcome ${id} is dropped, but not why: \`because\` is missing.`,
      "Add `because: …`; the reason is printed.",
    );
  }
  const smallestImportant = readSmallest(reading, text, item);
  if (text.priority === undefined) defaults.add(`outcomes.${id}.priority`, "secondary", "D-22");
  if (text.expression !== undefined && expression === undefined) return undefined;
  const label =
    text.label ??
    (text.column === undefined ? undefined : unit.columns.get(text.column)?.label) ??
    id.replaceAll("-", " ");
  return {
    id,
    unit: text.unit,
    label,
    horizons: text.horizons ?? [],
    history,
    measure: text.measure,
    better: text.better,
    priority: priorityOf(text, id),
    alsoSealed: text.alsoSealed ?? [],
    place: item.place,
    ...present({ column: text.column, expression, status: text.status, smallestImportant }),
  };
}

/** An outcome is a number with a unit, or a yes or no. */
function checkOutcomeColumn(reading: Reading, id: string, name: string, item: Item, at: Path, unit: UnitModel): void {
  const { faults } = reading;
  const column = unit.columns.get(name);
  const place = placeAt(item, at);
  if (column === undefined) {
    faults.unknownColumn(unit.declaration.id, name, unit.columns.keys(), place);
    return;
  }
  if (column.type !== undefined && column.type.kind !== "number" && column.type.kind !== "truth") {
    faults.add("type-mismatch", place, `outcome ${id} needs a column of numbers; ${name} is not one.`);
  }
  const [delivered, ...others] = column.madeFrom;
  if (
    others.length === 0 &&
    delivered?.column.name === name &&
    delivered.column.type === "number" &&
    delivered.column.unit === undefined
  ) {
    faults.add(
      "required-key",
      place,
      `${name} is an outcome without a unit: \`unit\` is missing from its column.`,
      "Add `unit: points`, or whatever it counts.",
    );
  }
}

function readHistory(
  reading: Reading,
  text: OutcomeText,
  item: Item,
  unit: UnitModel,
): ReadonlyMap<AcademicYear, string> {
  const found: [AcademicYear, string][] = [];
  for (const [key, column] of Object.entries(text.history ?? {})) {
    const year = readYear(key);
    if (typeof year === "number") {
      checkOutcomeColumn(reading, key, column, item, ["history", key], unit);
      checkHistoryYear(reading, year, column, item, key, unit);
      found.push([year, column]);
      continue;
    }
    const place = entryAt(itemAt(item, ["history"]), key)?.keyPlace ?? item.place;
    reading.faults.add(
      year.code,
      place,
      year.message ?? `\`history\` needs academic years; read the text "${key}".`,
      year.suggestion,
    );
  }
  return new Map(found.sort(([a], [b]) => a - b));
}

/** A wide column that says when it was measured must say the year it is listed under. */
function checkHistoryYear(
  reading: Reading,
  year: AcademicYear,
  name: string,
  item: Item,
  key: string,
  unit: UnitModel,
): void {
  for (const { column } of unit.columns.get(name)?.madeFrom ?? []) {
    const { measured } = column;
    if (measured === undefined || measured.when === "rowYear") continue;
    const own = measured.when === "year" ? measured.year : academicYearOf(measured.days);
    if (own === year) continue;
    reading.faults.add(
      "history-year",
      placeAt(item, ["history", key]),
      `${name} is listed under ${printAcademicYear(year)}, and ${column.name} was measured in ${printAcademicYear(own)}.`,
      "List it under the year it was measured in, or correct `measured`.",
    );
  }
}

/** The size is told in the unit of the result: `0.1 points` where `measure` is `points`. */
function readSmallest(reading: Reading, { smallestImportant, measure }: OutcomeText, item: Item): number | undefined {
  if (smallestImportant === undefined) return undefined;
  const { size, unit } = smallestImportant;
  const own = unit === "%" ? "percentage points" : unit;
  if (measure.toLowerCase().startsWith(own.toLowerCase())) return size;
  return reading.faults.add(
    "type-mismatch",
    placeAt(item, ["smallestImportant"]),
    `\`smallestImportant\` is told in ${unit}, the result in ${measure}.`,
    `Write \`${size} ${measure}\`.`,
  );
}
