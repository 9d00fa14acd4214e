import { type ComparisonSample, type MatchedDraw, outcomeAt } from "#design";
import { type Horizon, printAcademicYear } from "#domain";
import type { UnitTable } from "#linkage";
import {
  type AnalysisDeclaration,
  type OutcomeRule,
  ruleColumns,
  type SensitivityDeclaration,
  type Study,
} from "#protocol";
import type { Interval } from "#stats";
import { effectsByCluster, MOST_CLUSTERS_SHOWN } from "./clusterEffects.ts";
import type { EffectBase, Estimable } from "./effect.ts";
import { ask } from "./estimateAnalysis.ts";
import { hiddenBiasWords } from "./hiddenBias.ts";
import { holdsFor, intervalOf, type Question } from "./reading.ts";
import { type OpenSample, openSample } from "./sample.ts";

/** One row of the sensitivity table: the declared analysis with one thing changed. */
export interface SensitivityRow {
  readonly sensitivity: string;
  readonly analysis: string;
  readonly outcome: string;
  readonly horizon: Horizon;
  /** What was changed, in words. */
  readonly changed: string;
  /** The same result without the change. */
  readonly declared: Estimable<Interval>;
  readonly declaredBase: EffectBase;
  readonly point: Estimable<Interval>;
  readonly base: EffectBase;
  readonly because?: string;
  /** The specification that was chosen, on its own sample. */
  readonly isChosen?: true;
  /** The cluster left out, as `changed` names it. */
  readonly leftOut?: { readonly column: string; readonly cluster: string };
}

/** What sensitivities draw on: every designed comparison and every unit's unsealed table. */
export interface Evidence {
  readonly study: Study;
  readonly samples: ReadonlyMap<string, ComparisonSample>;
  readonly units: ReadonlyMap<string, UnitTable>;
  /** Units without their gaps filled, where some sensitivity asks for them. */
  readonly unrepaired?: ReadonlyMap<string, UnitTable>;
  /** The analysis each preset makes of a sensitivity's own, and what must stand beside its results. */
  readonly presets?: ReadonlyMap<string, { readonly analysis: AnalysisDeclaration; readonly warning: string }>;
  /** The same samples among those who stayed, by sensitivity. */
  readonly stayers?: ReadonlyMap<string, ComparisonSample>;
  /** Matched samples in other orders of ties, by analysis. */
  readonly orders?: ReadonlyMap<string, readonly (readonly MatchedDraw[])[]>;
  /** Samples designed anew for sensitivities that change the design (complete cases, raw identity, …), by sensitivity. */
  readonly redesigned: ReadonlyMap<string, { readonly sample: ComparisonSample; readonly unit: UnitTable }>;
}

/** Every row of one declared sensitivity, for each outcome at the primary horizon. */
export function estimateSensitivity(
  evidence: Evidence,
  sensitivity: SensitivityDeclaration,
): readonly SensitivityRow[] {
  const { study } = evidence;
  const analysis = study.analyses.get(sensitivity.of)!;
  return analysis.outcomes.flatMap((id) => {
    const { question, declared } = declaredResult(evidence, analysis, id);
    const row: MakeRow = (changed, result, marks = {}) => ({
      sensitivity: sensitivity.id,
      analysis: analysis.id,
      outcome: id,
      horizon: analysis.primaryHorizon,
      changed,
      declared: declared.point,
      declaredBase: declared.base,
      ...result,
      ...marks,
      ...(sensitivity.because !== undefined && { because: sensitivity.because }),
    });
    return vary(evidence, sensitivity, { question, declared }, row);
  });
}

interface DeclaredResult {
  readonly question: Question;
  readonly declared: { readonly point: Estimable<Interval>; readonly base: EffectBase };
}

/** The declared result every sensitivity stands beside: the same for all of them, so made once for each evidence. */
const DECLARED = new WeakMap<Evidence, Map<string, DeclaredResult>>();

