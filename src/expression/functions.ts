import { normaliseName } from "#domain";
import { type CodeColumn, type Column, isMissing, type NumberColumn } from "#table";
import { alignCodes, mapLevels, textAt, textColumn } from "./codes.ts";
import { DATE_FUNCTIONS } from "./dateFunctions.ts";
import type { FunctionRecord } from "./functionRecord.ts";
import { plainNumber, type ValueType } from "./valueType.ts";

const same = (first: ValueType): ValueType => first;
const plain = (): ValueType => plainNumber;
const truth = (): ValueType => ({ kind: "truth" });
const text = (): ValueType => ({ kind: "text" });

/** Half away from zero, as printed figures are rounded; a product that misses a half by rounding error counts as one. */
function roundTo(value: number, places: number): number {
  const scale = 10 ** places;
  const size = Math.abs(value) * scale;
  return (Math.sign(value) * Math.floor(size + 0.5 + size * 2 * Number.EPSILON)) / scale;
}

const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);

function numberFunction(
  shape: string,
  compute: (value: number) => number,
  words: FunctionRecord["words"],
  gives: FunctionRecord["gives"] = same,
): FunctionRecord {
  const run = ([column]: readonly Column[]): Column => {
    const { values } = column as NumberColumn;
    return { kind: "number", type: "number", values: values.map((value) => finite(compute(value))) };
  };
  return { shape, takes: ["number"], gives, run, words };
}

/** The whole number written as a second argument. */
const count = (column: Column | undefined): number => (column as NumberColumn).values[0] ?? 0;

function textFunction(name: string, make: (value: string) => string, words: FunctionRecord["words"]): FunctionRecord {
  return {
    shape: `${name}(t)`,
    takes: ["text"],
    gives: text,
    run: ([column]) => mapLevels(column as CodeColumn, make),
    words,
  };
}

function partOfText(
  name: string,
  cut: (value: string, n: number) => string,
  words: FunctionRecord["words"],
): FunctionRecord {
  const run = ([column, n]: readonly Column[]): Column =>
    mapLevels(column as CodeColumn, (value) => cut(value, count(n)));
  return { shape: `${name}(t, n)`, takes: ["text", "whole"], gives: text, run, words };
}

function textTest(name: string, holds: (value: string, part: string) => boolean, verb: string): FunctionRecord {
  const run = ([left, right]: readonly Column[], rows: number): Column => {
    const values = new Float64Array(rows).fill(Number.NaN);
    for (let row = 0; row < rows; row++) {
      const value = textAt(left as CodeColumn, row);
      const part = textAt(right as CodeColumn, row);
      if (value !== undefined && part !== undefined) values[row] = Number(holds(value, part));
    }
    return { kind: "number", type: "truth", values };
  };
  return {
    shape: `${name}(t, t)`,
    takes: ["text", "text"],
    gives: truth,
    run,
    words: ([value, part]) => `${value} ${verb} ${part}`,
  };
}

function extreme(name: "min" | "max", word: string): FunctionRecord {
  const pick = name === "min" ? Math.min : Math.max;
  const run = (columns: readonly Column[], rows: number): Column => {
    const [first, ...others] = columns as readonly NumberColumn[];
    const values = Float64Array.from(first!.values);
    // Math.min and Math.max give NaN as soon as one value is NaN: missing when any is.
    for (const other of others)
      for (let row = 0; row < rows; row++) values[row] = pick(values[row]!, other.values[row]!);
    return { kind: "number", type: first!.type, values };
  };
  return {
    shape: `${name}(a, b…)`,
    takes: ["number", "number"],
    takesMore: true,
    isAlike: true,
    gives: same,
    run,
    words: (parts) => `the ${word} of ${list(parts)}`,
  };
}

function firstKnown(columns: readonly Column[], rows: number): Column {
  const [first] = columns;
  if (first!.kind === "number") {
    const values = Float64Array.from(first!.values);
    for (const column of columns as readonly NumberColumn[]) {
      for (let row = 0; row < rows; row++) if (Number.isNaN(values[row]!)) values[row] = column.values[row]!;
    }
    return { kind: "number", type: first!.type, values };
  }
  const { type, levels, codes } = alignCodes(columns as readonly CodeColumn[]);
  const known = Int32Array.from(codes[0]!);
  for (const own of codes) for (let row = 0; row < rows; row++) if (known[row]! < 0) known[row] = own[row]!;
  return { kind: "code", type, levels, codes: known };
}

