import {
  baselineName,
  baselineValue,
  type ContrastSample,
  clusterCodes,
  outcomeAt,
  type PreTrend,
  type YearContrast,
  yearContrast,
} from "#design";
import { type AcademicYear, printAcademicYear } from "#domain";
import { columnOf } from "#linkage";
import type { AnalysisDeclaration, OutcomeDeclaration, Study } from "#protocol";
import { asCandidates, type OpenSample } from "./sample.ts";

/** Treated minus comparison in every year, before and after the start, measured from the baseline. */
export interface EventStudy {
  readonly analysis: string;
  readonly comparison: string;
  readonly outcome: string;
  readonly baseline: string;
  readonly baselineYear: AcademicYear;
  /** Frozen when the comparison was registered. */
  readonly before: PreTrend;
  readonly after: readonly (YearContrast & { readonly isHorizon: boolean })[];
  /** Before and after differ from baseline by the same sign and a similar size: the baseline is a dip, not a start. */
  readonly matchedOnADip: boolean;
}

/** Continues the contrasts of the earlier years into the years after the start, with the same weights and clusters. */
export function eventStudy(
  study: Study,
  analysis: AnalysisDeclaration,
  open: OpenSample,
  outcome: OutcomeDeclaration,
): EventStudy {
  const { comparison, preTrends } = open.sample;
  const before = preTrends.find((trend) => trend.outcome === outcome.id)!;
  const base = baselineValue(outcome, comparison, open.at(), open.unit);
  const samples: ContrastSample[] = open.draws.map((draw) => ({
    treated: open.treated,
    weights: draw.weights,
    clusters: clusterCodes(analysis.clusters, open.at(), asCandidates(open), draw),
  }));
  const after = yearsAfter(outcome, open).flatMap((year) => {
    const values = outcomeAt(outcome, year, open.at());
    const contrast = yearContrast(year, { values, baseline: base }, samples, analysis.level, false);
    return contrast === undefined ? [] : [{ ...contrast, isHorizon: analysis.horizons.includes(year) }];
  });
  return {
    analysis: analysis.id,
    comparison: comparison.id,
    outcome: outcome.id,
    baseline: baselineName(outcome, comparison) ?? printAcademicYear(comparison.baselineYear, study.about.yearName),
    baselineYear: comparison.baselineYear,
    before,
    after,
    matchedOnADip: isDip(before, after),
  };
}

function yearsAfter(outcome: OutcomeDeclaration, open: OpenSample): readonly AcademicYear[] {
  if (outcome.column === undefined) return [];
  columnOf(open.unit, outcome.column);
  return open.unit.years.filter((year) => year > open.sample.comparison.baselineYear);
}

/**
 * The earlier contrasts differ from 0 taken together (p < .1), and their mean has the sign of the later mean and
 * between half and twice its size.
 */
export function isDip(
  before: Pick<PreTrend, "contrasts" | "joint">,
  after: readonly Pick<YearContrast, "estimate">[],
): boolean {
  const free = before.contrasts.filter((contrast) => !contrast.matchedOn);
  if (free.length === 0 || after.length === 0 || before.joint === undefined || before.joint.p >= 0.1) return false;
  const mean = (values: readonly { readonly estimate: number }[]) =>
    values.reduce((sum, v) => sum + v.estimate, 0) / values.length;
  const ratio = mean(after) / mean(free);
  return ratio >= 0.5 && ratio <= 2;
}
