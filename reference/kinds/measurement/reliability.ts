import {
  type CronbachAlpha,
  chooseItems,
  completeAnswers,
  correlateItems,
  cronbachAlpha,
  type Items,
  type MissingAnswers,
  oneFactorOmega,
  reverseItems,
  samplingAdequacy,
} from "#stats";
import { BadSpec } from "../../spec.ts";
import type { Kind } from "../index.ts";
import { byName, estimated, itemsOf } from "./tables.ts";

interface Scale {
  readonly items: readonly string[];
  readonly reversed: readonly string[];
}

/**
 * `reliability`: sampling adequacy of all items, alpha of each list `alphaN` (with `reversedN`), and omega of one factor of
 * the first list, from the respondents who answered all items unless `missing` says otherwise. Listwise means: complete on
 * all items, also those outside a scale.
 */
export const reliability: Kind = ({ spec, data }) => {
  const items = itemsOf(data, spec.texts("items"));
  const { missing, omegaMissing } = missingOf(spec.optionalText("missing") ?? "pairwise; omega listwise on all items");
  const correlations = estimated(correlateItems(items, { missing, countEmptyRows: true }));
  const adequacy = estimated(samplingAdequacy(correlations));
  const scales: (Scale & { readonly name: string; readonly alpha: CronbachAlpha })[] = [];
  for (const name of spec.keysLike(/^alpha\d*$/)) {
    const chosen = spec.texts(name);
    const reversed = spec.optionalTexts(name.replace("alpha", "reversed")) ?? [];
    const scale = missing === "listwise" ? rowsCompleteOn(items, itemsOf(data, chosen)) : itemsOf(data, chosen);
    const alpha = estimated(cronbachAlpha(scale, { reversed, missing }));
    scales.push({ name, items: chosen, reversed, alpha });
  }
  const first: Scale = scales[0] ?? { items: items.names, reversed: [] };
  return {
    n: correlations.n,
    eigenvalues: adequacy.eigenvalues,
    kmo: adequacy.kmo,
    msa: byName(items.names, adequacy.kmoByItem),
    bartlettChisq: adequacy.bartlett.chiSquared,
    bartlettDf: adequacy.bartlett.df,
    bartlettP: adequacy.bartlett.p,
    ...Object.fromEntries(scales.map(({ name, alpha }) => [name, alphaResult(alpha)])),
    omegaOneFactor: omegaOf(items, chooseItems(items, first.items), first.reversed, omegaMissing),
  };
};

function alphaResult(alpha: CronbachAlpha) {
  const names = alpha.items.map(({ name }) => name);
  return {
    raw: alpha.raw,
    std: alpha.standardised,
    averageR: alpha.averageCorrelation,
    low: alpha.low,
    high: alpha.high,
    rDrop: byName(
      names,
      alpha.items.map(({ restCorrelation }) => restCorrelation),
    ),
    ifDropped: Object.fromEntries(
      alpha.items.map(({ name, rawIfDropped, standardisedIfDropped }) => [
        name,
        { rawAlpha: rawIfDropped, stdAlpha: standardisedIfDropped },
      ]),
    ),
  };
}

function omegaOf(
  all: Items,
  scale: Items,
  reversed: readonly string[],
  missing: { readonly how: MissingAnswers; readonly over: "all" | "scale" },
): number {
  // Complete on all items, or on those of the scale: the same respondents then lack nothing in the scale.
  const used = missing.how === "listwise" && missing.over === "all" ? rowsCompleteOn(all, scale) : scale;
  const correlations = estimated(correlateItems(reverseItems(used, reversed), { missing: missing.how }));
  return estimated(oneFactorOmega(correlations)).omega;
}

function rowsCompleteOn(all: Items, scale: Items): Items {
  const everything: Items = {
    names: [...all.names, ...scale.names.filter((name) => !all.names.includes(name))],
    columns: [...all.columns, ...scale.columns.filter((_, j) => !all.names.includes(scale.names[j]))],
  };
  return chooseItems(completeAnswers(everything), scale.names);
}

/**
 * `missing` says "pairwise" or "listwise" for correlations and alpha; after a semicolon "omega pairwise" or "omega listwise",
 * "on all … items" or not.
 */
function missingOf(text: string): {
  readonly missing: MissingAnswers;
  readonly omegaMissing: { readonly how: MissingAnswers; readonly over: "all" | "scale" };
} {
  const read = /^(pairwise|listwise)(?:; omega (pairwise|listwise)( on all(?: \d+)? items)?)?$/.exec(text.trim());
  if (read === null) {
    throw new BadSpec(
      `spec.missing is "${text}"; "pairwise" or "listwise" is expected, then perhaps "; omega listwise on all items"`,
    );
  }
  const missing = read[1] as MissingAnswers;
  const how = (read[2] ?? missing) as MissingAnswers;
  return { missing, omegaMissing: { how, over: read[3] === undefined && read[2] !== undefined ? "scale" : "all" } };
}
