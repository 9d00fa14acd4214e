import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { breakdown, representation, sharesOfRegister, wholePercent } from "./breakdown.ts";

const unit = fc.record({
  level: fc.option(fc.constantFrom("a", "b", "c", "d"), { nil: undefined }),
  withdrew: fc.boolean(),
});

describe("a breakdown", () => {
  it("has counts that add to its base, and shares that add to a hundred", () => {
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 80 }), (units) => {
        const { levels, base, remainingBase, unknown, remainingUnknown } = breakdown(units, ({ level }) => level, [
          "c",
        ]);
        const sum = (pick: (one: (typeof levels)[number]) => number) =>
          levels.reduce((total, one) => total + pick(one), 0);
        expect(sum(({ all }) => all)).toBe(base);
        expect(sum(({ remaining }) => remaining)).toBe(remainingBase);
        expect(base + unknown).toBe(units.length);
        expect(remainingBase + remainingUnknown).toBe(units.filter(({ withdrew }) => !withdrew).length);
        if (base > 0) expect(sum(({ all }) => (100 * all) / base)).toBeCloseTo(100, 9);
        expect(levels.every(({ all, remaining }) => remaining <= all)).toBe(true);
      }),
    );
  });

  it("keeps the order given, and has a row for a level only the nation has", () => {
    const national = {
      source: "register",
      percent: new Map([
        ["b", 60],
        ["z", 40],
      ]),
    };
    const { levels } = breakdown([{ level: "c", withdrew: false }], ({ level }) => level, ["z", "c"], national);
    expect(levels.map(({ level, all, national: share }) => [level, all, share])).toEqual([
      ["z", 0, 40],
      ["c", 1, undefined],
      ["b", 0, 60],
    ]);
  });

  it("takes national shares of those known", () => {
    const schools = ["x", "x", "y", undefined].map((phase, i) => ({ urn: String(i), ...(phase && { phase }) }));
    const shares = sharesOfRegister(schools, ({ phase }) => phase, "register")!;
    expect(shares.base).toBe(3);
    expect(shares.percent.get("x")).toBeCloseTo(200 / 3, 12);
    expect(sharesOfRegister(schools, ({ region }) => region, "register")).toBeUndefined();
  });
});

describe("representation", () => {
  it.each([
    [142, 337, 10, "over-represented"],
    [7, 337, 57, "under-represented"],
    // 32% against 30%: two points.
    [108, 337, 30, "about the same"],
    // One school in twenty is five points: one fewer closes the gap.
    [2, 20, 6, "about the same"],
    [0, 0, 10, undefined],
  ])("of %d in %d against %d%% nationally is %s", (count, base, national, expected) => {
    expect(representation(count, base, national)).toBe(expected);
  });

  it("rounds a half up, as printed", () => {
    expect([12.5, 0.5, 99.4999, (100 * 23) / 40].map(wholePercent)).toEqual([13, 1, 99, 58]);
  });

  it("never calls a level over-represented that is not more frequent", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.double({ min: 0, max: 100, noNaN: true }), (count, more, national) => {
        const base = count + more;
        const found = representation(count, base, national);
        if (found === "over-represented") expect((100 * count) / base).toBeGreaterThan(national);
        if (found === "under-represented") expect((100 * count) / base).toBeLessThan(national);
      }),
    );
  });
});
