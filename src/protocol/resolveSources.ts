import {
  type ColumnDeclaration,
  type FileFormat,
  type Measured,
  type Place,
  readAcademicYear,
  readDate,
  SOURCE_TYPES,
  type SourceType,
  type YearWritten,
} from "#domain";
import { type Scope, type ScopeColumn, typeOfColumn } from "#expression";
import { nearestOf } from "./faultList.ts";
import { type Item, itemAt, type Path, placeAt } from "./item.ts";
import { readYear } from "./kinds.ts";
import { declaredAt, expressionAt, present, type Reading } from "./reading.ts";
import type { SourceText } from "./schema.ts";
import type { StudySource } from "./study.ts";

type ColumnText = Exclude<SourceText["columns"][string], string>;
type Codes = ColumnDeclaration["codes"];

/** The files of a study with their columns; opens none of them. */
export function resolveSources(
  reading: Reading,
  sources: Readonly<Record<string, SourceText>>,
): ReadonlyMap<string, StudySource> {
  const resolved = new Map<string, StudySource>();
  for (const [id, source] of Object.entries(sources)) {
    const found = resolveSource(reading, id, source);
    if (found !== undefined) resolved.set(id, found);
  }
  return resolved;
}

function resolveSource(reading: Reading, id: string, source: SourceText): StudySource | undefined {
  const { faults, defaults } = reading;
  const item = itemAt(reading.sound, ["sources", id])!;
  const path = `sources.${id}`;
  const columns = Object.entries(source.columns).flatMap(
    ([name, column]) => resolveColumn(reading, item, name, column, source.codes ?? {}) ?? [],
  );
  const format = source.format ?? formatOf(source.file);
  if (format === undefined) {
    faults.add(
      "wrong-kind",
      placeAt(item, ["file"]),
      `The ending of ${source.file} does not say how it is written.`,
      "Add `format: csv`, `parquet`, `jsonl` or `xlsx`.",
    );
  }
  const names = declaredAt(reading, ["sources", id, "columns"]);
  for (const [i, name] of (source.key ?? []).entries()) {
    if (!names.includes(name)) faults.unknownColumn(id, name, names, placeAt(item, ["key", i]));
  }
  if (source.encoding === undefined) defaults.add(`${path}.encoding`, "utf-8", "D-03");
  if (source.delimiter === undefined && format === "csv") defaults.add(`${path}.delimiter`, "comma", "D-03");
  if (source.codes === undefined && !columns.some((column) => Object.keys(column.codes).length > 0))
    defaults.add(`${path}.codes`, "an empty cell is missing, nothing else is", "D-04");
  defaults.add(`${path}.columns.undeclared`, "never opened", "D-05");
  const delimiter = source.delimiter === undefined ? "," : source.delimiter === "tab" ? "\t" : source.delimiter;
  if (delimiter.length !== 1)
    faults.add(
      "wrong-kind",
      placeAt(item, ["delimiter"]),
      `\`delimiter\` needs one character; read the text "${delimiter}".`,
      'For example `";"`, or `tab`.',
    );
  const where = expressionAt(reading, item, ["where"], sourceScope(reading, id, columns, "truth"));
  if (format === undefined || (source.where !== undefined && where === undefined)) return undefined;
  return {
    id,
    file: source.file,
    format,
    encoding: source.encoding ?? "utf-8",
    delimiter,
    key: source.key ?? [],
    columns,
    confirm: source.confirm ?? [],
    breaks: (source.breaks ?? []).map(({ columns: changed, from, what, kind }) => ({
      columns: changed,
      from,
      what,
      kind,
    })),
    place: item.place,
    ...present({
      sheet: source.sheet,
      range: source.range,
      expectedRows: source.expect?.rows,
      snapshot: source.snapshot,
      attribution: source.attribution,
      licence: source.licence,
      registry: source.use,
      where,
    }),
  };
}

/** What an expression over the rows of a source may name. Columns at fault are known by name, so that they are said once. */
export function sourceScope(
  reading: Reading,
  id: string,
  columns: readonly ColumnDeclaration[],
  wants?: "truth" | "number",
): Scope {
  const known = new Map<string, ScopeColumn>();
  for (const name of declaredAt(reading, ["sources", id, "columns"])) known.set(name, {});
  for (const column of columns)
    known.set(column.name, { type: typeOfColumn(column), ...present({ label: column.label }) });
  return { name: id, columns: known, moments: "none", ...present({ wants }) };
}

function formatOf(file: string): FileFormat | undefined {
  const name = file.toLowerCase().replace(/\.gz$/, "");
  if (/\.(csv|tsv|txt)$/.test(name)) return "csv";
  const found = /\.(parquet|jsonl|ndjson|xlsx)$/.exec(name)?.[1];
  return found === "ndjson" ? "jsonl" : (found as FileFormat | undefined);
}

