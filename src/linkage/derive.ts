import { type EvaluationContext, evaluate } from "#expression";
import type { DerivedColumn } from "#protocol";
import type { TidyTable } from "#sources";
import { type CodeColumn, type Column, type Frame, isMissing, type NumberColumn } from "#table";
import { keysOf } from "./keys.ts";

/** What a derived column may look at. */
export interface DeriveFrom {
  readonly frame: Frame;
  readonly context: EvaluationContext;
  readonly year: string | undefined;
  readonly sources: ReadonlyMap<string, TidyTable>;
}

/** The values of one derived column, for every row of the unit. A value made from a missing value is missing. */
export function derive(column: DerivedColumn, from: DeriveFrom): Column {
  switch (column.how) {
    case "expression":
      return evaluate(column.expression, from.context);
    case "recode":
      return recode(from.frame.columns.get(column.column)!, column);
    case "bands":
      return bands(from.frame.columns.get(column.column)! as NumberColumn, column);
    case "summary":
      return summary(column, from);
    case "quantiles":
      return quantiles(column, from);
    case "standardise":
      return standardise(column, from);
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
  const codes = Int32Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return -1;
    let band = 0;
    while (band < cuts.length && (closed === "left" ? value >= cuts[band]! : value > cuts[band]!)) band++;
    return band;
  });
  return { kind: "code", type: "category", codes, levels: rule.names };
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
  const groups = new Map<string, number[]>();
  for (const [row, key] of keysOf(table.frame, rule.on).entries()) {
    if (key === undefined || (kept !== undefined && kept[row] !== 1)) continue;
    if (values !== undefined && isMissing(values, row)) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const number = (row: number): number =>
    values === undefined ? 1 : values.kind === "number" ? values.values[row]! : values.codes[row]!;
  const byKey = new Map([...groups].map(([key, rows]) => [key, summarise(rule.statistic, rows.map(number))]));
  const result = Float64Array.from(keysOf(from.frame, rule.on), (key) => {
    if (key === undefined) return Number.NaN;
    const rows = groups.get(key)?.length ?? 0;
    if (rule.statistic === "count") return rows;
    return rows < Math.max(1, rule.atLeast) ? Number.NaN : byKey.get(key)!;
  });
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

/** Equal-sized groups within the same year and the declared groups; ties share a group, the lower one. */
function quantiles(rule: Extract<DerivedColumn, { how: "quantiles" }>, from: DeriveFrom): CodeColumn {
  const column = from.frame.columns.get(rule.column)! as NumberColumn;
  const codes = new Int32Array(from.frame.rows).fill(-1);
  for (const rows of groupsWithin(from, rule.within)) {
    const known = rows.filter((row) => !Number.isNaN(column.values[row]!));
    const sorted = Float64Array.from(known, (row) => column.values[row]!).sort();
    const cuts = Array.from(
      { length: rule.groups - 1 },
      (_, g) => sorted[Math.ceil(((g + 1) * sorted.length) / rule.groups) - 1]!,
    );
    for (const row of known) {
      let group = 0;
      while (group < cuts.length && column.values[row]! > cuts[group]!) group++;
      codes[row] = group;
    }
  }
  return { kind: "code", type: "category", codes, levels: rule.names };
}

/** z-scores by the mean and SD given, else those of the year and group: the SD is about their own mean, over n − 1. */
function standardise(rule: Extract<DerivedColumn, { how: "standardise" }>, from: DeriveFrom): NumberColumn {
  const column = from.frame.columns.get(rule.column)! as NumberColumn;
  const values = new Float64Array(from.frame.rows).fill(Number.NaN);
  for (const rows of groupsWithin(from, rule.within)) {
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

/** Rows of one year and one combination of the `within` columns together. */
function groupsWithin(from: DeriveFrom, within: readonly string[]): readonly number[][] {
  const names = from.year === undefined ? within : [from.year, ...within];
  const groups = new Map<string, number[]>();
  for (const [row, key] of keysOf(from.frame, names).entries()) {
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
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
