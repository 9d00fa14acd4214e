import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { near } from "../testing/reference.ts";
import { correlateItems, type ItemCorrelations } from "./correlateItems.ts";
import { type CronbachAlpha, cronbachAlpha } from "./cronbachAlpha.ts";
import { BadItems, chooseItems, completeAnswers, type Items } from "./items.ts";
import { oneFactorOmega } from "./omega.ts";
import { samplingAdequacy } from "./samplingAdequacy.ts";
import { answers, casesLike } from "./testing/ownCase.ts";
import { exactCorrelations, simulateItems } from "./testing/simulate.ts";

function alphaOf(items: Items, options?: Parameters<typeof cronbachAlpha>[1]): CronbachAlpha {
  const found = cronbachAlpha(items, options);
  if (found.state !== "estimated") throw new Error(found.reason);
  return found;
}

describe("reliability against psych", () => {
  const cases = [...casesLike("reliability"), ...casesLike("scale-reliability")];
  it.each(cases.map((own) => [own.id, own] as const))("agrees in %s", (_, own) => {
    const all = answers(own.table, own.spec.items);
    const isListwise = own.spec.missing === "listwise";
    const used = isListwise ? completeAnswers(all) : all;
    const adequacy = samplingAdequacy(correlateItems(used) as ItemCorrelations);
    if (adequacy.state !== "estimated") throw new Error(adequacy.reason);
    near(adequacy.kmo, own.expect.kmo, 1e-9);
    near(adequacy.bartlett.chiSquared, own.expect.bartlettChisq, 1e-9);
    for (const [i, name] of all.names.entries()) near(adequacy.kmoByItem[i], own.expect.msa[name], 1e-9);
    for (const key of Object.keys(own.expect).filter((name) => name.startsWith("alpha"))) {
      const wanted = own.expect[key];
      const reversed = own.spec[key.replace("alpha", "reversed")] ?? [];
      const found = alphaOf(chooseItems(used, own.spec[key]), { reversed });
      near(found.raw, wanted.raw, 1e-9);
      near(found.standardised, wanted.std, 1e-9);
      if (wanted.averageR !== undefined) near(found.averageCorrelation, wanted.averageR, 1e-9);
      if (wanted.low !== undefined) near(found.low, wanted.low, 1e-9);
      if (wanted.high !== undefined) near(found.high, wanted.high, 1e-9);
      for (const item of found.items) {
        near(item.rawIfDropped, wanted.ifDropped[item.name].rawAlpha, 1e-9);
        near(item.standardisedIfDropped, wanted.ifDropped[item.name].stdAlpha, 1e-9);
        if (wanted.rDrop !== undefined) near(item.restCorrelation, wanted.rDrop[item.name], 1e-9);
      }
    }
    const turned = chooseItems(completeAnswers(all), own.spec.alpha1);
    const reversed: readonly string[] = own.spec.reversed1 ?? [];
    const upright = {
      names: turned.names,
      columns: turned.columns.map((own1, j) => (reversed.includes(turned.names[j]) ? own1.map((x) => -x) : own1)),
    };
    const omega = oneFactorOmega(correlateItems(upright) as ItemCorrelations);
    if (omega.state !== "estimated") throw new Error(omega.reason);
    near(omega.omega, own.expect.omegaOneFactor, 1e-4);
  });
});

describe("Cronbach's alpha", () => {
  const items = simulateItems([[0.7], [0.6], [0.8], [0.5]], 200, 11);

  it("is the Spearman-Brown value of equal correlations", () => {
    // Four items correlated r with equal variances: 4r/(1 + 3r).
    const found = alphaOf(items);
    const r = found.averageCorrelation;
    near(found.standardised, (4 * r) / (1 + 3 * r), 1e-12);
  });

  it("does not mind shifts, one scale for all, or the order of items", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: -1000, max: 1000, noNaN: true }),
        fc.shuffledSubarray(items.names as string[], { minLength: 4, maxLength: 4 }),
        (scale, shift, order) => {
          const changed = chooseItems(items, order);
          const found = alphaOf({
            names: order,
            columns: changed.columns.map((own) => own.map((x) => scale * x + shift)),
          });
          near(found.raw, alphaOf(items).raw, 1e-8);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("is the same for an item reversed and declared so", () => {
    const reversed = {
      names: items.names,
      columns: items.columns.map((own, j) => (j === 1 ? own.map((x) => 9 - x) : own)),
    };
    near(alphaOf(reversed, { reversed: ["item 2"] }).raw, alphaOf(items).raw, 1e-12);
    expect(alphaOf(reversed).raw).toBeLessThan(alphaOf(items).raw);
  });

  it("keeps its value and narrows its interval when every respondent is written twice", () => {
    const twice = { names: items.names, columns: items.columns.map((own) => Float64Array.from([...own, ...own])) };
    const [once, again] = [alphaOf(items), alphaOf(twice)];
    near(again.raw, once.raw, 1e-12);
    expect(again.high - again.low).toBeLessThan(once.high - once.low);
    expect(once.low).toBeLessThan(once.raw);
  });

  it("lies near its population value", () => {
    const lambda = [0.7, 0.6, 0.8, 0.5];
    const sum = lambda.reduce((total, own) => total + own, 0);
    const common = sum * sum - lambda.reduce((total, own) => total + own * own, 0);
    const truth = (4 / 3) * (common / (common + 4));
    const found = alphaOf(
      simulateItems(
        lambda.map((own) => [own]),
        6000,
        12,
      ),
    );
    expect(Math.abs(found.raw - truth)).toBeLessThan(0.02);
  });

  it("has no value without one item when only one would be left", () => {
    expect(alphaOf(chooseItems(items, ["item 1", "item 2"])).items[0].rawIfDropped).toBeNaN();
  });

  it("says why there is none", () => {
    expect(cronbachAlpha(chooseItems(items, ["item 1"]))).toMatchObject({ state: "not estimable" });
    const still = { names: ["a", "b"], columns: [new Float64Array(5).fill(2), Float64Array.of(1, 2, 3, 4, 5)] };
    expect(cronbachAlpha(still)).toMatchObject({ state: "not estimable", reason: expect.stringMatching(/"a"/) });
    const opposite = { names: ["a", "b"], columns: [Float64Array.of(1, 2, 3, 4), Float64Array.of(4, 3, 2, 1)] };
    expect(cronbachAlpha(opposite)).toMatchObject({ state: "not estimable", reason: expect.stringMatching(/sum/) });
    expect(() => cronbachAlpha(items, { reversed: ["no such"] })).toThrow(BadItems);
    expect(() => cronbachAlpha(items, { level: 1 })).toThrow(RangeError);
  });
});

describe("omega", () => {
  it("is its formula for exact one-factor correlations", () => {
    const found = oneFactorOmega(exactCorrelations([[0.8], [0.6], [0.7], [0.5]]));
    if (found.state !== "estimated") throw new Error(found.reason);
    near(found.omega, 2.6 ** 2 / (2.6 ** 2 + 4 - 0.64 - 0.36 - 0.49 - 0.25), 1e-7);
  });

  it("refuses two items and Heywood cases", () => {
    expect(oneFactorOmega(exactCorrelations([[0.8], [0.6]])).state).toBe("not estimable");
    const heywood = exactCorrelations([[0.99], [0.9], [0.5]]);
    heywood.matrix.set(1, 2, 0.2);
    heywood.matrix.set(2, 1, 0.2);
    expect(oneFactorOmega(heywood)).toMatchObject({ state: "not estimable", reason: expect.stringMatching(/Heywood/) });
  });
});
