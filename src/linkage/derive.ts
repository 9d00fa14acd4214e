import { type EvaluationContext, evaluate } from "#expression";
import type { DerivedColumn } from "#protocol";
import type { TidyTable } from "#sources";
import { type CodeColumn, type Column, type Frame, isMissing, type NumberColumn, wholesOf } from "#table";
import { meetingKeys } from "./keys.ts";
import type { UnitTable } from "./unitTable.ts";

/** A yearly rate of those who belong to somebody or something: NaN where nobody does. */
export type RateOf = (identity: string, year: number) => number;

/** What a derived column may look at. */
export interface DeriveFrom {
  /** The columns made so far. */
  readonly frame: Frame;
  /** Which rows are of the same identity, and their years: for rules that follow people. Rows are sorted by both. */
  readonly rowsOf?: Pick<UnitTable, "identities" | "identityOf" | "yearOf">;
  readonly context: EvaluationContext;
  readonly year: string | undefined;
  readonly sources: ReadonlyMap<string, TidyTable>;
  readonly rates?: ReadonlyMap<string, RateOf>;
}

/** The values of one derived column, for every row of the unit. A value made from a missing value is missing. */
export function derive(column: DerivedColumn, from: DeriveFrom): Column {
  const { frame } = from;
  switch (column.how) {
    case "expression":
      return evaluate(column.expression, from.context);
    case "recode":
      return recode(frame.columns.get(column.column)!, column);
    case "bands":
      return bands(frame.columns.get(column.column)! as NumberColumn, column);
    case "summary":
      return summary(column, from);
    case "quantiles":
      return quantiles(column, from);
    case "standardise":
      return standardise(column, from);
    case "roleLevel":
      return roleLevel(frame, column);
    case "challengingSchool":
      return challengingSchool(from, column);
    case "rateBefore":
      return rateBefore(from, column);
  }
}

function recode(column: Column, rule: Extract<DerivedColumn, { how: "recode" }>): CodeColumn {
  const place = new Map(rule.levels.map((level, code) => [level, code]));
  const target = (value: string): number => {
    const to = Object.hasOwn(rule.to, value) ? rule.to[value] : rule.others;
    return to === undefined ? -1 : place.get(to)!;
  };
  const codes = new Int32Array(column.kind === "number" ? column.values.length : column.codes.length).fill(-1);
  if (column.kind === "code") {
    const byCode = column.levels.map(target);
    for (let row = 0; row < codes.length; row++) codes[row] = column.codes[row]! < 0 ? -1 : byCode[column.codes[row]!]!;
  } else {
    for (let row = 0; row < codes.length; row++) {
      const value = column.values[row]!;
      codes[row] = Number.isNaN(value) ? -1 : target(String(value));
    }
  }
  return { kind: "code", type: "category", codes, levels: rule.levels };
}

function bands(column: NumberColumn, rule: Extract<DerivedColumn, { how: "bands" }>): CodeColumn {
  const { cuts, closed } = rule;
  const codes = wholesOf(column.values.length, (row) => {
    const value = column.values[row]!;
    if (Number.isNaN(value)) return -1;
    let band = 0;
    while (band < cuts.length && (closed === "left" ? value >= cuts[band]! : value > cuts[band]!)) band++;
    return band;
  });
  return { kind: "code", type: "category", codes, levels: rule.names };
}

/** The step of the ladder a post stands on: senior and middle by post, middle also by a payment for responsibility. */
function roleLevel(frame: Frame, rule: Extract<DerivedColumn, { how: "roleLevel" }>): CodeColumn {
  const post = frame.columns.get(rule.post) as CodeColumn;
  const paid = rule.tlr === undefined ? undefined : (frame.columns.get(rule.tlr) as NumberColumn).values;
  const levels = [rule.others, "middle", "senior"];
  const stepOf = post.levels.map((title) => (rule.senior.includes(title) ? 2 : rule.middle.includes(title) ? 1 : 0));
  const codes = post.codes.map((code, row) => {
    if (code < 0) return -1;
    const step = stepOf[code]!;
    return step === 0 && paid !== undefined && paid[row]! >= rule.tlrAtLeast ? 1 : step;
  });
  return { kind: "code", type: "category", codes, levels };
}

