import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ComparisonSample, designComparison, redrawTies } from "./designComparison.ts";
import { sizesOf } from "./runSpecification.ts";
import { faultsOf, invented, mainOf, type Row, type StudyParts, studyOf, unitOf } from "./testing/schools.ts";

const CHOICE = [
  "covariates: [x, z, region]",
  "missing: completeCase",
  "specifications:",
  "  near: { neighbours: 3, replacement: no, caliper: none }",
  "  caliper: { neighbours: 1, caliper: 0.2 sd }",
  "  entropy: { method: entropy }",
];

function design(panel: readonly Row[], parts: StudyParts = {}): ComparisonSample {
  const study = studyOf({ match: CHOICE, analysis: ", clusters: district", ...parts });
  return designComparison(study, unitOf(study, panel), mainOf(study));
}

const rows = invented();

describe("blindness", () => {
  /** All that a design decides and prints. */
  const outputs = ({
    candidates,
    tried,
    chosen,
    draws,
    balance,
    flow,
    preTrends,
    missingness,
    warnings,
  }: ComparisonSample) =>
    JSON.stringify([
      candidates.keys,
      candidates.start,
      tried.map(({ scores, against }) => [scores, against]),
      chosen.rule,
      draws,
      balance,
      flow,
      preTrends,
      missingness,
      warnings,
    ]);
  const honest = outputs(design(rows));

  test("values after baseline do not change the design by a byte, nor whether there are any", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.option(fc.double({ noNaN: true }), { nil: undefined })), (stream) => {
        const planted = rows.map((row) => {
          if (row.year! <= 2015) return row;
          const [mark, x, z] = [stream.next().value, stream.next().value, stream.next().value];
          return { ...row, mark, x, z, region: undefined, district: undefined, programme: undefined };
        });
        expect(outputs(design(planted))).toBe(honest);
      }),
      { numRuns: 5 },
    );
  });

  test("nor do rows after baseline that are gone", () => {
    expect(outputs(design(rows.filter((row, i) => row.year! <= 2015 || i % 7 !== 0)))).toBe(honest);
  });
});

describe("the flow", () => {
  test.each(["near", "caliper", "entropy"])("adds up to the matched sample under %s", (use) => {
    const gappy = rows.map((row, i) => (i % 35 < 5 ? { ...row, z: undefined } : row));
    const found = design(gappy, { match: [...CHOICE, `choose: { use: ${use} }`] });
    const { treated } = found.candidates;
    const left = (arm: "treated" | "comparison") => found.flow.reduce((sum, step) => sum + step[arm], 0);
    const sizes = sizesOf(found.draws[0]!, treated);
    expect(found.candidates.start.treated - left("treated")).toBe(sizes.treated);
    expect(found.candidates.start.comparison - left("comparison")).toBe(sizes.comparison);
    expect(found.flow.some(({ reason }) => reason === "a covariate is missing")).toBe(true);
  });
});

describe("specifications", () => {
  test("are all tried and kept, with what speaks against each; one is chosen by the rule", () => {
    const found = design(rows);
    expect(found.tried.map(({ specification }) => specification.id)).toEqual(["near", "caliper", "entropy"]);
    expect(found.chosen.tried.feasible).toBe(true);
    // Entropy balance has no bias left on its own covariates.
    expect(found.chosen.tried.specification.id).toBe("entropy");
    expect(found.chosen.rule).toContain("lowest median absolute bias (0.0%");
    const near = found.tried[0]!.scores!;
    expect(near.medianBias).toBeGreaterThan(0);
  });

  test("are scored on one list of key covariates, also on those a specification does not match on", () => {
    const found = design(rows, {
      match: [
        ...CHOICE.slice(0, 3),
        "  with: { method: entropy }",
        "  without: { method: entropy, without: [z] }",
        "choose: { by: medianAbsoluteBias, over: [z] }",
      ],
    });
    const bias = found.tried.map(({ scores }) => scores!.maxBias);
    expect(bias[0]).toBe(0);
    expect(bias[1]).toBeGreaterThan(0);
    expect(found.chosen.tried.specification.id).toBe("with");
  });

  test("a caliper that turns everybody away is never chosen, and is refused when fixed in advance", () => {
    const tight = [
      "covariates: [x]",
      "missing: completeCase",
      "specifications: { tight: { caliper: 0.0000001 logit } }",
    ];
    expect(faultsOf(() => design(rows, { match: tight }))[0]).toContain(
      "tight: no treated unit kept a comparison unit",
    );
    expect(faultsOf(() => design(rows, { match: [...tight, "choose: { use: tight }"] }))[0]).toBe(
      "nobody-matched: Under tight no treated unit has a comparison unit within the caliper of 1e-7 logit: there is nobody to compare.",
    );
  });
});

