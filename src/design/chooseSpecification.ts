import { type Fault, Faults } from "#domain";
import { type EvaluationContext, evaluate } from "#expression";
import type { ChooseRule, ComparisonDeclaration, MatchSpecification } from "#protocol";
import type { Column, NumberColumn } from "#table";
import { type BalanceRow, biasByCovariate, effectiveComparison } from "./balance.ts";
import { type SpecificationRun, sizesOf } from "./runSpecification.ts";

/** One specification as tried: blind to outcomes, scored on the one list of key covariates. */
export interface TriedSpecification {
  readonly specification: MatchSpecification;
  readonly run: SpecificationRun;
  readonly balance: readonly BalanceRow[];
  readonly scores: SpecificationScores | undefined;
  readonly feasible: boolean;
  /** Why it cannot be chosen; empty when it can. */
  readonly against: readonly string[];
}

export interface SpecificationScores {
  readonly treatedKept: number;
  readonly treatedKeptPercent: number;
  readonly comparisonUsed: number;
  readonly effectiveComparison: number;
  readonly medianBias: number;
  readonly maxBias: number;
}

/** Scores a run on the balance rows of the key covariates. Averages over the draws of an imputation. */
export function scoreRun(
  run: SpecificationRun,
  balanceOnKeys: readonly BalanceRow[],
  treated: Uint8Array,
): SpecificationScores | undefined {
  if (run.state === "not estimable") return undefined;
  const biases = [...biasByCovariate(balanceOnKeys).values()].sort((a, b) => a - b);
  const sizes = run.draws.map((draw) => sizesOf(draw, treated));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const all = treated.reduce((sum, value) => sum + value, 0);
  const kept = mean(sizes.map((size) => size.treated));
  return {
    treatedKept: Math.round(kept),
    treatedKeptPercent: (100 * kept) / all,
    comparisonUsed: Math.round(mean(sizes.map((size) => size.comparison))),
    effectiveComparison: effectiveComparison(treated, run.draws),
    medianBias: median(biases),
    maxBias: biases.at(-1) ?? Number.NaN,
  };
}

