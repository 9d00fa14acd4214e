import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, RandomStream } from "#math";
import type { ModelData } from "../model/variable.ts";
import { near } from "../testing/reference.ts";
import { coarsenedExact } from "./coarsenedExact.ts";
import { distanceWithinStrata } from "./distanceWithinStrata.ts";
import { matchByDistance } from "./matchByDistance.ts";
import { matchedDifference, matchLikePsmatch2 } from "./matchLikePsmatch2.ts";
import { matchNearest, type NearestRequest } from "./matchNearest.ts";
import { matchTwoLevels } from "./matchTwoLevels.ts";
import { BadScore } from "./pairDistances.ts";
import { strataWeights } from "./strataWeights.ts";
import { subclassify } from "./subclassify.ts";

const ranks = (n: number) => Float64Array.from({ length: n }, (_, i) => i);

const scored = fc
  .array(
    fc.record({ score: fc.integer({ min: 0, max: 12 }), arm: fc.constantFrom(0, 1), group: fc.constantFrom(0, 1) }),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((rows) => ({
    score: Float64Array.from(rows, (row) => row.score),
    treated: Uint8Array.from(rows, (row) => row.arm),
    group: Int32Array.from(rows, (row) => row.group),
    tieRank: ranks(rows.length),
  }));

describe("nearest neighbours on any distance", () => {
  it("are those of the score, with ties, caliper and groups", () => {
    fc.assert(
      fc.property(
        scored,
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        fc.boolean(),
        (sample, neighbours, replacement, inGroups) => {
          const { score, treated, tieRank } = sample;
          const rules = { caliper: 3, ...(inGroups && { exact: sample.group }) };
          const fast = matchNearest({
            score,
            treated,
            tieRank,
            neighbours,
            replacement,
            order: "data",
            discard: "none",
            ...rules,
          });
          const choosers = Int32Array.from(treated.keys()).filter((row) => treated[row] === 1);
          const shared = {
            treated,
            neighbours,
            replacement,
            choosers,
            isDiscarded: new Uint8Array(treated.length),
            tieRank,
          };
          const onScore = matchByDistance({ space: { score }, ...shared, ...rules });
          const onPoints = matchByDistance({ space: { points: Matrix.fromColumns([score]) }, ...shared, ...rules });
          for (const found of [onScore, onPoints]) {
            expect(found.sets.map((set) => [...set.controls])).toEqual(fast.sets.map((set) => [...set.controls]));
            expect(Array.from(found.weights)).toEqual(Array.from(fast.weights));
          }
        },
      ),
    );
  });

  it("look again when all remembered controls are taken", () => {
    const n = 400;
    const treated = Uint8Array.from({ length: n }, (_, i) => Number(i < 150));
    const score = Float64Array.from({ length: n }, (_, i) => (i < 150 ? 0 : i));
    const choosers = Int32Array.from({ length: 150 }, (_, i) => i);
    const found = matchByDistance({
      ...{ space: { score }, treated, neighbours: 1, replacement: false, choosers },
      ...{ isDiscarded: new Uint8Array(n), tieRank: ranks(n) },
    });
    expect(found.sets.map((set) => set.controls[0])).toEqual(Array.from({ length: 150 }, (_, i) => 150 + i));
  });

  it("never join rows that must differ", () => {
    fc.assert(
      fc.property(scored, ({ score, treated, group, tieRank }) => {
        const choosers = Int32Array.from(treated.keys()).filter((row) => treated[row] === 1);
        const found = matchByDistance({
          ...{ space: { score }, treated, neighbours: 2, replacement: false, choosers, tieRank },
          ...{ isDiscarded: new Uint8Array(treated.length), antiexact: [group] },
        });
        for (const set of found.sets) for (const row of set.controls) expect(group[row]).not.toBe(group[set.treated]);
      }),
    );
  });

  it("refuse a row without a score by its number", () => {
    const request: NearestRequest = {
      score: Float64Array.of(1, Number.NaN),
      treated: Uint8Array.of(1, 0),
      tieRank: ranks(2),
      neighbours: 1,
      replacement: true,
      order: "data",
      discard: "none",
    };
    expect(() => matchNearest(request)).toThrow(BadScore);
    expect(() => matchNearest(request)).toThrow("row 1 has no score");
  });
});

describe("psmatch2's neighbours", () => {
  it("are the k nearest within the caliper, the lowest row first", () => {
    fc.assert(
      fc.property(scored, fc.integer({ min: 1, max: 4 }), fc.boolean(), (sample, neighbours, ties) => {
        const { score, treated } = sample;
        const found = matchLikePsmatch2({ score, treated, neighbours, caliper: 2, ties });
        for (const { treated: row, controls } of found.sets) {
          const nearest = [...treated.keys()]
            .filter((other) => treated[other] === 0 && Math.abs(score[other] - score[row]) <= 2)
            .sort((a, b) => Math.abs(score[a] - score[row]) - Math.abs(score[b] - score[row]) || a - b);
          const last = nearest[neighbours - 1];
          const wanted =
            ties && last !== undefined
              ? nearest.filter((other) => Math.abs(score[other] - score[row]) <= Math.abs(score[last] - score[row]))
              : nearest.slice(0, neighbours);
          expect([...controls]).toEqual(wanted);
        }
      }),
    );
  });

  it("leave treated rows off support above or below all controls, and everybody where there are none", () => {
    const score = Float64Array.of(0.9, 0.1, 0.5, 0.2, 0.6);
    const treated = Uint8Array.of(1, 1, 1, 0, 0);
    const found = matchLikePsmatch2({ score, treated, neighbours: 1, common: true });
    expect(Array.from(found.offSupport)).toEqual([0, 1]);
    expect(found.sets.map((set) => [...set.controls])).toEqual([[4]]);
    const nobody = matchLikePsmatch2({ score, treated: new Uint8Array(5).fill(1), neighbours: 1, common: true });
    expect(nobody.offSupport).toHaveLength(5);
    expect(matchedDifference(nobody, score)).toMatchObject({ state: "not estimable" });
  });
});

describe("strata", () => {
  it("weigh each arm to the same shares of strata, whoever the estimand speaks of", () => {
    fc.assert(
      fc.property(scored, fc.constantFrom("ATT", "ATC", "ATE", "overlap"), ({ score, treated }, estimand) => {
        const stratum = Int32Array.from(score, (value) => Math.floor(value / 4) - 1);
        const weights = strataWeights(stratum, treated, estimand);
        const shares = [0, 1].map((arm) => {
          const sums = new Float64Array(4);
          for (const [row, set] of stratum.entries()) if (set >= 0 && treated[row] === arm) sums[set] += weights[row];
          const total = sums.reduce((a, b) => a + b, 0);
          return total > 0 ? Array.from(sums, (sum) => sum / total) : undefined;
        });
        expect(shares[0] === undefined).toBe(shares[1] === undefined);
        for (const [set, share] of (shares[0] ?? []).entries()) near(share, shares[1]![set], 1e-12, 1);
        for (const [row, set] of stratum.entries()) if (set < 0) expect(weights[row]).toBe(0);
      }),
    );
  });

  it("add up distances as pair by pair", () => {
    fc.assert(
      fc.property(scored, ({ score, treated, group }) => {
        let total = 0;
        for (const a of score.keys()) {
          for (const b of score.keys())
            if (treated[a] === 1 && treated[b] === 0 && group[a] === group[b]) total += Math.abs(score[a] - score[b]);
        }
        near(distanceWithinStrata(score, treated, group), total, 1e-12, 1);
      }),
    );
  });

  it("of equal scores are one class, and too few rows are said to be too few", () => {
    const same = subclassify({ score: new Float64Array(6), treated: Uint8Array.of(1, 1, 0, 0, 0, 0), classes: 5 });
    if (same.state !== "subclassified") throw new Error(same.reason);
    expect(new Set(same.stratum).size).toBe(1);
    const score = Float64Array.of(1, 2, 3, 4, 5, 6);
    const few = subclassify({ score, treated: Uint8Array.of(1, 1, 1, 1, 1, 0), classes: 4 });
    expect(few).toMatchObject({ reason: "1 comparison rows cannot fill 4 subclasses" });
    for (const treated of [new Uint8Array(6), new Uint8Array(6).fill(1)])
      expect(subclassify({ score, treated, classes: 2 })).toMatchObject({ state: "not estimable" });
    expect(
      subclassify({ score: score.fill(Number.NaN, 2, 3), treated: Uint8Array.of(1, 1, 1, 0, 0, 0), classes: 2 }),
    ).toMatchObject({
      reason: "a row has no score",
    });
    expect(() => subclassify({ score, treated: new Uint8Array(6), classes: 1 })).toThrow(RangeError);
  });

  it("of coarsened values do not depend on coding, and may be none", () => {
    const treated = Uint8Array.of(1, 0, 1, 0, 1, 0);
    const codes = Int32Array.of(0, 0, 1, 1, 2, 0);
    const of = (data: ModelData) => coarsenedExact({ covariates: data, treated });
    const factor = of(new Map([["a", { kind: "factor", codes, levels: ["x", "y", "z"] }]]));
    const recoded = of(
      new Map([["a", { kind: "factor", codes: codes.map((code) => 2 - code), levels: ["z", "y", "x"] }]]),
    );
    if (factor.state !== "matched" || recoded.state !== "matched") throw new Error("matches expected");
    expect(Array.from(factor.stratum)).toEqual([0, 0, 1, 1, -1, 0]);
    expect(Array.from(recoded.weights)).toEqual(Array.from(factor.weights));
    const apart = of(new Map([["a", { kind: "factor", codes: Int32Array.from(treated), levels: ["x", "y"] }]]));
    expect(apart).toMatchObject({ reason: "no cell holds rows of both groups" });
  });
});

describe("matching schools, then people", () => {
  const random = new RandomStream(5, "two levels");
  const schoolTreated = Uint8Array.of(1, 1, 0, 0, 0, 0);
  const schoolScore = Float64Array.of(0, 10, 0.4, 9, 0.5, 30);
  const school = Int32Array.from({ length: 60 }, (_, i) => i % 6);
  const treated = Uint8Array.from(school, (own) => schoolTreated[own]);
  const score = Float64Array.from(school, () => random.normal());
  const request = (neighbours: number, replacement: boolean, caliper?: number) => ({
    schools: {
      ...{ score: schoolScore, treated: schoolTreated, tieRank: ranks(6), neighbours, replacement },
      ...({ order: "largest", discard: "none", ...(caliper !== undefined && { caliper }) } as const),
    },
    people: { school, score, treated, neighbours: 1, replacement, order: "largest" as const, tieRank: ranks(60) },
  });

  it("takes controls from the schools matched to one's own", () => {
    const found = matchTwoLevels(request(2, false));
    const partners = new Map(found.schools.sets.map((set) => [set.treated, new Set(set.controls)]));
    for (const set of found.sets)
      for (const person of set.controls) expect(partners.get(school[set.treated])!.has(school[person])).toBe(true);
    expect(found.unmatched).toHaveLength(0);
    const used = found.sets.flatMap((set) => [...set.controls]);
    expect(new Set(used).size).toBe(used.length);
  });

  it("lists those whose school found none", () => {
    const found = matchTwoLevels(request(1, false, 0.5));
    expect(found.schools.unmatched).toHaveLength(1);
    expect(Array.from(found.withoutSchool)).toEqual([...school.keys()].filter((person) => school[person] === 1));
    expect(found.sets.every((set) => school[set.treated] === 0)).toBe(true);
  });

  it("lets people serve several treated with replacement, each the nearest", () => {
    const found = matchTwoLevels(request(1, true));
    for (const set of found.sets) {
      const [partner] = found.schools.sets.find((own) => own.treated === school[set.treated])!.controls;
      const best = [...school.keys()]
        .filter((person) => school[person] === partner)
        .reduce((a, b) => (Math.abs(score[b] - score[set.treated]) < Math.abs(score[a] - score[set.treated]) ? b : a));
      expect([...set.controls]).toEqual([best]);
    }
  });

  it("refuses people of a school that is not there", () => {
    const own = request(1, false);
    const people = { ...own.people, school: school.map((place) => place + 1) };
    expect(() => matchTwoLevels({ ...own, people })).toThrow("person 5 is in school 6, which is not there");
  });
});
