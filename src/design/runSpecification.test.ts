import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MatchSpecification } from "#protocol";
import { findCandidates } from "./candidates.ts";
import { completeCovariates } from "./completedCovariates.ts";
import { readCovariates } from "./covariates.ts";
import { type MatchedDraw, rematch, runSpecification, type SpecificationRun, sizesOf } from "./runSpecification.ts";
import { invented, mainOf, type Row, studyOf, unitOf } from "./testing/schools.ts";

interface Asked {
  readonly specification?: Partial<MatchSpecification>;
  readonly missing?: "completeCase" | "multipleImputation" | "indicator" | "category";
  readonly covariates?: string;
  readonly draws?: number;
  readonly tieOrder?: number;
}

const DEFAULT: Asked = {};

function run(rows: readonly Row[], asked: Asked = DEFAULT) {
  const study = studyOf({
    match: [
      `covariates: [${asked.covariates ?? "x"}]`,
      "specifications: { one: { neighbours: 1, replacement: no, caliper: none, commonSupport: none } }",
    ],
  });
  const comparison = mainOf(study);
  const candidates = findCandidates(unitOf(study, rows), comparison);
  const specification = { ...comparison.match.specifications[0]!, ...asked.specification };
  const match = { ...comparison.match, missing: asked.missing ?? "completeCase", draws: asked.draws ?? 2 };
  const covariates = readCovariates(specification.covariates, candidates.context);
  const exact = specification.exact.map((name) => ({
    name,
    column: candidates.context.column(name, undefined),
    reference: undefined,
  }));
  const options = { match, seed: study.about.seed };
  const completed = completeCovariates(candidates, covariates, match, study.about.seed);
  const result = runSpecification(candidates, specification, completed, exact, options);
  if (asked.tieOrder === undefined) return { candidates, result };
  const draws = rematch(candidates, specification, drawsOf(result), exact, options, asked.tieOrder);
  return { candidates, result: { state: "matched" as const, draws: draws.at(-1)! } };
}

function drawsOf(result: SpecificationRun): readonly MatchedDraw[] {
  if (result.state === "not estimable") throw new Error(result.fault.message);
  return result.draws;
}
const faultOf = (result: SpecificationRun) => (result.state === "not estimable" ? result.fault : undefined);

/** Sets as school names: who was found for whom. */
function pairs(rows: readonly Row[], asked: Asked = DEFAULT): Record<string, readonly string[]> {
  const { candidates, result } = run(rows, asked);
  const [draw] = drawsOf(result);
  return Object.fromEntries(
    draw!.sets.map((set) => [
      candidates.keys[set.treated]!,
      Array.from(set.controls.toSorted(), (row) => candidates.keys[row]!),
    ]),
  );
}

const school = (name: string, x: number | undefined, more: Partial<Row> = {}): Row => ({
  school: name,
  programme: name.startsWith("T"),
  x,
  ...more,
});
/** Two treated schools among six others. */
const SIX = [
  school("T1", 5),
  school("T2", 2),
  school("C1", 1),
  school("C2", 1.9),
  school("C3", 2.2),
  school("C4", 3.8),
  school("C5", 6),
  school("C6", 0),
];

