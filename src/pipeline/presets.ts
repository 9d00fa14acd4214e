import { type AnalysisDeclaration, BASELINE_YEAR, type ComparisonDeclaration, type Covariate } from "#protocol";

/**
 * A comparison as the published evaluation of 2022 made it (preset `seed-000`): follow-up from the census of the year of
 * recruitment, unknown as a level of its own, up to ten neighbours, everybody matched averaged alike.
 *
 * Source: methods, section 21; Leading Together, appendix C.
 */
export function comparisonOfSeed000(comparison: ComparisonDeclaration): ComparisonDeclaration {
  const { match, start } = comparison;
  const [first] = match.specifications;
  return {
    ...comparison,
    estimand: "matchedSample",
    ...(start !== undefined && { start: { ...start, rule: "yearOfRecruitment" as const } }),
    match: {
      ...match,
      missing: "category",
      specifications: [
        {
          ...first!,
          id: "seed-000",
          method: "nearest",
          neighbours: 10,
          replacement: true,
          order: "largest",
          commonSupport: "treated",
          caliper: { size: 0.2, unit: "sd" },
          covariates: start === undefined ? match.covariates : [...match.covariates, baselineYearOf(comparison)],
          exact: [],
        },
      ],
      choose: { use: "seed-000" },
    },
  };
}

/** The year somebody entered in, as a covariate where it need not agree. */
function baselineYearOf({ place }: ComparisonDeclaration): Covariate {
  const tree = { node: "column", name: BASELINE_YEAR, start: 0, end: BASELINE_YEAR.length } as const;
  const expression = {
    text: BASELINE_YEAR,
    place,
    tree,
    locate: () => place,
    type: { kind: "academicYear" } as const,
    labels: {},
  };
  return { name: BASELINE_YEAR, expression, baselineRequired: false, place };
}

/** The analysis of the same preset: rows unweighted and taken as independent, or school intercepts alone. */
export function analysisOfSeed000(analysis: AnalysisDeclaration): AnalysisDeclaration {
  return {
    ...analysis,
    weights: "none",
    errors: "model",
    clusters: [],
    ...(analysis.difference !== undefined && { difference: { ...analysis.difference, random: "school" as const } }),
  };
}

/** What the preset prints beside each result. */
export const SEED_000_WARNINGS: Readonly<Record<"people" | "schools", string>> = {
  people:
    "immortal time is built in; average over treated and neighbours, depends on how many; intervals take teachers as independent",
  schools:
    "intervals leave out variation between years of a school; difference of standardised rates against the mean of the years before",
};
