import { type ComparisonSample, designComparison } from "#design";
import type { AnalysisDeclaration, Study } from "#protocol";
import { type Parts, type Row, studyOf, unitOf } from "#testing";
import { ask } from "../estimateAnalysis.ts";
import type { Question } from "../reading.ts";
import { type OpenSample, openSample } from "../sample.ts";
import type { Evidence } from "../sensitivity.ts";

export interface Laid {
  readonly study: Study;
  readonly analysis: AnalysisDeclaration;
  readonly sample: ComparisonSample;
  readonly open: OpenSample;
  readonly question: Question;
  readonly evidence: Evidence;
}

/** The study designed, opened, and its first outcome asked about at the last horizon. */
export function layOpen(rows: readonly Row[], parts: Parts = {}): Laid {
  const study = studyOf(parts);
  const analysis = study.analyses.get("change")!;
  const unit = unitOf(study, rows);
  const sample = designComparison(study, unit, study.comparisons.get("main")!);
  const open = openSample(sample, unit);
  const outcome = study.outcomes.get(analysis.outcomes[0]!)!;
  return {
    study,
    analysis,
    sample,
    open,
    question: ask(study, analysis, open, outcome, analysis.primaryHorizon),
    evidence: {
      study,
      samples: new Map([["main", sample]]),
      units: new Map([["schools", unit]]),
      redesigned: new Map(),
    },
  };
}
