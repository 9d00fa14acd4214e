import * as z from "zod";
import {
  columnNames,
  expression,
  keyed,
  leaveOut,
  like,
  listOf,
  mapping,
  named,
  oneOf,
  quantity,
  text,
  whole,
  year,
} from "./kinds.ts";
import { covariates } from "./schemaDesign.ts";

/** What is looked at after the start. */
export const outcome = mapping(
  "an outcome",
  {
    ...like,
    unit: text("whose outcome it is"),
    column: text("the column that holds it").optional(),
    expression: expression("how it is made").optional(),
    history: keyed("wide columns that hold earlier years", text("a column")).optional(),
    label: text("its name in reports").optional(),
    measure: text("in which unit the result is told"),
    better: oneOf("which direction is better", ["higher", "lower", "neither"]),
    priority: oneOf("how important it is", ["primary", "secondary", "other"]).optional(),
    status: oneOf("whether it is still measured", ["dropped"]).optional(),
    smallestImportant: quantity(
      "the smallest change that matters",
      (size) => `\`${size}\` with the unit of \`measure\`, for example \`${size} points\``,
    ).optional(),
    alsoSealed: columnNames("columns sealed with it").optional(),
    acceptBreak: text("why a change of definition is accepted").optional(),
  },
  {
    ...leaveOut("horizons", "Leave it out, and write `horizons` in the analysis."),
    ...leaveOut("standardise", "Leave it out: effects in standard deviations stand beside (`show: [effectSize]`)."),
    ...leaveOut("rule span"),
  },
);

const LATER_SHOW = ["marginalEffect", "oddsRatio", "rates", "varianceShare", "coefficients"];
const LATER_MODELS = ["logistic", "mixedLinear", "mixedLogistic"];

/** A question put to the data. */
export const analysisSchema = mapping(
  "an analysis",
  {
    ...like,
    comparison: text("which comparison it uses"),
    outcomes: listOf("which outcomes it is about", text("an outcome")),
    horizons: listOf("in which years the outcome is read", year("a year")),
    primaryHorizon: year("the year that decides").optional(),
    where: expression("which units it is about").optional(),
    model: oneOf("the model", ["linear"], LATER_MODELS).optional(),
    contrast: oneOf(
      "what is compared",
      ["difference", "change", "adjustedForBaseline"],
      ["differenceInDifferences"],
    ).optional(),
    adjustFor: z.union([z.enum(["matchingCovariates", "none"]), covariates("what the model adjusts for")]).optional(),
    weights: text("how units are weighted").optional(),
    clusters: z.union([text("by what errors are clustered"), columnNames("by what errors are clustered")]).optional(),
    errors: oneOf("how standard errors are found", ["CR0", "CR1", "CR1S", "CR2", "HC2", "model"]).optional(),
    fewClusters: oneOf(
      "what stands beside when clusters are few",
      ["wildBootstrap", "none"],
      ["randomisationInference"],
    ).optional(),
    bootstrapDraws: whole("how many bootstrap draws are made", 99).optional(),
    intervals: mapping(
      "intervals",
      { level: quantity("the level", () => "`95%`").optional() },
      leaveOut("oddsRatio reference"),
    ).optional(),
    show: listOf("what is shown beside", oneOf("what is shown", ["effectSize", "rawMeans"], LATER_SHOW)).optional(),
    subgroups: named(
      "for whom the effect is looked at separately",
      mapping("a subgroup", {
        where: expression("who belongs to it"),
        minimum: whole("the smallest number shown", 1).optional(),
      }),
    ).optional(),
    subgroupsBy: oneOf("how subgroups are estimated", ["interaction"], ["split"]).optional(),
    minimumTreated: whole("the smallest number of treated reported", 1).optional(),
  },
  {
    ...leaveOut("exposures", "Leave it out, and name a `comparison`."),
    ...leaveOut("missing", "Leave it out: what a missing covariate does is set in `match`."),
    ...leaveOut("preset", "Leave it out, and write the settings of the preset beside each other."),
    ...leaveOut("rowsOf carriedBy commonSample relativeYears groups random yearEffects familywise onTreatment dosage"),
  },
);

const VARY_WORDS = [
  "withoutWeights",
  "eachSpecification",
  "completeCase",
  "multipleImputation",
  "rawIdentity",
  "hiddenBias",
] as const;
const LATER_VARY = ["randomEffects", "withoutRepair", "population", "nonParallel"];

/** An analysis with one thing changed. */
export const sensitivity = mapping("a sensitivity", {
  ...like,
  of: text("which analysis it varies"),
  vary: z.union([
    oneOf("what is changed", VARY_WORDS, LATER_VARY),
    mapping(
      "what is changed",
      {
        comparison: text("another comparison").optional(),
        set: keyed("keys of the analysis and their other values", z.unknown()).optional(),
        leaveOneOut: text("the member left out in turn").optional(),
        where: expression("which units are kept").optional(),
        placebo: mapping("a placebo", {
          from: year("the earlier year"),
          to: year("the later year"),
          outcome: text("another outcome").optional(),
        }).optional(),
      },
      leaveOut("preset population nonParallel commonSample replaceColumn poolTest"),
    ),
  ]),
});
