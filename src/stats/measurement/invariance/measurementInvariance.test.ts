import { describe, expect, it } from "vitest";
import { RandomStream } from "#math";
import { near } from "../../testing/reference.ts";
import { BadItems, type Items } from "../items.ts";
import { answers, casesLike } from "../testing/ownCase.ts";
import { groupInvariance, type Invariance, type Scale, waveInvariance } from "./measurementInvariance.ts";

function assessed(found: ReturnType<typeof groupInvariance>): Invariance {
  if (found.state !== "estimated") throw new Error(found.reason);
  return found;
}

const LEVELS = ["configural", "metric", "scalar"] as const;

describe("measurement invariance against lavaan", () => {
  it.each(casesLike("invariance-").map((own) => [own.id, own] as const))("agrees in %s", (_, own) => {
    const { spec, expect: wanted, tolerance, table } = own;
    const found = spec.group === undefined ? ofWaves(own) : ofGroups(own);
    for (const level of LEVELS) {
      const { fit } = found.models[level];
      expect(fit.df).toBe(wanted[level].df);
      near(fit.chiSquared, wanted[level].chisq, tolerance.default);
      near(fit.scaledChiSquared, wanted[level].scaledChisq, tolerance.default);
      near(fit.scaling, wanted[level].scaling, tolerance.default);
      near(fit.robustCfi, wanted[level].cfi, tolerance.default);
      near(fit.robustTli, wanted[level].tli, tolerance.default);
      near(fit.robustRmsea, wanted[level].rmsea, tolerance.default);
      near(fit.scaledCfi, wanted[level].scaledCfi, tolerance.default);
      near(fit.scaledRmsea, wanted[level].scaledRmsea, tolerance.default);
      near(fit.srmr, wanted[level].srmr, tolerance.default);
    }
    for (const [k, name] of (["differenceMetric", "differenceScalar"] as const).entries()) {
      near(found.steps[k].chiSquared, wanted[name].chisq, tolerance.default);
      expect(found.steps[k].df).toBe(wanted[name].df);
    }
    const means = wanted.latentMeans.flat();
    expect(found.latentMeans.length).toBe(means.length);
    for (const [k, mean] of means.entries()) {
      near(found.latentMeans[k].mean, mean.mean, tolerance.default);
      near(found.latentMeans[k].se, mean.se, tolerance.default);
    }
    expect(table.size).toBeGreaterThan(0);
  });
});

type Own = ReturnType<typeof casesLike>[number];

function ofGroups({ table, spec }: Own): Invariance {
  const groups = table.get(spec.group)!;
  const levels = [...new Set(groups)].sort((a, b) => a.localeCompare(b));
  const codes = Int32Array.from(groups, (own) => levels.indexOf(own));
  return assessed(groupInvariance({ items: answers(table, spec.items), groups: { codes, levels } }));
}

function ofWaves({ table, spec }: Own): Invariance {
  const names = ["1", "2", "3", "4", "5", "6", "7"];
  const waves = Object.entries<string[]>(spec.waves).map(([name, columns]) => ({
    name,
    items: { names, columns: answers(table, columns).columns },
  }));
  const scales: Scale[] = spec.scales.map((places: number[], k: number) => ({
    name: `${k}`,
    items: places.map(String),
  }));
  return assessed(waveInvariance({ waves, scales }));
}

/** Answers to four items by people of two groups (or waves), with what differs between the two. */
function simulate(
  n: number,
  { drift = 0, change = 0 }: { readonly drift?: number; readonly change?: number },
  seed: number,
) {
  const random = new RandomStream(seed, "invariance");
  const columns = Array.from({ length: 8 }, () => new Float64Array(n));
  for (let row = 0; row < n; row++) {
    const first = random.normal();
    const second = change + 0.6 * first + 0.8 * random.normal();
    for (let i = 0; i < 4; i++) {
      const own = 0.4 * random.normal();
      columns[i][row] = 3 + (0.7 + 0.1 * i) * first + own + 0.6 * random.normal();
      columns[4 + i][row] = 3 + (0.7 + 0.1 * i) * second + own + 0.6 * random.normal() + (i === 0 ? drift : 0);
    }
  }
  const names = ["a", "b", "c", "d"];
  return {
    before: { names, columns: columns.slice(0, 4) },
    after: { names, columns: columns.slice(4) },
  };
}

const asWaves = (own: { before: Items; after: Items }) =>
  waveInvariance({
    waves: [
      { name: "before", items: own.before },
      { name: "after", items: own.after },
    ],
  });

