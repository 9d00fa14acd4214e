import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CovariateColumn } from "#design";
import type { YearlyDifference } from "#protocol";
import { fitYearly, inPoints, type YearlyModel } from "./yearlyModel.ts";
import type { YearlyRow } from "./yearlyRows.ts";

const REFERENCE = join(import.meta.dirname, "..", "..", "..", "test", "reference");

interface Rates {
  readonly treated: Record<string, number>;
  readonly comparison: Record<string, number>;
  readonly did: Record<string, number>;
  readonly onTreated: Record<string, number>;
}

/** test/reference/R/yearly.R */
const { expect: answer } = JSON.parse(readFileSync(join(REFERENCE, "expected", "yearly.json"), "utf8")) as {
  expect: {
    fixed: Record<string, number>;
    se: Record<string, number>;
    logLik: number;
    sd: { school: number; schoolYear: number };
    zero: Rates;
    integrated: Rates;
    logOdds: Record<string, { estimate: number; se: number }>;
  };
};

const [, ...lines] = readFileSync(join(REFERENCE, "yearly.csv"), "utf8").trim().split("\n");
const records = lines.map((line) => line.split(","));
const ROWS: readonly YearlyRow[] = records.map((cells) => ({
  entrant: Number(cells[0]),
  school: cells[1]!,
  isTreated: cells[2] === "1",
  period: Number(cells[3]),
  census: Number(cells[4]),
  ones: Number(cells[7]),
  all: Number(cells[8]),
}));
const SCHOOLS = 60;
const ofEntrant = (entrant: number) => records.find((cells) => Number(cells[0]) === entrant)!;
const PHASES = ["primary", "secondary"];
const COVARIATES: readonly CovariateColumn[] = [
  {
    name: "phase",
    reference: "primary",
    column: {
      ...{ kind: "code", type: "category", levels: PHASES },
      codes: Int32Array.from({ length: SCHOOLS }, (_, i) => PHASES.indexOf(ofEntrant(i)[5]!)),
    },
  },
  {
    name: "x",
    reference: undefined,
    column: {
      ...{ kind: "number", type: "number" },
      values: Float64Array.from({ length: SCHOOLS }, (_, i) => Number(ofEntrant(i)[6])),
    },
  },
];
const DIFFERENCE: YearlyDifference = {
  ...{ rowsOf: "teachers", carriedBy: "school", before: [-3, -2, -1], after: [1, 2], random: "schoolAndYear" },
};

function fitted(
  rows: readonly YearlyRow[],
  { difference = DIFFERENCE, covariates = COVARIATES, yearEffects = true } = {},
): YearlyModel {
  const model = fitYearly(rows, covariates, difference, yearEffects);
  if (model.state === "not estimable") throw new Error(model.reason);
  return model;
}
const near = (actual: number, wanted: number, tolerance: number) =>
  expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(tolerance);

describe("a difference in differences over years from the start, against lme4", () => {
  const model = fitted(ROWS);
  const { fit, readings } = model;

  test("has its coefficients, errors, spreads and likelihood", () => {
    expect(new Set(fit.names)).toEqual(new Set(Object.keys(answer.fixed)));
    for (const [j, name] of fit.names.entries()) {
      near(fit.beta[j]!, answer.fixed[name]!, 1e-3 * answer.se[name]!);
      // lme4 differences its own rounding for the second derivatives: within 1% (methods 8.4).
      near(Math.sqrt(fit.covariance.get(j, j)), answer.se[name]!, 0.01 * answer.se[name]!);
    }
    const spreads = fit.variances.map(({ covariance }, i) => [fit.effects[i]!.group, Math.sqrt(covariance.get(0, 0))]);
    const spreadOf = new Map(spreads as [string, number][]);
    expect(spreadOf.size).toBe(2);
    near(spreadOf.get("school")!, answer.sd.school, 2e-4);
    near(spreadOf.get("school:census")!, answer.sd.schoolYear, 2e-4);
    expect(fit.logLik).toBeGreaterThan(answer.logLik - 1e-4);
  });

  test("has its rates of everybody with and without the programme, at random effects 0 and integrated", () => {
    for (const { period, treated, untreated } of readings.periods)
      for (const [of, rates] of [
        ["zero", answer.zero],
        ["integrated", answer.integrated],
      ] as const) {
        near(100 * treated[of], rates.treated[period]!, 2e-3);
        near(100 * untreated[of], rates.comparison[period]!, 2e-3);
      }
  });

  test("has its difference of standardised rates, its effect on the treated and its odds ratio", () => {
    for (const { period, probability, onTreated, logOdds } of readings.differences) {
      near(100 * probability.zero, answer.zero.did[period]!, 2e-3);
      near(inPoints(probability).estimate, answer.integrated.did[period]!, 2e-3);
      near(100 * onTreated!.zero, answer.zero.onTreated[period]!, 2e-3);
      near(inPoints(onTreated!).estimate, answer.integrated.onTreated[period]!, 2e-3);
      near(logOdds.estimate, answer.logOdds[period]!.estimate, 1e-3 * answer.logOdds[period]!.se);
      near(logOdds.se, answer.logOdds[period]!.se, 0.01 * answer.logOdds[period]!.se);
    }
  });

  test("has calendar years of their own, since schools start in three years", () => {
    expect([model.hasCalendar, model.omitted]).toEqual([true, undefined]);
    expect(model.periods).toEqual([-3, -2, -1, 1, 2]);
  });
});

