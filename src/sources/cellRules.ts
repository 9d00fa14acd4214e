import { type ColumnDeclaration, printDate, stateCode, type YearWritten } from "#domain";
import { quoteName, quoteText } from "#table";

/** How the value of a cell is kept in the engine and handed over. */
export type Kept = "number" | "truth" | "date" | "academicYear" | "text" | "levels";

/** What one declared type accepts, as SQL over the text of a cell. */
export interface CellRule {
  readonly kept: Kept;
  /** SQL of the value the text `raw` stands for; NULL when it stands for none. */
  readonly parse: (raw: string) => string;
  /** SQL of the condition a parsed value must meet. */
  readonly accepts?: (value: string) => string;
  /** What was expected, to follow "expected". */
  readonly expected: string;
}

const ISO = "yyyy-mm-dd";
const OFSTED_GRADES = ["1", "2", "3", "4"];

/** How the cells of a column are meant, beyond its declared type. */
export interface ColumnUse {
  /** The name of the engine's type that holds its declared levels. */
  readonly levels: string;
  /** The file's own cells have types, so dates come as YYYY-MM-DD whatever is declared. */
  readonly isTyped: boolean;
  /** Rows are told apart or linked by it, so "S0001 " would silently be another than "S0001". */
  readonly isKey: boolean;
}

/** The rule of a column. */
export function cellRule(column: ColumnDeclaration, { levels, isTyped, isKey }: ColumnUse): CellRule {
  const free = isKey ? bare() : text("text");
  switch (column.type) {
    case "number":
      return numeric(column, "a number");
    case "whole":
      return whole(column);
    case "money":
      return numeric(column, "an amount in digits");
    case "proportion":
      return numeric(column, "a proportion", { min: 0, max: 1 });
    case "percent":
      return {
        ...numeric(column, "a percent", { min: 0, max: 100 }),
        parse: (raw) => `CASE WHEN suffix(${raw}, '%') THEN ${numberOf(`left(${raw}, -1)`)} ELSE ${numberOf(raw)} END`,
      };
    case "truth":
      return {
        kept: "truth",
        parse: (raw) =>
          `CASE WHEN lower(${raw}) IN ('1', 'yes', 'true') THEN 1 WHEN lower(${raw}) IN ('0', 'no', 'false') THEN 0 END::UTINYINT`,
        expected: "yes or no (also 1 or 0, true or false)",
      };
    case "date":
      return date(column, isTyped);
    case "academicYear":
      return academicYear(column);
    case "category":
    case "phase":
      return column.levels === undefined ? free : oneOf(column.levels, levels);
    case "ofstedGrade":
      return { kept: "levels", parse: gradeOf, expected: "a grade from 1 to 4" };
    case "urn":
      return {
        kept: "text",
        parse: (raw) => sameAsWritten(raw, "INTEGER", "BETWEEN 100000 AND 999999", raw),
        expected: "a URN of six digits",
      };
    case "trn":
      return pattern("[0-9]{7}", "a teacher reference number of seven digits");
    case "laCode":
      return pattern("[0-9]{3}", "a local authority code of three digits");
    case "districtCode":
      return pattern("[A-Z][0-9]{8}", "a district code such as E07000001");
    case "postcode":
      return pattern("[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", "a postcode such as LE1 1AA");
    case "text":
      return free;
  }
}

/** The levels an engine type must hold for this column; undefined where it needs none. */
export function declaredLevels(column: ColumnDeclaration): readonly string[] | undefined {
  if (column.type === "ofstedGrade") return OFSTED_GRADES;
  return column.type === "category" || column.type === "phase" ? column.levels : undefined;
}

/** SQL of the state of a cell: 0 observed, 1 missing, otherwise what its code says. */
export function stateOf(column: ColumnDeclaration, raw: string, value: string): string {
  const codes = Object.entries(column.codes).map(([code, state]) => `WHEN ${quoteText(code)} THEN ${stateCode(state)}`);
  const otherwise = `CASE WHEN ${value} IS NULL THEN ${stateCode("missing")} ELSE ${stateCode("observed")} END`;
  return `(CASE ${raw} ${codes.join(" ")} ELSE ${otherwise} END)::UTINYINT`;
}

