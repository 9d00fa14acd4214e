import { agreementOn, bestPerField, type Candidates, holders, patternsOf } from "./candidates.ts";
import type { Census } from "./census.ts";
import { type ComparedField, DIFFERENT, EXACT, MISSING, NEAR } from "./comparedField.ts";

/** Probabilities of one field's comparison levels, among matches (m) and among pairs of two people (u). */
export interface FieldWeights {
  readonly column: string;
  readonly m: { readonly exact: number; readonly near: number; readonly different: number };
  /** `exact` is the mean over the return's values; each value has its own. */
  readonly u: { readonly exact: number; readonly near: number; readonly different: number };
  /** Where m came from, in words. */
  readonly from: string;
}

/** Everything needed to say how likely a pair is one person. */
export interface MatchWeights {
  readonly fields: readonly FieldWeights[];
  /** Share of the rows of the return whose person is in the census at all. */
  readonly present: number;
  /** Log of the likelihood ratio of a row and a pattern. */
  readonly logRatio: (row: number, pattern: number) => number;
  /** For each pair, the version that speaks for it most, and its log ratio. */
  readonly best: { readonly pattern: Int32Array; readonly logRatio: Float64Array };
  /** For each pair, the probability that it is one person: the pairs of one row share one. */
  readonly probability: Float64Array;
  /** Record of the estimation. */
  readonly rounds: number;
  readonly converged: boolean;
}

/** Start of m, and what stands where nothing can be learnt: a field is right nineteen times in twenty. */
const START = { exact: 0.95, near: 0.03, different: 0.02 };
/** How many matches the start counts as. */
const START_WEIGHT = 2;
const RANDOM_PAIRS = 40_000;
const MOST_ROUNDS = 200;
const TOLERANCE = 1e-6;

/**
 * Weights of evidence after Fellegi and Sunter, estimated without any known match.
 *
 *     P(row i is person p) = (π/N) R(i,p) / [ (1 − π) + Σ_q (π/N) R(i,q) ],   R = Π_f m_f(a) / u_f(a)
 *
 * over the candidates q of row i: at most one of them is right, so the candidates of a row share one probability. π is
 * the share of the return found in the census, N the people in it; a pair no block brings together counts as no match.
 *
 * - **u, exact**: for each value its own, (people who hold it in any version, less one, plus a half) / N: agreeing on
 *   Smith says less than agreeing on a rare name. **u, near**: from systematic pairs of a row and a person.
 * - **m**: by EM within each block, for the fields that are not part of the block (inside a block they always agree);
 *   fields met in several blocks are averaged by expected matches. A field that is part of every block keeps the start.
 * - A missing cell says nothing either way. Of a person's versions the one that speaks most for the pair counts; u is
 *   taken over the best of all versions, so that choosing the best does not pass for evidence.
 *
 * @param blocks  Which rule numbers of the candidates are blocks, and the fields of each.
 *
 * Source: Fellegi & Sunter (1969), JASA 64(328); Winkler (2000), "Using the EM algorithm for weight computation in the
 * Fellegi-Sunter model", and Winkler (1989) for value-specific frequencies; the division of labour between u from random
 * pairs and m within blocks: Linacre et al. (2022), "Splink", IJPDS 7(3).
 */
export function matchWeights(
  fields: readonly ComparedField[],
  candidates: Candidates,
  census: Census,
  returnRows: number,
  blocks: readonly { readonly rule: number; readonly fields: readonly number[] }[],
): MatchWeights {
  const uExact = fields.map((field) =>
    Float64Array.from(holders(field, census), (count) => Math.min(0.9, (Math.max(0, count - 1) + 0.5) / census.people)),
  );
  const uNear = nearByChance(fields, candidates, census, returnRows);
  let m = fields.map(() => START);
  const logRatio = (row: number, pattern: number): number => {
    let sum = 0;
    for (let f = 0; f < fields.length; f++) {
      const agreement = agreementOn(pattern, f);
      if (agreement === MISSING) continue;
      const exact = uExact[f]![fields[f]!.mine[row]!]!;
      if (agreement === EXACT) sum += Math.log(m[f]!.exact / exact);
      else if (agreement === NEAR) sum += Math.log(m[f]!.near / uNear[f]!);
      else sum += Math.log(m[f]!.different / Math.max(1e-6, 1 - exact - uNear[f]!));
    }
    return sum;
  };

  let best = bestVersions(candidates, logRatio);
  let from: readonly string[] = [];
  let rounds = 0;
  let converged = true;
  // Twice: the version that counts depends a little on the weights.
  for (let pass = 0; pass < 2; pass++) {
    const learnt = learnM(
      fields,
      candidates,
      best.pattern,
      blocks,
      (row, f) => uExact[f]![fields[f]!.mine[row]!]!,
      uNear,
    );
    m = learnt.m;
    from = learnt.from;
    rounds += learnt.rounds;
    converged = learnt.converged;
    best = bestVersions(candidates, logRatio);
  }
  const { present, probability } = probabilities(candidates, best.logRatio, census.people, returnRows);
  return {
    fields: fields.map(({ column, mine }, f) => {
      let [sum, rows] = [0, 0];
      for (const value of mine) if (value >= 0) [sum, rows] = [sum + uExact[f]![value]!, rows + 1];
      const exact = rows === 0 ? 0 : sum / rows;
      return { column, m: m[f]!, u: { exact, near: uNear[f]!, different: 1 - exact - uNear[f]! }, from: from[f]! };
    }),
    present,
    logRatio,
    best,
    probability,
    rounds,
    converged,
  };
}