function resolveColumn(
  reading: Reading,
  source: Item,
  name: string,
  column: string | ColumnText,
  sourceCodes: Codes,
): ColumnDeclaration | undefined {
  const { faults } = reading;
  const at = (...path: Path): Place => placeAt(source, ["columns", name, ...path]);
  const text: ColumnText = typeof column === "string" ? { type: column } : column;
  const type = readType(reading, text.type, at("type"));
  const measured = text.measured === undefined ? undefined : readMeasured(reading, text.measured, at("measured"));
  const range = text.range === undefined ? undefined : readRange(reading, text, type?.type, at("range"));
  if (type === undefined) return undefined;
  if (type.type === "academicYear") checkYearsWritten(reading, name, text.written, at);
  const levels = checkLevels(reading, name, text, at);
  if (text.stable === true && text.because === undefined) {
    faults.add(
      "required-key",
      at("stable"),
      `Column ${name} is said not to change, but not why: \`because\` is missing.`,
      "Add `because: …`; the reason is printed.",
    );
  }
  const codes = { ...sourceCodes, ...text.codes };
  return {
    name,
    from: text.from ?? name,
    type: type.type,
    codes,
    ...present({
      unit: text.unit ?? type.unit,
      written: text.written,
      levels,
      ordered: text.ordered,
      reference: text.reference,
      range,
      measured,
      stable: text.stable,
      identifies: text.identifies,
      label: text.label,
      because: text.because,
    }),
  };
}

function readType(reading: Reading, text: string, place: Place): { type: SourceType; unit?: string } | undefined {
  const money = /^money(?: ([A-Z]{3}))?$/.exec(text);
  if (money !== null) return { type: "money", unit: money[1] ?? "GBP" };
  if ((SOURCE_TYPES as readonly string[]).includes(text)) return { type: text as SourceType };
  return reading.faults.add(
    "wrong-kind",
    place,
    `\`${text}\` is not a type of column.`,
    nearestOf(text, SOURCE_TYPES) ?? `Types: ${SOURCE_TYPES.map((type) => `\`${type}\``).join(", ")}.`,
  );
}

function readMeasured(reading: Reading, text: string, place: Place): Measured | undefined {
  if (text === "row year") return { when: "rowYear" };
  const days = readDate(text);
  if (days !== undefined) return { when: "date", days };
  const year = readAcademicYear(text);
  if (year !== undefined) return { when: "year", year };
  const said = readYear(text);
  const ambiguous = typeof said === "object" && said.code === "year-ambiguous" ? said : undefined;
  return reading.faults.add(
    ambiguous?.code ?? "wrong-kind",
    place,
    ambiguous?.message ?? `\`measured\` needs a year, a date or \`row year\`; read the text "${text}".`,
    ambiguous?.suggestion ?? "For example `2015/16`, `2016-08-31` or `row year`.",
  );
}

const YEARS_WRITTEN: readonly string[] = ["slash", "end", "start", "long", "run"] satisfies YearWritten[];

/** 2016 is 2015/16 to one publisher and 2016/17 to another, so a column of years always says which. */
function checkYearsWritten(
  reading: Reading,
  name: string,
  written: string | undefined,
  at: (...path: Path) => Place,
): void {
  const ways = "`end` (2016 is 2015/16), `start`, `slash`, `long` (2015-2016) or `run` (201516)";
  if (written === undefined) {
    const message = `Column ${name} does not say how its years are written: \`written\` is missing.`;
    reading.faults.add("required-key", at(), message, `Add \`written\`: ${ways}.`);
  } else if (!YEARS_WRITTEN.includes(written)) {
    reading.faults.add("wrong-kind", at("written"), `\`${written}\` is no way of writing years.`, `Write ${ways}.`);
  }
}

function readRange(
  reading: Reading,
  text: ColumnText,
  type: SourceType | undefined,
  place: Place,
): { min?: number; max?: number } | undefined {
  const read = (end: string | number | undefined): number | undefined => {
    if (end === undefined || typeof end === "number") return end;
    const days = type === "date" ? readDate(end) : undefined;
    if (days === undefined)
      reading.faults.add(
        "wrong-kind",
        place,
        `\`range\` needs ${type === "date" ? "dates" : "numbers"}; read the text "${end}".`,
      );
    return days;
  };
  return present({ min: read(text.range?.min), max: read(text.range?.max) });
}

function checkLevels(
  reading: Reading,
  name: string,
  text: ColumnText,
  at: (...path: Path) => Place,
): readonly string[] | undefined {
  const { levels, reference } = text;
  if (levels === undefined) return undefined;
  for (const [i, level] of levels.entries()) {
    if (levels.indexOf(level) < i)
      reading.faults.add(
        "repeated-key",
        at("levels", i),
        `"${level}" appears twice among the levels of ${name}.`,
        "Keep one.",
      );
  }
  if (reference !== undefined && !levels.includes(reference)) {
    const nearest = nearestOf(reference, levels);
    reading.faults.add(
      "unknown-level",
      at("reference"),
      `${name} has no level "${reference}". Its levels: ${levels.map((level) => `"${level}"`).join(", ")}.`,
      nearest?.replaceAll("`", '"'),
    );
  }
  return levels;
}