interface Range {
  readonly min?: number;
  readonly max?: number;
}

function numeric(column: ColumnDeclaration, words: string, usual: Range = {}): CellRule {
  const range = column.range ?? usual;
  return {
    kept: "number",
    parse: numberOf,
    // A number too large for the machine parses to infinity.
    accepts: (value) => [`isfinite(${value})`, ...bounds(value, range)].join(" AND "),
    expected: words + rangeWords(range, String),
  };
}

/** Other programs write 207.0 when a column of whole numbers has gaps; 2E2 is not how anyone counts. */
function whole(column: ColumnDeclaration): CellRule {
  const number = numeric(column, "a whole number");
  return {
    ...number,
    parse: (raw) => `CASE WHEN NOT contains(${raw}, 'e') AND NOT contains(${raw}, 'E') THEN ${numberOf(raw)} END`,
    accepts: (value) => `${value} = floor(${value}) AND ${number.accepts!(value)}`,
  };
}

/**
 * SQL of a number in plain or scientific digits. The engine's own reading also takes spaces around a number and `_` in
 * it; asking for these is faster than a pattern.
 */
const numberOf = (raw: string): string =>
  `CASE WHEN ascii(${raw}) > 32 AND ascii(right(${raw}, 1)) > 32 AND NOT contains(${raw}, '_') THEN TRY_CAST(${raw} AS DOUBLE) END`;

/** SQL of `value` where `raw`, read as a type of the engine, meets a condition and is written back the same. */
const sameAsWritten = (raw: string, type: string, condition: string, value: string): string =>
  `CASE WHEN TRY_CAST(${raw} AS ${type}) ${condition} AND TRY_CAST(${raw} AS ${type})::VARCHAR = ${raw} THEN ${value} END`;

const gradeOf = (raw: string): string =>
  `(CASE ${raw} ${OFSTED_GRADES.map((grade, code) => `WHEN '${grade}' THEN ${code} WHEN '${grade}.0' THEN ${code}`).join(" ")} END)::UTINYINT`;

function date(column: ColumnDeclaration, isTyped: boolean): CellRule {
  const written = column.written ?? ISO;
  const formats = [...new Set([written, ...(isTyped ? [ISO] : [])])].map(dateFormat);
  const range = column.range ?? {};
  return {
    kept: "date",
    parse: (raw) =>
      `coalesce(${formats.map((format) => `date_diff('day', DATE '1970-01-01', ${dayOf(raw, format)})`).join(", ")})::INTEGER`,
    accepts: (value) => [`${value} IS NOT NULL`, ...bounds(value, range)].join(" AND "),
    expected: `a date written ${written}${rangeWords(range, printDate)}`,
  };
}

/** SQL of the day a text names. Written back it must be the same: the engine also takes 2016-9-1. */
function dayOf(raw: string, format: string): string {
  if (format === dateFormat(ISO)) return sameAsWritten(raw, "DATE", "IS NOT NULL", `TRY_CAST(${raw} AS DATE)`);
  const moment = `try_strptime(${raw}, ${quoteText(format)})`;
  return `CASE WHEN strftime(${moment}, ${quoteText(format)}) = ${raw} THEN ${moment}::DATE END`;
}

/** Whether `written` names a year, a month and a day, as `dd/mm/yyyy` does. */
export function isDateFormat(written: string): boolean {
  return /^(?:(?:yyyy|mm|dd)[-/. ]?){3}$/.test(written) && new Set(written.match(/yyyy|mm|dd/g)).size === 3;
}

/** `dd/mm/yyyy` as the engine's own format. */
const dateFormat = (written: string): string => written.replace("yyyy", "%Y").replace("mm", "%m").replace("dd", "%d");

