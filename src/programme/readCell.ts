import {
  type AcademicYear,
  type ColumnDeclaration,
  printDate,
  readAcademicYear,
  readDate,
  readTeacherNumber,
  readWrittenDate,
  type YearWritten,
} from "#domain";
import { isPlaceholder } from "./checkText.ts";
import type { RemarkKind } from "./remark.ts";

/** A value of a return: text, a number, a day (days since 1970), yes or no. */
export type CellValue = string | number | boolean;

/** A cell, read. A value that could be read although it is not written as asked comes with a complaint. */
export interface ReadCell {
  readonly value?: CellValue;
  readonly complaint?: Complaint;
}

export interface Complaint {
  readonly kind: RemarkKind;
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

/** How a column is read beyond its declared type. */
export interface CellUse {
  readonly reads?: "date" | "trn";
  /** Rows are told apart or linked by it: it may have no spaces around it. */
  readonly isKey: boolean;
  /** The latest year a date of this column can lie in, for years written with two digits. */
  readonly latestYear: number;
}

const fault = (code: string, message: string, advice: string): ReadCell => ({
  complaint: { kind: "fault", code, message, advice },
});

/** Reads one cell that is not empty under the type of its column, by the rules the study reader has. */
export function readCell(column: ColumnDeclaration, raw: string, use: CellUse): ReadCell {
  if (Object.hasOwn(column.codes, raw)) return {};
  const bare = raw.trim();
  if (bare === "") return fault("spaces-only", "It holds nothing but spaces", "Leave the cell empty");
  const isFree = column.type === "text" && use.reads === undefined && column.levels === undefined;
  if (isPlaceholder(bare) && !(column.levels ?? []).includes(raw)) {
    const complaint: Complaint = {
      // Spaces around a key would stop the reader, whatever the word.
      kind: isFree && !(use.isKey && hasSpacesAround(raw)) ? "query" : "fault",
      code: "placeholder",
      message: `"${bare}" stands for nothing`,
      advice: "Leave the cell empty if it is not known; the template says where that is allowed",
    };
    return { complaint };
  }
  if (use.reads === "date") return readDay(column, raw, use.latestYear);
  if (use.reads === "trn") return readTrn(column, raw);
  if (isFree) return readText(raw, use.isKey);
  if (bare !== raw) {
    const inner = readCell(column, bare, use);
    const complaint: Complaint = {
      kind: "fault",
      code: "spaces-around",
      message: `"${raw}" has spaces around it`,
      advice: "Take the spaces away",
    };
    return inner.complaint === undefined ? { ...inner, complaint } : inner;
  }
  return readTyped(column, raw);
}

/** White space or a mark nobody sees, at either end. */
const hasSpacesAround = (raw: string): boolean => /^[\s\p{Z}\p{Cf}]|[\s\p{Z}\p{Cf}]$/u.test(raw);

function readText(raw: string, isKey: boolean): ReadCell {
  if (!hasSpacesAround(raw)) return { value: raw };
  const complaint: Complaint = {
    kind: isKey ? "fault" : "query",
    code: "spaces-around",
    message: `"${raw}" has spaces around it`,
    advice: "Take the spaces away",
  };
  return { value: raw.trim(), complaint };
}

function readDay(column: ColumnDeclaration, raw: string, latestYear: number): ReadCell {
  const asked = readDate(raw);
  // Dates of birth are kept as text and read in any form, so another form harms nothing by itself.
  const kind: RemarkKind = column.type === "date" ? "fault" : "query";
  if (asked !== undefined) return { value: asked };
  const read = readWrittenDate(raw, latestYear);
  if (read.state === "unreadable")
    return fault("date-unreadable", capital(read.reason), "Write the day as yyyy-mm-dd, for example 2018-09-14");
  const other = otherOrder(raw);
  if (other !== undefined && other !== read.days) {
    const [one, two] = [inWords(read.days), inWords(other)];
    const message = `"${raw}" could be ${one} or ${two}`;
    return {
      ...(kind === "query" && { value: read.days }),
      complaint: {
        kind,
        code: "date-ambiguous",
        message,
        advice: `Ask which is meant and write it as ${printDate(read.days)} or ${printDate(other)}`,
      },
    };
  }
  const assumed = read.assumed === undefined ? "" : `, taking it that ${read.assumed}`;
  return {
    value: read.days,
    complaint: {
      kind,
      code: "date-form",
      message: `"${raw}" is written in another form; it reads as ${inWords(read.days)}${assumed}`,
      advice: `Write ${printDate(read.days)}`,
    },
  };
}

/** The day meant if month and day were the other way round; undefined where only one order names a day. */
function otherOrder(raw: string): number | undefined {
  const parts = /^\s*(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})\s*$/.exec(raw);
  if (parts === null) return undefined;
  const turned = readWrittenDate(`${parts[2]}/${parts[1]}/${parts[3]}`);
  return turned.state === "read" && turned.assumed?.includes("month stands before") !== true ? turned.days : undefined;
}

