import { type ItemThresholds, polychoricCorrelations, positiveDefinite } from "#stats";
import type { Kind } from "../index.ts";
import { byRow, estimated, itemsOf } from "./tables.ts";

/** `polychoric`: two-step correlations, made positive definite where they are not; thresholds named as psych's are. */
export const polychoric: Kind = ({ spec, data }) => {
  const items = itemsOf(data, spec.texts("items"));
  spec.choice("method", ["two-step"], "two-step");
  const missing = spec.choice("missing", ["listwise", "pairwise"], "listwise");
  const found = estimated(
    polychoricCorrelations(items, {
      missing,
      emptyCell: spec.optionalNumber("correct") ?? 0,
    }),
  );
  const { names, thresholds } = found;
  return {
    // psych counts every row, also one without answers.
    n: missing === "pairwise" ? items.columns[0].length : found.n,
    rho: byRow(positiveDefinite(found.correlation).matrix, names, names),
    tau: Object.fromEntries(names.map((name, j) => [name, namedThresholds(thresholds[j], thresholds)])),
  };
};

/**
 * Thresholds above each whole number from the smallest to the largest but one of all items, counted from 1 (from the
 * smallest itself where that is above 1); a category nobody chose repeats the threshold below it.
 */
function namedThresholds(own: ItemThresholds, all: readonly ItemThresholds[]): Record<string, number> {
  const lowest = Math.min(1, ...all.map(({ categories }) => categories[0]));
  const highest = Math.max(...all.map(({ categories }) => categories[categories.length - 1]));
  const named: Record<string, number> = {};
  for (let category = lowest; category < highest; category++) {
    const below = own.categories.filter((value) => value <= category).length;
    named[String(category - lowest + 1)] =
      below === 0 ? Number.NEGATIVE_INFINITY : (own.thresholds[below - 1] ?? Number.POSITIVE_INFINITY);
  }
  return named;
}
