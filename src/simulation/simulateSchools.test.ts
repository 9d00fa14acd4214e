import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Faults } from "#domain";
import { type SimulationOptions, simulateSchools } from "./simulateSchools.ts";

interface Row {
  readonly school: string;
  readonly name: string;
  readonly year: number;
  readonly region: string;
  readonly area: string;
  readonly trust: string;
  readonly joined: string;
  readonly fsm: number;
  readonly prior: number;
  readonly reading: number;
  readonly absence: number;
}

/** NaN where a cell is empty or suppressed. */
const number = (text: string): number => (text === "" || text === "SUPP" ? Number.NaN : Number(text));

function rowsOf(options: SimulationOptions): readonly Row[] {
  const lines = simulateSchools(options).panelCsv.trimEnd().split("\n").slice(1);
  return lines.map((line) => {
    const [school, name, year, region, area, trust, joined, , fsm, prior, reading, absence] = line.split(
      ",",
    ) as string[];
    return {
      school: school!,
      name: name!,
      year: Number(year),
      region: region!,
      area: area!,
      trust: trust!,
      joined: joined!,
      fsm: number(fsm!),
      prior: number(prior!),
      reading: number(reading!),
      absence: number(absence!),
    };
  });
}

/** Items by what a key says of them, in order of first appearance. */
function groupBy<T>(items: Iterable<T>, key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);

/** Per school the mean after 2016/17 less the mean before it, for schools with every year known. */
function changes(
  rows: readonly Row[],
  outcome: "reading" | "absence",
): { joined: number[]; others: number[]; trusts: string[] } {
  const bySchool = groupBy(rows, (row) => row.school);
  const found = { joined: [] as number[], others: [] as number[], trusts: [] as string[] };
  for (const own of bySchool.values()) {
    const of = (keep: (year: number) => boolean) =>
      mean(own.filter((row) => keep(row.year)).map((row) => row[outcome]));
    const change = of((year) => year >= 2018) - of((year) => year <= 2016);
    if (Number.isNaN(change)) continue;
    if (own[0]!.trust === "") found.others.push(change);
    else {
      found.joined.push(change);
      found.trusts.push(own[0]!.trust);
    }
  }
  return found;
}

