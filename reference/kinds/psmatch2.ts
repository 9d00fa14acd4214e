import { type ModelData, matchedDifference, matchLikePsmatch2, numberOrNaN, numbersOf } from "#stats";
import { balanceAnswer, covariatesOf } from "./balanceAnswer.ts";
import type { Kind } from "./index.ts";
import { fileNumber, overFile, treatmentData, treatmentFormula } from "./treatmentData.ts";

/** Columns that say who somebody is, not what they are like. */
const IDENTIFIERS: ReadonlySet<string> = new Set(["id", "school"]);

/**
 * `psmatch2`: nearest neighbours by that program's conventions, with balance.
 *
 * Its requests name no covariates. Balance is shown for the columns that stand before the treatment in the file, without
 * the identifiers `id` and `school`: what was known before it. A request may name others in `formula`.
 */
export const psmatch2: Kind = ({ spec, data }) => {
  const treat = spec.text("treat");
  const score = spec.text("score");
  const outcome = spec.optionalText("outcome");
  const formula = spec.optionalText("formula");
  const covariates = formula === undefined ? columnsBefore(data, treat) : treatmentFormula(formula).covariates;
  const sample = treatmentData(data, treat, [score, ...covariates, ...(outcome === undefined ? [] : [outcome])]);
  const caliper = spec.optionalNumber("caliper");
  const found = matchLikePsmatch2({
    score: numbersOf(sample.data, score),
    treated: sample.treated,
    neighbours: spec.optionalNumber("neighbours") ?? 1,
    ...(caliper !== undefined && { caliper }),
    common: spec.flag("common", false),
    ties: spec.flag("ties", false),
  });
  const { sets, weights, offSupport } = found;
  const matched = sets.filter(({ controls }) => controls.length > 0);
  return {
    onSupport: sets.length,
    offSupport: Array.from(offSupport, (row) => fileNumber(sample, row)),
    matches: Object.fromEntries([
      ...sets.map(({ treated, controls }) => [
        String(fileNumber(sample, treated)),
        Array.from(controls, (row) => fileNumber(sample, row)),
      ]),
      ...Array.from(offSupport, (row) => [String(fileNumber(sample, row)), []]),
    ]),
    weights: overFile(sample, weights, 0),
    treatedMatched: matched.length,
    distinctControls: new Set(matched.flatMap(({ controls }) => [...controls])).size,
    ...(covariates.length > 0 && {
      balance: balanceAnswer(covariatesOf(sample.data, covariates), sample.treated, weights),
    }),
    ...(outcome !== undefined && { att: numberOrNaN(matchedDifference(found, numbersOf(sample.data, outcome))) }),
  };
};

function columnsBefore(data: ModelData, treat: string): string[] {
  const names = [...data.keys()];
  const place = names.indexOf(treat);
  return names.slice(0, Math.max(0, place)).filter((name) => !IDENTIFIERS.has(name));
}
