import type { Fault } from "#domain";
import type { MatchDeclaration, MatchSpecification } from "#protocol";
import { effectiveSampleSize, entropyBalance, estimandWeights, Matrix, nearestMatcher, RandomStream } from "#stats";
import { allRows, numbersOf } from "#table";
import { type Candidates, takeArm } from "./candidates.ts";
import type { CompletedCovariates } from "./completedCovariates.ts";
import { type CovariateColumn, completeRows, modelColumns, takeCovariates } from "./covariates.ts";
import { tieRanks } from "./hashedKeys.ts";
import type { Score, ScoreResult } from "./score.ts";

/** A treated unit and the comparison units chosen for it, as rows of the candidates. */
export interface MatchedSet {
  readonly treated: number;
  readonly controls: Int32Array;
}

/** A unit that did not make it into the sample, and why. */
export interface Dropped {
  readonly row: number;
  readonly reason: string;
  /** The level it has and nobody in the other arm, where that is the reason. */
  readonly unshared?: string;
}

/** One matched sample. Without imputation a specification has one; with it, one per draw. */
export interface MatchedDraw {
  /** One weight per candidate: 1 for a treated unit kept, 0 for a unit not in the sample. */
  readonly weights: Float64Array;
  /** Empty for methods that weight instead of matching. */
  readonly sets: readonly MatchedSet[];
  readonly dropped: readonly Dropped[];
  /** The covariates matched on, for all candidates; completed when imputed. */
  readonly covariates: readonly CovariateColumn[];
  /** Linear logit, NaN where there is none; undefined when the method uses no score. */
  readonly score: Float64Array | undefined;
  /** Treated units a caliper turned away; undefined without a caliper. */
  readonly turnedAway: number | undefined;
  /** Whether two candidates have exactly the same score, so that the order of ties could matter. */
  readonly hasTies: boolean;
  /** The score it was matched on: the same whatever the order of ties. */
  readonly scored?: Score;
}

export type SpecificationRun =
  | { readonly state: "matched"; readonly draws: readonly MatchedDraw[] }
  | { readonly state: "not estimable"; readonly fault: Fault };

/** What a run of a specification may depend on, beside the candidates. */
export interface RunOptions {
  readonly match: MatchDeclaration;
  readonly seed: number;
}

/**
 * Carries out one matching specification on the candidates, within each imputation where covariates are imputed.
 * Reads no outcome: everything comes from the candidates' baseline covariates.
 * @param completed  Its covariates, once, or once for each imputation: see `completeCovariates`.
 */
export function runSpecification(
  candidates: Candidates,
  specification: MatchSpecification,
  completed: readonly CompletedCovariates[],
  exact: readonly CovariateColumn[],
  options: RunOptions,
): SpecificationRun {
  const unserved = unservedSetting(specification);
  if (unserved !== undefined) return { state: "not estimable", fault: unserved };
  const draws: MatchedDraw[] = [];
  for (const one of completed) {
    const prepared = prepare(candidates, specification, one.columns, exact, options, (rows) => one.score(rows));
    if ("fault" in prepared) return { state: "not estimable", fault: prepared.fault };
    draws.push(prepared.draw());
  }
  return { state: "matched", draws };
}

/**
 * A run carried out again in other orders of ties: the same completed covariates, the same scores.
 * @param orders  How many; the first is always the same.
 * @returns One list of matched samples for each order.
 */
export function rematch(
  candidates: Candidates,
  specification: MatchSpecification,
  draws: readonly MatchedDraw[],
  exact: readonly CovariateColumn[],
  { seed, match }: RunOptions,
  orders: number,
): readonly (readonly MatchedDraw[])[] {
  const prepared = draws.map((draw) => {
    if (draw.scored === undefined) return () => draw;
    const scored = { state: "scored", ...draw.scored } as const;
    const again = prepare(candidates, specification, draw.covariates, exact, { match, seed }, () => scored);
    return "fault" in again ? () => undefined : again.draw;
  });
  return Array.from({ length: orders }, (_, i) => {
    const order = allRows(candidates.keys.length);
    new RandomStream(seed, `ties redrawn ${i + 1}`).shuffle(order);
    return prepared.flatMap((draw) => draw(order) ?? []);
  });
}