describe("invented schools", () => {
  it("are the same bytes for the same options, and others for another seed", () => {
    const once = simulateSchools({ seed: 7 });
    expect(simulateSchools({ seed: 7 })).toEqual(once);
    expect(simulateSchools({ seed: 8 }).panelCsv).not.toBe(once.panelCsv);
    // Recorded from the first run: a change of the generator, or of a machine's arithmetic, shows here.
    expect(createHash("sha256").update(once.panelCsv).digest("hex")).toBe(
      "85174754064056b65bbda564b611eb42393103d16c6d65cc8800bf51fafaa7bf",
    );
  });

  it("fill a panel of six years, sorted, with names of their own", () => {
    const rows = rowsOf({ seed: 1 });
    expect(rows.length).toBe(620 * 6);
    expect(new Set(rows.map((row) => row.name)).size).toBe(620);
    expect(new Set(rows.map((row) => row.region)).size).toBe(4);
    expect(new Set(rows.map((row) => row.area)).size).toBeGreaterThan(38);
    const keys = rows.map((row) => `${row.school} ${row.year}`);
    expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : 1)));
    expect([...new Set(rows.map((row) => row.year))]).toEqual([2014, 2015, 2016, 2017, 2018, 2019]);
  });

  it("join ten trusts during 2016/17, four to ten schools of one region each", () => {
    const rows = rowsOf({ seed: 1 }).filter((row) => row.year === 2016);
    const joiners = rows.filter((row) => row.trust !== "");
    expect(rows.every((row) => (row.trust === "") === (row.joined === ""))).toBe(true);
    expect(joiners.every((row) => row.joined >= "2016-09-01" && row.joined <= "2017-08-31")).toBe(true);
    const byTrust = groupBy(joiners, (row) => row.trust);
    expect(byTrust.size).toBe(10);
    for (const schools of byTrust.values()) {
      expect(schools.length).toBeGreaterThanOrEqual(4);
      expect(schools.length).toBeLessThanOrEqual(10);
      expect(new Set(schools.map((row) => row.region)).size).toBe(1);
    }
  });

  it("join more readily with more free meals and lower prior attainment, so that plain averages mislead", () => {
    const before = rowsOf({ seed: 3, schools: 4000, trusts: 60 }).filter((row) => row.year === 2016);
    const known = before.filter((row) => !Number.isNaN(row.fsm + row.prior + row.reading));
    const gap = (of: (row: Row) => number) =>
      mean(known.filter((row) => row.trust !== "").map(of)) - mean(known.filter((row) => row.trust === "").map(of));
    expect(gap((row) => row.fsm)).toBeGreaterThan(4);
    expect(gap((row) => row.prior)).toBeLessThan(-1);
    expect(gap((row) => row.reading)).toBeLessThan(-0.5);
  });

  it("spread by about four points, and have a few gaps and suppressed cells", () => {
    const { panelCsv } = simulateSchools({ seed: 2 });
    const before = rowsOf({ seed: 2 }).filter((row) => row.year === 2016 && !Number.isNaN(row.reading));
    const sd = Math.sqrt(variance(before.map((row) => row.reading)));
    expect(sd).toBeGreaterThan(3.4);
    expect(sd).toBeLessThan(4.6);
    const readings = panelCsv
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",")[10]!);
    for (const gap of ["", "SUPP"]) {
      const share = readings.filter((text) => text === gap).length / readings.length;
      expect(share).toBeGreaterThan(0.001);
      expect(share).toBeLessThan(0.05);
    }
  });

  it.each([{ effect: 1.2 }, { effect: 0 }, { effect: -3 }])(
    "give back the effect put in to a regression of the change on having joined ($effect)",
    ({ effect }) => {
      const options = { seed: 11, schools: 8000, trusts: 200, effect };
      const { truth } = simulateSchools(options);
      const { joined, others, trusts } = changes(rowsOf(options), "reading");
      const estimate = mean(joined) - mean(others);
      // Schools of a trust share a shock: the standard error is that of trust means.
      const trustMeans = [...groupBy(joined.keys(), (i) => trusts[i]!).values()].map((own) =>
        mean(own.map((i) => joined[i]!)),
      );
      const standardError = Math.sqrt(variance(trustMeans) / trustMeans.length + variance(others) / others.length);
      expect(standardError).toBeLessThan(0.1);
      const told = truth.effects.find(
        (row) => row.outcome === "reading_score" && row.year === "2017/18",
      )!.meanEffectOnJoiners;
      expect(Math.abs(estimate - told)).toBeLessThan(4 * standardError);
      expect(Math.abs(told - effect)).toBeLessThan(0.1);
    },
  );

  it("put no effect into absence", () => {
    const options = { seed: 12, schools: 8000, trusts: 200 };
    const { joined, others } = changes(rowsOf(options), "absence");
    const standardError = Math.sqrt(variance(joined) / joined.length + variance(others) / others.length);
    expect(Math.abs(mean(joined) - mean(others))).toBeLessThan(4 * standardError);
    expect(simulateSchools(options).truth.effects.filter((row) => row.outcome === "absence_pct")).toEqual([
      { outcome: "absence_pct", year: "2017/18", meanEffectOnJoiners: 0 },
      { outcome: "absence_pct", year: "2018/19", meanEffectOnJoiners: 0 },
    ]);
  });

  it("hold no more schools than asked, whatever the options", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 80 }), (seed, trusts, more) => {
        const schools = trusts * 20 + more;
        const { truth, panelCsv } = simulateSchools({ seed, schools, trusts });
        expect(panelCsv.split("\n").length).toBe(schools * 6 + 2);
        expect(truth.joiners).toBeLessThanOrEqual(trusts * 10);
        expect(truth.joiners).toBeGreaterThanOrEqual(trusts * 4);
      }),
      { numRuns: 20 },
    );
  });

  it.each<[SimulationOptions, string]>([
    [{ seed: 1.5 }, "The seed must be a whole number of 0 or more, not 1.5."],
    [{ seed: 1, schools: 100 }, "from 200 (20 for each trust) to 100000, not 100."],
    [{ seed: 1, trusts: 0 }, "The number of trusts must be a whole number of 1 or more, not 0."],
    [{ seed: 1, effect: Number.NaN }, "The effect must lie between -20 and 20 points of score, not NaN."],
  ])("refuse %j in words", (options, words) => {
    expect(() => simulateSchools(options)).toThrow(Faults);
    expect(() => simulateSchools(options)).toThrow(words);
  });
});