describe("nearest neighbours", () => {
  test("are those of the nearest score, hardest first, without replacement", () => {
    expect(pairs(SIX)).toEqual({ T1: ["C5"], T2: ["C2"] });
    expect(pairs(SIX, { specification: { neighbours: 2 } })).toEqual({ T1: ["C4", "C5"], T2: ["C2", "C3"] });
  });

  test("with replacement a neighbour may serve twice, and weighs twice", () => {
    const rows = [school("T1", 5), school("T2", 5.1), school("C1", 5.05), school("C2", 0), school("C3", 9)];
    const asked = { specification: { replacement: true, neighbours: 1 } };
    expect(pairs(rows, asked)).toEqual({ T1: ["C1"], T2: ["C1"] });
    const { candidates, result } = run(rows, { specification: { replacement: true, neighbours: 2 } });
    const [draw] = drawsOf(result);
    const weight = (name: string) => draw!.weights[candidates.keys.indexOf(name)]!;
    expect(weight("T1")).toBe(1);
    expect(weight("C1")).toBeCloseTo((2 * (weight("C2") + weight("C3"))) / 2, 12);
  });

  test("fewer of the pool than asked for leave the last treated without", () => {
    const rows = [school("T1", 5), school("T2", 2), school("T3", 1), school("C1", 4), school("C2", 0)];
    const { candidates, result } = run(rows);
    const [draw] = drawsOf(result);
    expect(draw!.dropped.map(({ row, reason }) => [candidates.keys[row], reason])).toEqual([
      ["T3", "no comparison unit left"],
    ]);
  });

  test("break ties by school and seed, not by the order of the file", () => {
    const tied = [
      school("T1", 5),
      school("T2", 5),
      ...["C1", "C2", "C3", "C4", "C5"].map((name) => school(name, 4)),
      school("C6", 6),
    ];
    const first = pairs(tied);
    fc.assert(
      fc.property(fc.shuffledSubarray(tied, { minLength: tied.length }), (shuffled) => {
        expect(pairs(shuffled)).toEqual(first);
      }),
      { numRuns: 10 },
    );
    const redrawn = new Set(Array.from({ length: 10 }, (_, i) => JSON.stringify(pairs(tied, { tieOrder: i + 1 }))));
    expect(redrawn.size).toBeGreaterThan(1);
    expect(drawsOf(run(tied).result)[0]!.hasTies).toBe(true);
    expect(drawsOf(run(SIX).result)[0]!.hasTies).toBe(false);
  });
});

describe("a caliper", () => {
  const sd = (values: readonly number[]): number => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  };

  test("in sd is measured over all scored rows of both arms", () => {
    const rows = invented({ districts: 20, treated: 6 });
    const asked = (specification: Partial<MatchSpecification>) =>
      drawsOf(run(rows, { specification: { replacement: true, ...specification } }).result)[0]!;
    const { score, sets } = asked({});
    const gaps = sets.map((set) => Math.abs(score![set.treated]! - score![set.controls[0]!]!));
    // The widest gap of a match, in SDs of all 80 scores, is the caliper that just does not bind.
    const widest = Math.max(...gaps) / sd([...score!]);
    expect(asked({ caliper: { size: widest * (1 + 1e-9), unit: "sd" } }).turnedAway).toBe(0);
    expect(asked({ caliper: { size: widest * (1 - 1e-6), unit: "sd" } }).turnedAway).toBe(1);
  });

  test("is taken over the rows that remain after those outside support have left", () => {
    const inside = invented({ districts: 20, treated: 6 })
      .filter((row) => row.year === 2015)
      .map((row) => ({ ...row, region: Number(row.school.slice(1)) % 2 === 0 ? "North" : "South" }));
    const outside = Array.from({ length: 30 }, (_, i) => ({ ...school(`Z${i}`, 3 + i / 10), region: "East" }));
    const asked: Asked = { covariates: "x, region", specification: { caliper: { size: 0.2, unit: "sd" } } };
    expect(pairs([...inside, ...outside], asked)).toEqual(pairs(inside, asked));
    const { result, candidates } = run([...inside, ...outside], asked);
    const gone = drawsOf(result)[0]!.dropped.filter(({ reason }) => reason === 'nobody to compare with: region "East"');
    expect(gone.map(({ row }) => candidates.keys[row]!.charAt(0)).every((first) => first === "Z")).toBe(true);
    expect(gone.length).toBe(30);
  });

  test("that turns everybody away leaves an empty sample and says so", () => {
    const { result, candidates } = run(SIX, { specification: { caliper: { size: 1e-9, unit: "logit" } } });
    const [draw] = drawsOf(result);
    expect(draw!.turnedAway).toBe(2);
    expect(sizesOf(draw!, candidates.treated)).toEqual({ treated: 0, comparison: 0, effective: 0 });
    expect(draw!.dropped.map(({ reason }) => reason)).toEqual([
      "no comparison unit within the caliper",
      "no comparison unit within the caliper",
    ]);
  });

  test("on the probability scale of 1 turns nobody away", () => {
    const [draw] = drawsOf(run(SIX, { specification: { caliper: { size: 1, unit: "probability" } } }).result);
    expect(draw!.turnedAway).toBe(0);
  });
});