// Made once: making one takes longer than reading a row.
const LONG = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const inWords = (days: number): string => LONG.format(days * 86_400_000);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function readTyped(column: ColumnDeclaration, raw: string): ReadCell {
  switch (column.type) {
    case "truth":
      if (/^(?:1|yes|true)$/i.test(raw)) return { value: true };
      if (/^(?:0|no|false)$/i.test(raw)) return { value: false };
      return fault("not-yes-or-no", `"${raw}" is neither yes nor no`, "Write yes or no");
    case "urn":
      return /^[1-9]\d{5}$/.test(raw)
        ? { value: raw }
        : fault("urn-form", `"${raw}" is no school number`, urnAdvice(raw));
    case "ofstedGrade":
      return /^[1-4](?:\.0)?$/.test(raw)
        ? { value: raw.charAt(0) }
        : fault("grade", `"${raw}" is no grade`, "Write 1, 2, 3 or 4");
    case "laCode":
      return shape(raw, /^\d{3}$/, "a local authority code", "Write three digits");
    case "districtCode":
      return shape(raw, /^[A-Z]\d{8}$/, "a district code", "Write a letter and eight digits, as E07000001");
    case "postcode":
      return shape(raw, /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/, "a postcode", "Write it as LE1 1AA");
    case "academicYear":
      return readYear(column, raw);
    case "category":
    case "phase":
      return readLevel(column, raw);
    case "date":
    case "text":
      return readLevel(column, raw);
    default:
      return readNumber(column, raw);
  }
}

function shape(raw: string, pattern: RegExp, what: string, advice: string): ReadCell {
  return pattern.test(raw) ? { value: raw } : fault("code-form", `"${raw}" is not ${what}`, advice);
}

function urnAdvice(raw: string): string {
  if (/^\d{4}$/.test(raw)) return "Four digits are the establishment number: look up the six-digit URN of the school";
  if (/^\d{3}\/?\d{4}$/.test(raw))
    return "Seven digits are authority and establishment number: look up the six-digit URN";
  if (/^\d{6}\.0+$/.test(raw)) return "Take away the decimals a spreadsheet added";
  return "Look up the six-digit URN of the school";
}

function readTrn(column: ColumnDeclaration, raw: string): ReadCell {
  const read = readTeacherNumber(raw);
  // Numbers kept as text are read in any form, so another form harms nothing by itself.
  const kind: RemarkKind = column.type === "trn" ? "fault" : "query";
  const say = (message: string, advice: string): Complaint => ({ kind, code: "trn-form", message, advice });
  if (/^\d{7}$/.test(raw) && read.state === "read") return { value: raw };
  if (read.state === "unreadable")
    return {
      complaint: say(capital(read.reason), "Ask for the seven-digit teacher reference number, or leave it empty"),
    };
  const assumed = read.assumed === undefined ? "" : ` (${read.assumed})`;
  return {
    value: read.number,
    complaint: say(
      `"${raw}" is a teacher reference number in another form${assumed}`,
      `Write ${read.number}, with its column set to text`,
    ),
  };
}

function readYear(column: ColumnDeclaration, raw: string): ReadCell {
  const year: AcademicYear | undefined = readAcademicYear(raw, (column.written ?? "slash") as YearWritten);
  return year === undefined
    ? fault(
        "year-form",
        `"${raw}" is no academic year`,
        `Write it as ${column.written === "start" || column.written === "end" ? "2018" : "2018/19"}`,
      )
    : { value: year };
}

function readLevel(column: ColumnDeclaration, raw: string): ReadCell {
  if (column.levels === undefined || column.levels.includes(raw)) return { value: raw };
  const same = column.levels.find((level) => level.toLowerCase() === raw.toLowerCase());
  const advice = same === undefined ? "Write one of those words" : `Write "${same}"`;
  return fault("word-unknown", `"${raw}" is none of the words this column takes`, advice);
}

function readNumber(column: ColumnDeclaration, raw: string): ReadCell {
  const isPercent = column.type === "percent" && raw.endsWith("%");
  const digits = isPercent ? raw.slice(0, -1) : raw;
  const value = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(digits) ? Number(digits) : Number.NaN;
  if (!Number.isFinite(value)) {
    const bare = raw.replaceAll(/[,£\s%]/g, "");
    const advice = /^[-+]?\d+(?:\.\d+)?$/.test(bare) ? `Write ${bare}` : "Write digits, without signs or words";
    return fault("number-unreadable", `"${raw}" is not a number`, advice);
  }
  if (column.type === "whole" && (!Number.isInteger(value) || /e/i.test(digits)))
    return fault("number-not-whole", `"${raw}" is not a whole number`, "Write a whole number in digits");
  const usual =
    column.type === "percent" ? { min: 0, max: 100 } : column.type === "proportion" ? { min: 0, max: 1 } : {};
  const { min, max } = { ...(column.range ?? usual) };
  if ((min !== undefined && value < min) || (max !== undefined && value > max)) {
    const asked = [min === undefined ? "" : `${min} or more`, max === undefined ? "" : `${max} or less`]
      .filter((part) => part !== "")
      .join(" and ");
    return fault("number-range", `${raw} is out of range`, `Write a number of ${asked}`);
  }
  return { value };
}
