import type { Contrast } from "#protocol";

const NAMES: Readonly<Record<Contrast, string>> = {
  adjustedForBaseline: "adjusted for the baseline",
  change: "change since the baseline",
  difference: "difference in the year",
  differenceInDifferences: "difference in differences",
};

/** A reading in words: `adjusted for the baseline` (ANCOVA), `change since the baseline`, `difference in the year`. */
export const readingName = (contrast: Contrast): string => NAMES[contrast];

/** A reading in the id of a row. */
export const readingSlug = (contrast: Contrast): string =>
  ({
    adjustedForBaseline: "adjusted",
    change: "change",
    difference: "difference",
    differenceInDifferences: "did",
  })[contrast];
