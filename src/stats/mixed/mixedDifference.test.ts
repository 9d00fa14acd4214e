import { describe, expect, it } from "vitest";
import { Matrix, RandomStream } from "#math";
import { type ModelData, numbersOf, readFormula, type Variable } from "../model/index.ts";
import { expectedOf, hasReferences, near } from "../testing/reference.ts";
import { fitLogisticMixed, type LogisticMixedFit } from "./logisticMixedModel.ts";
import { BadDifference, mixedDifference } from "./mixedDifference.ts";
import { predictMixed } from "./predictMixed.ts";
import { arraysOf, fitted, readCase } from "./testing/cases.ts";

/** Schools over four years, some treated from the third on. */
function panel(seed: number, schoolSd = 0.6): ModelData {
  const random = new RandomStream(seed, "panel");
  const rows = {
    school: [] as number[],
    treat: [] as number[],
    year: [] as number[],
    urban: [] as number[],
    stay: [] as number[],
  };
  for (let school = 0; school < 30; school++) {
    const own = schoolSd * random.normal();
    const treat = Number(school % 3 === 0);
    const urban = random.integer(2);
    for (let year = 1; year <= 4; year++) {
      for (let m = 0; m < 12; m++) {
        const eta = 0.6 + own - 0.1 * year + 0.2 * treat + 0.3 * urban + 0.5 * treat * Number(year >= 3);
        rows.school.push(school);
        rows.treat.push(treat);
        rows.year.push(year);
        rows.urban.push(urban);
        rows.stay.push(Number(random.uniform() < 1 / (1 + Math.exp(-eta))));
      }
    }
  }
  return new Map(
    Object.entries(rows).map(([name, values]) => [name, { kind: "number", values: Float64Array.from(values) }]),
  );
}

const TEXT = "stay ~ treat * factor(year) + urban + (1 | school)";
const did = { treat: "treat", period: "year", pre: ["1", "2"], post: ["3", "4"] };

function fitOf(data: ModelData, text = TEXT): LogisticMixedFit {
  const { y, x, names, effects } = arraysOf(text, data);
  return fitted(fitLogisticMixed({ y, x, names, effects }));
}

