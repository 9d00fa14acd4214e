import { clusterCodes, modelColumns, readCovariates } from "#design";
import type { AcademicYear } from "#domain";
import { evaluate } from "#expression";
import type { AnalysisDeclaration, Contrast, OutcomeDeclaration } from "#protocol";
import {
  effectiveClusters,
  effectiveSampleSize,
  fitLinear,
  type LinearFit,
  Matrix,
  poolContrasts,
  RandomStream,
  robustCovariance,
  smallestDetectable,
  testContrast,
  wildClusterBootstrap,
} from "#stats";
import type { NumberColumn } from "#table";
import type { Effect, EffectBase, Estimable, Interval } from "./effect.ts";
import { asCandidates, type OpenSample } from "./sample.ts";

/** Below these an interval is not shown; below the others a bootstrap stands beside it (methods, section 6). */
const FLOOR = { treatedClusters: 6, df: 5 };
const FEW = { treatedClusters: 20, df: 20 };

/** One outcome at one horizon, laid over the candidates. */
export interface Question {
  readonly open: OpenSample;
  readonly analysis: AnalysisDeclaration;
  readonly outcome: OutcomeDeclaration;
  readonly horizon: AcademicYear;
  /** Outcome at the horizon and at baseline, one per candidate; NaN where missing. */
  readonly after: Float64Array;
  readonly before: Float64Array;
  /** Matching weights, one array per draw; 0 for a unit that takes no part. */
  readonly weights: readonly Float64Array[];
  readonly seed: number;
}

/** The regression behind one reading, for one draw, before it is fitted: it may have no rows. */
interface Layout {
  readonly rows: Int32Array;
  readonly contrast: Float64Array;
  readonly clusters: readonly Int32Array[];
  readonly y: Float64Array;
  readonly x: Matrix;
  readonly names: readonly string[];
  readonly weights: Float64Array;
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
  const base = baseOf(question, layouts[0]!, contrast);
  const empty = emptyReason(base);
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
      point: { state: "not estimable", reason: empty },
      estimate: Number.NaN,
      unclustered: undefined,
      wild: undefined,
      detectable: undefined,
    };
  }
  const models = layouts.map(fitted);
  const interval = poolContrasts(
    models.map((model) => testModel(model, analysis.errors, analysis.level)),
    analysis.level,
  );
  const unclustered = poolContrasts(
    models.map((model) => testModel(model, "HC2", analysis.level)),
    analysis.level,
  );
  const point = aboveFloor(interval, base, analysis);
  return {
    ...shared,
    point,
    estimate: interval.estimate,
    unclustered,
    wild: bootstrapBeside(question, models, base, interval, contrast),
    detectable: point.state === "estimated" ? smallestDetectable(interval.se, interval.df) : undefined,
  };
}

/** The interval of a reading alone: what sensitivities, subgroups and leave-one-out need. */
export function intervalOf(question: Question, contrast: Contrast): { point: Estimable<Interval>; base: EffectBase } {
  const layouts = question.weights.map((_, draw) => layOut(question, contrast, draw));
  const base = baseOf(question, layouts[0]!, contrast);
  const empty = emptyReason(base);
  if (empty !== undefined) return { point: { state: "not estimable", reason: empty }, base };
  const { errors, level } = question.analysis;
  const interval = poolContrasts(
    layouts.map((layout) => testModel(fitted(layout), errors, level)),
    level,
  );
  return { point: aboveFloor(interval, base, question.analysis), base };
}

function layOut(question: Question, contrast: Contrast, draw: number, extra: readonly Float64Array[] = []): Layout {
  const { open, analysis, after, before } = question;
  const weights = effectiveWeights(question, draw);
  const covariates = contrast === "change" ? [] : covariateColumns(question, draw);
  const rows = Int32Array.from(
    [...after.keys()].filter(
      (row) =>
        weights[row]! > 0 &&
        !Number.isNaN(after[row]!) &&
        (contrast === "difference" || !Number.isNaN(before[row]!)) &&
        covariates.every(({ values }) => !Number.isNaN(values[row]!)),
    ),
  );
  const take = (values: ArrayLike<number>) => Float64Array.from(rows, (row) => values[row]!);
  const y = contrast === "change" ? Float64Array.from(rows, (row) => after[row]! - before[row]!) : take(after);
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
  };
}

/**
 * Interaction of treatment with a 0/1 subgroup: the effect inside minus the effect outside, with the subgroup itself in
 * the model.
 */