function academicYear(column: ColumnDeclaration): CellRule {
  const written = (column.written ?? "slash") as YearWritten;
  const range = column.range ?? {};
  const start = (raw: string) => `TRY_CAST(left(${raw}, 4) AS INTEGER)`;
  const oneYear = (raw: string) =>
    sameAsWritten(raw, "INTEGER", "BETWEEN 1000 AND 2999", `TRY_CAST(${raw} AS INTEGER)`);
  const second = (raw: string, digits: number) => `TRY_CAST(right(${raw}, ${digits}) AS INTEGER)`;
  const parse: Readonly<Record<YearWritten, (raw: string) => string>> = {
    end: (raw) => `${oneYear(raw)} - 1`,
    start: oneYear,
    slash: (raw) =>
      `CASE WHEN regexp_full_match(${raw}, '[12][0-9]{3}/[0-9]{2}') AND (${start(raw)} + 1) % 100 = ${second(raw, 2)} THEN ${start(raw)} END`,
    run: (raw) =>
      `CASE WHEN regexp_full_match(${raw}, '[12][0-9]{5}') AND (${start(raw)} + 1) % 100 = ${second(raw, 2)} THEN ${start(raw)} END`,
    long: (raw) =>
      `CASE WHEN regexp_full_match(${raw}, '[12][0-9]{3}-[12][0-9]{3}') AND ${start(raw)} + 1 = ${second(raw, 4)} THEN ${start(raw)} END`,
  };
  const example = {
    end: "2016 (for 2015/16)",
    start: "2015 (for 2015/16)",
    slash: "2015/16",
    run: "201516",
    long: "2015-2016",
  };
  return {
    kept: "academicYear",
    parse: parse[written],
    accepts: (value) => [`${value} IS NOT NULL`, ...bounds(value, range)].join(" AND "),
    expected: `an academic year written ${example[written]}`,
  };
}

function text(words: string): CellRule {
  return { kept: "text", parse: (raw) => raw, expected: words };
}

/** White space and marks nobody sees: no-break and zero-width spaces, joiners, a byte order mark in the middle. */
const UNSEEN = "[\\s\\x0b\\x{85}\\p{Z}\\p{Cf}]";

/** Text that neither begins nor ends with white space. Ends in plain ASCII need no pattern, which is faster. */
function bare(): CellRule {
  const isPlain = (end: string): string => `ascii(${end}) BETWEEN 33 AND 126`;
  return {
    kept: "text",
    parse: (raw) =>
      `CASE WHEN ${isPlain(raw)} AND ${isPlain(`right(${raw}, 1)`)} THEN ${raw} WHEN NOT regexp_matches(${raw}, ${quoteText(`^${UNSEEN}|${UNSEEN}$`)}) THEN ${raw} END`,
    expected: "text without spaces around it",
  };
}

function pattern(shape: string, expected: string): CellRule {
  return {
    kept: "text",
    parse: (raw) => `CASE WHEN regexp_full_match(${raw}, ${quoteText(shape)}) THEN ${raw} END`,
    expected,
  };
}

const SHOWN_LEVELS = 12;

function oneOf(levels: readonly string[], type: string): CellRule {
  const shown = levels.slice(0, SHOWN_LEVELS).map((level) => `"${level}"`);
  const rest = levels.length > SHOWN_LEVELS ? ` and ${levels.length - SHOWN_LEVELS} more` : "";
  return {
    kept: "levels",
    parse: (raw) => `enum_code(TRY_CAST(${raw} AS ${quoteName(type)}))`,
    expected: `one of ${shown.join(", ")}${rest}`,
  };
}

function bounds(value: string, { min, max }: Range): string[] {
  return [
    ...(min === undefined ? [] : [`${value} >= ${sqlNumber(min)}`]),
    ...(max === undefined ? [] : [`${value} <= ${sqlNumber(max)}`]),
  ];
}

const sqlNumber = (value: number): string => `${value.toExponential()}::DOUBLE`;

function rangeWords({ min, max }: Range, print: (value: number) => string): string {
  if (min !== undefined && max !== undefined) return ` from ${print(min)} to ${print(max)}`;
  if (min !== undefined) return ` of ${print(min)} or more`;
  return max === undefined ? "" : ` of ${print(max)} or less`;
}