/**
 * Whether the school somebody is in counts as challenging: by its grade in the year they came to it (the first of the
 * rows in a row at that school), or by its grade in the year of the row. Without a grade: as declared.
 */
function challengingSchool(
  { frame, rowsOf }: DeriveFrom,
  rule: Extract<DerivedColumn, { how: "challengingSchool" }>,
): NumberColumn {
  const grade = frame.columns.get(rule.grade)!;
  const school = frame.columns.get(rule.school)!;
  const isGrade = (row: number): number => {
    if (isMissing(grade, row)) return Number(rule.unknownGrade);
    const text = grade.kind === "number" ? String(grade.values[row]) : grade.levels[grade.codes[row]!]!;
    return Number(rule.grades.includes(text));
  };
  const schools = school.kind === "number" ? school.values : school.codes;
  const values = new Float64Array(frame.rows);
  for (let row = 0; row < values.length; row++) {
    if (isMissing(school, row)) {
      values[row] = Number.NaN;
      continue;
    }
    const isStay =
      rule.gradeYear === "yearOfMove" &&
      row > 0 &&
      rowsOf !== undefined &&
      rowsOf.identityOf[row] === rowsOf.identityOf[row - 1] &&
      schools[row] === schools[row - 1];
    values[row] = isStay ? values[row - 1]! : isGrade(row);
  }
  return { kind: "number", type: "truth", values };
}

/** For each row the rate of its identity in the interval that ends so many years before its year. */
function rateBefore(
  { frame, rowsOf, rates }: DeriveFrom,
  rule: Extract<DerivedColumn, { how: "rateBefore" }>,
): NumberColumn {
  const rateOf = rates?.get(rule.name);
  const values = new Float64Array(frame.rows).fill(Number.NaN);
  if (rateOf === undefined || rowsOf?.yearOf === undefined) return { kind: "number", type: "number", values };
  const { identities, identityOf, yearOf } = rowsOf;
  for (let row = 0; row < values.length; row++)
    values[row] = rateOf(identities[identityOf[row]!]!, yearOf[row]! + rule.interval + 1);
  return { kind: "number", type: "number", values };
}

/**
 * Statistics of the rows of another source that share the key. Too few rows (`atLeast`) gives a missing value; a count is
 * what it is, 0 included. The least, most or most frequent value of a category is again one of its levels.
 */
function summary(rule: Extract<DerivedColumn, { how: "summary" }>, from: DeriveFrom): Column {
  const table = from.sources.get(rule.of)!;
  const context = frameContext(table.frame);
  const kept = rule.where === undefined ? undefined : (evaluate(rule.where, context) as NumberColumn).values;
  const values = rule.value === undefined ? undefined : evaluate(rule.value, context);
  const { ours, theirs } = meetingKeys(from.frame, table.frame, rule.on);
  const groups = new Map<number, number[]>();
  for (const [row, key] of theirs.entries()) {
    if (key < 0 || (kept !== undefined && kept[row] !== 1)) continue;
    if (values !== undefined && isMissing(values, row)) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const number = (row: number): number =>
    values === undefined ? 1 : values.kind === "number" ? values.values[row]! : values.codes[row]!;
  const byKey = new Map([...groups].map(([key, rows]) => [key, summarise(rule.statistic, rows.map(number))]));
  const isKeyMissing = (row: number) => rule.on.some((name) => isMissing(from.frame.columns.get(name)!, row));
  const result = new Float64Array(from.frame.rows);
  for (let row = 0; row < result.length; row++) {
    const rows = groups.get(ours[row]!)?.length ?? 0;
    if (rows === 0 && isKeyMissing(row)) result[row] = Number.NaN;
    else if (rule.statistic === "count") result[row] = rows;
    else result[row] = rows < Math.max(1, rule.atLeast) ? Number.NaN : byKey.get(ours[row]!)!;
  }
  if (rule.statistic === "count" || values === undefined) return { kind: "number", type: "number", values: result };
  if (values.kind === "code") {
    const codes = Int32Array.from(result, (code) => (Number.isNaN(code) ? -1 : code));
    return { kind: "code", type: values.type, levels: values.levels, codes };
  }
  return { kind: "number", type: values.type === "truth" ? "number" : values.type, values: result };
}

function summarise(
  statistic: Extract<DerivedColumn, { how: "summary" }>["statistic"],
  values: readonly number[],
): number {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (statistic) {
    case "count":
      return values.length;
    case "sum":
      return sum;
    case "mean":
    case "share":
      return sum / values.length;
    case "min":
      return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
    case "max":
      return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    case "mode":
      return mode(values);
  }
}

/** The most frequent value; the smallest of those that tie (default D-13: earliest). */
function mode(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, timesA], [b, timesB]) => timesB - timesA || a - b)[0]![0];
}