/** How often a row and a person who are not one are near on each field: over pairs spread evenly through both files. */
function nearByChance(
  fields: readonly ComparedField[],
  candidates: Candidates,
  census: Census,
  returnRows: number,
): readonly number[] {
  const pairs = Math.min(RANDOM_PAIRS, returnRows * census.people);
  const near = new Float64Array(fields.length);
  const compared = new Float64Array(fields.length);
  const isCandidate = new Set<number>();
  for (let c = 0; c < candidates.count; c++)
    isCandidate.add(candidates.row[c]! * census.people + candidates.person[c]!);
  for (let k = 0; k < pairs; k++) {
    const row = k % returnRows;
    const person = Math.floor((k / pairs) * census.people);
    if (isCandidate.has(row * census.people + person)) continue;
    const agreements = bestPerField(patternsOf(fields, census, row, person), fields.length);
    for (const [f, agreement] of agreements.entries()) {
      if (agreement !== MISSING) compared[f]!++;
      if (agreement === NEAR) near[f]!++;
    }
  }
  return fields.map((_, f) => Math.min(0.5, (near[f]! + 0.5) / (compared[f]! + 1)));
}

function bestVersions(
  { count, row, versions, patterns }: Candidates,
  logRatio: (row: number, pattern: number) => number,
): MatchWeights["best"] {
  const pattern = new Int32Array(count);
  const ratio = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let c = 0; c < count; c++) {
    for (let v = versions[c]!; v < versions[c + 1]!; v++) {
      const own = logRatio(row[c]!, patterns[v]!);
      if (own > ratio[c]!) {
        ratio[c] = own;
        pattern[c] = patterns[v]!;
      }
    }
  }
  return { pattern, logRatio: ratio };
}

type Levels = { exact: number; near: number; different: number };

function learnM(
  fields: readonly ComparedField[],
  candidates: Candidates,
  pattern: Int32Array,
  blocks: readonly { readonly rule: number; readonly fields: readonly number[] }[],
  uExact: (row: number, f: number) => number,
  uNear: readonly number[],
): { m: Levels[]; from: string[]; rounds: number; converged: boolean } {
  const sums = fields.map(() => ({ exact: 0, near: 0, different: 0 }));
  const met = fields.map(() => 0);
  let rounds = 0;
  let converged = true;
  for (const block of blocks) {
    const free = fields.map((_, f) => f).filter((f) => !block.fields.includes(f));
    const pairs: number[] = [];
    for (let c = 0; c < candidates.count; c++) if ((candidates.rules[c]! & (1 << block.rule)) !== 0) pairs.push(c);
    if (pairs.length === 0 || free.length === 0) continue;
    const session = expectMatches(candidates, pattern, pairs, free, uExact, uNear);
    rounds += session.rounds;
    converged &&= session.converged;
    for (const [j, f] of free.entries()) {
      met[f]! += session.matches;
      for (const level of ["exact", "near", "different"] as const) sums[f]![level] += session.counts[j]![level];
    }
  }
  return {
    m: sums.map(withStart),
    from: met.map((matches) =>
      matches < 1
        ? "assumed: no block leaves this field free to agree or not"
        : `estimated from ${Math.round(matches)} expected matches`,
    ),
    rounds,
    converged,
  };
}

function withStart(counts: Levels): Levels {
  const total = counts.exact + counts.near + counts.different + START_WEIGHT;
  return {
    exact: (counts.exact + START_WEIGHT * START.exact) / total,
    near: (counts.near + START_WEIGHT * START.near) / total,
    different: (counts.different + START_WEIGHT * START.different) / total,
  };
}

