import { type ColumnDeclaration, type Fault, Faults } from "#domain";
import type { CellPlace } from "./delivery.ts";

/** A cell whose value is neither valid nor a declared code. */
export interface FaultyCell {
  readonly file: string;
  /** Physical line of the file, or row of the sheet. */
  readonly row: number;
  readonly column: string;
  readonly header: string;
  /** As it stands in the file; in a sealed cell its shape in brackets, never the value. */
  readonly value: string;
  readonly expected: string;
}

/** All faulty values of one column. */
export interface ColumnOfFaults {
  readonly column: ColumnDeclaration;
  readonly expected: string;
  /** How many cells in all. */
  readonly count: number;
  /** The most frequent values first: text as shown, and how often. */
  readonly examples: readonly { readonly value: string; readonly count: number }[];
  readonly first: CellPlace;
  readonly placeWord: "line" | "row";
  readonly isSealed: boolean;
}

/** Values that are neither valid nor declared codes: one fault per column, and every cell for a list. */
export class ValueFaults extends Faults {
  /** In the order of the file. At most `LISTED_CELLS`; the counts in the faults are of all. */
  readonly cells: readonly FaultyCell[];

  constructor(file: string, columns: readonly ColumnOfFaults[], cells: readonly FaultyCell[]) {
    super(
      file,
      columns.map((column) => columnFault(file, column)),
    );
    this.cells = cells;
  }
}

/** More cells than this are counted and not listed. */
export const LISTED_CELLS = 1_000_000;

const SHOWN = 5;

/** White space or a mark nobody sees, at either end. */
const AROUND = /^[\s\p{Z}\p{Cf}]|[\s\p{Z}\p{Cf}]$/u;

function columnFault(
  file: string,
  { column, expected, count, examples, first, placeWord, isSealed }: ColumnOfFaults,
): Fault {
  const header = column.from === column.name ? "" : ` (header ${column.from})`;
  const cells = count === 1 ? "1 cell" : `${count.toLocaleString("en-GB")} cells`;
  const shown = examples
    .slice(0, SHOWN)
    .map(
      ({ value, count: times }) =>
        `${isSealed ? value : `"${value}"`}${times > 1 ? ` × ${times.toLocaleString("en-GB")}` : ""}`,
    );
  const more = examples.length > SHOWN ? ", …" : "";
  return {
    code: "value-not-declared",
    severity: "fault",
    place: { file, ...first },
    message:
      `${cells} of ${column.name}${header} in ${file} ${count === 1 ? "is" : "are"} neither valid nor a declared code: ` +
      `${shown.join(", ")}${more}; first at ${placeWord} ${first.line}. Expected ${expected}.`,
    suggestion: advice(column, examples[0]?.value ?? "", isSealed),
  };
}

function advice(column: ColumnDeclaration, value: string, isSealed: boolean): string {
  const list = "Full list: `--report-faults`.";
  if (isSealed) return `The values are sealed: ask the provider about these rows. ${list}`;
  const isNumeric = ["number", "whole", "percent", "proportion", "money"].includes(column.type);
  if (isNumeric && /^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(value))
    return `Write numbers without thousands separators. ${list}`;
  if (isNumeric && value.endsWith("%")) return `Declare the type \`percent\`, or write numbers without %. ${list}`;
  if (AROUND.test(value)) return `Remove the spaces, or the marks nobody sees, around the value. ${list}`;
  if (column.type === "whole" && /^[-+]?\d*\.\d+$/.test(value))
    return `Declare the type \`number\` if parts of a whole are meant. ${list}`;
  if (column.type === "date" && /^[\d/. -]+$/.test(value))
    return `Declare how it is written, for example \`written: dd-mm-yyyy\`. ${list}`;
  if (column.type === "category" || column.type === "phase")
    return `Add the value to \`levels\`, or to \`codes\` if it says why there is none. ${list}`;
  if (/^[A-Za-z:.*~-]{1,12}$/.test(value))
    return `If it says why there is no value, add \`"${value}": notAvailable\` (or another reason) to codes. ${list}`;
  return `Correct the file, or the type declared for the column. ${list}`;
}

/**
 * The shape of a value, for cells that are sealed: what kinds of characters it has and in what order, not which.
 * `letters`, `number with two points`, `digits and letters`, `spaces only`, …
 */
export function shapeOf(value: string): string {
  if (value.trim() === "") return "spaces only";
  const bare = value.trim();
  const padded = bare === value ? "" : " with spaces around it";
  if (/^[-+]?[\d.,]+%?$/.test(bare)) return numberShape(bare) + padded;
  const kinds = [
    /\p{L}/u.test(bare) ? "letters" : "",
    /\p{N}/u.test(bare) ? "digits" : "",
    /\s/u.test(bare) ? "spaces" : "",
    /[^\p{L}\p{N}\s]/u.test(bare) ? "signs" : "",
  ].filter((kind) => kind !== "");
  const words = kinds.length > 1 ? `${kinds.slice(0, -1).join(", ")} and ${kinds.at(-1)}` : kinds[0]!;
  return words + padded;
}

function numberShape(text: string): string {
  const count = (mark: string) => text.split(mark).length - 1;
  const of = (times: number, noun: string) =>
    times === 1 ? `one ${noun}` : times === 2 ? `two ${noun}s` : `several ${noun}s`;
  const marks = [
    ...(count(".") > 0 ? [of(count("."), "point")] : []),
    ...(count(",") > 0 ? [of(count(","), "comma")] : []),
    ...(text.endsWith("%") ? ["a percent sign"] : []),
  ];
  if (!/\d/.test(text)) return "signs";
  return marks.length === 0 ? "number" : `number with ${marks.join(" and ")}`;
}