function median(sorted: readonly number[]): number {
  if (sorted.length === 0) return Number.NaN;
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Why a scored specification is not feasible (methods, section 4): keeps under 95% of the treated, effective comparison
 * n under 3 × treated clusters, or a key covariate above 25% bias; or the study's own `require`.
 */
export function objections(
  scores: SpecificationScores,
  choose: ChooseRule,
  treatedClusters: number,
): readonly string[] {
  if ("by" in choose && choose.require !== undefined) {
    const known: Record<string, number> = {
      treated_kept: scores.treatedKeptPercent,
      max_percent_bias: scores.maxBias,
      effective_n: scores.effectiveComparison,
    };
    const holds = (evaluate(choose.require, wordsContext(known)) as NumberColumn).values[0];
    return holds === 1 ? [] : [`does not meet \`${choose.require.text}\``];
  }
  const found: string[] = [];
  if (scores.treatedKeptPercent < 95) {
    // Rounded down, so that 94.97% does not read as 95.0%.
    found.push(`keeps ${keptInWords(scores.treatedKeptPercent)}% of the treated, under 95%`);
  }
  if (scores.effectiveComparison < 3 * treatedClusters) {
    found.push(
      `effective comparison n ${scores.effectiveComparison.toFixed(0)}, under 3 × ${treatedClusters} treated clusters`,
    );
  }
  if (scores.maxBias === Number.POSITIVE_INFINITY) found.push("a key covariate has no value left to compare");
  else if (scores.maxBias > 25) found.push(`a key covariate has ${scores.maxBias.toFixed(1)}% bias, above 25%`);
  return found;
}

/** One decimal as in the table; two where one would round up to the threshold. */
const keptInWords = (percent: number): string => percent.toFixed(percent.toFixed(1) === "95.0" ? 2 : 1);

function wordsContext(known: Record<string, number>): EvaluationContext {
  const column = (name: string): Column => ({ kind: "number", type: "number", values: Float64Array.of(known[name]!) });
  return { rows: 1, column, exists: () => ({ kind: "number", type: "truth", values: Float64Array.of(1) }) };
}

/** The specification chosen, and the sentence that says by which rule and against whom. */
export interface ChosenSpecification {
  readonly tried: TriedSpecification;
  readonly rule: string;
}

/**
 * Chooses among the feasible: lowest median absolute percent bias, then lowest maximum, then highest effective n, then
 * order in the protocol. A study may fix one in advance with `use`.
 * @throws Faults  `none-feasible`, or what is wrong with the specification fixed in advance: its own fault, or
 *                 `nobody-matched` when it leaves no programme unit at all.
 */
export function chooseSpecification(
  tried: readonly TriedSpecification[],
  comparison: ComparisonDeclaration,
): ChosenSpecification {
  const { choose } = comparison.match;
  if ("use" in choose) {
    const fixed = tried.find((candidate) => candidate.specification.id === choose.use)!;
    if (fixed.run.state === "not estimable") throw new Faults(comparison.place.file, [fixed.run.fault]);
    if (fixed.scores?.treatedKept === 0) throw new Faults(comparison.place.file, [nobodyMatched(fixed)]);
    return {
      tried: fixed,
      rule: `fixed in advance by the protocol${choose.because === undefined ? "" : `: ${choose.because}`}`,
    };
  }
  const feasible = tried.filter((candidate) => candidate.feasible);
  if (feasible.length === 0) {
    const failed = tried.flatMap((candidate) => (candidate.run.state === "not estimable" ? [candidate.run.fault] : []));
    // When nothing could be matched at all, the reason matters more than the rule.
    throw new Faults(
      comparison.place.file,
      failed.length === tried.length ? dedupe(failed) : [noneFeasible(tried, comparison)],
    );
  }
  const best = feasible.reduce((leader, candidate) =>
    compare(candidate.scores!, leader.scores!) < 0 ? candidate : leader,
  );
  const scores = best.scores!;
  const others = feasible.length - 1;
  return {
    tried: best,
    rule:
      `lowest median absolute bias (${scores.medianBias.toFixed(1)}%, largest ${scores.maxBias.toFixed(1)}%) ` +
      `of ${feasible.length} feasible specification${others === 0 ? "" : "s"} among ${tried.length} tried`,
  };
}

/** The median of two biases lies between two tenths: it is compared after rounding too, or its hundredth would decide. */
function compare(a: SpecificationScores, b: SpecificationScores): number {
  const tenths = (bias: number) => Math.round(10 * bias + 1e-6);
  return (
    tenths(a.medianBias) - tenths(b.medianBias) ||
    tenths(a.maxBias) - tenths(b.maxBias) ||
    b.effectiveComparison - a.effectiveComparison
  );
}

function nobodyMatched({ specification }: TriedSpecification): Fault {
  const caliper =
    specification.caliper === undefined
      ? ""
      : ` within the caliper of ${specification.caliper.size} ${specification.caliper.unit}`;
  const exact = specification.exact.length === 0 ? "" : ` that agrees on ${specification.exact.join(" and ")}`;
  return {
    code: "nobody-matched",
    severity: "fault",
    place: specification.place,
    message: `Under ${specification.id} no treated unit has a comparison unit${caliper}${exact}: there is nobody to compare.`,
    suggestion: "Widen the caliper, loosen `exact`, or use another specification.",
  };
}

function dedupe(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [fault.message, fault])).values()];
}

function noneFeasible(tried: readonly TriedSpecification[], comparison: ComparisonDeclaration): Fault {
  const each = tried.map((candidate) => `${candidate.specification.id}: ${candidate.against.join("; ")}`).join(". ");
  return {
    code: "none-feasible",
    severity: "fault",
    place: comparison.match.place,
    message: `No matching specification of ${comparison.id} is feasible. ${each}.`,
    suggestion: "Widen the pool, add specifications, or declare `choose.require` with a reason.",
  };
}
