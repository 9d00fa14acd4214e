import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, RandomStream, ShapeMismatch } from "#math";
import { BadWeights } from "../common/badWeights.ts";
import { NotFinite } from "../common/notFinite.ts";
import { modelMatrix, patternsOf, readFormula, takeRows } from "../model/index.ts";
import { near } from "../testing/reference.ts";
import { simulatedRows } from "../testing/simulated.ts";
import { CodedColumns } from "./codedColumns.ts";
import { testContrast } from "./contrastTests.ts";
import { FAMILIES, type Family, familyNamed } from "./family.ts";
import { fitGeneralised, type GeneralisedFit, OutcomeNotAllowed } from "./generalisedFit.ts";
import { goodnessOfFit } from "./goodnessOfFit.ts";
import { fitLinear } from "./linearFit.ts";
import { profileInterval } from "./profileInterval.ts";
import { coefficientCovariance, robustCovariance } from "./robustCovariance.ts";
import { workingFit } from "./workingFit.ts";

const FORMULA = readFormula("~ treat * phase + x");
const seeds = fc.integer({ min: 1, max: 1_000_000 });
const families = fc.constantFrom(...FAMILIES);

function outcomeOf(family: Family, rows: ReturnType<typeof simulatedRows>): Float64Array {
  return family.name === "binomial" ? rows.yes : family.name === "poisson" ? rows.count : rows.score;
}

function known(fit: GeneralisedFit): Exclude<GeneralisedFit, { state: "not converged" }> {
  if (fit.state === "not converged") throw new Error(fit.reason);
  return fit;
}

