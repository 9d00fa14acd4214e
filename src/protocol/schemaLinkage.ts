import * as z from "zod";
import { columnNames, expression, keyed, like, listOf, mapping, number, oneOf, text, truth, year } from "./kinds.ts";

const column = z.union([
  text("a column"),
  keyed("a column and how it is compared", oneOf("how it is compared", ["name", "date", "number", "text"])),
]);

const step = mapping("a step", {
  exact: listOf("the columns that must agree", column).optional(),
  probabilistic: mapping("a step by weights of evidence", {
    compare: listOf("the columns compared", column),
    blocks: listOf("columns of which one list must agree for a pair to be looked at", listOf("a block", column)),
    accept: number("from which probability a pair is linked").optional(),
    review: number("from which probability somebody decides").optional(),
  }).optional(),
});

/** How the same school or person is followed across sources. Which keys belong to which kind is checked afterwards. */
export const linkage = mapping("a linkage", {
  ...like,
  kind: oneOf("whether schools or people are linked", ["schools", "people"]),
  identity: text("which column follows the school or person"),
  chain: text("the table of predecessors and successors").optional(),
  from: text("the return whose people are looked for").optional(),
  to: text("where they are looked for").optional(),
  steps: listOf("how a pair is found, in order", step).optional(),
  inYear: z
    .union([
      oneOf("in which year the link must exist", ["baselineYear", "none"]),
      year("in which year the link must exist"),
    ])
    .optional(),
  oneToOne: truth("whether two people may not share one link").optional(),
  decisions: text("the file of decisions").optional(),
  usable: expression("what makes a link analysable").optional(),
  reportBy: columnNames("by which columns match rates are shown").optional(),
  roles: mapping("how job titles are read", {
    column: text("the column of job titles"),
    dictionary: text("the study's own dictionary").optional(),
  }).optional(),
});
