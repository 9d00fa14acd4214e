import { clusterCodes, coarsestLevel, modelColumns, readCovariates } from "#design";
import type { Horizon } from "#domain";
import { evaluate } from "#expression";
import type { AnalysisDeclaration, Contrast, OutcomeDeclaration } from "#protocol";
import {
  effectiveClusters,
  effectiveSampleSize,
  fitLinear,
  type Interval,
  type LinearFit,
  Matrix,
  poolContrasts,
  RandomStream,
  robustCovariance,
  smallestDetectable,
  testContrast,
  wildClusterBootstrap,
} from "#stats";
import { type NumberColumn, rowsWhere } from "#table";
import { alphaOf } from "./alpha.ts";
import type { Effect, EffectBase, Estimable } from "./effect.ts";
import { aboveFloor, FEW, FEWEST_UNITS } from "./floor.ts";
import { estimateRates, rateDifference, rateEstimate } from "./rateReading.ts";
import { asCandidates, type OpenSample } from "./sample.ts";

/** One outcome at one horizon, laid over the candidates. */
export interface Question {
  readonly open: OpenSample;
  readonly analysis: AnalysisDeclaration;
  readonly outcome: OutcomeDeclaration;
  readonly horizon: Horizon;
  /** Outcome at the horizon and at baseline, one per candidate; NaN where missing. */
  readonly after: Float64Array;
  readonly before: Float64Array;
  /** Matching weights, one array per draw; 0 for a unit that takes no part. */
  readonly weights: readonly Float64Array[];
  readonly seed: number;
  /** Matched units the horizon lies beyond the data for, by arm. */
  readonly outOfReach?: { readonly treated: number; readonly comparison: number };
}

/** The regression behind one reading, for one draw, before it is fitted: it may have no rows. */
export interface Layout {
  readonly rows: Int32Array;
  readonly contrast: Float64Array;
  readonly clusters: readonly Int32Array[];
  readonly y: Float64Array;
  readonly x: Matrix;
  readonly names: readonly string[];
  readonly weights: Float64Array;
  /** 1 for a treated row. */
  readonly treated: Uint8Array;
}

type Model = Layout & { readonly fit: LinearFit };

const fitted = (layout: Layout): Model => ({ ...layout, fit: fitLinear(layout) });

/**
 * Estimates one reading of the effect:
 * - `adjustedForBaseline`: outcome on treatment, its baseline value and the covariates (ANCOVA);
 * - `change`: outcome minus baseline value on treatment, no covariates;
 * - `difference`: outcome on treatment and the covariates.
 * Weighted least squares with the analysis's errors and clusters, pooled over imputations by Rubin's rules.
 */
export function estimateReading(question: Question, contrast: Contrast): Effect {
  const { analysis } = question;
  const layouts = question.weights.map((_, draw) => layOut(question, contrast, draw));
  const base = baseOf(question, layouts[0]!);
  const empty = emptyReason(base, question);
  const shared = {
    contrast,
    isDeclared: contrast === analysis.contrast,
    base,
    errors: analysis.errors,
    imputations: layouts.length,
  };
  if (empty !== undefined) {
    return {
      ...shared,
      point: notEstimable(empty),
      estimate: Number.NaN,
      unclustered: undefined,
      wild: undefined,
      detectable: undefined,
    };
  }
  if (analysis.model === "logistic") return { ...shared, ...estimateRates(question, layouts, base) };
  const models = layouts.map(fitted);
  const flat = flatReason(question, models);
  const interval = poolContrasts(
    models.map((model) => testModel(model, analysis.errors, analysis.level)),
    analysis.level,
  );
  const unclustered = poolContrasts(
    models.map((model) => testModel(model, "HC2", analysis.level)),
    analysis.level,
  );
  const point = flat === undefined ? aboveFloor(interval, base, question.analysis.minimumTreated) : notEstimable(flat);
  return {
    ...shared,
    point,
    // Where nothing varies the estimate is rounding, not a difference.
    estimate: flat === undefined ? interval.estimate : Number.NaN,
    unclustered,
    wild: bootstrapBeside(question, models, base, point, contrast),
    detectable:
      point.state === "estimated" ? smallestDetectable(interval.se, interval.df, alphaOf(analysis.level)) : undefined,
  };
}