function declaredResult(evidence: Evidence, analysis: AnalysisDeclaration, outcome: string): DeclaredResult {
  const made = DECLARED.get(evidence) ?? new Map<string, DeclaredResult>();
  DECLARED.set(evidence, made);
  const key = `${analysis.id} ${outcome}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const { study } = evidence;
  const question = ask(
    study,
    analysis,
    openFor(evidence, analysis),
    study.outcomes.get(outcome)!,
    analysis.primaryHorizon,
  );
  const result = { question, declared: intervalOf(question, analysis.contrast) };
  made.set(key, result);
  return result;
}

/** What stands behind a specification that left no sample. */
const NOBODY: EffectBase = {
  treated: 0,
  comparison: 0,
  effectiveComparison: 0,
  treatedClusters: 0,
  comparisonClusters: 0,
  effectiveTreatedClusters: 0,
  lostTreated: 0,
  lostComparison: 0,
  incompleteTreated: 0,
  incompleteComparison: 0,
};

type MakeRow = (
  changed: string,
  result: { point: Estimable<Interval>; base: EffectBase },
  marks?: Pick<SensitivityRow, "isChosen" | "leftOut">,
) => SensitivityRow;

function vary(
  evidence: Evidence,
  sensitivity: SensitivityDeclaration,
  { question, declared }: DeclaredResult,
  row: MakeRow,
): readonly SensitivityRow[] {
  const { study } = evidence;
  const { analysis, open, outcome, horizon } = question;
  const again = (changedAnalysis: AnalysisDeclaration, other: OpenSample) =>
    intervalOf(ask(study, changedAnalysis, other, outcome, horizon), changedAnalysis.contrast);
  const change = sensitivity.vary;
  switch (change.what) {
    case "comparison": {
      const sample = evidence.samples.get(change.comparison)!;
      const other = openSample(sample, evidence.units.get(sample.comparison.unit)!);
      return [row(`comparison ${change.comparison}`, again(analysis, other))];
    }
    case "set": {
      const keys = Object.entries(change.changed).map(([key, value]) => `${key}: ${value}`);
      return [row(keys.join(", "), again(change.analysis, open))];
    }
    case "eachSpecification":
      return open.sample.tried.map((tried) => {
        const isChosen = tried === open.sample.chosen.tried;
        const name = `${tried.specification.id}${isChosen ? " (chosen)" : ""}`;
        const marks = isChosen ? { isChosen } : {};
        if (tried.run.state === "not estimable" || tried.scores?.treatedKept === 0) {
          return row(
            name,
            { point: { state: "not estimable", reason: tried.against.join("; ") }, base: NOBODY },
            marks,
          );
        }
        return row(name, isChosen ? declared : again(analysis, openSample(open.sample, open.unit, tried)), marks);
      });
    case "withoutWeights":
      return [row("without matching weights", again({ ...analysis, weights: "none" }, open))];
    case "withoutRepair": {
      const unit = evidence.unrepaired?.get(open.sample.comparison.unit);
      if (unit === undefined) throw new RangeError(`no unrepaired table for ${open.sample.comparison.unit}`);
      return [row("gaps in the census left as they are", again(analysis, openSample(open.sample, unit)))];
    }
    case "replaceColumn": {
      const read = outcome.rule === undefined ? [] : ruleColumns(outcome.rule);
      if (!read.some((name) => Object.hasOwn(change.columns, name))) return [];
      const changed = Object.entries(change.columns).map(([old, other]) => `${other} in place of ${old}`);
      const replaced = {
        ...outcome,
        ...(outcome.rule !== undefined && { rule: withColumns(outcome.rule, change.columns) }),
      };
      return [row(changed.join(", "), intervalOf(ask(study, analysis, open, replaced, horizon), analysis.contrast))];
    }
    case "nonParallel":
      return [
        row("trends that are not parallel", {
          point: { state: "not estimable", reason: "asked of a difference in differences only" },
          base: NOBODY,
        }),
      ];
    case "preset": {
      const { sample, unit } = evidence.redesigned.get(sensitivity.id)!;
      const { analysis: own, warning } = evidence.presets!.get(sensitivity.id)!;
      const isOfAll = outcome.rule?.rule === "retention" && outcome.rule.within === "profession";
      const stayers = isOfAll ? sample : evidence.stayers!.get(sensitivity.id)!;
      const set = isOfAll ? "" : "; among those who stayed, not a causal contrast";
      return [row(`preset ${change.preset} (${warning}${set})`, again(own, openSample(stayers, unit)))];
    }
    case "completeCase":
    case "multipleImputation":
    case "rawIdentity": {
      const { sample, unit } = evidence.redesigned.get(sensitivity.id)!;
      const words = {
        completeCase: "complete cases",
        multipleImputation: "multiple imputation",
        rawIdentity: "schools followed by the number printed that year",
      };
      return [row(words[change.what], again(analysis, openSample(sample, unit)))];
    }
    case "leaveOneOut": {
      const clusters = effectsByCluster(question, [change.member]);
      if (clusters.length === 0) {
        const { base } = declared;
        const reason = `no cluster of ${change.member} has a result, or more than ${MOST_CLUSTERS_SHOWN} have: they are not left out one by one`;
        return [row(`without each ${change.member} in turn`, { point: { state: "not estimable", reason }, base })];
      }
      return clusters.map(({ cluster, without, withoutBase }) =>
        row(
          `without ${cluster}`,
          { point: without, base: withoutBase },
          { leftOut: { column: change.member, cluster } },
        ),
      );
    }
    case "hiddenBias": {
      const unclustered = intervalOf({ ...question, analysis: { ...analysis, errors: "HC2" } }, analysis.contrast);
      return [row(hiddenBiasWords(declared.point, unclustered.point), declared)];
    }
    case "where": {
      const kept = holdsFor(open, change.expression, horizon);
      const weights = question.weights.map((own) => own.map((weight, place) => (kept[place] === 1 ? weight : 0)));
      return [row(`only where ${change.expression.text}`, intervalOf({ ...question, weights }, analysis.contrast))];
    }
    case "placebo": {
      const tested = change.outcome === undefined ? outcome : study.outcomes.get(change.outcome)!;
      const placebo: Question = {
        ...question,
        outcome: tested,
        horizon: change.to,
        before: outcomeAt(tested, change.from, open.at(change.from)),
        after: outcomeAt(tested, change.to, open.at(change.to)),
      };
      const years = `${printAcademicYear(change.from, study.about.yearName)} to ${printAcademicYear(change.to, study.about.yearName)}`;
      return [row(`placebo: ${tested.label}, ${years}, before the programme`, intervalOf(placebo, "change"))];
    }
  }
}

/** A rule that reads other columns in the place of its own. */
function withColumns(rule: OutcomeRule, columns: Readonly<Record<string, string>>): OutcomeRule {
  const other = (name: string) => columns[name] ?? name;
  if (rule.rule === "retention") {
    return {
      ...rule,
      ...(rule.column !== undefined && { column: other(rule.column) }),
      ...(rule.sameSchool !== undefined && { sameSchool: other(rule.sameSchool) }),
    };
  }
  const staying = rule.staying === undefined ? undefined : (withColumns(rule.staying, columns) as typeof rule.staying);
  return { ...rule, role: other(rule.role), ...(staying !== undefined && { staying }) };
}

/** The declared analysis on the sample of every specification tried: the specification curve, always made (D-46). */
export function estimateEachSpecification(
  evidence: Evidence,
  analysis: AnalysisDeclaration,
): readonly SensitivityRow[] {
  const { place } = analysis;
  return estimateSensitivity(evidence, {
    id: "each-specification",
    of: analysis.id,
    vary: { what: "eachSpecification" },
    place,
  });
}

/** The open sample an analysis is estimated on. */
export function openFor(evidence: Pick<Evidence, "samples" | "units">, analysis: AnalysisDeclaration): OpenSample {
  const sample = evidence.samples.get(analysis.comparison)!;
  return openSample(sample, evidence.units.get(sample.comparison.unit)!);
}