/**
 * Equal-sized groups within the same year and the declared groups, cut over the unit's own rows or over those of a
 * source; ties share a group, the lower one.
 */
function quantiles(rule: Extract<DerivedColumn, { how: "quantiles" }>, from: DeriveFrom): CodeColumn {
  const { frame } = from;
  const names = from.year === undefined ? rule.within : [from.year, ...rule.within];
  const cutOver = rule.of === undefined ? frame : from.sources.get(rule.of)!.frame;
  const { ours, theirs } = meetingKeys(frame, cutOver, names);
  const cuts = new Map<number, readonly number[]>();
  const cutColumn = cutOver.columns.get(rule.column)! as NumberColumn;
  for (const [key, rows] of rowsByKey(theirs)) {
    const sorted = Float64Array.from(rows, (row) => cutColumn.values[row]!)
      .filter((value) => !Number.isNaN(value))
      .sort();
    if (sorted.length > 0)
      cuts.set(
        key,
        Array.from(
          { length: rule.groups - 1 },
          (_, g) => sorted[Math.ceil(((g + 1) * sorted.length) / rule.groups) - 1]!,
        ),
      );
  }
  const column = frame.columns.get(rule.column)! as NumberColumn;
  const codes = new Int32Array(frame.rows).fill(-1);
  for (const [row, key] of ours.entries()) {
    const own = cuts.get(key);
    if (own === undefined || Number.isNaN(column.values[row]!)) continue;
    let group = 0;
    while (group < own.length && column.values[row]! > own[group]!) group++;
    codes[row] = group;
  }
  return { kind: "code", type: "category", codes, levels: rule.names };
}

/** z-scores by the mean and SD given, else those of the year and group: the SD is about their own mean, over n − 1. */
function standardise(rule: Extract<DerivedColumn, { how: "standardise" }>, from: DeriveFrom): NumberColumn {
  const { frame } = from;
  const column = frame.columns.get(rule.column)! as NumberColumn;
  const values = new Float64Array(frame.rows).fill(Number.NaN);
  const names = from.year === undefined ? rule.within : [from.year, ...rule.within];
  for (const rows of rowsByKey(meetingKeys(frame, frame, names).theirs).values()) {
    const known = rows.map((row) => column.values[row]!).filter((value) => !Number.isNaN(value));
    const ownMean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const variance = known.reduce((sum, value) => sum + (value - ownMean) ** 2, 0) / (known.length - 1);
    const mean = rule.mean ?? ownMean;
    const sd = rule.sd ?? Math.sqrt(variance);
    // Without spread (one unit, or all alike) there is no unit to measure in: the value is missing.
    if (sd > 0) for (const row of rows) values[row] = (column.values[row]! - mean) / sd;
  }
  return { kind: "number", type: "number", values };
}

/** Rows that share a key together; those without a key in none. */
function rowsByKey(keys: Float64Array): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>();
  for (const [row, key] of keys.entries()) {
    if (key < 0) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** Reads an expression over the rows of a source as delivered: no moments there. */
export function frameContext(frame: Frame): EvaluationContext {
  const none = () => {
    throw new RangeError("rows of a source have no moments: `at` works in units");
  };
  return {
    rows: frame.rows,
    column: (name, moment) => (moment === undefined ? frame.columns.get(name)! : none()),
    exists: none,
  };
}