/** The interval of a reading alone: what sensitivities, subgroups and leave-one-out need. */
export function intervalOf(question: Question, contrast: Contrast): { point: Estimable<Interval>; base: EffectBase } {
  const layouts = question.weights.map((_, draw) => layOut(question, contrast, draw));
  const base = baseOf(question, layouts[0]!);
  const empty = emptyReason(base, question);
  if (empty !== undefined) return { point: notEstimable(empty), base };
  const { errors, level } = question.analysis;
  if (question.analysis.model === "logistic") return { point: rateDifference(question, layouts, base), base };
  const models = layouts.map(fitted);
  const flat = flatReason(question, models);
  if (flat !== undefined) return { point: notEstimable(flat), base };
  const interval = poolContrasts(
    models.map((model) => testModel(model, errors, level)),
    level,
  );
  return { point: aboveFloor(interval, base, question.analysis.minimumTreated), base };
}

/** The estimate alone, without its uncertainty: what re-drawn orders of ties need. */
export function estimateOf(question: Question, contrast: Contrast): Estimable<{ readonly estimate: number }> {
  if (question.analysis.model !== "logistic") return intervalOf(question, contrast).point;
  const layouts = question.weights.map((_, draw) => layOut(question, contrast, draw));
  const empty = emptyReason(baseOf(question, layouts[0]!), question);
  if (empty !== undefined) return notEstimable(empty);
  let sum = 0;
  for (const layout of layouts) {
    const found = rateEstimate(question, layout);
    if (found.state === "not estimable") return found;
    sum += found.estimate;
  }
  return { state: "estimated", estimate: sum / layouts.length };
}

function layOut(question: Question, contrast: Contrast, draw: number, extra: readonly Float64Array[] = []): Layout {
  const { open, analysis, after, before } = question;
  const weights = effectiveWeights(question, draw);
  const covariates = contrast === "change" ? [] : covariateColumns(question, draw);
  const rows = rowsWhere(
    after.length,
    (row) =>
      weights[row]! > 0 &&
      !Number.isNaN(after[row]!) &&
      (contrast === "difference" || !Number.isNaN(before[row]!)) &&
      covariates.every(({ values }) => !Number.isNaN(values[row]!)) &&
      extra.every((values) => !Number.isNaN(values[row]!)),
  );
  const take = (values: ArrayLike<number>) => {
    const own = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) own[i] = values[rows[i]!]!;
    return own;
  };
  const y = contrast === "change" ? take(after.map((value, row) => value - before[row]!)) : take(after);
  const columns = [
    new Float64Array(rows.length).fill(1),
    take(open.treated),
    ...extra.map(take),
    ...(contrast === "adjustedForBaseline" ? [take(before)] : []),
    ...covariates.map(({ values }) => take(values)),
  ];
  const names = [
    "(Intercept)",
    "treated",
    ...extra.map((_, i) => `extra ${i + 1}`),
    ...(contrast === "adjustedForBaseline" ? ["baseline value"] : []),
    ...covariates.map(({ name }) => name),
  ];
  const x = Matrix.fromColumns(columns);
  const own = take(weights);
  const target = new Float64Array(names.length);
  target[extra.length === 0 ? 1 : 2] = 1;
  const codes = clusterCodes(analysis.clusters, open.at(), asCandidates(open), open.draws[draw]!);
  return {
    rows,
    contrast: target,
    clusters: codes.map((code) => Int32Array.from(rows, (row) => code[row]!)),
    y,
    x,
    names,
    weights: own,
    treated: Uint8Array.from(rows, (row) => open.treated[row]!),
  };
}

/**
 * Interaction of treatment with a 0/1 subgroup: the effect inside minus the effect outside, with the subgroup itself in
 * the model. A unit of which it is not known whether it belongs (NaN) takes no part.
 */