export function interactionOf(question: Question, contrast: Contrast, inside: Float64Array): Estimable<Interval> {
  const { errors, level } = question.analysis;
  const product = inside.map((value, row) => value * question.open.treated[row]!);
  const layouts = question.weights.map((_, draw) => layOut(question, contrast, draw, [product, inside]));
  const base = baseOf(question, layouts[0]!, contrast);
  const empty = emptyReason(base);
  if (empty !== undefined) return { state: "not estimable", reason: empty };
  const tests = layouts.map((layout) => {
    const model = fitted(layout);
    return model.fit.dropped.includes("extra 1") ? undefined : testModel(model, errors, level);
  });
  if (tests.some((test) => test === undefined)) {
    return { state: "not estimable", reason: "one side of the subgroup has no treated or no comparison units" };
  }
  const pooled = poolContrasts(
    tests.map((test) => test!),
    level,
  );
  return aboveFloor(pooled, base, question.analysis);
}

function covariateColumns(
  question: Question,
  draw: number,
): readonly { readonly name: string; readonly values: Float64Array }[] {
  const { analysis, open } = question;
  if (analysis.adjustFor === "none") return [];
  if (analysis.adjustFor === "matchingCovariates") return modelColumns(open.draws[draw]!.covariates);
  return modelColumns(readCovariates(analysis.adjustFor, open.at(question.horizon)));
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

function baseOf(question: Question, model: Layout, contrast: Contrast): EffectBase {
  const { treated } = question.open;
  const codes = model.clusters[0]!;
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
  for (const [row, weight] of question.weights[0]!.entries()) {
    const known =
      !Number.isNaN(question.after[row]!) && (contrast === "difference" || !Number.isNaN(question.before[row]!));
    if (weight > 0 && !known) lost[treated[row]!]!++;
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
  };
}

function emptyReason(base: EffectBase): string | undefined {
  if (base.treated === 0) return "no treated unit has this outcome";
  if (base.comparison === 0) return "no comparison unit has this outcome";
  if (base.treatedClusters + base.comparisonClusters < 3) {
    return "all units lie in one or two clusters: no uncertainty can be estimated from them";
  }
  if (base.treated + base.comparison < 10) return `only ${base.treated + base.comparison} units have this outcome`;
  return undefined;
}

function aboveFloor(interval: Interval, base: EffectBase, analysis: AnalysisDeclaration): Estimable<Interval> {
  if (base.treatedClusters < FLOOR.treatedClusters) {
    const reason = `only ${base.treatedClusters} treated cluster${base.treatedClusters === 1 ? "" : "s"}, under ${FLOOR.treatedClusters}`;
    return { state: "not estimable", reason };
  }
  if (!(interval.df > 0))
    return { state: "not estimable", reason: "nothing is left over to estimate its uncertainty from" };
  if (analysis.errors === "CR2" && interval.df < FLOOR.df) {
    return { state: "not estimable", reason: `${interval.df.toFixed(1)} degrees of freedom, under ${FLOOR.df}` };
  }
  if (base.treated < analysis.minimumTreated && base.treatedClusters < FLOOR.treatedClusters) {
    return { state: "not estimable", reason: `too few to report: ${base.treated} treated units` };
  }
  return { state: "estimated", ...interval };
}

/** The restricted wild cluster bootstrap where clusters are few; by the first level of clusters. */
function bootstrapBeside(
  question: Question,
  models: readonly Model[],
  base: EffectBase,
  interval: Interval,
  contrast: Contrast,
): Effect["wild"] {
  const { analysis, seed, outcome, horizon } = question;
  const few = base.treatedClusters < FEW.treatedClusters || interval.df < FEW.df;
  if (analysis.fewClusters === "none" || !few || analysis.errors !== "CR2") return undefined;
  if (models.length > 1) return { state: "not estimable", reason: "the bootstrap is not pooled over imputations" };
  const model = models[0]!;
  return wildClusterBootstrap(model.fit, {
    clusters: model.clusters[0]!,
    coefficient: "treated",
    draws: analysis.bootstrapDraws,
    level: analysis.level,
    random: new RandomStream(seed, `bootstrap ${analysis.id} ${outcome.id} ${horizon} ${contrast}`),
  });
}

/** 1 where a condition of the analysis holds for a unit at baseline, 0 where not, NaN where undecided. */
export function holdsFor(
  open: OpenSample,
  expression: Parameters<typeof evaluate>[0],
  horizon: AcademicYear,
): Float64Array {
  return (evaluate(expression, open.at(horizon)) as NumberColumn).values;
}
