import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "#math";
import { expectedOf, hasReferences, near, numbers, readCsv } from "../testing/reference.ts";
import { matchNearest, type NearestMatches, type NearestRequest } from "./matchNearest.ts";

interface Expected {
  readonly weights: readonly number[];
  /** From 1, in file order. */
  readonly matches: Record<string, readonly number[]>;
  readonly discarded?: readonly number[];
  readonly caliper?: number;
}

type Options = Partial<NearestRequest> & Pick<NearestRequest, "neighbours" | "replacement">;

function request(score: Float64Array, treated: Uint8Array, options: Options): NearestRequest {
  return { score, treated, order: "largest", discard: "none", tieRank: Float64Array.from(score.keys()), ...options };
}

function asExpected({ sets }: NearestMatches): Record<string, number[]> {
  return Object.fromEntries(sets.map((set) => [String(set.treated + 1), Array.from(set.controls, (row) => row + 1)]));
}

describe.skipIf(!hasReferences)("nearest neighbours, against MatchIt 4.7.1", () => {
  const cases: readonly [name: string, score: "dist" | "score0", options: Options, exact?: string][] = [
    ["dev-match-nn1-data", "dist", { neighbours: 1, replacement: false, order: "data" }],
    ["dev-match-nn1-largest", "dist", { neighbours: 1, replacement: false }],
    ["dev-match-nn10-caliper", "dist", { neighbours: 10, replacement: false }],
    ["dev-match-nn10-repl-caliper", "dist", { neighbours: 10, replacement: true }],
    ["dev-match-nn6-repl", "score0", { neighbours: 6, replacement: true }],
    ["dev-match-discard-both", "score0", { neighbours: 1, replacement: true, discard: "both" }],
    ["dev-match-exact-role", "dist", { neighbours: 2, replacement: false }, "role"],
  ];

  it.each(cases)("%s: the same controls in the same order, the same weights", (name, score, options, exact) => {
    const csv = readCsv("teachers.csv");
    const expected = expectedOf<Expected>(name);
    const roles = ["classroom", "middle", "senior"];
    const found = matchNearest(
      request(numbers(csv, score), Uint8Array.from(numbers(csv, "treat")), {
        ...options,
        ...(expected.caliper !== undefined && { caliper: expected.caliper }),
        ...(exact !== undefined && { exact: Int32Array.from(csv.get(exact)!, (role) => roles.indexOf(role)) }),
      }),
    );
    expect(asExpected(found)).toEqual(expected.matches);
    for (const [row, weight] of expected.weights.entries()) near(found.weights[row], weight, 1e-12, 1e-3);
    expect(Array.from(found.discarded, (row) => row + 1)).toEqual(expected.discarded ?? []);
    const alone = Object.values(expected.matches).filter((controls) => controls.length === 0);
    expect(found.unmatched).toHaveLength(alone.length);
  });

  it("dev-psmatch2: the same neighbours; weights in the same proportion", () => {
    const csv = readCsv("teachers.csv");
    const expected = expectedOf<Expected>("dev-psmatch2");
    const treated = Uint8Array.from(numbers(csv, "treat"));
    const found = matchNearest(
      request(numbers(csv, "score0"), treated, { neighbours: 6, replacement: true, discard: "treated", caliper: 0.01 }),
    );
    expect(asExpected(found)).toEqual(expected.matches);
    const control = expected.weights.findIndex((weight, row) => weight > 0 && treated[row] === 0);
    const factor = found.weights[control] / expected.weights[control];
    for (const [row, weight] of expected.weights.entries()) {
      near(found.weights[row], treated[row] === 1 ? weight : weight * factor, 1e-12);
    }
  });
});

/** The same rules by looking at every control every time. */
function byExhaustion({
  score,
  treated,
  neighbours,
  replacement,
  tieRank,
  caliper,
  exact,
}: NearestRequest): Map<number, number[]> {
  const rows = [...treated.keys()];
  const choosers = rows
    .filter((row) => treated[row] === 1)
    .sort((a, b) => score[b] - score[a] || tieRank[a] - tieRank[b]);
  const left = new Set(rows.filter((row) => treated[row] === 0));
  const sets = new Map<number, number[]>(choosers.map((row) => [row, []]));
  for (let round = 0; round < neighbours; round++) {
    for (const row of choosers) {
      const own = sets.get(row)!;
      const distance = (control: number) => Math.abs(score[row] - score[control]);
      const [best] = [...left]
        .filter((control) => (exact?.[control] ?? 0) === (exact?.[row] ?? 0))
        .filter((control) => !own.includes(control) && distance(control) <= (caliper ?? Number.POSITIVE_INFINITY))
        .sort((a, b) => distance(a) - distance(b) || tieRank[a] - tieRank[b]);
      if (best === undefined) continue;
      own.push(best);
      if (!replacement) left.delete(best);
    }
  }
  return sets;
}

const situation = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.boolean(), fc.integer({ min: 0, max: 2 })), {
    minLength: 2,
    maxLength: 40,
  })
  .chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      neighbours: fc.integer({ min: 1, max: 4 }),
      replacement: fc.boolean(),
      caliper: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
      tieOrder: fc.shuffledSubarray([...rows.keys()], { minLength: rows.length }),
    }),
  );

type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

