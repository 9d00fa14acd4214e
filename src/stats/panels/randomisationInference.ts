import { checkLength, type RandomStream } from "#math";
import type { NotEstimable } from "../common/notEstimable.ts";
import { checkFinite } from "../common/notFinite.ts";

export type RandomisationTest =
  | {
      readonly state: "estimated";
      /** Weighted mean difference, strata pooled by their treated. */
      readonly estimate: number;
      /** Two-sided: allocations with a difference at least as large, the recorded one among them. */
      readonly p: number;
      /** Constant effects that the test does not reject. */
      readonly low: number;
      readonly high: number;
      /** Allocations looked at: all that were possible, or a draw of them. */
      readonly allocations: number;
      readonly isComplete: boolean;
    }
  | NotEstimable;

/**
 * Randomisation inference: what the recorded allocation could have shown by chance alone, had the programme done nothing.
 * Units are re-allocated as they were allocated, within their strata and whole clusters at a time, keeping the number
 * treated in each; the interval holds the constant effects that are not rejected.
 *
 * Only for allocations by lot. Of groups that came about otherwise the same permutation is a placebo check.
 *
 * @param outcome  n outcomes; residuals on covariates from before allocation make the test sharper.
 * @param treated  n times 0 or 1, the same within a cluster.
 * @param strata   A stratum number for each row; one for all when left out.
 * @param cluster  A cluster number for each row; the row itself when left out.
 * @param draws    How many allocations to draw when there are more than that.
 *
 * @throws ShapeMismatch  the lengths differ.
 * @throws NotFinite      an outcome is not finite.
 *
 * Source: Fisher (1935), The Design of Experiments; Rosenbaum (2002), Observational Studies, chapter 2; Imbens and Rubin
 * (2015), chapter 5.
 */
export function randomisationTest({
  outcome,
  treated,
  strata,
  cluster,
  draws = 9999,
  random,
  level,
}: {
  readonly outcome: Float64Array;
  readonly treated: ArrayLike<number>;
  readonly strata?: Int32Array;
  readonly cluster?: Int32Array;
  readonly draws?: number;
  readonly random: RandomStream;
  readonly level: number;
}): RandomisationTest {
  const n = outcome.length;
  checkFinite("an outcome", outcome);
  checkLength("treated", treated.length, n);
  if (strata !== undefined) checkLength("strata", strata.length, n);
  if (cluster !== undefined) checkLength("cluster", cluster.length, n);
  const units = unitsOf(outcome, treated, strata, cluster);
  if (typeof units === "string") return { state: "not estimable", reason: units };
  const blocks = blocksOf(units);
  if (blocks.length === 0)
    return { state: "not estimable", reason: "no stratum has both treated and comparison units" };
  const recorded = blocks.map((block) => block.map(({ isTreated }) => isTreated));

  const count = blocks.reduce(
    (product, block) => product * choose(block.length, block.filter(({ isTreated }) => isTreated).length),
    1,
  );
  const isComplete = count <= draws + 1;
  const allocations = isComplete ? allAllocations(recorded) : drawn(recorded, draws, random);
  // A difference under an allocation is linear in the effect taken off the treated: total − effect × overlap.
  const pairs = allocations.map((allocation) => ({
    plain: difference(blocks, allocation, ({ sum }) => sum),
    overlap: difference(blocks, allocation, ({ isTreated, size }) => (isTreated ? size : 0)),
  }));
  const estimate = difference(blocks, recorded, ({ sum }) => sum);
  const pOf = (effect: number): number => {
    const own = Math.abs(estimate - effect);
    const bound = own - 1e-12 * Math.max(1, Math.abs(estimate), own);
    const asLarge = pairs.filter(({ plain, overlap }) => Math.abs(plain - effect * overlap) >= bound).length;
    return asLarge / pairs.length;
  };
  const alpha = 1 - level + 1e-9;
  const spread =
    Math.sqrt(pairs.reduce((sum, { plain }) => sum + plain * plain, 0) / pairs.length) || Math.abs(estimate) || 1;
  return {
    state: "estimated",
    estimate,
    p: pOf(0),
    low: boundary(pOf, estimate, -spread, alpha),
    high: boundary(pOf, estimate, spread, alpha),
    allocations: pairs.length,
    isComplete,
  };
}

