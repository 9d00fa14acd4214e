import * as z from "zod";
import { date, listOf, mapping, oneOf, text, truth, whole, year } from "./kinds.ts";

const dated = { from: date("when it began"), to: date("when it ended") };

/** The title page of a study, and what stands beside its results. */
export const study = mapping("the study", {
  title: text("what it is called"),
  question: text("what it asks"),
  programme: text("which programme it is about").optional(),
  evaluator: text("who evaluates").optional(),
  funder: text("who pays").optional(),
  contacts: z.union([text("whom to ask"), listOf("whom to ask", text("a person"))]).optional(),
  period: mapping("when the programme ran", dated).optional(),
  seed: whole("the seed of every random number").optional(),
  yearName: oneOf("how years are printed", ["slash", "start", "end"]).optional(),
  registeredWith: listOf(
    "where it is registered",
    mapping("an entry", { where: text("where"), reference: text("its reference"), date: text("when") }),
  ).optional(),
  approvals: listOf(
    "its approvals",
    mapping("an approval", {
      what: text("what was approved"),
      by: text("who approved"),
      date: text("when").optional(),
      reference: text("its reference").optional(),
      needed: oneOf("for which step it is needed", ["register", "estimate", "release"]),
    }),
  ).optional(),
  changes: listOf(
    "how its design changed",
    mapping("a change", {
      date: text("when"),
      what: text("what changed"),
      was: text("what it was"),
      now: text("what it is now"),
      reason: text("why"),
      outcomesSeen: truth("whether outcomes had been seen"),
    }),
  ).optional(),
  context: listOf(
    "what else happened",
    mapping("an event", {
      what: text("what happened"),
      ...dated,
      years: listOf("the years it touches", year("a year")).optional(),
    }),
  ).optional(),
  caveats: listOf(
    "what must stand beside results",
    mapping("a caveat", {
      text: text("the sentence"),
      on: z.union([text("beside which results"), listOf("beside which results", text("a name"))]),
    }),
  ).optional(),
  timeline: listOf("its dates", mapping("a date", { date: text("when"), what: text("what") })).optional(),
  requests: listOf(
    "its data requests",
    mapping("a request", {
      source: text("which source"),
      asked: text("when asked").optional(),
      received: text("when received").optional(),
      years: listOf("which years", text("a year")).optional(),
    }),
  ).optional(),
  archive: mapping("what is kept", {
    sets: z.union([text("which sets"), listOf("which sets", text("a set"))]).optional(),
    until: text("until when").optional(),
    followUp: text("what for").optional(),
  }).optional(),
});
