import * as z from "zod";
import {
  columnNames,
  columnsNamed,
  date,
  expression,
  keyed,
  leaveOut,
  like,
  listOf,
  mapping,
  oneOf,
  text,
  truth,
  whole,
  year,
} from "./kinds.ts";

const STATES = ["missing", "suppressed", "notApplicable", "notAvailable"] as const;
const codes = keyed("the publisher's symbols and what they mean", oneOf("what the symbol means", STATES));

const sourceColumn = mapping(
  "a column",
  {
    from: text("the header of the file").optional(),
    type: text("what its values are"),
    unit: text("the unit of its numbers").optional(),
    written: text("how its years or dates are written").optional(),
    levels: listOf("its levels in order", text("a level")).optional(),
    ordered: truth("whether its levels have an order").optional(),
    reference: text("the level a model compares with").optional(),
    codes: codes.optional(),
    range: mapping("smallest and largest value", {
      min: z.union([z.number(), z.string()]).optional(),
      max: z.union([z.number(), z.string()]).optional(),
    }).optional(),
    measured: text("when it was measured: a year, a date or `row year`").optional(),
    stable: truth("whether it cannot change").optional(),
    identifies: oneOf("what it identifies", ["person", "school", "area"]).optional(),
    label: text("its name in reports").optional(),
  },
  leaveOut("sealed", "Leave it out, and name the column in `alsoSealed` of an outcome."),
);

const seriesBreak = mapping("a change of definition", {
  columns: columnNames("the columns that changed"),
  from: year("the first year measured the new way"),
  what: text("what changed"),
  kind: oneOf("how much it matters", ["level", "note"]),
});

const sourceKeys = {
  format: oneOf("how the file is written", ["csv", "parquet", "jsonl", "xlsx"], ["sav", "dta"]).optional(),
  encoding: oneOf("the encoding of its text", ["utf-8", "windows-1252"]).optional(),
  delimiter: text("what separates its fields").optional(),
  sheet: text("the sheet to read").optional(),
  range: text("the cells to read").optional(),
  key: columnNames("the columns that together name one row").optional(),
  columns: columnsNamed("which columns exist for this study", z.union([text("what its values are"), sourceColumn])),
  codes: codes.optional(),
  snapshot: date("the day the file describes").optional(),
  attribution: text("whom to credit").optional(),
  licence: text("under which licence").optional(),
  breaks: listOf("changes of definition between years", seriesBreak).optional(),
};

/** A file as delivered. */
export const source = mapping(
  "a source",
  {
    ...like,
    use: text("the described file it starts from").optional(),
    file: text("which file it is"),
    ...sourceKeys,
    where: expression("which rows are kept").optional(),
    expect: mapping("what the provider says of the file", {
      rows: whole("how many rows the file has").optional(),
    }).optional(),
    confirm: listOf("notes printed until signed off", text("a note")).optional(),
  },
  {
    ...leaveOut("files", "Name one file as `file`, with all years in it."),
    ...leaveOut("programme", "Export the snapshot and name it as `file`."),
    ...leaveOut("survey arrives legalBasis deleteBy"),
  },
);
