import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, minimumCostAssignment, NoAssignment, RandomStream } from "#math";
import { near } from "../testing/reference.ts";
import { mahalanobisPoints } from "./mahalanobisPoints.ts";
import { matchFull } from "./matchFull.ts";
import { matchNearest } from "./matchNearest.ts";
import { matchOptimal, type OptimalRequest } from "./matchOptimal.ts";
import { pairDistance } from "./pairDistances.ts";

const ranks = (n: number) => Float64Array.from({ length: n }, (_, i) => i);

/** Small problems with ties, empty arms, groups that must agree or differ, and a caliper. */
const problems = fc
  .record({
    rows: fc.array(
      fc.record({
        score: fc.integer({ min: 0, max: 9 }),
        arm: fc.constantFrom(0, 1),
        group: fc.integer({ min: 0, max: 1 }),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    caliper: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
    rule: fc.constantFrom("none", "exact", "antiexact"),
  })
  .map(({ rows, caliper, rule }): OptimalRequest => {
    const group = Int32Array.from(rows, (row) => row.group);
    return {
      space: { score: Float64Array.from(rows, (row) => row.score) },
      treated: Uint8Array.from(rows, (row) => row.arm),
      tieRank: ranks(rows.length),
      ...(caliper !== undefined && { caliper }),
      ...(rule === "exact" && { exact: group }),
      ...(rule === "antiexact" && { antiexact: [group] }),
    };
  });

/** Numbers of controls by place and total distance of every matching there is; the best one by those rules. */
function bestByTrying(request: OptimalRequest, neighbours: number): { filled: number[]; total: number } {
  const distance = pairDistance(request.space, request);
  const rows = [...request.treated.keys()];
  const own = rows.filter((row) => request.treated[row] === 1);
  const controls = rows.filter((row) => request.treated[row] === 0);
  let best = { filled: new Array<number>(neighbours).fill(0), total: 0 };
  const isBetter = (a: typeof best) => {
    for (let k = 0; k < neighbours; k++) if (a.filled[k] !== best.filled[k]) return a.filled[k] > best.filled[k];
    return a.total < best.total;
  };
  const extend = (j: number, counts: number[], total: number): void => {
    if (j === controls.length) {
      const filled = Array.from({ length: neighbours }, (_, k) => counts.filter((count) => count > k).length);
      if (isBetter({ filled, total })) best = { filled, total };
      return;
    }
    extend(j + 1, counts, total);
    for (const [i, row] of own.entries()) {
      const d = distance(row, controls[j]);
      if (counts[i] === neighbours || d === Number.POSITIVE_INFINITY) continue;
      counts[i]++;
      extend(j + 1, counts, total + d);
      counts[i]--;
    }
  };
  extend(0, new Array<number>(own.length).fill(0), 0);
  return best;
}

/** The least total of pairs that leave no row out which has a partner. */
function cheapestCover(request: OptimalRequest): number {
  const distance = pairDistance(request.space, request);
  const rows = [...request.treated.keys()];
  const pairs = rows
    .filter((row) => request.treated[row] === 1)
    .flatMap((row) =>
      rows
        .filter((other) => request.treated[other] === 0 && Number.isFinite(distance(row, other)))
        .map((other) => [row, other] as const),
    );
  const partnered = [...new Set(pairs.flat())];
  let best = Number.POSITIVE_INFINITY;
  const extend = (i: number, covered: Set<number>, total: number): void => {
    if (total >= best) return;
    const open = partnered.find((row) => !covered.has(row));
    if (open === undefined) {
      best = total;
      return;
    }
    for (const [a, b] of pairs) {
      if (a === open || b === open) extend(i + 1, new Set([...covered, a, b]), total + distance(a, b));
    }
  };
  extend(0, new Set(), 0);
  return best;
}

describe("optimal matching", () => {
  it("is the best of all matchings there are", () => {
    fc.assert(
      fc.property(problems, fc.integer({ min: 1, max: 2 }), (request, neighbours) => {
        const found = matchOptimal({ ...request, neighbours });
        const best = bestByTrying(request, neighbours);
        const filled = best.filled.map((_, k) => found.sets.filter((set) => set.controls.length > k).length);
        expect(filled).toEqual(best.filled);
        near(found.totalDistance, best.total, 1e-12, 1);
        const used = found.sets.flatMap((set) => [...set.controls]);
        expect(new Set(used).size).toBe(used.length);
      }),
      { numRuns: 300 },
    );
  });

  const random = new RandomStream(7, "optimal");
  const n = 600;
  const treated = Uint8Array.from({ length: n }, (_, i) => Number(i % 4 === 0));
  const score = Float64Array.from(treated, (arm) => random.normal() + 0.7 * arm);
  const large: OptimalRequest = { space: { score }, treated, tieRank: ranks(n) };

  it("never has more distance than greedy matching, whoever chooses first", () => {
    for (const neighbours of [1, 2, 3]) {
      const best = matchOptimal({ ...large, neighbours });
      expect(best.unmatched).toHaveLength(0);
      for (const order of ["largest", "smallest", "data"] as const) {
        const greedy = matchNearest({
          score,
          treated,
          neighbours,
          replacement: false,
          order,
          discard: "none",
          tieRank: ranks(n),
        });
        let total = 0;
        for (const set of greedy.sets)
          for (const row of set.controls) total += Math.abs(score[set.treated] - score[row]);
        expect(best.totalDistance).toBeLessThanOrEqual(total + 1e-9);
      }
    }
  });

  it("does not depend on the order of the rows", () => {
    const turned = (values: Float64Array) => Float64Array.from(values).reverse();
    const back = matchOptimal({
      space: { score: turned(score) },
      treated: Uint8Array.from(treated).reverse(),
      tieRank: turned(ranks(n)),
      neighbours: 1,
    });
    const found = matchOptimal({ ...large, neighbours: 1 });
    expect(Array.from(back.weights).reverse()).toEqual(Array.from(found.weights));
    near(back.totalDistance, found.totalDistance, 1e-12);
  });

  it("moves with the unit of the score", () => {
    const scaled = matchOptimal({ ...large, space: { score: score.map((value) => 100 - 8 * value) }, neighbours: 1 });
    near(scaled.totalDistance, 8 * matchOptimal({ ...large, neighbours: 1 }).totalDistance, 1e-10);
  });

  it("works without treated or control rows, and with one row", () => {
    for (const arms of [[1, 1], [0, 0], [1]]) {
      const found = matchOptimal({
        space: { score: Float64Array.from(arms) },
        treated: Uint8Array.from(arms),
        tieRank: ranks(arms.length),
        neighbours: 2,
      });
      expect(found.totalDistance).toBe(0);
      expect(Array.from(found.weights)).toEqual(arms.map(() => 0));
    }
  });
});

describe("full matching", () => {
  it("is the cheapest way to leave nobody out, in sets with one row of an arm", () => {
    fc.assert(
      fc.property(problems, (request) => {
        const found = matchFull(request);
        near(found.totalDistance, cheapestCover(request), 1e-12, 1);
        const distance = pairDistance(request.space, request);
        const rows = [...request.treated.keys()];
        let total = 0;
        for (let set = 0; set < found.sets; set++) {
          const own = rows.filter((row) => found.stratum[row] === set && request.treated[row] === 1);
          const other = rows.filter((row) => found.stratum[row] === set && request.treated[row] === 0);
          expect(Math.min(own.length, other.length)).toBe(1);
          for (const a of own) for (const b of other) total += distance(a, b);
        }
        near(total, found.totalDistance, 1e-12, 1);
        for (const row of rows) {
          const hasPartner = rows.some(
            (other) => request.treated[other] !== request.treated[row] && Number.isFinite(distance(row, other)),
          );
          expect(found.stratum[row] >= 0).toBe(hasPartner);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("solves a thousand rows, and uses them all", () => {
    const random = new RandomStream(8, "full");
    const treated = Uint8Array.from({ length: 1000 }, (_, i) => Number(i % 5 === 0));
    const score = Float64Array.from(treated, (arm) => random.normal() + arm);
    const found = matchFull({ space: { score }, treated, tieRank: ranks(1000) });
    expect(found.stratum.includes(-1)).toBe(false);
    near(
      found.weights.reduce((sum, weight) => sum + weight, 0),
      1000,
      1e-10,
    );
  });
});

describe("minimum-cost assignment", () => {
  it("says when a row can get no column", () => {
    const problem = {
      columns: 1,
      listOf: Int32Array.of(0, 0),
      start: Int32Array.of(0, 1),
      column: Int32Array.of(0),
      cost: Float64Array.of(1),
    };
    expect(() =>
      minimumCostAssignment({ ...problem, alone: new Float64Array(2).fill(Number.POSITIVE_INFINITY) }),
    ).toThrow(NoAssignment);
    expect(Array.from(minimumCostAssignment({ ...problem, alone: Float64Array.of(5, 9) }))).toEqual([-1, 0]);
  });

  it("takes costs below zero", () => {
    const found = minimumCostAssignment({
      columns: 2,
      listOf: Int32Array.of(0, 1),
      start: Int32Array.of(0, 2, 3),
      column: Int32Array.of(0, 1, 0),
      cost: Float64Array.of(-5, -4, -3),
      alone: Float64Array.of(0, 0),
    });
    expect(Array.from(found)).toEqual([1, 0]);
  });
});

describe("Mahalanobis points", () => {
  const random = new RandomStream(9, "mahalanobis");
  const treated = Uint8Array.from({ length: 80 }, (_, i) => Number(i < 30));
  const a = Float64Array.from(treated, () => random.normal());
  const b = Float64Array.from(treated, (arm, i) => 50 + 10 * random.normal() + 3 * a[i] + arm);

  it("do not change when columns are rescaled, mixed or repeated", () => {
    const plain = mahalanobisPoints(Matrix.fromColumns([a, b]), treated);
    const mixed = mahalanobisPoints(
      Matrix.fromColumns([b.map((value, i) => 3 * value - a[i]), a.map((value) => 5 - 1000 * value), b, a]),
      treated,
    );
    if ("state" in plain || "state" in mixed) throw new Error("points expected");
    const first = pairDistance({ points: plain });
    const second = pairDistance({ points: mixed });
    for (let i = 0; i < 30; i++) near(second(i, 79 - i), first(i, 79 - i), 1e-8, 1e-3);
  });

  it("say so when nothing varies within the groups, and for an empty group", () => {
    const constant = mahalanobisPoints(Matrix.fromColumns([Float64Array.from(treated)]), treated);
    expect("state" in constant && constant.reason).toMatch(/no column varies/);
    const alone = mahalanobisPoints(Matrix.fromColumns([a]), new Uint8Array(80));
    expect("state" in alone && alone.reason).toMatch(/empty/);
  });
});