/** EM within one block: at most one pair of a row is a match. Pairs of one row stand together. */
function expectMatches(
  { row }: Candidates,
  pattern: Int32Array,
  pairs: readonly number[],
  free: readonly number[],
  uExact: (row: number, f: number) => number,
  uNear: readonly number[],
): { counts: readonly Levels[]; matches: number; rounds: number; converged: boolean } {
  const width = free.length;
  const levels = new Uint8Array(pairs.length * width);
  /** Sum of the logs of u over the fields of each pair: it never changes. */
  const chance = new Float64Array(pairs.length);
  const ends: number[] = [];
  for (const [k, c] of pairs.entries()) {
    if (k + 1 === pairs.length || row[pairs[k + 1]!] !== row[c]) ends.push(k + 1);
    for (const [j, f] of free.entries()) {
      const agreement = agreementOn(pattern[c]!, f);
      levels[k * width + j] = agreement;
      if (agreement === MISSING) continue;
      const exact = uExact(row[c]!, f);
      const u = agreement === EXACT ? exact : agreement === NEAR ? uNear[f]! : Math.max(1e-6, 1 - exact - uNear[f]!);
      chance[k]! += Math.log(u);
    }
  }

  let m = free.map((): Levels => START);
  let found = 0.9;
  let counts = m;
  let matches = 0;
  const ratio = new Float64Array(pairs.length);
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const logM = m.map(({ different, near, exact }) => [Math.log(different), Math.log(near), Math.log(exact), 0]);
    const sums = free.map(() => new Float64Array(4));
    matches = 0;
    let from = 0;
    for (const to of ends) {
      let total = 1 - found;
      for (let k = from; k < to; k++) {
        let log = -chance[k]!;
        for (let j = 0; j < width; j++) log += logM[j]![levels[k * width + j]!]!;
        ratio[k] = (found / (to - from)) * Math.exp(Math.min(log, 500));
        total += ratio[k]!;
      }
      for (let k = from; k < to; k++) {
        const weight = ratio[k]! / total;
        matches += weight;
        for (let j = 0; j < width; j++) sums[j]![levels[k * width + j]!]! += weight;
      }
      from = to;
    }
    counts = sums.map((sum) => ({ exact: sum[EXACT]!, near: sum[NEAR]!, different: sum[DIFFERENT]! }));
    const next = counts.map(withStart);
    const edge = 0.5 / (ends.length + 1);
    const nextFound = Math.min(1 - edge, Math.max(edge, matches / ends.length));
    const change = Math.max(
      Math.abs(nextFound - found),
      ...next.map((own, j) => Math.abs(own.exact - m[j]!.exact) + Math.abs(own.near - m[j]!.near)),
    );
    m = next;
    found = nextFound;
    if (change < TOLERANCE) return { counts, matches, rounds: round, converged: true };
  }
  return { counts, matches, rounds: MOST_ROUNDS, converged: false };
}

/** The probability of every pair, and the share of rows that are found; each follows from the other, so by turns. */
function probabilities(
  { count, row }: Candidates,
  logRatio: Float64Array,
  people: number,
  returnRows: number,
): { present: number; probability: Float64Array } {
  const probability = new Float64Array(count);
  let present = 0.9;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let expected = 0;
    for (let from = 0; from < count; ) {
      let to = from + 1;
      while (to < count && row[to] === row[from]) to++;
      const some = shareOut(logRatio, from, to, present, people, probability);
      expected += some;
      from = to;
    }
    const edge = 0.5 / (returnRows + 1);
    const next = Math.min(1 - edge, Math.max(edge, expected / Math.max(1, returnRows)));
    const isSettled = Math.abs(next - present) < TOLERANCE;
    present = next;
    if (isSettled) break;
  }
  return { present, probability };
}

/** Fills the probabilities of the pairs of one row; returns their sum. */
function shareOut(
  logRatio: Float64Array,
  from: number,
  to: number,
  present: number,
  people: number,
  probability: Float64Array,
): number {
  const none = Math.log(1 - present);
  const prior = Math.log(present / people);
  let top = none;
  for (let c = from; c < to; c++) top = Math.max(top, prior + logRatio[c]!);
  let total = Math.exp(none - top);
  for (let c = from; c < to; c++) {
    probability[c] = Math.exp(prior + logRatio[c]! - top);
    total += probability[c]!;
  }
  let sum = 0;
  for (let c = from; c < to; c++) {
    probability[c]! /= total;
    sum += probability[c]!;
  }
  return sum;
}
