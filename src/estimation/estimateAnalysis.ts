import { baselineValue, meansByArm, outcomeAt, type RuleOutcome, ruleOutcome } from "#design";
import { type AcademicYear, type Horizon, isRelative, printAcademicYear } from "#domain";
import { inWords } from "#expression";
import type { AnalysisDeclaration, Contrast, OutcomeDeclaration, Study } from "#protocol";
import { holm } from "#stats";
import type { NumberColumn } from "#table";
import { clusterMeansEffect, effectsByCluster } from "./clusterEffects.ts";
import {
  type Effect,
  type OutcomeEffect,
  type RawMeans,
  roleOf,
  type StandardisedEffect,
  type SubgroupEffect,
} from "./effect.ts";
import { tooFewToReport } from "./floor.ts";
import { hiddenBiasOf } from "./hiddenBias.ts";
import { estimateReading, holdsFor, interactionOf, intervalOf, type Question } from "./reading.ts";
import type { OpenSample } from "./sample.ts";

/**
 * Estimates every outcome of an analysis at every horizon: the declared reading and the other end of its bracket,
 * effects by cluster, subgroups, school-SD units and hidden-bias figures.
 */
export function estimateAnalysis(
  study: Study,
  analysis: AnalysisDeclaration,
  open: OpenSample,
): readonly OutcomeEffect[] {
  return analysis.outcomes.flatMap((id) => {
    const outcome = study.outcomes.get(id)!;
    return analysis.horizons.map((horizon) => estimateOutcome(study, ask(study, analysis, open, outcome, horizon)));
  });
}

/** Lays one outcome and horizon over an open sample; `where` of the analysis leaves units out by weight 0. */
export function ask(
  study: Study,
  analysis: AnalysisDeclaration,
  open: OpenSample,
  outcome: OutcomeDeclaration,
  horizon: Horizon,
): Question {
  const { comparison } = open.sample;
  const asked = outcome.rule === undefined ? undefined : ruleOutcome(outcome.rule, open.at(horizon));
  const kept = keptRows(analysis, open, horizon, asked);
  return {
    open,
    analysis,
    outcome,
    horizon,
    after: asked?.values ?? outcomeAt(outcome, horizon, open.at(horizon)),
    before:
      asked === undefined
        ? baselineValue(outcome, comparison, open.at(horizon), open.unit)
        : new Float64Array(open.keys.length).fill(Number.NaN),
    ...(asked !== undefined && { outOfReach: countOutOfReach(open, asked) }),
    weights: open.draws.map((draw) =>
      kept === undefined ? draw.weights : draw.weights.map((weight, row) => (kept[row] === 1 ? weight : 0)),
    ),
    seed: study.about.seed,
  };
}

/**
 * 1 for candidates a question is about: where the analysis's condition holds, the data reach the horizon, and the outcome
 * applies. Undefined where it is about all of them.
 */
function keptRows(
  { where }: AnalysisDeclaration,
  open: OpenSample,
  horizon: Horizon,
  asked: RuleOutcome | undefined,
): Float64Array | undefined {
  const holds = where === undefined ? undefined : holdsFor(open, where, horizon);
  const { restrictTo } = open.sample.comparison;
  const stays = restrictTo === undefined ? undefined : holdsFor(open, restrictTo, horizon);
  if (asked === undefined && holds === undefined && stays === undefined) return undefined;
  return Float64Array.from(open.keys, (_, row) =>
    Number(
      (holds?.[row] ?? 1) === 1 &&
        (stays?.[row] ?? 1) === 1 &&
        asked?.isReached[row] !== 0 &&
        asked?.applies[row] !== 0,
    ),
  );
}

/** How many of the sample started too late for the horizon, by arm. */
function countOutOfReach(open: OpenSample, { isReached }: RuleOutcome): { treated: number; comparison: number } {
  const counts = [0, 0];
  for (const [row, weight] of open.draws[0]!.weights.entries())
    if (weight > 0 && isReached[row] === 0) counts[open.treated[row]!]!++;
  return { treated: counts[1]!, comparison: counts[0]! };
}

function estimateOutcome(study: Study, question: Question): OutcomeEffect {
  const { analysis, outcome, horizon, open } = question;
  const readings = bracket(analysis.contrast, question).map((contrast) => estimateReading(question, contrast));
  const declared = readings[0]!;
  const isPrimaryHorizon = horizon === analysis.primaryHorizon;
  // Shown at the primary horizon only; leaving clusters out one by one is the dearest part of an effect.
  const byCluster = isPrimaryHorizon ? effectsByCluster(question) : [];
  return {
    analysis: analysis.id,
    comparison: open.sample.comparison.id,
    specification: open.specification,
    outcome: outcome.id,
    horizon,
    isPrimaryHorizon,
    role: roleOf(outcome, analysis, horizon),
    readings,
    adjustedP: undefined,
    adjustment: "none",
    means: rawMeans(question),
    standardised: standardise(study, question, declared),
    byCluster,
    clusterMeans: clusterMeansEffect(byCluster, analysis.level),
    subgroups: subgroupEffects(question),
    hiddenBias: hiddenBiasOf(declared, analysis.level),
    ...(question.outOfReach !== undefined && { outOfReach: question.outOfReach }),
    rowKeys: rowKeys(question),
  };
}