describe("the model", () => {
  test("has no calendar years where all start in one year, or in two, or where the study asks for none", () => {
    const starts = (years: readonly number[]) => ROWS.filter(({ census, period }) => years.includes(census - period));
    expect(fitted(starts([2014])).hasCalendar).toBe(false);
    expect(fitted(starts([2014, 2015])).hasCalendar).toBe(false);
    expect(fitted(ROWS, { yearEffects: false }).hasCalendar).toBe(false);
    for (const own of [fitted(starts([2014])), fitted(starts([2014, 2015]))]) {
      expect(own.fit.names.filter((name) => name.startsWith("census"))).toEqual([]);
      expect(own.fit.beta.every((value) => Number.isFinite(value))).toBe(true);
    }
  });

  test("with schools alone says how much variance of school years it leaves out", () => {
    const alone = fitted(ROWS, { difference: { ...DIFFERENCE, random: "school" } });
    expect(alone.fit.variances.length).toBe(1);
    expect(alone.omitted).toBeGreaterThan(0.02);
    expect(alone.omitted).toBeLessThan(0.15);
  });

  test("takes a school that stands beside schools of two starts for no more people than it has", () => {
    // Every comparison school once more, as if it also stood beside schools of the same start: nothing is learnt.
    const others = ROWS.filter(({ isTreated }) => !isTreated);
    const again = fitted([...ROWS, ...others]);
    const once = fitted(ROWS);
    for (const [j, own] of once.fit.beta.entries()) near(again.fit.beta[j]!, own, 1e-4);
    for (const [i, { covariance }] of once.fit.variances.entries())
      near(again.fit.variances[i]!.covariance.get(0, 0), covariance.get(0, 0), 1e-4);
  });

  test("is the same whatever the order of the rows", () => {
    const back = fitted([...ROWS].reverse());
    for (const [j, name] of back.fit.names.entries())
      near(back.fit.beta[j]!, answer.fixed[name]!, 1e-3 * answer.se[name]!);
  });

  test("leaves levels of a covariate that do not occur out, and reads one that is not known as a level of its own", () => {
    const wide = COVARIATES.map((own) =>
      own.column.kind === "code" ? { ...own, column: { ...own.column, levels: [...PHASES, "special"] } } : own,
    );
    expect(new Set(fitted(ROWS, { covariates: wide }).fit.names)).toEqual(new Set(Object.keys(answer.fixed)));
    const gaps = COVARIATES.map((own) =>
      own.column.kind === "code"
        ? { ...own, column: { ...own.column, codes: own.column.codes.map((code, i) => (i < 20 ? -1 : code)) } }
        : own,
    );
    expect(fitted(ROWS, { covariates: gaps }).fit.names).toContain("phasenot known");
  });

  test.each([
    ["the data hold no year before the start", (row: YearlyRow) => (row.period > 0 ? row : undefined)],
    ["the data hold no year after the start", (row: YearlyRow) => (row.period < 0 ? row : undefined)],
    ["nobody has this outcome", (row: YearlyRow) => ({ ...row, ones: 0 })],
    ["everybody has this outcome", (row: YearlyRow) => ({ ...row, ones: row.all })],
  ])("says that %s", (reason, bend) => {
    const rows = ROWS.flatMap((row) => bend(row) ?? []);
    expect(fitYearly(rows, COVARIATES, DIFFERENCE, true)).toEqual({ state: "not estimable", reason });
  });

  test("goes on with the years the data hold", () => {
    const short = fitted(ROWS.filter(({ period }) => period >= -2 && period < 2));
    expect(short.periods).toEqual([-2, -1, 1]);
    expect(short.readings.differences.map(({ period }) => period)).toEqual(["1"]);
  });
});
