import { type AcademicYear, printAcademicYear, type YearName } from "#domain";
import { type ColumnRead, columnsOf } from "#expression";
import type { AnalysisDeclaration, ComparisonDeclaration, OutcomeDeclaration } from "#protocol";
import type { JointTest } from "#stats";
import type { Candidates } from "./candidates.ts";
import { clusterCodes } from "./clusters.ts";
import { baselineName, baselineValue, hasOwnBaseline, outcomeAt, yearsBefore, yearsRead } from "./outcomeValues.ts";
import type { MatchedDraw } from "./runSpecification.ts";
import { type ContrastSample, jointContrastTest, type YearContrast, yearContrast } from "./yearContrasts.ts";

export type PreTrendVerdict = "no departure found" | "departure" | "cannot tell" | "cannot be assessed";

/** How far treated and comparison units moved apart before the start, and what may be said of it. */
export interface PreTrend {
  readonly outcome: string;
  /** The baseline the contrasts are measured from, in words. */
  readonly baseline: string;
  readonly contrasts: readonly YearContrast[];
  /** One test of all contrasts that took no part in matching. */
  readonly joint: JointTest | undefined;
  readonly verdict: PreTrendVerdict;
  readonly sentence: string;
  /** Weighted means by year and arm, and of the whole pool: the lines of the chart. */
  readonly means: readonly YearMeans[];
}

export interface YearMeans {
  readonly year: AcademicYear;
  readonly treated: number;
  readonly comparison: number;
  /** All candidates that are not treated, unweighted. */
  readonly pool: number;
}

/** What `assessPreTrends` needs to know of the study. */
export interface PreTrendQuestion {
  readonly comparison: ComparisonDeclaration;
  readonly outcome: OutcomeDeclaration;
  /** Columns of the clusters, as the analysis or else the comparison declares them. */
  readonly clusters: readonly string[];
  readonly level: AnalysisDeclaration["level"];
  readonly yearName: YearName;
  readonly seed: number;
}

/** Every contrast of a year before baseline, one joint test, and one of the verdicts of methods, section 10. */
export function assessPreTrends(
  candidates: Candidates,
  draws: readonly MatchedDraw[],
  question: PreTrendQuestion,
): PreTrend {
  const { comparison, outcome, level } = question;
  const { context, unit, treated } = candidates;
  const base = baselineValue(outcome, comparison, context, unit);
  const named = baselineName(outcome, comparison);
  const matchedOn = yearsRead(outcome, unit, comparison, readsOfMatching(comparison));
  const baselineYears = yearsOfBaseline(outcome, candidates, comparison);
  // A baseline that is one year is not contrasted with itself.
  const years = yearsBefore(outcome, unit, comparison.baselineYear).filter(
    (year) => baselineYears.size !== 1 || !baselineYears.has(year),
  );
  const samples: ContrastSample[] = draws.map((draw) => ({
    treated,
    weights: draw.weights,
    clusters: clusterCodes(question.clusters, context, candidates, draw),
  }));
  const changes = years.map((year) => {
    const values = outcomeAt(outcome, year, context);
    return { year, values, change: values.map((value, i) => value - base[i]!) };
  });
  const contrasts = changes.flatMap(({ year, values }) => {
    const contrast = yearContrast(year, { values, baseline: base }, samples, level, matchedOn.has(year));
    return contrast === undefined ? [] : [contrast];
  });
  const free = changes.filter(({ year }) =>
    contrasts.some((contrast) => contrast.year === year && !contrast.matchedOn),
  );
  const tested = withoutDependent(free, baselineYears);
  const joint = tested.length === 0 ? undefined : jointContrastTest(tested, samples);
  const verdict = verdictOf(contrasts, joint, outcome.smallestImportant, level);
  const baseline = named ?? printAcademicYear(comparison.baselineYear, question.yearName);
  const allYears = [
    ...new Set([
      ...years,
      ...(named === undefined && hasOwnBaseline(outcome, comparison.baselineYear, unit)
        ? [comparison.baselineYear]
        : []),
    ]),
  ].sort((a, b) => a - b);
  return {
    outcome: outcome.id,
    baseline,
    contrasts,
    joint,
    verdict,
    sentence: sentenceOf(verdict, contrasts, joint, outcome),
    means: meansByYear(outcome, allYears, candidates, draws),
  };
}

/** The years the baseline of an outcome is made from: the baseline year, or those its `baselineOf` reads. */
function yearsOfBaseline(
  outcome: OutcomeDeclaration,
  { unit }: Candidates,
  comparison: ComparisonDeclaration,
): ReadonlySet<AcademicYear> {
  const declared = comparison.baselineOf[outcome.id];
  if (declared === undefined) return new Set([comparison.baselineYear]);
  return yearsRead(outcome, unit, comparison, columnsOf(declared));
}

