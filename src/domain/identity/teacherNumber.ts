import { isOneSlipApart } from "./writtenDate.ts";

/** Teacher reference number: seven digits. One person keeps it for life; two people never share one. */
export type TeacherNumber = string & { readonly kind?: "TeacherNumber" };

/** A teacher number as somebody wrote it, read. */
export type WrittenTeacherNumber =
  | { readonly state: "read"; readonly number: TeacherNumber; readonly assumed?: string }
  | { readonly state: "unreadable"; readonly reason: string };

/**
 * Reads a teacher number: seven digits, written with or without spaces, a slash (12/34567), hyphens or the old letters
 * in front (RP12/34567). A number of six digits has lost the nought a spreadsheet takes off, and is given it back, which
 * is said. Seven equal digits stand for "none".
 *
 * Source: the format and its old writing, Teaching Regulation Agency, "Teacher reference number (TRN)".
 */
export function readTeacherNumber(text: string): WrittenTeacherNumber {
  const written = text.normalize("NFKC").trim();
  if (written === "") return { state: "unreadable", reason: "nothing is written" };
  const digits = written
    .replace(/^(trn|rp|t|ref)[\s:.]*/i, "")
    .replace(/\.0$/, "")
    .replaceAll(/[\s/\\.\-\u2010-\u2015]/g, "");
  if (!/^\d+$/.test(digits))
    return { state: "unreadable", reason: `“${written.slice(0, 20)}” is not a teacher number` };
  if (/^(\d)\1*$/.test(digits)) return { state: "unreadable", reason: `${digits} stands for no number` };
  if (digits.length === 6)
    return { state: "read", number: `0${digits}`, assumed: `${digits} has lost its first nought` };
  if (digits.length === 7) return { state: "read", number: digits };
  return {
    state: "unreadable",
    reason: `${digits.slice(0, 20)} has ${digits.length} digits where a teacher number has 7`,
  };
}

/** `near`: one digit wrong, or two neighbours transposed. Symmetric. */
export function compareNumbers(a: string, b: string): "exact" | "near" | "different" {
  if (a === b) return "exact";
  return isOneSlipApart(a, b) ? "near" : "different";
}
