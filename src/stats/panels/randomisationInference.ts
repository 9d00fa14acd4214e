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

  const count = blocks.reduce((product, block) => product * choose(block.size.length, treatedOf(block.recorded)), 1);
  const isComplete = count <= draws + 1;
  const recorded = blocks.map((block) => block.recorded);
  const allocations = isComplete ? allAllocations(recorded) : drawn(recorded, draws, random);
  // A difference under an allocation is linear in the effect taken off the treated: total − effect × overlap.
  const pairs = Array.from(allocations, (allocation) => differences(blocks, allocation));
  const estimate = differences(blocks, recorded).plain;
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

/** The units of one stratum, as recorded. */
interface Block {
  readonly recorded: Uint8Array;
  readonly sum: Float64Array;
  readonly size: Float64Array;
}

/** Strata in which both arms are. */
function blocksOf(units: readonly Unit[]): Block[] {
  const strata = new Map<number, Unit[]>();
  for (const unit of units) {
    const own = strata.get(unit.stratum);
    if (own === undefined) strata.set(unit.stratum, [unit]);
    else own.push(unit);
  }
  return [...strata.values()]
    .filter((block) => block.some(({ isTreated }) => isTreated) && block.some(({ isTreated }) => !isTreated))
    .map((block) => ({
      recorded: Uint8Array.from(block, ({ isTreated }) => Number(isTreated)),
      sum: Float64Array.from(block, ({ sum }) => sum),
      size: Float64Array.from(block, ({ size }) => size),
    }));
}

const treatedOf = (arms: Uint8Array): number => arms.reduce((sum, arm) => sum + arm, 0);

/** One arm per unit, stratum by stratum. */
type Allocation = readonly Uint8Array[];

/**
 * Mean over treated rows less that over the others, strata weighted by their treated rows as recorded: of the outcome
 * (`plain`), and of having been treated as recorded (`overlap`).
 */
function differences(blocks: readonly Block[], allocation: Allocation): { plain: number; overlap: number } {
  let plain = 0;
  let overlap = 0;
  let weights = 0;
  for (const [b, { recorded, sum, size }] of blocks.entries()) {
    const arms = allocation[b];
    let inSum = 0;
    let inSize = 0;
    let inTreated = 0;
    let outSum = 0;
    let outSize = 0;
    let outTreated = 0;
    for (let u = 0; u < arms.length; u++) {
      const treated = recorded[u] * size[u];
      if (arms[u] === 1) {
        inSum += sum[u];
        inSize += size[u];
        inTreated += treated;
      } else {
        outSum += sum[u];
        outSize += size[u];
        outTreated += treated;
      }
    }
    const weight = inTreated + outTreated;
    plain += weight * (inSum / inSize - outSum / outSize);
    overlap += weight * (inTreated / inSize - outTreated / outSize);
    weights += weight;
  }
  return { plain: plain / weights, overlap: overlap / weights };
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) result = (result * (n - i + 1)) / i;
  return result;
}

function allAllocations(recorded: Allocation): Allocation[] {
  return recorded.reduce<Uint8Array[][]>(
    (before, block) => {
      const own = arrangements(block.length, treatedOf(block));
      return before.flatMap((others) => own.map((next) => [...others, next]));
    },
    [[]],
  );
}

/** All ways to choose k of n. */
function arrangements(n: number, k: number): Uint8Array[] {
  const result: Uint8Array[] = [];
  const arms = new Uint8Array(n);
  const choosing = (from: number, still: number): void => {
    if (still === 0) {
      result.push(arms.slice());
      return;
    }
    for (let place = from; place <= n - still; place++) {
      arms[place] = 1;
      choosing(place + 1, still - 1);
      arms[place] = 0;
    }
  };
  choosing(0, k);
  return result;
}

/** The recorded allocation and others drawn like it; each is good until the next is asked for. */
function* drawn(recorded: Allocation, draws: number, random: RandomStream): Generator<Allocation> {
  yield recorded;
  const orders = recorded.map((block) => Int32Array.from(block.keys()));
  const arms = recorded.map((block) => new Uint8Array(block.length));
  for (let draw = 0; draw < draws; draw++) {
    for (const [b, order] of orders.entries()) {
      random.shuffle(order);
      for (let u = 0; u < order.length; u++) arms[b][u] = recorded[b][order[u]];
    }
    yield arms;
  }
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