/**
 * Where the baseline is the mean of years that are all tested, their contrasts sum to 0: the last of them follows from
 * the others and leaves the joint test, which without it asks the same.
 */
function withoutDependent<Change extends { readonly year: AcademicYear }>(
  free: readonly Change[],
  baselineYears: ReadonlySet<AcademicYear>,
): readonly Change[] {
  const own = free.filter(({ year }) => baselineYears.has(year));
  if (own.length === 0 || own.length < baselineYears.size) return free;
  return free.filter((change) => change !== own.at(-1));
}

/** What the matching reads, over all specifications. */
function readsOfMatching(comparison: ComparisonDeclaration): readonly ColumnRead[] {
  const { match } = comparison;
  const covariates = [match.covariates, ...match.specifications.map((s) => s.covariates)].flat();
  const exact = match.specifications.flatMap((specification) => specification.exact);
  return [
    ...covariates.flatMap((covariate) => columnsOf(covariate.expression)),
    ...exact.map((name): ColumnRead => ({ name, moment: undefined })),
  ];
}

function verdictOf(
  contrasts: readonly YearContrast[],
  joint: JointTest | undefined,
  smallestImportant: number | undefined,
  level: number,
): PreTrendVerdict {
  if (joint === undefined) return "cannot be assessed";
  if (joint.p < 1 - level) return "departure";
  if (smallestImportant === undefined) return "no departure found";
  const free = contrasts.filter((contrast) => !contrast.matchedOn);
  const largest = Math.max(...free.map((contrast) => Math.max(Math.abs(contrast.low), Math.abs(contrast.high))));
  return largest > smallestImportant ? "cannot tell" : "no departure found";
}

function sentenceOf(
  verdict: PreTrendVerdict,
  contrasts: readonly YearContrast[],
  joint: JointTest | undefined,
  outcome: OutcomeDeclaration,
): string {
  if (joint === undefined) {
    if (contrasts.length === 0) {
      return "There is only one measure before the start, so whether the two groups were already moving apart cannot be assessed.";
    }
    return contrasts.some((contrast) => !contrast.matchedOn)
      ? "There are too few clusters to test the years before the start together: whether the two groups were already moving apart cannot be assessed."
      : "Every year before the start took part in choosing the comparison, so it is balanced by design: whether the two groups were already moving apart cannot be assessed.";
  }
  const test = `joint test of ${joint.dfNumerator} earlier year${joint.dfNumerator === 1 ? "" : "s"}: F(${joint.dfNumerator}, ${joint.dfDenominator.toFixed(0)}) = ${joint.f.toFixed(2)}, p ${printP(joint.p)}`;
  const limit =
    outcome.smallestImportant === undefined
      ? " No smallest important difference was declared, so “cannot tell” was not open as a verdict."
      : "";
  switch (verdict) {
    case "departure":
      return `Before the start the two groups were already moving apart, or together (${test}). A later gap cannot be put down to the programme.`;
    case "cannot tell":
      return `The years before the start are too uncertain to tell: a difference as large as the smallest that matters (${outcome.smallestImportant} ${outcome.measure}) cannot be ruled out (${test}).`;
    default:
      return `No departure was found in the years before the start (${test}). That is not proof that the groups would have moved alike.${limit}`;
  }
}

const printP = (p: number): string => (p < 0.001 ? "< .001" : `= ${p.toFixed(3).replace(/^0/, "")}`);

function meansByYear(
  outcome: OutcomeDeclaration,
  years: readonly AcademicYear[],
  candidates: Candidates,
  draws: readonly MatchedDraw[],
): readonly YearMeans[] {
  return years.map((year) => {
    const values = outcomeAt(outcome, year, candidates.context);
    return { year, ...meansByArm(values, candidates.treated, draws) };
  });
}

/** Weighted means of a value by arm, averaged over draws, and the plain mean of the whole pool. */
export function meansByArm(
  values: Float64Array,
  treated: Uint8Array,
  draws: readonly Pick<MatchedDraw, "weights">[],
): { treated: number; comparison: number; pool: number } {
  const mean = (weightOf: (row: number) => number): number => {
    let sum = 0;
    let total = 0;
    for (let row = 0; row < values.length; row++) {
      const weight = weightOf(row);
      if (weight === 0 || Number.isNaN(values[row]!)) continue;
      sum += weight * values[row]!;
      total += weight;
    }
    return sum / total;
  };
  const overDraws = (arm: 0 | 1) =>
    draws.reduce((sum, draw) => sum + mean((row) => (treated[row] === arm ? draw.weights[row]! : 0)), 0) / draws.length;
  return { treated: overDraws(1), comparison: overDraws(0), pool: mean((row) => Number(treated[row] === 0)) };
}