describe("exact columns", () => {
  const rows = [
    school("T1", 5, { region: "North" }),
    school("T2", 2, { region: "East" }),
    school("C1", 5, { region: "South" }),
    school("C2", 1, { region: "North" }),
    school("C3", 4, { region: "North" }),
  ];
  test("keep neighbours to the same value; who has none is left out and the reason names the column", () => {
    const asked = { specification: { exact: ["region"] } };
    expect(pairs(rows, asked)).toEqual({ T1: ["C3"] });
    const { candidates, result } = run(rows, asked);
    expect(drawsOf(result)[0]!.dropped.map(({ row, reason }) => [candidates.keys[row], reason])).toEqual([
      ["T2", "no comparison unit that agrees on region left"],
    ]);
  });

  test("a unit without a value of one cannot be matched", () => {
    const { candidates, result } = run([...rows, school("C4", 5)], { specification: { exact: ["region"] } });
    const [gone] = drawsOf(result)[0]!.dropped;
    expect([candidates.keys[gone!.row], gone!.reason]).toEqual(["C4", "a covariate is missing"]);
  });

  test("are refused where weights cannot keep them", () => {
    for (const method of ["entropy", "inverseProbability"] as const) {
      expect(faultOf(run(rows, { specification: { method, exact: ["region"] } }).result)?.code).toBe(
        "setting-not-served",
      );
      expect(faultOf(run(rows, { specification: { method, commonSupport: "both" } }).result)?.code).toBe(
        "setting-not-served",
      );
    }
  });
});

test("common support leaves out treated schools beyond the range of the others", () => {
  const rows = [school("T1", 9), school("T2", 2), school("C1", 1), school("C2", 3), school("C3", 4)];
  const { candidates, result } = run(rows, { specification: { commonSupport: "treated" } });
  expect(drawsOf(result)[0]!.dropped.map(({ row, reason }) => [candidates.keys[row], reason])).toEqual([
    ["T1", "outside the range of scores of the other arm"],
  ]);
});

describe("weights instead of neighbours", () => {
  const rows = invented({ districts: 30, treated: 8 });
  const mean = (values: ArrayLike<number>, weights: Float64Array, rowsOf: (row: number) => boolean): number => {
    let sum = 0;
    let total = 0;
    for (let row = 0; row < weights.length; row++) {
      if (!rowsOf(row)) continue;
      sum += weights[row]! * values[row]!;
      total += weights[row]!;
    }
    return sum / total;
  };

  test("entropy balance makes the weighted means of the pool those of the treated", () => {
    const { candidates, result } = run(rows, { covariates: "x, z, region", specification: { method: "entropy" } });
    const [draw] = drawsOf(result);
    for (const name of ["x", "z"]) {
      const column = candidates.context.column(name, undefined);
      const values = column.kind === "number" ? column.values : [];
      const of = (arm: 0 | 1) => mean(values, draw!.weights, (row) => candidates.treated[row] === arm);
      expect(of(0)).toBeCloseTo(of(1), 8);
    }
    expect(draw!.sets).toEqual([]);
    expect(sizesOf(draw!, candidates.treated)).toMatchObject({ treated: 32, comparison: 88 });
  });

  test("entropy balance that cannot be reached is a fault, not a weight", () => {
    const apart = [school("T1", 9), school("T2", 10), ...["C1", "C2", "C3"].map((name, i) => school(name, i))];
    expect(faultOf(run(apart, { specification: { method: "entropy" } }).result)?.code).toBe("not-balanced");
  });

  test("inverse probability gives a comparison unit its odds, exp(logit)", () => {
    const { candidates, result } = run(rows, { specification: { method: "inverseProbability" } });
    const [draw] = drawsOf(result);
    for (const [row, arm] of candidates.treated.entries()) {
      expect(draw!.weights[row]).toBeCloseTo(arm === 1 ? 1 : Math.exp(draw!.score![row]!), 12);
    }
  });

  test("`none` keeps everybody with a value, unweighted", () => {
    const [draw] = drawsOf(run([...SIX, school("C7", undefined)], { specification: { method: "none" } }).result);
    expect([...draw!.weights].filter((weight) => weight === 1).length).toBe(8);
    expect(draw!.dropped.length).toBe(1);
  });
});