/** Weights are found for all units together: they can promise neither exact agreement nor a range of scores. */
function unservedSetting(specification: MatchSpecification): Fault | undefined {
  const { id, method, exact, commonSupport, place } = specification;
  if (method !== "entropy" && method !== "inverseProbability") return undefined;
  const key = exact.length > 0 ? "exact" : commonSupport === "none" ? undefined : "commonSupport";
  if (key === undefined) return undefined;
  return {
    code: "setting-not-served",
    severity: "fault",
    place,
    message: `${id} weights by \`${method}\`, which cannot keep \`${key}\`: the weights would not do what is asked.`,
    suggestion:
      key === "exact"
        ? "Use `method: nearest`, or write `exact: []` for it."
        : "Leave it out, or use `method: nearest`.",
  };
}

/** Everything of a match that does not depend on the order of ties, and the match for one order. */
interface Prepared {
  /** @param order  The order of ties, as ranks of the candidates; by their hashed keys when left out. */
  readonly draw: (order?: Int32Array) => MatchedDraw;
}

/** @param scoreOf  The score among some rows of the candidates. */
function prepare(
  candidates: Candidates,
  specification: MatchSpecification,
  covariates: readonly CovariateColumn[],
  exact: readonly CovariateColumn[],
  { match, seed }: RunOptions,
  scoreOf: (rows: Int32Array) => ScoreResult,
): Prepared | { readonly fault: Fault } {
  const size = candidates.treated.length;
  const rows = completeRows([...covariates, ...exact], size);
  const without = withoutValues(rows, size);
  const treated = takeArm(candidates.treated, rows);
  if (!treated.includes(1) || !treated.includes(0)) return { fault: nobodyComplete(treated, match) };
  if (specification.method === "entropy")
    return balanceByEntropy(specification, covariates, { size, rows, treated, dropped: without });
  if (specification.method === "none") {
    return always(asDraw(size, covariates, without, rows, new Float64Array(rows.length).fill(1)));
  }

  const scored = scoreOf(rows);
  if (scored.state === "not estimable") return { fault: scored.fault };
  const beforehand: readonly Dropped[] = [
    ...without,
    ...scored.outside.map(({ row, level }) => ({
      row: rows[row]!,
      reason: `nobody to compare with: ${level}`,
      unshared: level,
    })),
  ];
  const inScore = scored.rows.map((row) => rows[row]!);
  const treatedInScore = takeArm(candidates.treated, inScore);
  const score = new Float64Array(size).fill(Number.NaN);
  for (let i = 0; i < inScore.length; i++) score[inScore[i]!] = scored.logit[i]!;

  if (specification.method === "inverseProbability") {
    const weights = estimandWeights({ logit: scored.logit, treated: treatedInScore, estimand: "ATT" });
    return always({ ...asDraw(size, covariates, beforehand, inScore, weights), score });
  }

  const onScale =
    specification.caliper?.unit === "probability" ? scored.logit.map((l) => 1 / (1 + Math.exp(-l))) : scored.logit;
  const caliper = specification.caliper === undefined ? undefined : caliperSize(specification.caliper, onScale);
  const matcher = nearestMatcher({
    score: onScale,
    treated: treatedInScore,
    neighbours: specification.neighbours,
    replacement: specification.replacement,
    order: specification.order,
    discard: specification.commonSupport,
    ...(caliper !== undefined && { caliper }),
    ...(exact.length > 0 && { exact: exactGroups(takeCovariates(exact, inScore)) }),
  });
  // Ranks among all candidates stand in the same order as ranks among these.
  const ranks = (of: ArrayLike<number>): Float64Array => numbersOf(inScore.length, (i) => of[inScore[i]!]!);
  return {
    draw: (order) => {
      const matched = matcher({
        tieRank: ranks(order ?? tieRanks(candidates.keys, `${seed}`)),
        ...(specification.order === "random" && { orderRank: ranks(tieRanks(candidates.keys, `${seed} order`)) }),
      });
      const dropped = [...beforehand];
      for (const row of matched.discarded)
        dropped.push({ row: inScore[row]!, reason: "outside the range of scores of the other arm" });
      for (const row of matched.unmatched) dropped.push({ row: inScore[row]!, reason: unmatchedReason(specification) });
      const sets = matched.sets
        .filter((set) => set.controls.length > 0)
        .map((set) => ({ treated: inScore[set.treated]!, controls: set.controls.map((row) => inScore[row]!) }));
      return {
        ...asDraw(size, covariates, dropped, inScore, matched.weights),
        sets,
        score,
        turnedAway: caliper === undefined ? undefined : matched.caliperTurnedAway,
        hasTies: scored.hasTies,
        scored,
      };
    },
  };
}

