import { type ComparisonSample, designComparison } from "#design";
import {
  adjustFamily,
  type EventStudy,
  estimateAnalysis,
  estimateEachSpecification,
  estimateSensitivity,
  eventStudy,
  type OutcomeEffect,
  openSample,
  type SensitivityRow,
  type TieSpread,
  tieSpreads,
} from "#estimation";
import type { AnalysisDeclaration, Study } from "#protocol";
import { type Parts, type Row, studyOf, unitOf } from "#testing";

/** Everything findings are made from. */
export interface Evaluated {
  readonly study: Study;
  readonly analysis: AnalysisDeclaration;
  readonly sample: ComparisonSample;
  readonly effects: readonly OutcomeEffect[];
  readonly events: readonly EventStudy[];
  readonly curve: readonly SensitivityRow[];
  readonly sensitivity: readonly SensitivityRow[];
  readonly ties: readonly TieSpread[];
}

export function evaluate(rows: readonly Row[], parts: Parts = {}): Evaluated {
  const study = studyOf(parts);
  const analysis = study.analyses.get("change")!;
  const unit = unitOf(study, rows);
  const sample = designComparison(study, unit, study.comparisons.get("main")!);
  const open = openSample(sample, unit);
  const outcomes = analysis.outcomes.map((id) => study.outcomes.get(id)!);
  const evidence = {
    study,
    samples: new Map([["main", sample]]),
    units: new Map([["schools", unit]]),
    redesigned: new Map(),
  };
  return {
    study,
    analysis,
    sample,
    effects: adjustFamily(estimateAnalysis(study, analysis, open)),
    events: outcomes.map((outcome) => eventStudy(study, analysis, open, outcome)),
    curve: estimateEachSpecification(evidence, analysis),
    sensitivity: [...study.sensitivity.values()].flatMap((one) => estimateSensitivity(evidence, one)),
    ties: tieSpreads(study, analysis, open),
  };
}