describe("a missing covariate", () => {
  const rows = invented({ districts: 20, treated: 6 })
    .filter((row) => row.year === 2015)
    .map((row, i) => ({ ...row, z: i % 9 === 0 ? undefined : row.z }));

  test("leaves under complete cases, by name", () => {
    const [draw] = drawsOf(run(rows, { covariates: "x, z" }).result);
    expect(draw!.dropped.filter(({ reason }) => reason === "a covariate is missing").length).toBe(9);
  });

  test("is imputed within each draw, from values that were observed; known values stay", () => {
    const { candidates, result } = run(rows, { covariates: "x, z", missing: "multipleImputation", draws: 2 });
    const draws = drawsOf(result);
    expect(draws.length).toBe(2);
    const original = candidates.context.column("z", undefined);
    if (original.kind !== "number") throw new Error("z is a number");
    const observed = new Set(original.values.filter((value) => !Number.isNaN(value)));
    const filled = draws.map((draw) => {
      const { column } = draw.covariates[1]!;
      if (column.kind !== "number") throw new Error("z is a number");
      for (const [row, value] of column.values.entries()) {
        expect(observed.has(value)).toBe(true);
        if (!Number.isNaN(original.values[row]!)) expect(value).toBe(original.values[row]);
      }
      return [...column.values].join();
    });
    expect(filled[0]).not.toBe(filled[1]);
    for (const draw of draws)
      expect(draw.dropped.filter(({ reason }) => reason === "a covariate is missing")).toEqual([]);
  });

  test("gives the same draws again", () => {
    const again = () =>
      JSON.stringify(drawsOf(run(rows, { covariates: "x, z", missing: "multipleImputation" }).result));
    expect(again()).toBe(again());
  });

  test("is not imputed where nothing is missing: one sample", () => {
    expect(drawsOf(run(rows, { covariates: "x", missing: "multipleImputation" }).result).length).toBe(1);
  });

  test("becomes the mean with an indicator beside it", () => {
    const [draw] = drawsOf(run(rows, { covariates: "x, z", missing: "indicator" }).result);
    expect(draw!.covariates.map(({ name }) => name)).toEqual(["x", "z", "z missing"]);
    const [, z, flag] = draw!.covariates.map(({ column }) => (column.kind === "number" ? column.values : []));
    const known = [...z!].filter((_, row) => flag![row] === 0);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    expect([...z!].filter((_, row) => flag![row] === 1).every((value) => Math.abs(value - mean) < 1e-12)).toBe(true);
  });

  test("of a category becomes a level of its own", () => {
    const gaps = rows.map((row, i) => ({ ...row, region: i % 5 === 0 ? undefined : row.region }));
    const [draw] = drawsOf(run(gaps, { covariates: "x, region", missing: "category" }).result);
    const { column } = draw!.covariates[1]!;
    expect(column.kind === "code" && column.levels).toEqual(["North", "South", "East", "Unknown"]);
    expect(draw!.dropped.filter(({ reason }) => reason === "a covariate is missing")).toEqual([]);
  });

  test("for everybody leaves nobody to match, under any rule, and the fault names the rule", () => {
    const none = rows.map((row) => ({ ...row, z: undefined }));
    for (const missing of ["completeCase", "multipleImputation", "indicator", "category"] as const) {
      const fault = faultOf(run(none, { covariates: "x, z", missing }).result);
      expect([missing, fault?.code]).toEqual([missing, "nobody-complete"]);
      expect(fault!.message).toContain(`missing: ${missing}`);
    }
  });
});