describe("differences in differences of a logistic mixed model", () => {
  it.skipIf(!hasReferences)("agree with lme4's predictions and the delta method", () => {
    const id = "dev-glmer-did-agq1";
    const { spec, data } = readCase(id);
    const { margins } = expectedOf<{
      margins: {
        byPeriod: Record<
          string,
          { t0: Record<string, number>; t1: Record<string, number>; effect: Record<string, number> }
        >;
        did: Record<string, Record<string, number>>;
      };
    }>(id);
    const result = mixedDifference({
      fit: fitOf(data, spec.formula),
      formula: readFormula(spec.formula),
      data,
      treat: "treat",
      period: "year",
      pre: ["y1", "y2", "y3"],
      post: ["y4", "y5"],
    });
    for (const { period, untreated, treated, effect } of result.periods) {
      const expected = margins.byPeriod[period];
      near(untreated.zero, expected.t0.zero, 1e-5);
      near(untreated.modes, expected.t0.blup, 1e-5);
      near(treated.integrated, expected.t1.integrated, 1e-5);
      near(effect.zero, expected.effect.zero, 1e-4);
      near(effect.seZero, expected.effect.seZero, 1e-3);
      near(effect.seIntegrated, expected.effect.seIntegratedFixedOnly, 1e-3);
    }
    for (const { period, probability, logOdds } of result.differences) {
      const expected = margins.did[period];
      near(probability.modes, expected.blup, 1e-4);
      near(probability.integrated, expected.integrated, 1e-4);
      near(probability.low, expected.lower, 1e-3);
      near(probability.p, expected.p, 1e-3);
      near(logOdds.estimate, expected.logOddsRatio, 1e-4);
      near(logOdds.high, expected.orUpper, 1e-3);
      near(logOdds.p, expected.pOddsRatio, 1e-3);
    }
  });

  it("are the same by years as numbers or as categories, and by treatment as a category", () => {
    const data = panel(1);
    const asCategory = (name: string, words: readonly string[], from: number): [string, Variable] => [
      name,
      { kind: "factor", levels: words, codes: Int32Array.from(numbersOf(data, name), (value) => value - from) },
    ];
    const years = ["1", "2", "3", "4"];
    const other = new Map([...data, asCategory("year", years, 1), asCategory("treat", ["no", "yes"], 0)]);
    const one = mixedDifference({ fit: fitOf(data), formula: readFormula(TEXT), data, ...did });
    const text = TEXT.replace("factor(year)", "year");
    const two = mixedDifference({ fit: fitOf(other, text), formula: readFormula(text), data: other, ...did });
    for (const [i, { probability, onTreated }] of one.differences.entries()) {
      near(two.differences[i].probability.integrated, probability.integrated, 1e-7);
      near(two.differences[i].probability.seZero, probability.seZero, 1e-6);
      near(two.differences[i].onTreated!.modes, onTreated!.modes, 1e-7);
    }
  });

  it("give the log odds of the interaction where there is one pre period", () => {
    const data = panel(2);
    const fit = fitOf(data);
    const { differences } = mixedDifference({ fit, formula: readFormula(TEXT), data, ...did, pre: ["1"] });
    const place = fit.names.indexOf("treat:factor(year)3");
    near(differences[0].logOdds.estimate, fit.beta[place], 1e-12);
    near(differences[0].logOdds.se, Math.sqrt(fit.covariance.get(place, place)), 1e-12);
  });

  it("give the treated, one by one, what the interaction adds to them", () => {
    const data = panel(3);
    const fit = fitOf(data);
    const { differences } = mixedDifference({ fit, formula: readFormula(TEXT), data, ...did });
    const predictions = predictMixed(fit, readFormula(TEXT), data);
    const treat = numbersOf(data, "treat");
    const year = numbersOf(data, "year");
    for (const [i, period] of [3, 4].entries()) {
      const shift = differences[i].logOdds.estimate;
      let sum = 0;
      let count = 0;
      for (const [row, p] of predictions.zero.entries()) {
        if (treat[row] !== 1 || year[row] !== period) continue;
        sum += p - 1 / (1 + Math.exp(shift - Math.log(p / (1 - p))));
        count++;
      }
      expect(differences[i].onTreated!.rows).toBe(count);
      near(differences[i].onTreated!.zero, sum / count, 1e-10);
    }
  });

  it("coincide by all three rules when schools do not differ, and lie nearer 0 when they do", () => {
    const fit = fitOf(panel(4));
    const none = {
      ...fit,
      variances: fit.variances.map((variance) => ({ ...variance, covariance: new Matrix(1, 1) })),
      modes: fit.modes.map((modes) => new Float64Array(modes.length)),
    };
    const data = panel(4);
    const [own] = mixedDifference({ fit: none, formula: readFormula(TEXT), data, ...did }).periods;
    near(own.effect.modes, own.effect.zero, 1e-12);
    near(own.effect.integrated, own.effect.zero, 1e-12);
    near(own.effect.seIntegrated, own.effect.seZero, 1e-12);
    const [real] = mixedDifference({ fit, formula: readFormula(TEXT), data, ...did }).periods;
    expect(Math.abs(real.untreated.integrated - 0.5)).toBeLessThan(Math.abs(real.untreated.zero - 0.5));
  });

  it("count trials as rows", () => {
    const data = panel(5);
    const trials = new Float64Array(numbersOf(data, "stay").length).fill(3);
    const fit = fitOf(data);
    const one = mixedDifference({ fit, formula: readFormula(TEXT), data, ...did });
    const other = mixedDifference({ fit, formula: readFormula(TEXT), data, ...did, trials });
    near(other.differences[0].probability.integrated, one.differences[0].probability.integrated, 1e-12);
  });

  it("refuse a period or a treatment that is not there", () => {
    const data = panel(6);
    const request = { fit: fitOf(data), formula: readFormula(TEXT), data, ...did };
    expect(() => mixedDifference({ ...request, post: ["9"] })).toThrow(BadDifference);
    expect(() => mixedDifference({ ...request, pre: [] })).toThrow(BadDifference);
    expect(() => mixedDifference({ ...request, treat: "school" })).toThrow(BadDifference);
  });

  it("predict a school that was not seen at the mean of schools", () => {
    const data = panel(7);
    const fit = fitOf(data);
    const strange = new Map(data).set("school", {
      kind: "number",
      values: numbersOf(data, "school").map((value) => value + 1000),
    });
    const { zero, modes } = predictMixed(fit, readFormula(TEXT), strange);
    expect(modes).toEqual(zero);
  });
});