describe("measurement invariance", () => {
  it("holds, and gives the change back, where nothing but the people changed", () => {
    const found = assessed(asWaves(simulate(1500, { change: 0.5 }, 21)));
    expect(found.steps.map(({ reading }) => reading)).toEqual(["holds", "holds"]);
    const [mean] = found.latentMeans;
    expect(Math.abs(mean.mean - 0.5)).toBeLessThan(4 * mean.se);
    expect(found.models.scalar.improper).toEqual([]);
  });

  it("fails at the intercepts where one item drifted", () => {
    const found = assessed(asWaves(simulate(600, { drift: 1 }, 22)));
    expect(found.steps[0].reading).toBe("holds");
    expect(found.steps[1].reading).toBe("fails");
    expect(found.steps[1].exceeded).toContain("cfi");
  });

  it("does not mind the order of respondents or the unit of an item", () => {
    const own = simulate(300, { change: 0.2 }, 23);
    const changed = (items: Items): Items => ({
      names: items.names,
      columns: items.columns.map((column, j) => column.map((x) => (j === 2 ? 10 * x - 4 : x)).reverse()),
    });
    const [plain, turned] = [asWaves(own), asWaves({ before: changed(own.before), after: changed(own.after) })].map(
      assessed,
    );
    for (const level of LEVELS) {
      near(turned.models[level].fit.chiSquared, plain.models[level].fit.chiSquared, 1e-6);
      near(turned.models[level].fit.scaling, plain.models[level].fit.scaling, 1e-6);
      near(turned.models[level].fit.srmr, plain.models[level].fit.srmr, 1e-6);
    }
    near(turned.latentMeans[0].mean, plain.latentMeans[0].mean, 1e-5);
  });

  it("has a configural model that fits by nature for three items in groups", () => {
    const { before } = simulate(400, {}, 24);
    const items = { names: before.names.slice(0, 3), columns: before.columns.slice(0, 3) };
    const codes = Int32Array.from({ length: 400 }, (_, i) => i % 2);
    const found = assessed(groupInvariance({ items, groups: { codes, levels: ["a", "b"] } }));
    expect(found.models.configural.fit).toMatchObject({ df: 0, robustCfi: 1, robustRmsea: 0 });
    expect(found.steps[0].chiSquared).not.toBeNaN();
  });

  it("counts an item whose scale runs the other way", () => {
    const { before, after } = simulate(300, {}, 25);
    const flip = (items: Items) => ({
      names: items.names,
      columns: items.columns.map((own, j) => (j === 1 ? own.map((x) => 8 - x) : own)),
    });
    const [plain, flipped] = [asWaves({ before, after }), asWaves({ before: flip(before), after: flip(after) })].map(
      assessed,
    );
    near(flipped.models.scalar.fit.chiSquared, plain.models.scalar.fit.chiSquared, 1e-6);
  });

  it("is not assessed with fewer than 100 complete respondents in a group", () => {
    const { before } = simulate(230, {}, 26);
    const codes = Int32Array.from({ length: 230 }, (_, i) => (i < 99 ? 0 : 1));
    const groups = { codes, levels: ["small", "large"] };
    expect(groupInvariance({ items: before, groups })).toEqual({
      state: "not assessed",
      reason: '99 complete respondents in "small"; 100 are needed',
    });
    expect(asWaves(simulate(80, {}, 27)).state).toBe("not assessed");
  });

  it("says why it cannot be estimated", () => {
    const own = simulate(150, {}, 28);
    own.after.columns[2].fill(4);
    expect(asWaves(own)).toMatchObject({ state: "not estimable", reason: expect.stringMatching(/does not vary/) });
    const two = simulate(150, {}, 29).before;
    const items = { names: two.names.slice(0, 2), columns: two.columns.slice(0, 2) };
    const codes = Int32Array.from({ length: 150 }, () => 0);
    expect(groupInvariance({ items, groups: { codes, levels: ["a", "b"] } }).state).not.toBe("estimated");
  });

  it("throws at a question that is none", () => {
    const { before, after } = simulate(120, {}, 30);
    expect(() => waveInvariance({ waves: [{ name: "before", items: before }] })).toThrow(BadItems);
    const renamed = { names: ["a", "b", "c", "x"], columns: after.columns };
    expect(() => asWaves({ before, after: renamed })).toThrow(/asks a, b, c, x/);
    const groups = { codes: new Int32Array(120), levels: ["a", "b"] };
    expect(() => groupInvariance({ items: before, groups: { ...groups, levels: ["a"] } })).toThrow(BadItems);
    expect(() => groupInvariance({ items: before, groups, scales: [{ name: "s", items: ["a", "z"] }] })).toThrow(/"z"/);
    expect(() => groupInvariance({ items: before, groups, scales: [{ name: "s", items: ["a", "a"] }] })).toThrow(
      /twice/,
    );
  });
});
