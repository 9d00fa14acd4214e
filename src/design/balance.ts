import { coxIndex, effectiveSampleSize, hedgesG } from "#stats";
import { type ArmMoments, armsOf, isYesOrNo, type MomentsByArm, momentsOf } from "./armMoments.ts";
import { type CovariateColumn, levelName, occurringLevels } from "./covariates.ts";
import type { MatchedDraw } from "./runSpecification.ts";

/**
 * One row of the balance table: a number, or one level of a category.
 * Differences are standardised by the pooled SD before matching, √((s²treated + s²pool)/2), so that before and after
 * share one yardstick.
 */
export interface BalanceRow {
  readonly column: string;
  readonly covariate: string;
  readonly level: string | undefined;
  readonly before: { readonly treated: ArmMoments; readonly comparison: ArmMoments };
  readonly after: { readonly treated: ArmMoments; readonly comparison: ArmMoments };
  /** Standardised mean differences; NaN when the column does not vary before matching. */
  readonly smdBefore: number;
  readonly smdAfter: number;
  /** Var treated / var comparison after weighting; undefined for a yes/no column. */
  readonly varianceRatio: number | undefined;
  /** 100 × smdAfter. */
  readonly percentBias: number;
  readonly wwc: WwcBaseline | undefined;
}

/** Verdict of the What Works Clearinghouse on one covariate tagged `baseline: required`. */
export interface WwcBaseline {
  readonly statistic: "Hedges g" | "Cox index";
  readonly value: number;
  /** `cannot be assessed` when one arm has no value in the matched sample. */
  readonly verdict: "satisfied" | "satisfied with adjustment" | "not satisfied" | "cannot be assessed";
}

/** Baseline equivalence: up to .05 satisfied, up to .25 only if the covariate is in the outcome model, else not. */
export function wwcBaseline(treated: ArmMoments, comparison: ArmMoments, isBinary: boolean): WwcBaseline {
  const value = isBinary ? coxIndex(treated.mean, comparison.mean) : hedgesG(treated, comparison);
  return { statistic: isBinary ? "Cox index" : "Hedges g", value, verdict: wwcVerdict(Math.abs(value)) };
}

function wwcVerdict(size: number): WwcBaseline["verdict"] {
  if (Number.isNaN(size)) return "cannot be assessed";
  if (size <= 0.05) return "satisfied";
  return size <= 0.25 ? "satisfied with adjustment" : "not satisfied";
}

/**
 * The balance table of a matched sample on original (not imputed) data; averaged over the draws of an imputation.
 * @param required  Covariates the WWC verdict is read on.
 */
export function balanceTable(
  covariates: readonly CovariateColumn[],
  treated: Uint8Array,
  draws: readonly MatchedDraw[],
  required: ReadonlySet<string>,
): readonly BalanceRow[] {
  const everyone = armsOf(treated, new Float64Array(treated.length).fill(1));
  const matched = draws.map((draw) => armsOf(treated, draw.weights));
  return covariates.flatMap((covariate) => {
    const before = momentsOf(covariate, everyone);
    const after = matched.map((arms) => momentsOf(covariate, arms));
    return columnsOf(covariate).map((column, place) =>
      balanceRow(column, before[place]!, averageMoments(after.map((moments) => moments[place]!)), required),
    );
  });
}

/** What a row of the table is called, and whether it is a share. */
interface BalanceColumn {
  readonly name: string;
  readonly covariate: string;
  /** The level it stands for, of those that occur. */
  readonly level: string | undefined;
  readonly isBinary: boolean;
}

/** A number, or each level of a category that occurs. */
function columnsOf({ name, column }: CovariateColumn): readonly BalanceColumn[] {
  if (column.kind === "number")
    return [{ name, covariate: name, level: undefined, isBinary: isYesOrNo(column.values) }];
  return occurringLevels(column).map((code) => ({
    name: levelName(name, column, code),
    covariate: name,
    level: column.levels[code]!,
    isBinary: true,
  }));
}

function balanceRow(
  { name, covariate, level, isBinary }: BalanceColumn,
  before: MomentsByArm,
  after: MomentsByArm,
  required: ReadonlySet<string>,
): BalanceRow {
  const pooled = Math.sqrt((before.treated.variance + before.comparison.variance) / 2);
  const smdAfter = (after.treated.mean - after.comparison.mean) / pooled;
  return {
    column: name,
    covariate,
    level,
    before,
    after,
    smdBefore: (before.treated.mean - before.comparison.mean) / pooled,
    smdAfter,
    varianceRatio: isBinary ? undefined : after.treated.variance / after.comparison.variance,
    percentBias: 100 * smdAfter,
    wwc: required.has(covariate) ? wwcBaseline(after.treated, after.comparison, isBinary) : undefined,
  };
}

/**
 * Absolute percent bias of each covariate, a factor counted once by its largest level, rounded to 0.1. A column that did
 * not vary before matching says nothing and is passed over; one that did, but has no value left in an arm of the matched
 * sample, counts as infinitely far off.
 */
export function biasByCovariate(rows: readonly BalanceRow[]): ReadonlyMap<string, number> {
  const worst = new Map<string, number>();
  for (const row of rows) {
    if (Number.isNaN(row.smdBefore)) continue;
    const size = Number.isNaN(row.percentBias) ? Number.POSITIVE_INFINITY : Math.abs(row.percentBias);
    const bias = Math.round(10 * size) / 10;
    worst.set(row.covariate, Math.max(worst.get(row.covariate) ?? 0, bias));
  }
  return worst;
}

/** Effective number of comparison units, (Σw)²/Σw², averaged over draws. */
export function effectiveComparison(treated: Uint8Array, draws: readonly MatchedDraw[]): number {
  const sizes = draws.map((draw) => {
    const weights = draw.weights.filter((weight, row) => weight > 0 && treated[row] === 0);
    return weights.length === 0 ? 0 : effectiveSampleSize(weights);
  });
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

function averageMoments(draws: readonly MomentsByArm[]): MomentsByArm {
  const average = (arm: "treated" | "comparison"): ArmMoments => {
    const of = (pick: (moments: ArmMoments) => number) =>
      draws.reduce((sum, draw) => sum + pick(draw[arm]), 0) / draws.length;
    return { mean: of((m) => m.mean), variance: of((m) => m.variance), n: Math.round(of((m) => m.n)) };
  };
  return { treated: average("treated"), comparison: average("comparison") };
}
