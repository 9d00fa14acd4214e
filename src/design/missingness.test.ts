import { describe, expect, test } from "vitest";
import type { Column } from "#table";
import { designComparison } from "./designComparison.ts";
import { MISSINGNESS_LIMIT, missingnessByTreatment, missingnessFaults } from "./missingness.ts";
import { faultsOf, mainOf, PLAIN_MATCH, studyOf, unitOf } from "./testing/schools.ts";

const { match } = mainOf(studyOf());
const gaps = (pattern: string): Column => ({
  kind: "number",
  type: "number",
  values: Float64Array.from(pattern, (mark) => (mark === "." ? Number.NaN : 1)),
});
const row = (pattern: string, treated: string, name = "x", allowMissing: Record<string, string> = {}) =>
  missingnessByTreatment([{ name, column: gaps(pattern), reference: undefined }], Uint8Array.from(treated, Number), {
    ...match,
    allowMissing,
  })[0]!;

describe("missingness by treatment", () => {
  test("has shares by arm and their standardised difference", () => {
    const found = row("..xx.xxx", "11110000");
    expect([found.missingTreated, found.missingComparison]).toEqual([2, 1]);
    expect([found.shareTreated, found.shareComparison]).toEqual([0.5, 0.25]);
    // (.5 − .25) / √((.5·.5 + .25·.75) / 2)
    expect(found.smd).toBeCloseTo(0.25 / Math.sqrt(0.21875), 12);
    expect(found.verdict).toBe("refused");
  });

  test("accepts what is missing alike, and what is never missing", () => {
    expect(row(".x.x", "1100")).toMatchObject({ smd: 0, verdict: "accepted" });
    expect(row("xxxx", "1100")).toMatchObject({ smd: 0, verdict: "accepted" });
  });

  test("refuses when one arm lacks all and the other none: the difference is without limit, not 0", () => {
    expect(row("..xx", "1100")).toMatchObject({ smd: Number.POSITIVE_INFINITY, verdict: "refused" });
    expect(row("xx..", "1100")).toMatchObject({ smd: Number.NEGATIVE_INFINITY, verdict: "refused" });
  });

  test("refuses in either direction just above the limit, and not just below", () => {
    // 20 of 100 against m of 100: m = 11 gives .250…, m = 12 gives .219….
    const of = (m: number) =>
      row(
        `${".".repeat(20)}${"x".repeat(80)}${".".repeat(m)}${"x".repeat(100 - m)}`,
        "1".repeat(100) + "0".repeat(100),
      );
    expect(of(12).smd).toBeLessThan(MISSINGNESS_LIMIT);
    expect(of(12).verdict).toBe("accepted");
    expect(of(11).smd).toBeGreaterThan(MISSINGNESS_LIMIT);
    expect(of(11).verdict).toBe("refused");
    expect(of(31).smd).toBeLessThan(-MISSINGNESS_LIMIT);
    expect(of(31).verdict).toBe("refused");
  });

  test("a reason lets a covariate through, also by the name of its column, and is kept", () => {
    expect(row("..xx", "1100", "x at baseline", { x: "closed schools are few" })).toMatchObject({
      verdict: "let through",
      because: "closed schools are few",
    });
    expect(row("xxxx", "1100", "x", { x: "not needed" })).not.toHaveProperty("because");
  });

  test("counts gaps of a category", () => {
    const column: Column = { kind: "code", type: "category", levels: ["a"], codes: Int32Array.of(-1, 0, 0, 0) };
    const [found] = missingnessByTreatment(
      [{ name: "c", column, reference: undefined }],
      Uint8Array.of(1, 1, 0, 0),
      match,
    );
    expect([found!.missingTreated, found!.missingComparison]).toEqual([1, 0]);
  });

  test("the refusal gives its figures", () => {
    const [fault] = missingnessFaults([row("..xx", "1100")], match);
    expect(fault!.message).toBe(
      "x is missing for 100% of the treated and 0% of the others (SMD ∞): its absence tells who was treated.",
    );
  });
});

describe("a design", () => {
  const rows = Array.from({ length: 20 }, (_, i) => ({
    school: `S${i}`,
    programme: i < 5,
    x: i % 7,
    region: i < 5 && i > 0 ? undefined : "North",
  }));
  const refusal = (list: readonly string[]) => {
    const study = studyOf({ match: list });
    return faultsOf(() => designComparison(study, unitOf(study, rows), mainOf(study)));
  };

  test("refuses a covariate whose absence tells who was treated, whatever is done about gaps", () => {
    for (const missing of ["completeCase", "multipleImputation", "indicator", "category"]) {
      const list = PLAIN_MATCH.map((line) => line.replace("[x]", "[x, region]").replace("completeCase", missing));
      expect(refusal(list)[0]).toContain("missing-by-treatment: region is missing for 80% of the treated");
    }
  });

  test("refuses it as well where it is matched on exactly", () => {
    expect(refusal([...PLAIN_MATCH, "exact: [region]"])[0]).toContain(
      "missing-by-treatment: region is missing for 80%",
    );
  });
});
