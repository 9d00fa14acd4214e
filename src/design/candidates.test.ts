import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findCandidates } from "./candidates.ts";
import { faultsOf, mainOf, type Row, studyOf, unitOf } from "./testing/schools.ts";

const plain = studyOf();
const find = (rows: readonly Row[], study = plain) => findCandidates(unitOf(study, rows), mainOf(study));

describe("who is treated", () => {
  test("is read at baseline; an undecided one counts as not treated, and is said", () => {
    const found = find([
      { school: "A", programme: true },
      { school: "B", programme: false },
      { school: "C" },
      { school: "D", year: 2014, programme: true },
      { school: "B", year: 2016, programme: true },
    ]);
    expect(found.keys).toEqual(["A", "B", "C"]);
    expect([...found.treated]).toEqual([1, 0, 0]);
    expect(found.start).toEqual({ treated: 1, comparison: 2, undecided: 1, noBaselineRow: 1 });
  });

  test("nobody treated is refused with the counts", () => {
    expect(faultsOf(() => find([{ school: "A", programme: false }, { school: "B" }]))).toEqual([
      "nobody-treated: `treated` is true for 0 of 2 schools in 2015/16 (1 no, 1 undecided).",
    ]);
    expect(faultsOf(() => find([]))[0]).toContain("0 of 0 schools");
  });

  test("everybody treated is refused", () => {
    expect(faultsOf(() => find([{ school: "A", programme: true }]))[0]).toBe(
      "empty-pool: The pool has 0 schools. 1 are treated and 0 are not, before exclusions.",
    );
  });

  test("a key that occurs twice is refused, with how many of them are treated", () => {
    const rows = [
      { school: "A", programme: true },
      { school: "A", programme: true },
      { school: "B", programme: false },
      { school: "B", programme: false },
    ];
    expect(faultsOf(() => find(rows))).toEqual([
      "key-repeated: school × year occurs twice 2 times (1 treated), for example A in 2015/16, B in 2015/16.",
    ]);
  });

  test("how many are treated is not guessed where `treated` looks at other moments", () => {
    const study = studyOf();
    const main = {
      ...mainOf(study),
      treated: mainOf(studyOf({ comparison: ["pool: programme at baseline = no"] })).pool!,
    };
    const rows = [
      { school: "A", programme: true },
      { school: "A", programme: true },
    ];
    expect(faultsOf(() => findCandidates(unitOf(study, rows), main))[0]).not.toContain("treated)");
  });
});

describe("the flow", () => {
  const study = studyOf({
    comparison: ["pool: z > 0", "exclude: { neighbour: near = yes }", "excludeBoth: { no-pupils: pupils is missing }"],
  });

  test("`exclude` and `pool` act on the pool only, `excludeBoth` on both; an undecided unit leaves and is counted", () => {
    const found = find(
      [
        { school: "T1", programme: true, pupils: 1, z: -1, near: true },
        { school: "T2", programme: true, z: 1, near: false },
        { school: "C1", programme: false, pupils: 1, z: 1, near: false },
        { school: "C2", programme: false, pupils: 1, z: -1, near: false },
        { school: "C3", programme: false, pupils: 1, near: false },
        { school: "C4", programme: false, pupils: 1, z: 1, near: true },
        { school: "C5", programme: false, pupils: 1, z: 1 },
        { school: "C6", programme: false, z: 1, near: false },
      ],
      study,
    );
    expect(found.keys).toEqual(["C1", "T1"]);
    expect(found.flow.map(({ id, treated, comparison, undecided }) => [id, treated, comparison, undecided])).toEqual([
      ["no-pupils", 1, 1, 0],
      ["pool", 0, 2, 1],
      ["neighbour", 0, 2, 1],
    ]);
  });

  test("adds up by arm: those at the start less those who left are those who remain", () => {
    const truth = fc.constantFrom(true, false, undefined);
    const row = fc.record({
      programme: truth,
      near: truth,
      z: fc.constantFrom(1, -1, undefined),
      pupils: fc.constantFrom(1, undefined),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (drawn) => {
        const anchors = [
          { school: "T", programme: true, near: false, z: 1, pupils: 1 },
          { school: "C", programme: false, near: false, z: 1, pupils: 1 },
        ];
        const found = find([...drawn.map((own, i) => ({ school: `R${i}`, ...own })), ...anchors], study);
        const left = (arm: "treated" | "comparison") => found.flow.reduce((sum, step) => sum + step[arm], 0);
        const remain = (arm: 0 | 1) => found.treated.filter((own) => own === arm).length;
        expect(found.start.treated - left("treated")).toBe(remain(1));
        expect(found.start.comparison - left("comparison")).toBe(remain(0));
        expect(found.start.treated + found.start.comparison).toBe(drawn.length + 2);
      }),
    );
  });

  test("says which condition removed the last of the pool", () => {
    const rows = [
      { school: "T", programme: true, pupils: 1 },
      { school: "C", programme: false, pupils: 1, z: 1, near: true },
    ];
    expect(faultsOf(() => find(rows, study))[0]).toContain("`neighbour` removed the last 1");
  });
});