export function interactionOf(question: Question, contrast: Contrast, inside: Float64Array): Estimable<Interval> {
  // A difference of rates has no single interaction: it is the linear model's, the gap of two gaps in percentage points.
  if (question.analysis.model === "logistic") {
    const scaled = { ...question, after: question.after.map((value) => 100 * value) };
    return interactionOf({ ...scaled, analysis: { ...question.analysis, model: "linear" } }, contrast, inside);
  }
  const { errors, level } = question.analysis;
  const product = inside.map((value, row) => value * question.open.treated[row]!);
  const layouts = question.weights.map((_, draw) => layOut(question, contrast, draw, [product, inside]));
  const base = baseOf(question, layouts[0]!);
  const empty = emptyReason(base, question);
  if (empty !== undefined) return notEstimable(empty);
  const tests = layouts.map((layout) => {
    // With one of the four cells empty the product repeats another column, and the gap is no contrast of the data.
    const cells = new Set(Array.from(layout.rows, (row) => 2 * inside[row]! + question.open.treated[row]!));
    if (cells.size < 4) return undefined;
    const model = fitted(layout);
    return model.fit.dropped.includes("extra 1") ? undefined : testModel(model, errors, level);
  });
  if (tests.some((test) => test === undefined)) {
    return notEstimable("one side of the subgroup has no treated or no comparison units");
  }
  const flat = flatReason(question, layouts.map(fitted));
  if (flat !== undefined) return notEstimable(flat);
  const pooled = poolContrasts(
    tests.map((test) => test!),
    level,
  );
  return aboveFloor(pooled, base, question.analysis.minimumTreated);
}

function covariateColumns(
  question: Question,
  draw: number,
): readonly { readonly name: string; readonly values: Float64Array }[] {
  const { analysis, open } = question;
  const years = analysis.yearEffects && open.entry !== undefined ? yearColumns(open.entry) : [];
  if (analysis.adjustFor === "none") return years;
  if (analysis.adjustFor === "matchingCovariates") return [...modelColumns(open.draws[draw]!.covariates), ...years];
  return [...modelColumns(readCovariates(analysis.adjustFor, open.at(question.horizon))), ...years];
}

/** A level for each baseline year but the first. */
function yearColumns({
  baseline,
}: NonNullable<OpenSample["entry"]>): readonly { readonly name: string; readonly values: Float64Array }[] {
  const years = [...new Set(baseline)].sort((a, b) => a - b).slice(1);
  return years.map((year) => ({ name: `baseline ${year}`, values: baseline.map((own) => Number(own === year)) }));
}

function effectiveWeights(question: Question, draw: number): Float64Array {
  const { analysis, open } = question;
  const matching = question.weights[draw]!;
  if (analysis.weights === "matching") return matching;
  if (analysis.weights === "none") return matching.map((weight) => Number(weight > 0));
  const column = open.at(question.horizon).column(analysis.weights.column, undefined) as NumberColumn;
  return matching.map((weight, row) => (Number.isNaN(column.values[row]!) ? 0 : weight * column.values[row]!));
}

function testModel(model: Model, errors: AnalysisDeclaration["errors"], level: number): Interval {
  const clusters = errors === "HC2" || errors === "model" ? undefined : model.clusters;
  const covariance = robustCovariance(model.fit, { kind: errors, ...(clusters !== undefined && { clusters }) });
  return testContrast(model.fit, covariance, model.contrast, { level });
}

/** The level of clusters the treated lie in fewest of: counts, floor and bootstrap speak of it. */
function levelOf({ clusters, rows }: Layout, treated: Uint8Array): number {
  const own = [...rows.keys()].filter((i) => treated[rows[i]!] === 1);
  return coarsestLevel(clusters, own);
}

