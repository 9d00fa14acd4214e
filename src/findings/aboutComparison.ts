import type { ComparisonSample } from "#design";
import type { Study } from "#protocol";
import type { ExhibitAbout } from "./exhibit.ts";
import { baselineInWords } from "./startWords.ts";

/** What every exhibit of a comparison says about itself. */
export function aboutComparison(
  study: Study,
  sample: ComparisonSample,
  definition: string,
  model: string,
): ExhibitAbout {
  const { comparison, candidates } = sample;
  const unit = study.units.get(comparison.unit)!;
  const source = study.sources.get(unit.from)!;
  const filters = [
    ...(source.where === undefined ? [] : [`rows of ${source.id} where ${source.where.text}`]),
    ...(unit.where === undefined ? [] : [`rows of ${unit.id} where ${unit.where.text}`]),
    `treated: ${comparison.treated.text}`,
    ...(comparison.pool === undefined ? [] : [`pool: ${comparison.pool.text}`]),
    ...comparison.excludeBoth.map(({ id, expression }) => `both sides without ${id}: ${expression.text}`),
    ...comparison.exclude.map(({ id, expression }) => `pool without ${id}: ${expression.text}`),
  ];
  return {
    definition,
    base: `${candidates.unit.noun}s with a row in ${baselineInWords(comparison, study.about.yearName)}`,
    set: `comparison ${comparison.id}, specification ${sample.chosen.tried.specification.id}`,
    date: `baseline ${baselineInWords(comparison, study.about.yearName)}`,
    filters,
    model,
    sources: [source.id, ...unit.join.map((join) => join.source)],
    keys: matchedKeys(sample),
  };
}

const SHOWN_OF_EACH_ARM = 5;

/** Some of the matched units, to begin a trace with. */
function matchedKeys({ candidates, draws }: ComparisonSample): readonly string[] {
  const ofArm = (arm: 0 | 1) =>
    candidates.keys
      .filter((_, row) => candidates.treated[row] === arm && draws[0]!.weights[row]! > 0)
      .slice(0, SHOWN_OF_EACH_ARM);
  return [...ofArm(1), ...ofArm(0)];
}

/** `3 nearest, without replacement, no caliper, largest score first` */
export function describe(specification: ComparisonSample["tried"][number]["specification"]): string {
  if (specification.method === "entropy") return "entropy balancing weights";
  if (specification.method === "inverseProbability") return "inverse-probability weights";
  if (specification.method === "none") return "everybody, unweighted";
  return [
    `${specification.neighbours} nearest`,
    specification.replacement ? "with replacement" : `without replacement, ${specification.order} score first`,
    specification.caliper === undefined
      ? "no caliper"
      : `caliper ${specification.caliper.size} ${specification.caliper.unit}`,
    ...(specification.exact.length > 0 ? [`exactly on ${specification.exact.join(", ")}`] : []),
    ...(specification.commonSupport === "none" ? [] : [`common support: ${specification.commonSupport}`]),
  ].join(", ");
}

/** A name as part of an id: small letters and digits, joined by hyphens. */
export const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
export const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