describe("laws of generalised linear models", () => {
  it("the order of rows does not matter", () => {
    fc.assert(
      fc.property(seeds, families, (seed, family) => {
        const rows = simulatedRows(seed);
        const order = Int32Array.from(rows.treat.keys());
        new RandomStream(seed, "order").shuffle(order);
        const y = outcomeOf(family, rows);
        const one = known(fitGeneralised({ family, y, ...modelMatrix(FORMULA, rows.data) }));
        const other = known(
          fitGeneralised({
            family,
            y: Float64Array.from(order, (row) => y[row]),
            ...modelMatrix(FORMULA, takeRows(rows.data, order)),
          }),
        );
        for (const [j, beta] of one.beta.entries()) near(other.beta[j], beta, 1e-8, 1);
      }),
      { numRuns: 40 },
    );
  });

  it("a weight of 2 is the row written twice", () => {
    fc.assert(
      fc.property(seeds, families, (seed, family) => {
        const rows = simulatedRows(seed, 80);
        const y = outcomeOf(family, rows);
        const twice = Int32Array.from([...rows.treat.keys(), ...rows.treat.keys()]);
        const { x, names } = modelMatrix(FORMULA, rows.data);
        const request = { family, y, x, names, weights: new Float64Array(rows.n).fill(2) };
        const weighted = known(fitGeneralised(request));
        const doubled = {
          family,
          y: Float64Array.from(twice, (row) => y[row]),
          ...modelMatrix(FORMULA, takeRows(rows.data, twice)),
        };
        const repeated = known(fitGeneralised(doubled));
        // Where no finite coefficients fit best, where the steps stop depends on the weights.
        if (repeated.state === "separated") return;
        for (const [j, beta] of repeated.beta.entries()) near(weighted.beta[j], beta, 1e-8, 1);
        for (const kind of ["HC0", "HC1", "HC2", "HC3"] as const) {
          const a = workingFit(weighted, request, { frequency: true });
          const b = workingFit(repeated, doubled);
          const own = coefficientCovariance(a, robustCovariance(a, { kind }).v);
          const expected = coefficientCovariance(b, robustCovariance(b, { kind }).v);
          for (let i = 0; i < own.data.length; i++) near(own.data[i], expected.data[i], 1e-7, 1e-3);
        }
        const one = goodnessOfFit(weighted, request, { frequency: true });
        const two = goodnessOfFit(repeated, doubled);
        for (const key of ["n", "deviance", "logLik", "aic", "bic", "pearson", "nullDeviance"] as const)
          near(one[key], two[key], 1e-9);
      }),
      { numRuns: 25 },
    );
  });

  it("patterns of rows and rows give the same fit and the same row-level and clustered errors", () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom("logit", "probit"), (seed, link) => {
        const rows = simulatedRows(seed, 300);
        const family = familyNamed("binomial", link)!;
        const clusters = rows.cluster.map((own) => own % 12);
        const variables = new Map([
          ["treat", rows.data.get("treat")!],
          ["phase", rows.data.get("phase")!],
          [
            "cluster",
            { kind: "factor" as const, codes: clusters, levels: Array.from({ length: 12 }, (_, i) => `${i}`) },
          ],
        ]);
        const patterns = patternsOf(variables, rows.yes);
        const formula = readFormula("~ treat + phase");
        const one = { family, y: rows.yes, ...modelMatrix(formula, variables) };
        const other = {
          family,
          y: patterns.outcome,
          weights: patterns.weights,
          ...modelMatrix(formula, patterns.data),
        };
        const a = known(fitGeneralised(one));
        const b = known(fitGeneralised(other));
        if (a.state === "separated") return;
        for (const [j, beta] of a.beta.entries()) near(b.beta[j], beta, 1e-10, 1);
        near(b.path[b.path.length - 1], a.path[a.path.length - 1], 1e-10);
        const linearA = workingFit(a, one);
        const linearB = workingFit(b, other, { frequency: true });
        const cluster = patterns.data.get("cluster")!;
        const codes = cluster.kind === "factor" ? cluster.codes : new Int32Array(0);
        for (const kind of ["HC0", "HC2", "HC3", "CR0", "CR1S", "CR2"] as const) {
          const isClustered = kind.startsWith("CR");
          const v = coefficientCovariance(
            linearA,
            robustCovariance(linearA, { kind, clusters: isClustered ? [clusters] : [] }).v,
          );
          const w = coefficientCovariance(
            linearB,
            robustCovariance(linearB, { kind, clusters: isClustered ? [codes] : [] }).v,
          );
          for (let i = 0; i < v.data.length; i++) near(w.data[i], v.data[i], 1e-8, 1e-3);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("categories as codes give the fit of 0/1 columns", () => {
    fc.assert(
      fc.property(seeds, families, fc.boolean(), (seed, family, hasIntercept) => {
        const rows = simulatedRows(seed);
        const formula = readFormula(`~ phase + x + treat${hasIntercept ? "" : " - 1"}`);
        const y = outcomeOf(family, rows);
        const dense = known(fitGeneralised({ family, y, weights: rows.weights, ...modelMatrix(formula, rows.data) }));
        const x = CodedColumns.of(formula, rows.data);
        const coded = known(fitGeneralised({ family, y, weights: rows.weights, x, names: x.names }));
        expect(coded.names).toEqual(dense.names);
        expect(coded.state).toBe(dense.state);
        for (const [j, beta] of dense.beta.entries()) near(coded.beta[j], beta, 1e-8, 1);
        for (const [i, eta] of dense.linearPredictor.entries()) near(coded.linearPredictor[i], eta, 1e-8, 1);
      }),
      { numRuns: 30 },
    );
  });

  it("an affine change of a covariate changes its coefficient and the intercept alone", () => {
    fc.assert(
      fc.property(seeds, families, fc.double({ min: 0.01, max: 100, noNaN: true }), (seed, family, scale) => {
        const rows = simulatedRows(seed);
        const own = rows.data.get("x")!;
        const changed = new Map(rows.data).set("x", {
          kind: "number",
          values: own.kind === "number" ? own.values.map((value) => 5 + scale * value) : new Float64Array(0),
        });
        const y = outcomeOf(family, rows);
        const one = known(fitGeneralised({ family, y, ...modelMatrix(FORMULA, rows.data) }));
        const other = known(fitGeneralised({ family, y, ...modelMatrix(FORMULA, changed) }));
        const place = one.names.indexOf("x");
        near(other.beta[place] * scale, one.beta[place], 1e-7, 1);
        near(other.beta[1], one.beta[1], 1e-7, 1);
      }),
      { numRuns: 30 },
    );
  });

  it("the deviance never rises along the fit once coefficients exist", () => {
    fc.assert(
      fc.property(seeds, families, (seed, family) => {
        const rows = simulatedRows(seed, 40);
        const fit = fitGeneralised({ family, y: outcomeOf(family, rows), ...modelMatrix(FORMULA, rows.data) });
        for (let i = 1; i < fit.path.length; i++)
          expect(fit.path[i]).toBeLessThanOrEqual(fit.path[i - 1] * (1 + 1e-6) + 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it("an offset that follows a column takes its coefficient down by as much", () => {
    const rows = simulatedRows(5);
    const { x, names } = modelMatrix(FORMULA, rows.data);
    for (const family of FAMILIES) {
      const y = outcomeOf(family, rows);
      const place = names.indexOf("x");
      const plain = known(fitGeneralised({ family, y, x, names }));
      const shifted = known(
        fitGeneralised({ family, y, x, names, offset: x.column(place).map((value) => 0.7 * value) }),
      );
      near(shifted.beta[place] + 0.7, plain.beta[place], 1e-8);
    }
  });
});

describe("profile intervals", () => {
  it("hold their estimate, and are the Wald interval for a gaussian outcome", () => {
    const rows = simulatedRows(9);
    const request = { family: familyNamed("gaussian")!, y: rows.score, ...modelMatrix(FORMULA, rows.data) };
    const fit = known(fitGeneralised(request));
    const { dispersion } = goodnessOfFit(fit, request);
    const linear = workingFit(fit, request);
    const covariance = coefficientCovariance(linear, robustCovariance(linear, { kind: "model" }).v);
    const se = Math.sqrt(covariance.get(1, 1));
    const { low, high } = profileInterval(fit, request, { column: 1, se, dispersion, level: 0.95 });
    near(low as number, fit.beta[1] - 1.959963984540054 * se, 1e-8);
    near(high as number, fit.beta[1] + 1.959963984540054 * se, 1e-8);
  });

  it("have no finite limit on the open side under separation, and one on the other", () => {
    const group = Float64Array.from({ length: 40 }, (_, i) => Number(i >= 20));
    const y = group.map((own, i) => (own === 1 ? 1 : i % 2));
    const request = {
      family: familyNamed("binomial")!,
      y,
      x: Matrix.fromColumns([new Float64Array(40).fill(1), group]),
      names: ["(Intercept)", "group"],
    };
    const fit = known(fitGeneralised(request));
    expect(fit.state).toBe("separated");
    const { low, high } = profileInterval(fit, request, { column: 1, se: 1e3, level: 0.95 });
    expect(high).toBe("no finite limit");
    // Ten of twenty against twenty of twenty: the deviance at 0 is far above the bound.
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(5);
  });
});

describe("separation", () => {
  it.each([
    ["binomial", "logit"],
    ["binomial", "probit"],
    ["poisson", "log"],
  ])("is seen and named for %s %s", (name, link) => {
    const random = new RandomStream(3, "separation");
    const group = Float64Array.from({ length: 60 }, (_, i) => Number(i < 15));
    const z = group.map(() => random.normal());
    const y = group.map((own) => (own === 1 ? 0 : Number(random.uniform() < 0.6)));
    const fit = fitGeneralised({
      family: familyNamed(name, link)!,
      y,
      x: Matrix.fromColumns([new Float64Array(60).fill(1), group, z]),
      names: ["(Intercept)", "group", "z"],
    });
    expect(fit.state).toBe("separated");
    expect(fit.state === "separated" && fit.columns).toEqual(["group"]);
  });

  it("an outcome that is the same for all separates by the intercept alone", () => {
    const fit = fitGeneralised({
      family: familyNamed("binomial")!,
      y: new Float64Array(10).fill(1),
      x: Matrix.fromColumns([new Float64Array(10).fill(1)]),
      names: ["(Intercept)"],
    });
    expect(fit.state).toBe("separated");
  });
});

describe("bad input", () => {
  const rows = simulatedRows(2, 20);
  const design = modelMatrix(FORMULA, rows.data);
  const family = familyNamed("binomial")!;
  it("is named", () => {
    expect(() => fitGeneralised({ family, y: rows.score, ...design })).toThrow(OutcomeNotAllowed);
    expect(() => fitGeneralised({ family: familyNamed("poisson")!, y: rows.yes.map(() => -1), ...design })).toThrow(
      /0 or more/,
    );
    expect(() => fitGeneralised({ family, y: rows.yes.subarray(1), ...design })).toThrow(ShapeMismatch);
    expect(() => fitGeneralised({ family, y: rows.yes, ...design, weights: new Float64Array(20) })).toThrow(BadWeights);
    expect(() => fitGeneralised({ family, y: rows.yes, ...design, weights: new Float64Array(20).fill(-1) })).toThrow(
      BadWeights,
    );
    const x = new Matrix(20, design.x.columns);
    x.data.set(design.x.data);
    x.set(3, 1, Number.NaN);
    expect(() => fitGeneralised({ family, y: rows.yes, x, names: design.names })).toThrow(NotFinite);
    expect(() => fitGeneralised({ family, y: rows.yes, x, names: design.names })).toThrow(/"treat" is NaN in row 3/);
    const offset = new Float64Array(20).fill(Number.POSITIVE_INFINITY);
    expect(() => fitGeneralised({ family, y: rows.yes, ...design, offset })).toThrow(NotFinite);
  });

  it("random degenerate designs give a fit, a reason or a named error, and never a NaN for a number", () => {
    const pieces = fc.constantFrom("constant", "zero", "copy", "huge", "tiny", "binary", "normal");
    fc.assert(
      fc.property(
        seeds,
        families,
        fc.integer({ min: 1, max: 12 }),
        fc.array(pieces, { minLength: 1, maxLength: 6 }),
        (seed, own, n, kinds) => {
          const random = new RandomStream(seed, "degenerate");
          const columns: Float64Array[] = [new Float64Array(n).fill(1)];
          for (const kind of kinds) {
            columns.push(
              Float64Array.from({ length: n }, (_, i) => {
                if (kind === "constant") return 3;
                if (kind === "zero") return 0;
                if (kind === "copy") return 2 * columns[columns.length - 1][i];
                if (kind === "huge") return 1e12 * random.normal();
                if (kind === "tiny") return 1e-12 * random.normal();
                return kind === "binary" ? random.integer(2) : random.normal();
              }),
            );
          }
          const y = Float64Array.from({ length: n }, () =>
            own.name === "gaussian" ? random.normal() : random.integer(2),
          );
          const names = columns.map((_, j) => `c${j}`);
          const request = { family: own, y, x: Matrix.fromColumns(columns), names };
          const fit = fitGeneralised(request);
          if (fit.state === "not converged") {
            expect(fit.reason).not.toBe("");
            return;
          }
          for (const [j, beta] of fit.beta.entries())
            expect(Number.isFinite(beta)).toBe(!fit.dropped.includes(names[j]));
          for (const eta of fit.linearPredictor) expect(Number.isFinite(eta)).toBe(true);
          const { deviance, logLik } = goodnessOfFit(fit, request);
          expect(deviance).toBeGreaterThanOrEqual(0);
          expect(Number.isNaN(logLik)).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("goodness of fit", () => {
  const rows = simulatedRows(14, 60);

  it("of a model without intercept is measured from the offset alone", () => {
    const design = modelMatrix(readFormula("~ x - 1"), rows.data);
    const request = { family: familyNamed("gaussian")!, y: rows.score, ...design };
    const { nullDeviance } = goodnessOfFit(known(fitGeneralised(request)), request, { hasIntercept: false });
    near(
      nullDeviance,
      rows.score.reduce((sum, own) => sum + own * own, 0),
      1e-12,
    );
  });

  it("of patterns tells what no model could take off", () => {
    const shares = Float64Array.of(0.2, 0.6, 1, 0);
    const request = {
      family: familyNamed("binomial")!,
      y: shares,
      weights: Float64Array.of(10, 20, 5, 5),
      x: Matrix.fromColumns([new Float64Array(4).fill(1)]),
      names: ["(Intercept)"],
    };
    const { deviance, nullDeviance, deviancePure } = goodnessOfFit(known(fitGeneralised(request)), request);
    near(deviance, nullDeviance, 1e-10);
    const entropy = (p: number) => -2 * (p * Math.log(p) + (1 - p) * Math.log(1 - p));
    near(deviancePure, 10 * entropy(0.2) + 20 * entropy(0.6), 1e-9);
  });

  it("of an outcome that is the same for all is complete", () => {
    const request = {
      family: familyNamed("binomial")!,
      y: new Float64Array(8).fill(1),
      x: Matrix.fromColumns([new Float64Array(8).fill(1)]),
      names: ["(Intercept)"],
    };
    const fit = known(fitGeneralised(request));
    expect(fit.state === "separated" && fit.columns).toEqual(["(Intercept)"]);
    expect(goodnessOfFit(fit, request).nullDeviance).toBeLessThan(1e-10);
  });
});

describe("a linear fit without error", () => {
  it("has no variance to measure by, and says so with df 0", () => {
    const x = Matrix.fromColumns([new Float64Array(6).fill(1), Float64Array.of(1, 2, 3, 4, 5, 6)]);
    for (const y of [new Float64Array(6).fill(5), Float64Array.of(3, 5, 7, 9, 11, 13)]) {
      const fit = fitLinear({ y, x, names: ["(Intercept)", "x"] });
      const test = testContrast(fit, robustCovariance(fit, { kind: "model" }), Float64Array.of(0, 1), { level: 0.95 });
      expect(test.df).toBe(0);
      expect(test.p).toBeNaN();
    }
    expect(() =>
      fitLinear({ y: Float64Array.of(1, Number.POSITIVE_INFINITY), x: Matrix.fromColumns([[1, 1]]), names: ["a"] }),
    ).toThrow(/the outcome is Infinity in row 1/);
  });
});