describe("warnings", () => {
  const codes = (found: ComparisonSample) => found.warnings.map(({ code }) => code);

  test("a caliper that turns nobody away is said to be not binding, one that does is not", () => {
    const of = (size: string) =>
      codes(design(rows, { match: [...CHOICE.slice(0, 3), `  one: { caliper: ${size} }`, "choose: { use: one }"] }));
    expect(of("1 probability")).toContain("not-binding");
    expect(of("0.001 sd")).not.toContain("not-binding");
    expect(of("none")).not.toContain("not-binding");
  });

  test("a level only one arm has is named, and its units are counted in the flow of cases", () => {
    const inside = rows.map((row) => ({
      ...row,
      region: row.programme && row.region === "East" ? "North" : row.region,
    }));
    const found = design(inside, { match: [...CHOICE, "choose: { use: near }"] });
    const warning = found.warnings.find(({ code }) => code === "outside-support")!;
    const east = inside.filter((row) => row.year === 2015 && row.region === "East").length;
    expect(warning.message).toContain('only one arm has region "East". Who has them leaves');
    const step = found.flow.find(({ reason }) => reason.includes('region "East"'))!;
    expect([step.treated, step.comparison]).toEqual([0, east]);
  });
});

describe("the WWC verdict", () => {
  test("is read on covariates tagged `baseline: required`, also among those only shown", () => {
    const found = design(rows, {
      match: [...CHOICE, "choose: { use: near }", "balanceOn: [{ column: mark at 2014/15, baseline: required }]"],
    });
    const judged = found.balance.filter(({ wwc }) => wwc !== undefined).map(({ covariate }) => covariate);
    expect(judged).toEqual(["mark at 2014/15"]);
  });
});

describe("treated clusters", () => {
  test("are counted at the level with fewest", () => {
    const count = (clusters: string) =>
      design(rows, { match: [...CHOICE, "choose: { use: near }"], analysis: `, clusters: ${clusters}` }).clusters
        .treated;
    expect(count("district")).toBe(10);
    expect(count("[set, district]")).toBe(10);
    const near = design(rows, { match: [...CHOICE, "choose: { use: near }"] });
    expect(count("set")).toBe(sizesOf(near.draws[0]!, near.candidates.treated).treated);
  });
});

test("ties drawn again keep the sample the same where no scores are equal", () => {
  const study = studyOf({ match: [...CHOICE, "choose: { use: near }"] });
  const sample = designComparison(study, unitOf(study, rows), mainOf(study));
  const [again] = redrawTies(study, sample, 1);
  expect(sample.draws[0]!.hasTies).toBe(false);
  expect([...again![0]!.weights]).toEqual([...sample.draws[0]!.weights]);
});

test("imputation gives one sample a draw, and balance over them", () => {
  const gappy = rows.map((row, i) => (i % 35 < 5 ? { ...row, z: undefined } : row));
  const found = design(gappy, {
    match: ["covariates: [x, z]", "draws: 2", "specifications: { one: { caliper: none } }", "choose: { use: one }"],
  });
  expect(found.draws.length).toBe(2);
  expect(found.missingness.find(({ covariate }) => covariate === "z")!.missingTreated).toBeGreaterThan(0);
  expect(found.flow.some(({ reason }) => reason === "a covariate is missing")).toBe(false);
  expect(found.preTrends[0]!.contrasts.length).toBe(2);
});
