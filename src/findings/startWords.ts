import type { ComparisonSample } from "#design";
import { printAcademicYear, type YearName } from "#domain";
import type { ComparisonDeclaration, StartRule } from "#protocol";

type Starting = Pick<ComparisonDeclaration, "baselineYear" | "start">;

/** The baseline in a heading or a note: `2015/16`, or where units start in different years, `each unit's own baseline year`. */
export function baselineInWords({ baselineYear, start }: Starting, name: YearName): string {
  return start === undefined ? printAcademicYear(baselineYear, name) : "each unit's own baseline year";
}

const RULES: Readonly<Record<StartRule["rule"], string>> = {
  firstCensusInPost:
    "the first census on or after recruitment at which somebody is in post, by the same rule for both groups; covariates come from the census before",
  censusBefore: "the last census up to recruitment; covariates come from it too",
  yearOfRecruitment: "the census of the academic year of recruitment; covariates come from it too",
};

/** How time zero is found, for the estimand block. */
export function startInWords({ baselineYear, start }: Starting, name: YearName): string {
  const sealed = "everything later was not looked at while the comparison was chosen";
  if (start === undefined)
    return `end of ${printAcademicYear(baselineYear, name)}, the same for both groups; ${sealed}`;
  return `${RULES[start.rule]}; ${sealed}`;
}

/** Distinct units of one arm behind the rows of a matched sample: somebody may be a comparison in several years. */
export function distinctMatched({ candidates, draws }: ComparisonSample, arm: 0 | 1): number {
  const found = new Set<string>();
  for (const [row, weight] of draws[0]!.weights.entries())
    if (weight > 0 && candidates.treated[row] === arm) found.add(candidates.identities[row]!);
  return found.size;
}
