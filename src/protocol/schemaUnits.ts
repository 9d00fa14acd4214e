import * as z from "zod";
import {
  columnNames,
  columnsNamed,
  expression,
  keyed,
  leaveOut,
  like,
  listOf,
  mapping,
  number,
  oneOf,
  text,
  whole,
} from "./kinds.ts";

const derivedColumn = z.union([
  expression("how it is made"),
  mapping("a column with an expression", {
    expression: expression("how it is made"),
    reference: text("the level a model compares with").optional(),
    label: text("its name in reports").optional(),
  }),
  mapping("a recoded column", {
    recode: text("which column to recode"),
    to: keyed("which value becomes which", text("a value")),
    others: text("what every other value becomes").optional(),
    levels: listOf("its levels in order", text("a level")).optional(),
    reference: text("the level a model compares with").optional(),
  }),
  mapping("a banded column", {
    bands: text("which column to cut"),
    cuts: listOf("where to cut", number("a cut point")),
    closed: oneOf("which end belongs to a band", ["left", "right"]),
    names: listOf("how the bands are called", text("a name")),
    reference: text("the level a model compares with").optional(),
  }),
  mapping(
    "a column of quantiles",
    {
      quantiles: text("which column to cut"),
      groups: whole("how many groups", 2).optional(),
      within: columnNames("within which groups").optional(),
      names: listOf("the names of the groups", text("a name")).optional(),
      reference: text("the level a model compares with").optional(),
    },
    leaveOut("of over year", "Leave it out: the groups are cut over the unit itself, year by year."),
  ),
  mapping("a summary", {
    summary: oneOf("what is counted", ["share", "count", "mean", "sum", "min", "max", "mode"]),
    of: text("whose rows are summarised"),
    on: columnNames("by which columns rows come together"),
    value: expression("what is summarised").optional(),
    where: expression("which rows count").optional(),
    atLeast: whole("how many rows are needed", 1).optional(),
    reference: text("the level a model compares with").optional(),
  }),
  mapping("a standardised column", {
    standardise: text("which column to standardise"),
    by: oneOf("over which population", ["unit"], ["source", "sample"]).optional(),
    within: columnNames("within which groups").optional(),
    mean: number("the mean").optional(),
    sd: number("the standard deviation").optional(),
  }),
]);

/** Who or what a study counts. */
export const unit = mapping(
  "a unit",
  {
    ...like,
    is: oneOf("what it counts", ["school", "teacher", "pupil", "person", "area", "alliance"]),
    from: text("where its rows come from"),
    where: expression("which rows are kept").optional(),
    identity: text("which column follows it"),
    year: text("the column of its year").optional(),
    member: columnsNamed("what it sits in", text("a column")).optional(),
    join: listOf(
      "the sources joined to it",
      mapping(
        "a join",
        {
          source: text("which source to join"),
          on: columnNames("by which columns rows come together"),
          columns: columnNames("the columns to bring").optional(),
          prefix: text("what their names begin with").optional(),
          missing: oneOf("what happens to rows without a partner", ["keep", "drop"]).optional(),
        },
        leaveOut("unit linkage", "Join a source, by columns that both have."),
      ),
    ).optional(),
    columns: columnsNamed("the columns derived for it", derivedColumn).optional(),
  },
  leaveOut("repair", "Leave it out: a missing year stays missing."),
);
