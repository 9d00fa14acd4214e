import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawChart } from "./index.ts";

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe("charts", () => {
  it("draw every number they are given, without a gap in a path or a coordinate", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number, number), { minLength: 1, maxLength: 6 }), (points) => {
        const marks = points.map(([a, b, c], i) => {
          const [low, estimate, high] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
          return { label: `row ${i}`, low, estimate, high, isStrong: i === 0 };
        });
        const forest = drawChart({
          kind: "forest",
          level: 0.95,
          alt: "Forest plot of some differences",
          panels: [{ unit: "points", marks }],
        }).text;
        const love = drawChart({
          kind: "love",
          alt: "Love plot",
          points: marks.map((mark) => ({ label: mark.label, before: mark.low, after: mark.high })),
        }).text;
        for (const drawn of [forest, love]) {
          expect(drawn).not.toMatch(/NaN|Infinity|undefined/);
          for (const mark of marks) expect(drawn).toContain(mark.label);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("draw marks that lie on one point, however little apart", () => {
    for (const apart of [0, 1e-320, 5e-324]) {
      const mark = { label: "a", estimate: 0, low: -apart, high: apart, isStrong: true };
      const drawn = drawChart({
        kind: "forest",
        level: 0.95,
        alt: "",
        panels: [{ unit: "points", marks: [mark] }],
      }).text;
      expect(drawn).not.toMatch(/NaN|Infinity/);
    }
  });

  it("have one name each, which says what would be seen, and none inside", () => {
    const drawn = drawChart({
      kind: "years",
      level: 0.9,
      alt: "Difference by year: 2014/15 0.1, 2016/17 0.2",
      unit: "points",
      baseline: "2015/16",
      shaded: ["2016/17"],
      marks: [
        { label: "2014/15", estimate: 0.1, low: -0.1, high: 0.3, phase: "before" },
        { label: "2015/16", estimate: 0, low: 0, high: 0, phase: "baseline" },
        { label: "2016/17", estimate: 0.2, low: 0.1, high: 0.3, phase: "not an outcome year" },
      ],
    }).text;
    expect(drawn.match(/aria-label="[^"]*"/g)).toEqual(['aria-label="Difference by year: 2014/15 0.1, 2016/17 0.2"']);
    expect(drawn).toContain("▲ after the start, a check only");
    expect(drawn).toContain("Lines: 90% intervals.");
    expect(drawn).not.toContain("currentColor");
  });

  it("keep different units on different axes", () => {
    const mark = { label: "a", estimate: 1, low: 0, high: 2, isStrong: true };
    const drawn = drawChart({
      kind: "forest",
      level: 0.95,
      alt: "Two outcomes",
      panels: [
        { unit: "points", marks: [mark] },
        { unit: "percentage points", marks: [mark] },
      ],
    }).text;
    expect(drawn.match(/<svg/g)).toHaveLength(2);
    expect(drawn).toContain("This panel: percentage points.");
  });

  it("say the flow in words", () => {
    const drawn = drawChart({
      kind: "flow",
      alt: "Flow",
      steps: [
        { label: "Schools <in> 2015/16", treated: 1200, comparison: 9, isLoss: false },
        { label: "a covariate is missing", treated: 1, comparison: 2, isLoss: true },
      ],
    }).text;
    expect(drawn).toContain("Schools &lt;in&gt; 2015/16");
    expect(drawn).toContain("1,200");
    expect(drawn).toContain("Left out: a covariate is missing");
  });
});