/** What is allocated together: a cluster, or a row. */
interface Unit {
  readonly stratum: number;
  readonly isTreated: boolean;
  sum: number;
  size: number;
}

function unitsOf(
  outcome: Float64Array,
  treated: ArrayLike<number>,
  strata: Int32Array | undefined,
  cluster: Int32Array | undefined,
): Unit[] | string {
  const units = new Map<number, Unit>();
  for (let i = 0; i < outcome.length; i++) {
    const key = cluster?.[i] ?? i;
    const stratum = strata?.[i] ?? 0;
    const isTreated = treated[i] === 1;
    const known = units.get(key);
    if (known === undefined) units.set(key, { stratum, isTreated, sum: outcome[i], size: 1 });
    else {
      if (known.isTreated !== isTreated) return `cluster ${key} is partly treated: it cannot have been allocated whole`;
      if (known.stratum !== stratum) return `cluster ${key} lies in two strata`;
      known.sum += outcome[i];
      known.size++;
    }
  }
  return [...units.values()];
}

function blocksOf(units: readonly Unit[]): Unit[][] {
  const strata = new Map<number, Unit[]>();
  for (const unit of units) strata.set(unit.stratum, [...(strata.get(unit.stratum) ?? []), unit]);
  return [...strata.values()].filter(
    (block) => block.some(({ isTreated }) => isTreated) && block.some(({ isTreated }) => !isTreated),
  );
}

type Allocation = readonly (readonly boolean[])[];

/** Mean of a quantity over treated rows less that over the others, strata weighted by their treated rows as recorded. */
function difference(blocks: readonly (readonly Unit[])[], allocation: Allocation, of: (unit: Unit) => number): number {
  let total = 0;
  let weights = 0;
  for (const [b, block] of blocks.entries()) {
    let inSum = 0;
    let inSize = 0;
    let outSum = 0;
    let outSize = 0;
    let weight = 0;
    for (const [u, unit] of block.entries()) {
      if (unit.isTreated) weight += unit.size;
      if (allocation[b][u]) {
        inSum += of(unit);
        inSize += unit.size;
      } else {
        outSum += of(unit);
        outSize += unit.size;
      }
    }
    total += weight * (inSum / inSize - outSum / outSize);
    weights += weight;
  }
  return total / weights;
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) result = (result * (n - i + 1)) / i;
  return result;
}

function allAllocations(recorded: Allocation): Allocation[] {
  return recorded.reduce<boolean[][][]>(
    (before, block) =>
      before.flatMap((own) => arrangements(block.length, block.filter(Boolean).length).map((next) => [...own, next])),
    [[]],
  );
}

/** All ways to choose k of n. */
function arrangements(n: number, k: number): boolean[][] {
  if (k === 0) return [new Array<boolean>(n).fill(false)];
  if (k === n) return [new Array<boolean>(n).fill(true)];
  return [
    ...arrangements(n - 1, k - 1).map((rest) => [true, ...rest]),
    ...arrangements(n - 1, k).map((rest) => [false, ...rest]),
  ];
}

/** The recorded allocation and others drawn like it. */
function drawn(recorded: Allocation, draws: number, random: RandomStream): Allocation[] {
  const result: Allocation[] = [recorded];
  for (let draw = 0; draw < draws; draw++) {
    result.push(
      recorded.map((block) => {
        const order = Int32Array.from(block.keys());
        random.shuffle(order);
        return Array.from(order, (place) => block[place]);
      }),
    );
  }
  return result;
}

/** The last effect on one side of the estimate that is not rejected; infinite when every one is kept. */
function boundary(pOf: (effect: number) => number, estimate: number, step: number, alpha: number): number {
  let kept = estimate;
  let size = step;
  let rejected = estimate + size;
  for (let round = 0; pOf(rejected) > alpha; round++) {
    if (round > 60) return step > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    kept = rejected;
    size *= 2;
    rejected = estimate + size;
  }
  for (let round = 0; round < 60; round++) {
    const middle = (kept + rejected) / 2;
    if (pOf(middle) > alpha) kept = middle;
    else rejected = middle;
  }
  return kept;
}
