import {
  aboutAnalysis,
  intervalLabel,
  labelOf,
  measureOf,
  placesOf,
  rowId,
  type Shared,
  yearOf,
} from "./analysisTable.ts";
import { type Exhibit, left, right } from "./exhibit.ts";
import { interval, nothing, number, signed, text } from "./print.ts";

/** Weighted means by arm, before and after. */
export function meansExhibit(shared: Shared): Exhibit {
  const { analysis, effects } = shared;
  return {
    id: `means-${analysis.id}`,
    title: `Means before and after: ${analysis.id}`,
    summary: `Weighted means of the ${shared.noun}s that have both values, in the outcome's own unit.`,
    columns: [
      left("outcome", "Outcome"),
      left("year", "Year"),
      right("treatedBefore", "Programme, baseline"),
      right("treatedAfter", "Programme, year"),
      right("comparisonBefore", "Comparison, baseline"),
      right("comparisonAfter", "Comparison, year"),
    ],
    rows: effects.map((effect) => {
      const places = placesOf(shared, effect);
      return {
        id: rowId(shared, effect),
        cells: {
          outcome: text(`${labelOf(shared, effect)} (${measureOf(shared, effect)})`),
          year: text(yearOf(shared, effect)),
          treatedBefore: number(effect.means.treatedBefore, places),
          treatedAfter: number(effect.means.treatedAfter, places),
          comparisonBefore: number(effect.means.comparisonBefore, places),
          comparisonAfter: number(effect.means.comparisonAfter, places),
        },
      };
    }),
    notes: [],
    about: aboutAnalysis(shared, "Weighted means by arm, before and in the year", "matching-weighted means, no model"),
  };
}

/** The same effects in standard deviations between units. */
export function standardisedExhibit(shared: Shared): Exhibit {
  const { analysis, effects } = shared;
  const known = effects.filter((effect) => effect.standardised !== undefined);
  return {
    id: `standardised-${analysis.id}`,
    title: `The same differences in standard deviations: ${analysis.id}`,
    summary: `Divided by the spread between ${shared.noun}s, and as the change in within-year standard units.`,
    columns: [
      left("outcome", "Outcome"),
      left("year", "Year"),
      right("effect", "Difference, SD"),
      right("interval", intervalLabel(shared)),
      right("sd", "SD used"),
      right("z", "Change in within-year SD"),
      right("zInterval", `${intervalLabel(shared)} of it`),
      left("months", "Months of progress"),
    ],
    rows: known.map((effect) => {
      const standardised = effect.standardised!;
      const z = standardised.withinYear;
      return {
        id: rowId(shared, effect),
        cells: {
          outcome: text(labelOf(shared, effect)),
          year: text(yearOf(shared, effect)),
          effect: signed(standardised.estimate, 2),
          interval: interval(standardised.low, standardised.high, 2),
          sd: number(standardised.sd, 3),
          z: z.state === "estimated" ? signed(z.estimate, 3) : nothing(z.reason),
          zInterval: z.state === "estimated" ? interval(z.low, z.high, 2) : nothing(z.reason),
          months: {
            text: "not defined: school-level SD",
            reason: "months of progress need a pupil-level standard deviation",
          },
        },
      };
    }),
    notes: known.map(
      (effect) =>
        `${labelOf(shared, effect)}, ${yearOf(shared, effect)}: divided by the ${effect.standardised!.denominator}.`,
    ),
    about: aboutAnalysis(shared, "Effect over the SD between units in that year; change of within-year z-scores"),
  };
}