function baseOf(question: Question, model: Layout): EffectBase {
  const { treated } = question.open;
  const codes = model.clusters[levelOf(model, treated)]!;
  const sizes = [new Map<number, number>(), new Map<number, number>()];
  const counts = [0, 0];
  const comparisonWeights: number[] = [];
  for (const [i, row] of model.rows.entries()) {
    const arm = treated[row]!;
    counts[arm]!++;
    sizes[arm]!.set(codes[i]!, (sizes[arm]!.get(codes[i]!) ?? 0) + 1);
    if (arm === 0) comparisonWeights.push(model.weights[i]!);
  }
  const lost = [0, 0];
  const matched = [0, 0];
  for (const [row, weight] of question.weights[0]!.entries()) {
    if (!(weight > 0)) continue;
    matched[treated[row]!]!++;
    if (Number.isNaN(question.after[row]!)) lost[treated[row]!]!++;
  }
  return {
    treated: counts[1]!,
    comparison: counts[0]!,
    effectiveComparison: comparisonWeights.length === 0 ? 0 : effectiveSampleSize(Float64Array.from(comparisonWeights)),
    treatedClusters: sizes[1]!.size,
    comparisonClusters: sizes[0]!.size,
    effectiveTreatedClusters: effectiveClusters(Float64Array.from(sizes[1]!.values())),
    lostTreated: lost[1]!,
    lostComparison: lost[0]!,
    incompleteTreated: matched[1]! - lost[1]! - counts[1]!,
    incompleteComparison: matched[0]! - lost[0]! - counts[0]!,
  };
}

const notEstimable = (reason: string) => ({ state: "not estimable", reason }) as const;

/** Residuals this small beside the outcome are rounding: 1e-9 of it. */
const ROUNDING = 1e-9;

/** Says that the outcome does not vary beyond rounding: its standard error would be noise, and so would any p. */
function flatReason(question: Question, models: readonly Model[]): string | undefined {
  const isFlat = models.some(({ fit, rows }) => {
    const size = rows.reduce((most, row) => Math.max(most, Math.abs(question.after[row]!)), 0);
    const square =
      fit.residuals.reduce((sum, residual) => sum + residual * residual, 0) / Math.max(1, fit.residuals.length);
    return Math.sqrt(square) <= ROUNDING * size;
  });
  return isFlat ? "the outcome does not vary once the model allows for what is known at baseline" : undefined;
}

function emptyReason(base: EffectBase, { outOfReach }: Question): string | undefined {
  const without = (incomplete: number) =>
    incomplete === 0 ? "has this outcome" : "has both this outcome and the baseline values it is compared with";
  if (base.treated + base.lostTreated + base.incompleteTreated === 0 && (outOfReach?.treated ?? 0) > 0)
    return "the data end before this horizon for every treated unit";
  if (base.treated === 0) return `no treated unit ${without(base.incompleteTreated)}`;
  if (base.comparison === 0) return `no comparison unit ${without(base.incompleteComparison)}`;
  if (base.treatedClusters + base.comparisonClusters < 3) {
    return "all units lie in one or two clusters: no uncertainty can be estimated from them";
  }
  if (base.treated + base.comparison < FEWEST_UNITS) return `fewer than ${FEWEST_UNITS} units have this outcome`;
  return undefined;
}

/**
 * The restricted wild cluster bootstrap where clusters are few; by the level that has fewest. Beside errors that take
 * units as independent it has no place, and below the floor it would put back the interval that was withheld.
 */
function bootstrapBeside(
  question: Question,
  models: readonly Model[],
  base: EffectBase,
  point: Estimable<Interval>,
  contrast: Contrast,
): Effect["wild"] {
  const { analysis, seed, outcome, horizon, open } = question;
  if (analysis.fewClusters === "none" || analysis.errors === "HC2" || analysis.errors === "model") return undefined;
  if (point.state === "not estimable") return point;
  if (base.treatedClusters >= FEW.treatedClusters && point.df >= FEW.df) return undefined;
  if (models.length > 1) return { state: "not estimable", reason: "the bootstrap is not pooled over imputations" };
  const model = models[0]!;
  return wildClusterBootstrap(model.fit, {
    clusters: model.clusters[levelOf(model, open.treated)]!,
    coefficient: "treated",
    draws: analysis.bootstrapDraws,
    level: analysis.level,
    random: new RandomStream(seed, `bootstrap ${analysis.id} ${outcome.id} ${horizon} ${contrast}`),
  });
}

/** 1 where a condition of the analysis holds for a unit at baseline, 0 where not, NaN where undecided. */
export function holdsFor(open: OpenSample, expression: Parameters<typeof evaluate>[0], horizon: Horizon): Float64Array {
  return (evaluate(expression, open.at(horizon)) as NumberColumn).values;
}
