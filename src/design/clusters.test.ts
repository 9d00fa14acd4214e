import fc from "fast-check";
import { expect, test } from "vitest";
import type { EvaluationContext } from "#expression";
import type { Column } from "#table";
import type { Candidates } from "./candidates.ts";
import { clusterCodes, clusterCount, coarsestLevel, MATCHED_SET } from "./clusters.ts";
import type { MatchedDraw } from "./runSpecification.ts";

const district: Column = { kind: "code", type: "text", levels: ["D1", "D2"], codes: Int32Array.of(0, 1, -1, 0, -1) };
const context: EvaluationContext = {
  rows: 5,
  column: (name) => {
    if (name !== "district") throw new Error(name);
    return district;
  },
  exists: () => district as never,
};
const candidates = { treated: Uint8Array.of(1, 1, 0, 0, 0) } as Candidates;
const draw = (...sets: readonly (readonly [number, readonly number[]])[]) =>
  ({
    sets: sets.map(([treated, controls]) => ({ treated, controls: Int32Array.from(controls) })),
  }) as unknown as MatchedDraw;

test("a unit without a value is a cluster of its own", () => {
  const [codes] = clusterCodes(["district"], context, candidates, draw());
  expect(codes![0]).toBe(codes![3]);
  expect(new Set(codes).size).toBe(4);
});

test("without columns each unit is its own cluster", () => {
  expect([...clusterCodes([], context, candidates, draw())[0]!]).toEqual([0, 1, 2, 3, 4]);
});

test("the matched set holds a treated unit and its neighbours", () => {
  const [codes] = clusterCodes([MATCHED_SET], context, candidates, draw([0, [3]], [1, [2]]));
  expect(codes![0]).toBe(codes![3]);
  expect(codes![1]).toBe(codes![2]);
  expect(new Set(codes).size).toBe(3);
});

test("where a comparison unit serves two sets, the unit is the cluster (it must not count as two)", () => {
  const [codes] = clusterCodes([MATCHED_SET], context, candidates, draw([0, [3]], [1, [3]]));
  expect(new Set(codes).size).toBe(5);
});

test("several columns give several levels", () => {
  const levels = clusterCodes(["district", MATCHED_SET], context, candidates, draw([0, [3]]));
  expect(levels.length).toBe(2);
});

test("the coarsest level is the one with fewest clusters among the rows asked about, the first of ties", () => {
  const schools = Int32Array.of(0, 1, 2, 3);
  const areas = Int32Array.of(0, 0, 1, 1);
  expect(coarsestLevel([schools, areas], [0, 1, 2, 3])).toBe(1);
  expect(coarsestLevel([schools, areas], [0, 2])).toBe(0);
  expect(coarsestLevel([schools], [])).toBe(0);
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
      (all) => {
        const levels = all.map((own) => Int32Array.from(own));
        const counts = levels.map((own) => clusterCount(own, [0, 1, 2, 3, 4]));
        expect(counts[coarsestLevel(levels, [0, 1, 2, 3, 4])]).toBe(Math.min(...counts));
      },
    ),
  );
});