function asRequest({ rows, neighbours, replacement, caliper, tieOrder }: Situation): NearestRequest {
  return request(
    Float64Array.from(rows, ([score]) => score),
    Uint8Array.from(rows, ([, isTreated]) => Number(isTreated)),
    {
      neighbours,
      replacement,
      tieRank: Float64Array.from(tieOrder),
      exact: Int32Array.from(rows, ([, , group]) => group),
      ...(caliper !== undefined && { caliper }),
    },
  );
}

describe("laws of nearest neighbours, with many tied scores", () => {
  it("chooses as looking at every control every time does", () => {
    fc.assert(
      fc.property(situation, (drawn) => {
        const asked = asRequest(drawn);
        const expected = byExhaustion(asked);
        const { sets } = matchNearest(asked);
        expect(sets.map((set) => [set.treated, Array.from(set.controls)])).toEqual(
          [...expected].sort(([a], [b]) => a - b),
        );
      }),
      { numRuns: 400 },
    );
  });

  it("keeps to the exact groups and the caliper, and uses a control once without replacement", () => {
    fc.assert(
      fc.property(situation, (drawn) => {
        const asked = asRequest(drawn);
        const { sets } = matchNearest(asked);
        const used = sets.flatMap((set) => Array.from(set.controls));
        if (!asked.replacement) expect(new Set(used).size).toBe(used.length);
        for (const { treated, controls } of sets) {
          expect(new Set(controls).size).toBe(controls.length);
          for (const control of controls) {
            expect(asked.treated[control]).toBe(0);
            expect(asked.exact![control]).toBe(asked.exact![treated]);
            expect(Math.abs(asked.score[control] - asked.score[treated])).toBeLessThanOrEqual(asked.caliper ?? 12);
          }
        }
      }),
    );
  });

  it("does not depend on the order of the rows", () => {
    fc.assert(
      fc.property(situation, fc.integer(), (drawn, seed) => {
        const asked = asRequest(drawn);
        const moved = Int32Array.from(asked.score.keys());
        new RandomStream(seed, "order of rows").shuffle(moved);
        const again = matchNearest({
          ...asked,
          score: Float64Array.from(moved, (row) => asked.score[row]),
          treated: Uint8Array.from(moved, (row) => asked.treated[row]),
          tieRank: Float64Array.from(moved, (row) => asked.tieRank[row]),
          exact: Int32Array.from(moved, (row) => asked.exact![row]),
        });
        const before = matchNearest(asked);
        const named = again.sets.map((set) =>
          [moved[set.treated], ...set.controls].map((row, i) => (i === 0 ? row : moved[row])),
        );
        expect(named.sort(([a], [b]) => a - b)).toEqual(before.sets.map((set) => [set.treated, ...set.controls]));
        expect(again.caliperTurnedAway).toBe(before.caliperTurnedAway);
      }),
    );
  });

  it("gives controls weights of 1 on average, and treated rows with controls 1", () => {
    fc.assert(
      fc.property(situation, (drawn) => {
        const asked = asRequest(drawn);
        const { sets, weights } = matchNearest(asked);
        const controls = Array.from(weights).filter((weight, row) => weight > 0 && asked.treated[row] === 0);
        if (controls.length > 0) near(controls.reduce((a, b) => a + b, 0) / controls.length, 1, 1e-12);
        for (const set of sets) expect(weights[set.treated]).toBe(Number(set.controls.length > 0));
      }),
    );
  });

  it("counts as turned away by the caliper exactly those who would have found more without it", () => {
    fc.assert(
      fc.property(situation, (drawn) => {
        const asked = asRequest({ ...drawn, replacement: true });
        const { caliper, ...unlimited } = asked;
        const wide = matchNearest(unlimited).sets;
        const narrow = matchNearest(asked);
        const fewer = narrow.sets.filter((set, i) => set.controls.length < wide[i].controls.length);
        expect(narrow.caliperTurnedAway).toBe(caliper === undefined ? 0 : fewer.length);
      }),
    );
  });
});

describe("edges of nearest neighbours", () => {
  it("allows a distance equal to the caliper", () => {
    const found = matchNearest(
      request(Float64Array.of(0, 0.5), Uint8Array.of(1, 0), { neighbours: 1, replacement: false, caliper: 0.5 }),
    );
    expect(Array.from(found.sets[0].controls)).toEqual([1]);
  });

  it("lists a treated row without controls as unmatched, and gives it no weight", () => {
    const found = matchNearest(
      request(Float64Array.of(3, 2, 1), Uint8Array.of(1, 1, 0), { neighbours: 1, replacement: false }),
    );
    expect(Array.from(found.unmatched)).toEqual([1]);
    expect(Array.from(found.weights)).toEqual([1, 0, 1]);
    expect(found.caliperTurnedAway).toBe(0);
  });

  it("lets treated rows choose by their own rank when the order is random", () => {
    const asked = request(Float64Array.of(3, 2, 1), Uint8Array.of(1, 1, 0), {
      neighbours: 1,
      replacement: false,
      order: "random",
    });
    const found = matchNearest({ ...asked, orderRank: Float64Array.of(2, 1, 0) });
    expect(Array.from(found.unmatched)).toEqual([0]);
  });

  it("works without any control or any treated row", () => {
    const nobody = matchNearest(
      request(Float64Array.of(1, 2), Uint8Array.of(1, 1), { neighbours: 2, replacement: true }),
    );
    expect(nobody.unmatched).toHaveLength(2);
    expect(
      matchNearest(request(Float64Array.of(1), Uint8Array.of(0), { neighbours: 1, replacement: false })).sets,
    ).toEqual([]);
  });
});