const always = (draw: MatchedDraw): Prepared => ({ draw: () => draw });

/** The candidates that are not among the complete ones. */
function withoutValues(complete: Int32Array, size: number): Dropped[] {
  const dropped: Dropped[] = [];
  let next = 0;
  for (let row = 0; row < size; row++) {
    if (complete[next] === row) next++;
    else dropped.push({ row, reason: "a covariate is missing" });
  }
  return dropped;
}

function unmatchedReason({ caliper, exact }: MatchSpecification): string {
  const agreeing = exact.length === 0 ? "" : ` that agrees on ${exact.join(" and ")}`;
  return `no comparison unit${agreeing} ${caliper === undefined ? "left" : "within the caliper"}`;
}

function asDraw(
  size: number,
  covariates: readonly CovariateColumn[],
  dropped: readonly Dropped[],
  rows: Int32Array,
  own: Float64Array,
): MatchedDraw {
  const weights = new Float64Array(size);
  for (let i = 0; i < rows.length; i++) weights[rows[i]!] = own[i]!;
  return { weights, sets: [], dropped, covariates, score: undefined, turnedAway: undefined, hasTies: false };
}

/** The candidates with a value in everything, as rows of `size` of them, and those without. */
interface CompleteCandidates {
  readonly size: number;
  readonly rows: Int32Array;
  readonly treated: Uint8Array;
  readonly dropped: readonly Dropped[];
}

function balanceByEntropy(
  specification: MatchSpecification,
  covariates: readonly CovariateColumn[],
  { size, rows, treated, dropped }: CompleteCandidates,
): Prepared | { readonly fault: Fault } {
  const columns = modelColumns(takeCovariates(covariates, rows));
  const balanced = entropyBalance({ x: Matrix.fromColumns(columns.map((column) => column.values)), treated });
  if (balanced.state === "not estimable") {
    const message = `Entropy balancing found no weights: ${balanced.reason}.`;
    const suggestion = "Leave out a covariate, or use nearest neighbours.";
    return { fault: { code: "not-balanced", severity: "fault", place: specification.place, message, suggestion } };
  }
  return always(asDraw(size, covariates, dropped, rows, balanced.weights));
}

/** A caliper in units of the score: 0.2 sd is 0.2 × the standard deviation over all rows that are scored. */
function caliperSize(caliper: NonNullable<MatchSpecification["caliper"]>, score: Float64Array): number {
  if (caliper.unit !== "sd") return caliper.size;
  const mean = score.reduce((sum, value) => sum + value, 0) / score.length;
  const variance = score.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (score.length - 1);
  return caliper.size * Math.sqrt(variance);
}

/** One number per row, equal exactly when all the columns are. */
function exactGroups(columns: readonly CovariateColumn[]): Int32Array {
  const [first] = columns;
  const length = first!.column.kind === "number" ? first!.column.values.length : first!.column.codes.length;
  const groups = new Int32Array(length);
  let count = 1;
  for (const { column } of columns) {
    const values = column.kind === "number" ? column.values : column.codes;
    // For each group so far, the numbers its parts are given.
    const parts = Array.from({ length: count }, () => new Map<number, number>());
    count = 0;
    for (let row = 0; row < length; row++) {
      const own = parts[groups[row]!]!;
      const group = own.get(values[row]!) ?? count++;
      own.set(values[row]!, group);
      groups[row] = group;
    }
  }
  return groups;
}

function nobodyComplete(treated: Uint8Array, match: MatchDeclaration): Fault {
  const who = treated.includes(1) ? "comparison" : "treated";
  return {
    code: "nobody-complete",
    severity: "fault",
    place: match.place,
    message: `No ${who} unit has a value in everything it is matched on, so nothing can be matched under \`missing: ${match.missing}\`.`,
    suggestion:
      match.missing === "completeCase"
        ? "Look at the missingness table: leave out the covariate that is missing, or use `missing: multipleImputation`."
        : "Look at the missingness table: leave out the covariate that has no values.",
  };
}

/** Treated units kept, comparison units used, and the effective number of those. */
export function sizesOf(
  draw: MatchedDraw,
  treated: Uint8Array,
): { treated: number; comparison: number; effective: number } {
  const comparison = draw.weights.filter((weight, row) => weight > 0 && treated[row] === 0);
  return {
    treated: draw.weights.filter((weight, row) => weight > 0 && treated[row] === 1).length,
    comparison: comparison.length,
    effective: comparison.length === 0 ? 0 : effectiveSampleSize(comparison),
  };
}