/**
 * The declared reading first. ANCOVA and change score bracket each other; where nobody has a baseline value the declared
 * one stands alone, and says that it cannot be estimated.
 */
function bracket(declared: Contrast, question: Question): readonly Contrast[] {
  const hasBaseline = question.before.some((value) => !Number.isNaN(value));
  if (declared === "difference" || declared === "differenceInDifferences" || !hasBaseline) return [declared];
  return declared === "change" ? ["change", "adjustedForBaseline"] : ["adjustedForBaseline", "change"];
}

function rawMeans(question: Question): RawMeans {
  const { after, before, open } = question;
  const both = (values: Float64Array) =>
    values.map((value, row) => (Number.isNaN(after[row]!) || Number.isNaN(before[row]!) ? Number.NaN : value));
  const draws = question.weights.map((weights) => ({ weights }));
  const later = meansByArm(both(after), open.treated, draws);
  const earlier = meansByArm(both(before), open.treated, draws);
  return {
    treatedBefore: earlier.treated,
    treatedAfter: later.treated,
    comparisonBefore: earlier.comparison,
    comparisonAfter: later.comparison,
  };
}

/**
 * The effect over the SD between units in the horizon year, over every unit of the file that has a value then; and the
 * change in z-scores, each within its own year, from the baseline year. Nothing where units do not differ.
 */
function standardise(study: Study, question: Question, declared: Effect): StandardisedEffect | undefined {
  const { open, outcome, horizon, analysis } = question;
  if (!analysis.show.includes("effectSize") || outcome.column === undefined || isRelative(horizon)) return undefined;
  const later = spreadOf(open, outcome.column, horizon);
  const earlier = spreadOf(open, outcome.column, open.sample.comparison.baselineYear);
  if (later === undefined) return undefined;
  const name = printAcademicYear(horizon, study.about.yearName);
  const point = declared.point.state === "estimated" ? declared.point : undefined;
  const z = (values: Float64Array, spread: { mean: number; sd: number }) =>
    values.map((value) => (value - spread.mean) / spread.sd);
  // `baselineOf` may name a mean of several years, which has no z-score of its own.
  const atBaseline = outcomeAt(outcome, open.sample.comparison.baselineYear, open.at(horizon));
  const withinYear =
    earlier === undefined
      ? ({ state: "not estimable", reason: "no value in the baseline year" } as const)
      : intervalOf({ ...question, after: z(question.after, later), before: z(atBaseline, earlier) }, "change").point;
  return {
    denominator: `${open.unit.noun} SD of ${name} over all ${later.n.toLocaleString("en-GB")} ${open.unit.noun}s with a value that year, not comparable with pupil effect sizes`,
    sd: later.sd,
    estimate: declared.estimate / later.sd,
    low: point === undefined ? undefined : point.low / later.sd,
    high: point === undefined ? undefined : point.high / later.sd,
    withinYear,
  };
}

function spreadOf(
  open: OpenSample,
  name: string,
  year: AcademicYear,
): { mean: number; sd: number; n: number } | undefined {
  const column = open.unit.frame.columns.get(name) as NumberColumn;
  const values = column.values.filter((value, row) => !Number.isNaN(value) && open.unit.yearOf?.[row] === year);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  return sd > 0 ? { mean, sd, n: values.length } : undefined;
}

function subgroupEffects(question: Question): readonly SubgroupEffect[] {
  const { analysis, open } = question;
  const effects = analysis.subgroups.map((subgroup): SubgroupEffect => {
    const inside = holdsFor(open, subgroup.where, question.horizon);
    const only = (answer: 0 | 1) => {
      const weights = question.weights.map((own) => own.map((weight, row) => (inside[row] === answer ? weight : 0)));
      return intervalOf({ ...question, weights }, analysis.contrast);
    };
    const within = only(1);
    const reason = tooFewToReport(within.base, subgroup.minimum);
    const tooFew = reason === undefined ? undefined : ({ state: "not estimable", reason } as const);
    return {
      id: subgroup.id,
      where: inWords(subgroup.where),
      treated: within.base.treated,
      comparison: within.base.comparison,
      inside: tooFew ?? within.point,
      outside: only(0).point,
      interaction: tooFew ?? interactionOf(question, analysis.contrast, inside),
      adjustedP: undefined,
    };
  });
  const tested = effects.filter((effect) => effect.interaction.state === "estimated");
  const adjusted = holm(tested.map((effect) => (effect.interaction.state === "estimated" ? effect.interaction.p : 1)));
  return effects.map((effect) => {
    const place = tested.indexOf(effect);
    return place < 0 ? effect : { ...effect, adjustedP: adjusted[place] };
  });
}

function rowKeys(question: Question): readonly string[] {
  const { open, after } = question;
  const ofArm = (arm: 0 | 1) =>
    open.keys
      .filter((_, row) => open.treated[row] === arm && question.weights[0]![row]! > 0 && !Number.isNaN(after[row]!))
      .slice(0, 5);
  return [...ofArm(1), ...ofArm(0)];
}
