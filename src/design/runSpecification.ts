import type { Fault } from "#domain";
import type { MatchDeclaration, MatchSpecification } from "#protocol";
import {
  chainedImputation,
  effectiveSampleSize,
  entropyBalance,
  estimandWeights,
  Matrix,
  matchNearest,
  RandomStream,
} from "#stats";
import { type Column, isMissing } from "#table";
import type { Candidates } from "./candidates.ts";
import { type CovariateColumn, completeRows, modelColumns, takeCovariates } from "./covariates.ts";
import { tieRanks } from "./hashedKeys.ts";
import { propensityScore, type Score } from "./score.ts";

/** A treated unit and the comparison units chosen for it, as rows of the candidates. */
export interface MatchedSet {
  readonly treated: number;
  readonly controls: Int32Array;
}

/** A unit that did not make it into the sample, and why. */
export interface Dropped {
  readonly row: number;
  readonly reason: string;
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
 */
export function runSpecification(
  candidates: Candidates,
  specification: MatchSpecification,
  covariates: readonly CovariateColumn[],
  exact: readonly CovariateColumn[],
  options: RunOptions,
): SpecificationRun {
  const unserved = unservedSetting(specification);
  if (unserved !== undefined) return { state: "not estimable", fault: unserved };
  const draws: MatchedDraw[] = [];
  for (const completed of completions(candidates, covariates, options)) {
    const draw = matchOnce(candidates, specification, completed, exact, options);
    if ("fault" in draw) return { state: "not estimable", fault: draw.fault };
    draws.push(draw);
  }
  return { state: "matched", draws };
}

/**
 * A run carried out again with another order of ties: the same completed covariates, the same scores.
 * @param tieOrder  Which of the re-drawn orders, from 1.
 */
export function rematch(
  candidates: Candidates,
  specification: MatchSpecification,
  draws: readonly MatchedDraw[],
  exact: readonly CovariateColumn[],
  { seed, match }: RunOptions,
  tieOrder: number,
): readonly MatchedDraw[] {
  const order = Int32Array.from(candidates.keys.keys());
  new RandomStream(seed, `ties redrawn ${tieOrder}`).shuffle(order);
  return draws.flatMap((draw) => {
    if (draw.scored === undefined) return [draw];
    const again = matchOnce(
      candidates,
      specification,
      draw.covariates,
      exact,
      { match, seed },
      { scored: draw.scored, order },
    );
    return "fault" in again ? [] : [again];
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

/** The covariates to match on: as they are, or completed once per imputation. */
function completions(
  candidates: Candidates,
  covariates: readonly CovariateColumn[],
  { match, seed }: RunOptions,
): readonly (readonly CovariateColumn[])[] {
  if (match.missing === "indicator" || match.missing === "category") return [withIndicators(covariates, match.missing)];
  const anyMissing = covariates.some(({ column }) => candidates.treated.some((_, row) => isMissing(column, row)));
  if (match.missing !== "multipleImputation" || !anyMissing) return [covariates];
  // The arm takes part, so that imputing does not pull the arms together.
  const arm = { name: "treated", kind: "number" as const, values: Float64Array.from(candidates.treated) };
  const imputation = chainedImputation({
    columns: [arm, ...covariates.map(({ name, column }) => ({ name, ...column }))],
    seed,
    draws: match.draws,
  });
  return Array.from({ length: match.draws }, (_, i) => {
    const drawn = imputation.draw(i);
    return covariates.map((covariate, j) => ({ ...covariate, column: filled(covariate.column, drawn[j + 1]!) }));
  });
}

function filled(column: Column, drawn: { readonly values?: Float64Array; readonly codes?: Int32Array }): Column {
  return column.kind === "number"
    ? { kind: "number", type: column.type, values: drawn.values! }
    : { kind: "code", type: column.type, levels: column.levels, codes: drawn.codes! };
}

/** Missing numbers become the mean with a 0/1 flag beside; missing categories become a level of their own. */
function withIndicators(
  covariates: readonly CovariateColumn[],
  how: "indicator" | "category",
): readonly CovariateColumn[] {
  return covariates.flatMap((covariate): readonly CovariateColumn[] => {
    const { name, column } = covariate;
    const length = column.kind === "number" ? column.values.length : column.codes.length;
    const flag = Float64Array.from({ length }, (_, row) => Number(isMissing(column, row)));
    if (!flag.includes(1)) return [covariate];
    if (column.kind === "code") {
      const levels = column.levels.includes("Unknown") ? column.levels : [...column.levels, "Unknown"];
      const unknown = levels.indexOf("Unknown");
      const codes = column.codes.map((code) => (code < 0 ? unknown : code));
      return [{ ...covariate, column: { kind: "code", type: "category", codes, levels } }];
    }
    if (how === "category") return [covariate];
    const known = column.values.filter((value) => !Number.isNaN(value));
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const values = column.values.map((value) => (Number.isNaN(value) ? mean : value));
    const indicator: CovariateColumn = {
      name: `${name} missing`,
      column: { kind: "number", type: "truth", values: flag },
      reference: undefined,
    };
    return [{ ...covariate, column: { kind: "number", type: column.type, values } }, indicator];
  });
}

function matchOnce(
  candidates: Candidates,
  specification: MatchSpecification,
  covariates: readonly CovariateColumn[],
  exact: readonly CovariateColumn[],
  { match, seed }: RunOptions,
  again?: { readonly scored: Score; readonly order: Int32Array },
): MatchedDraw | { readonly fault: Fault } {
  const size = candidates.treated.length;
  const rows = completeRows([...covariates, ...exact], size);
  const isComplete = new Uint8Array(size);
  for (const row of rows) isComplete[row] = 1;
  const dropped: Dropped[] = [];
  for (let row = 0; row < size; row++)
    if (isComplete[row] === 0) dropped.push({ row, reason: "a covariate is missing" });

  const treated = Uint8Array.from(rows, (row) => candidates.treated[row]!);
  if (!treated.includes(1) || !treated.includes(0)) return { fault: nobodyComplete(treated, match) };
  const complete = takeCovariates(covariates, rows);
  if (specification.method === "entropy")
    return balanceByEntropy(candidates, specification, covariates, complete, rows, treated, dropped);
  if (specification.method === "none") {
    return asDraw(
      size,
      covariates,
      dropped,
      Array.from(rows, (row) => [row, 1] as const),
    );
  }

  const scored =
    again === undefined ? propensityScore(complete, treated, match) : ({ state: "scored", ...again.scored } as const);
  if (scored.state === "not estimable") return { fault: scored.fault };
  for (const { row, level } of scored.outside)
    dropped.push({ row: rows[row]!, reason: `nobody to compare with: ${level}` });
  const inScore = scored.rows.map((row) => rows[row]!);
  const arm = scored.rows.map((row) => treated[row]!) as Int32Array;
  const treatedInScore = Uint8Array.from(arm);
  const score = new Float64Array(size).fill(Number.NaN);
  for (const [i, row] of inScore.entries()) score[row] = scored.logit[i]!;

  if (specification.method === "inverseProbability") {
    const weights = estimandWeights({ logit: scored.logit, treated: treatedInScore, estimand: "ATT" });
    const pairs = Array.from(inScore, (row, i) => [row, weights[i]!] as const);
    return { ...asDraw(size, covariates, dropped, pairs), score };
  }

  const onScale =
    specification.caliper?.unit === "probability" ? scored.logit.map((l) => 1 / (1 + Math.exp(-l))) : scored.logit;
  const caliper = specification.caliper === undefined ? undefined : caliperSize(specification.caliper, onScale);
  const keys = Array.from(inScore, (row) => candidates.keys[row]!);
  const { order } = again ?? {};
  const matched = matchNearest({
    score: onScale,
    treated: treatedInScore,
    neighbours: specification.neighbours,
    replacement: specification.replacement,
    order: specification.order,
    discard: specification.commonSupport,
    tieRank: order === undefined ? tieRanks(keys, `${seed}`) : Float64Array.from(inScore, (row) => order[row]!),
    ...(specification.order === "random" && { orderRank: tieRanks(keys, `${seed} order`) }),
    ...(caliper !== undefined && { caliper }),
    ...(exact.length > 0 && { exact: exactGroups(takeCovariates(exact, inScore)) }),
  });
  for (const row of matched.discarded)
    dropped.push({ row: inScore[row]!, reason: "outside the range of scores of the other arm" });
  for (const row of matched.unmatched) {
    dropped.push({ row: inScore[row]!, reason: unmatchedReason(specification) });
  }
  const sets = matched.sets
    .filter((set) => set.controls.length > 0)
    .map((set) => ({ treated: inScore[set.treated]!, controls: set.controls.map((row) => inScore[row]!) }));
  const pairs = Array.from(inScore, (row, i) => [row, matched.weights[i]!] as const);
  return {
    ...asDraw(size, covariates, dropped, pairs),
    sets,
    score,
    turnedAway: caliper === undefined ? undefined : matched.caliperTurnedAway,
    hasTies: new Set(scored.logit).size < scored.logit.length,
    scored,
  };
}

function unmatchedReason({ caliper, exact }: MatchSpecification): string {
  const agreeing = exact.length === 0 ? "" : ` that agrees on ${exact.join(" and ")}`;
  return `no comparison unit${agreeing} ${caliper === undefined ? "left" : "within the caliper"}`;
}

function asDraw(
  size: number,
  covariates: readonly CovariateColumn[],
  dropped: readonly Dropped[],
  pairs: readonly (readonly [row: number, weight: number])[],
): MatchedDraw {
  const weights = new Float64Array(size);
  for (const [row, weight] of pairs) weights[row] = weight;
  return { weights, sets: [], dropped, covariates, score: undefined, turnedAway: undefined, hasTies: false };
}

function balanceByEntropy(
  candidates: Candidates,
  specification: MatchSpecification,
  covariates: readonly CovariateColumn[],
  complete: readonly CovariateColumn[],
  rows: Int32Array,
  treated: Uint8Array,
  dropped: readonly Dropped[],
): MatchedDraw | { readonly fault: Fault } {
  const columns = modelColumns(complete);
  const balanced = entropyBalance({ x: Matrix.fromColumns(columns.map((column) => column.values)), treated });
  if (balanced.state === "not estimable") {
    const message = `Entropy balancing found no weights: ${balanced.reason}.`;
    const suggestion = "Leave out a covariate, or use nearest neighbours.";
    return { fault: { code: "not-balanced", severity: "fault", place: specification.place, message, suggestion } };
  }
  const pairs = Array.from(rows, (row, i) => [row, balanced.weights[i]!] as const);
  return asDraw(candidates.treated.length, covariates, dropped, pairs);
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
  const length =
    columns[0]!.column.kind === "number" ? columns[0]!.column.values.length : columns[0]!.column.codes.length;
  const numbers = new Map<string, number>();
  return Int32Array.from({ length }, (_, row) => {
    const key = columns
      .map(({ column }) => (column.kind === "number" ? column.values[row] : column.codes[row]))
      .join("|");
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
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
