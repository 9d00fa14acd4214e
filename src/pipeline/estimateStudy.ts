import {
  adjustFamily,
  type EventStudy,
  type Evidence,
  estimateAnalysis,
  estimateEachSpecification,
  estimateSensitivity,
  estimateYearly,
  eventStudy,
  type OutcomeEffect,
  openFor,
  openSample,
  type SensitivityRow,
  type TieSpread,
  tieSpreads,
} from "#estimation";
import type { UnitTable } from "#linkage";
import type { AnalysisDeclaration, Study } from "#protocol";
import type { DesignedStudy } from "./designStudy.ts";
import { gatherEvidence } from "./evidence.ts";
import type { Inputs } from "./openInputs.ts";
import type { Progress } from "./progress.ts";
import { peopleBehind, varyYearly } from "./yearlyStudy.ts";

/** Everything estimated, in the order of the protocol. */
export interface EstimatedStudy {
  readonly effects: readonly OutcomeEffect[];
  /** One per comparison and outcome that some analysis looks at. */
  readonly events: readonly EventStudy[];
  readonly sensitivity: readonly SensitivityRow[];
  readonly curves: readonly SensitivityRow[];
  readonly ties: readonly TieSpread[];
  /** The unsealed units, with what filling their gaps did. */
  readonly units: ReadonlyMap<string, UnitTable>;
}

/** Puts every declared question to the unsealed data. */
export async function estimateStudy(
  study: Study,
  inputs: Inputs,
  designed: DesignedStudy,
  progress: Progress,
): Promise<EstimatedStudy> {
  const evidence = await gatherEvidence(study, inputs, designed);
  const effects: OutcomeEffect[] = [];
  const curves: SensitivityRow[] = [];
  const ties: TieSpread[] = [];
  for (const analysis of study.analyses.values()) {
    const done = progress.begin(`estimating ${analysis.id}`);
    const open = openFor(evidence, analysis);
    if (analysis.difference !== undefined) {
      const table = await peopleBehind(study, inputs, analysis, open);
      const yearly = adjustFamily(estimateYearly(study, analysis, open, table));
      effects.push(...yearly);
      done(`${yearly.length} results`);
      continue;
    }
    const own = adjustFamily(estimateAnalysis(study, analysis, open));
    effects.push(...own);
    curves.push(...estimateEachSpecification(evidence, analysis));
    ties.push(...tieSpreads(study, analysis, open, evidence.orders?.get(analysis.id)));
    done(`${own.length} results`);
  }
  const events = eventStudies(study, evidence);
  const sensitivity: SensitivityRow[] = [];
  for (const declared of study.sensitivity.values()) {
    // The curve is always made: a declared `eachSpecification` asks for what is there already.
    if (declared.vary.what === "eachSpecification") continue;
    const done = progress.begin(`sensitivity ${declared.id}`);
    const analysis = study.analyses.get(declared.of)!;
    const rows =
      analysis.difference === undefined
        ? estimateSensitivity(evidence, declared)
        : await varyYearly(study, inputs, evidence, declared, effects);
    sensitivity.push(...rows);
    done(`${rows.length} results`);
  }
  return { effects, events, sensitivity, curves, ties, units: evidence.units };
}

/** All years for every comparison an analysis or a sensitivity uses, once each. */
function eventStudies(study: Study, evidence: Evidence): readonly EventStudy[] {
  const asked: AnalysisDeclaration[] = [...study.analyses.values()];
  for (const { of, vary } of study.sensitivity.values()) {
    if (vary.what === "comparison") asked.push({ ...study.analyses.get(of)!, comparison: vary.comparison });
  }
  const made = new Map<string, EventStudy>();
  for (const analysis of asked) {
    const sample = evidence.samples.get(analysis.comparison)!;
    const open = openSample(sample, evidence.units.get(sample.comparison.unit)!);
    // What begins at each unit's own start has no value in the years before it.
    for (const id of analysis.outcomes.filter((own) => study.outcomes.get(own)!.rule === undefined)) {
      const key = `${analysis.comparison} ${id}`;
      if (!made.has(key)) made.set(key, eventStudy(study, analysis, open, study.outcomes.get(id)!));
    }
  }
  return [...made.values()];
}