function percent([part, whole]: readonly Column[], rows: number): Column {
  const above = (part as NumberColumn).values;
  const below = (whole as NumberColumn).values;
  const values = Float64Array.from({ length: rows }, (_, row) => finite((100 * above[row]!) / below[row]!));
  return { kind: "number", type: "number", values };
}

const list = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

/** Every function of the language but `district`, which needs a declared look-up. */
export const FUNCTIONS: ReadonlyMap<string, FunctionRecord> = new Map<string, FunctionRecord>([
  ...DATE_FUNCTIONS,
  ["abs", numberFunction("abs(x)", Math.abs, ([x]) => `size of ${x}`)],
  ["floor", numberFunction("floor(x)", Math.floor, ([x]) => `${x} rounded down`)],
  ["ceiling", numberFunction("ceiling(x)", Math.ceil, ([x]) => `${x} rounded up`)],
  ["sqrt", numberFunction("sqrt(x)", Math.sqrt, ([x]) => `square root of ${x}`, plain)],
  ["log", numberFunction("log(x)", Math.log, ([x]) => `natural logarithm of ${x}`, plain)],
  [
    "round",
    {
      shape: "round(x, n)",
      takes: ["number", "whole"],
      gives: same,
      run: ([column, n]) => ({
        kind: "number",
        type: "number",
        values: (column as NumberColumn).values.map((value) => roundTo(value, count(n))),
      }),
      words: ([x, n]) => `${x} rounded to ${n} places`,
    },
  ],
  ["min", extreme("min", "smallest")],
  ["max", extreme("max", "largest")],
  [
    "percent",
    {
      shape: "percent(part, whole)",
      takes: ["number", "number"],
      gives: () => ({ kind: "number", scale: "percent" }),
      run: percent,
      words: ([part, whole]) => `${part} as a percentage of ${whole}`,
    },
  ],
  [
    "lower",
    textFunction(
      "lower",
      (value) => value.toLowerCase(),
      ([t]) => `${t} in small letters`,
    ),
  ],
  [
    "upper",
    textFunction(
      "upper",
      (value) => value.toUpperCase(),
      ([t]) => `${t} in capitals`,
    ),
  ],
  [
    "trim",
    textFunction(
      "trim",
      (value) => value.trim(),
      ([t]) => `${t} without outer spaces`,
    ),
  ],
  ["normaliseName", textFunction("normaliseName", normaliseName, ([t]) => `${t} folded as a name`)],
  [
    "left",
    partOfText(
      "left",
      (value, n) => [...value].slice(0, n).join(""),
      ([t, n]) => `first ${n} characters of ${t}`,
    ),
  ],
  [
    "right",
    partOfText(
      "right",
      (value, n) => [...value].slice(Math.max(0, [...value].length - n)).join(""),
      ([t, n]) => `last ${n} characters of ${t}`,
    ),
  ],
  ["startsWith", textTest("startsWith", (value, part) => value.startsWith(part), "starts with")],
  ["endsWith", textTest("endsWith", (value, part) => value.endsWith(part), "ends with")],
  ["contains", textTest("contains", (value, part) => value.includes(part), "contains")],
  [
    "length",
    {
      shape: "length(t)",
      takes: ["text"],
      gives: plain,
      run: ([column], rows) => {
        const { codes, levels } = column as CodeColumn;
        const sizes = levels.map((level) => [...level].length);
        return {
          kind: "number",
          type: "number",
          values: Float64Array.from({ length: rows }, (_, row) => (codes[row]! < 0 ? Number.NaN : sizes[codes[row]!]!)),
        };
      },
      words: ([t]) => `length of ${t}`,
    },
  ],
  [
    "firstKnown",
    {
      shape: "firstKnown(a, b…)",
      takes: ["any", "any"],
      takesMore: true,
      isAlike: true,
      gives: same,
      run: firstKnown,
      words: (parts) => `the first known of ${list(parts)}`,
    },
  ],
]);

/** Text of any column, for comparing an identifier kept as a number with one kept as text. */
export function asText(column: Column): CodeColumn {
  if (column.kind === "code") return column;
  return textColumn(Array.from(column.values, (value, row) => (isMissing(column, row) ? undefined : String(value))));
}
