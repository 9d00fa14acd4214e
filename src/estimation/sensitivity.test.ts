import { describe, expect, test } from "vitest";
import { invented, type Parts, type Row } from "#testing";
import { intervalOf } from "./reading.ts";
import { estimateEachSpecification, estimateSensitivity } from "./sensitivity.ts";
import { layOpen } from "./testing/layOpen.ts";

const rows = invented();
function rowsOf(vary: string, own: readonly Row[] = rows, parts: Parts = {}) {
  const laid = layOpen(own, { ...parts, sensitivity: [`one: { of: change, because: asked for, vary: ${vary} }`] });
  return { ...laid, found: estimateSensitivity(laid.evidence, laid.study.sensitivity.get("one")!) };
}

describe("a sensitivity", () => {
  test("stands beside the declared result at the primary horizon, and says what was changed and why", () => {
    const { found, question } = rowsOf("withoutWeights");
    expect(found.length).toBe(1);
    expect(found[0]).toMatchObject({
      changed: "without matching weights",
      because: "asked for",
      horizon: 2017,
      outcome: "mark",
    });
    expect(found[0]!.declared).toEqual(intervalOf(question, "adjustedForBaseline").point);
    // In pairs every weight is 1 already.
    expect(found[0]!.point).toEqual(found[0]!.declared);
  });

  test("`set` replaces keys of the analysis, and names them", () => {
    const { found, question } = rowsOf("{ set: { contrast: change } }");
    expect(found[0]!.changed).toContain("contrast");
    expect(found[0]!.point).toEqual(intervalOf(question, "change").point);
  });

  test("`where` keeps only units for which it is true", () => {
    const { found } = rowsOf("{ where: urban = yes }");
    expect([found[0]!.base.treated, found[0]!.declaredBase.treated]).toEqual([20, 40]);
  });

  test("hidden bias leaves the result as it is and puts a number to what would undo it", () => {
    const { found } = rowsOf("hiddenBias");
    expect(found[0]!.point).toEqual(found[0]!.declared);
    expect(found[0]!.changed).toMatch(/explaining \d+\.\d% of what is left over/);
    const { found: none } = rowsOf("hiddenBias", invented({ treated: 4 }));
    expect(none[0]!.changed).toBe("hidden bias: no interval to weaken");
  });
});

describe("leaving out one by one", () => {
  test("has a row for each, with the units that remain", () => {
    const { found } = rowsOf("{ leaveOneOut: district }");
    expect(found.map(({ changed }) => changed)).toEqual(Array.from({ length: 10 }, (_, i) => `without D0${i}`));
    expect(found.every(({ base }) => base.treated === 36 && base.treatedClusters === 9)).toBe(true);
  });

  test("changes nothing else: errors stay clustered as declared", () => {
    const { found, question } = rowsOf("{ leaveOneOut: urban }", rows, { clusters: "district" });
    expect(found.map(({ changed }) => changed)).toEqual(["without 0", "without 1"]);
    expect(found[0]!.base.treatedClusters).toBe(intervalOf(question, "change").base.treatedClusters);
  });

  test("with more than thirty says so instead of showing nothing", () => {
    const { found } = rowsOf("{ leaveOneOut: district }", invented({ districts: 124, treated: 31, size: 1 }));
    expect(found.length).toBe(1);
    expect(found[0]!.point).toMatchObject({ state: "not estimable" });
    expect(found[0]!.point.state === "not estimable" && found[0]!.point.reason).toContain("more than 30");
  });
});

describe("a placebo", () => {
  test("is the change between two years before the start, 0 where nothing happened", () => {
    const { found } = rowsOf("{ placebo: { from: 2014/15, to: 2015/16 } }");
    const { point } = found[0]!;
    if (point.state === "not estimable") throw new Error(point.reason);
    expect(Math.abs(point.estimate)).toBeLessThan(3 * point.se);
    expect(found[0]!.changed).toBe("placebo: Mark, 2014/15 to 2015/16, before the programme");
  });

  test("can be an outcome that exists only before", () => {
    const { found } = rowsOf("{ placebo: { from: 2011/12, to: 2012/13, outcome: old } }");
    expect(found[0]!.changed).toBe("placebo: Old mark, 2011/12 to 2012/13, before the programme");
    expect(found[0]!.point.state).toBe("estimated");
    expect(found[0]!.base.treated).toBe(40);
  });

  test("without values says so", () => {
    const none = rows.map((row) => ({ ...row, older: undefined }));
    const { found } = rowsOf("{ placebo: { from: 2011/12, to: 2012/13, outcome: old } }", none);
    expect(found[0]!.point.state).toBe("not estimable");
  });
});

describe("the specification curve", () => {
  test("has every specification tried, the chosen one marked, and why one gave no sample", () => {
    const { evidence, analysis } = layOpen(rows);
    const found = estimateEachSpecification(evidence, analysis);
    expect(found.map(({ changed, point }) => [changed, point.state])).toEqual([
      ["pairs (chosen)", "estimated"],
      ["again", "estimated"],
      ["tight", "not estimable"],
      ["everyone", "estimated"],
    ]);
    expect(found[0]!.point).toEqual(found[0]!.declared);
    expect(found[2]!.point).toEqual({ state: "not estimable", reason: "no treated unit kept a comparison unit" });
    expect(found[2]!.base.treated).toBe(0);
  });
});
