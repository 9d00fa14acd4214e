import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, RandomStream } from "#math";
import {
  expectedOf,
  hasReferences,
  near,
  numbers,
  readCsv,
  teacherCovariates,
  withIntercept,
} from "../testing/reference.ts";

import { type GeneralisedFit, OutcomeNotAllowed } from "./generalisedFit.ts";
import { fitLogistic } from "./logisticFit.ts";

interface Expected {
  readonly estimate: Record<string, number>;
  readonly deviance: number;
  readonly linearPredictorFirst10: readonly number[];
}

function known(fit: GeneralisedFit): Exclude<GeneralisedFit, { state: "not converged" }> {
  if (fit.state === "not converged") throw new Error("the fit did not converge");
  return fit;
}

describe.skipIf(!hasReferences)("logistic regression, against R's glm", () => {
  it("gives the coefficients, linear predictors and deviance of the propensity model", () => {
    const csv = readCsv("teachers.csv");
    const { names, columns } = teacherCovariates(csv);
    const fit = known(
      fitLogistic({ y: numbers(csv, "treat"), x: withIntercept(columns), names: ["(Intercept)", ...names] }),
    );
    const expected = expectedOf<Expected>("dev-glm-ps");
    expect(fit.state).toBe("converged");
    for (const [j, name] of fit.names.entries()) near(fit.beta[j], expected.estimate[name], 1e-9);
    for (const [i, eta] of expected.linearPredictorFirst10.entries()) near(fit.linearPredictor[i], eta, 1e-10);
    near(fit.path[fit.path.length - 1], expected.deviance, 1e-12);
  });

  it("takes prior weights that are not whole", () => {
    const csv = readCsv("teachers.csv");
    const { names, columns } = teacherCovariates(csv);
    const fit = known(
      fitLogistic({
        y: numbers(csv, "stay"),
        x: withIntercept([numbers(csv, "treat"), ...columns]),
        names: ["(Intercept)", "treat", ...names],
        weights: numbers(csv, "w"),
      }),
    );
    const expected = expectedOf<Expected>("dev-glm-weighted");
    for (const [j, name] of fit.names.entries()) near(fit.beta[j], expected.estimate[name], 1e-9);
  });
});

/** n rows of a standard normal column, and outcomes drawn from a logistic model on it. */
function sound(n: number, slope: number, seed: number) {
  const random = new RandomStream(seed, "logistic");
  const z = Float64Array.from({ length: n }, () => random.normal());
  const y = z.map((value) => Number(random.uniform() < 1 / (1 + Math.exp(-slope * value))));
  return { y, z };
}

describe("separation", () => {
  it("is found when a number tells all ones from all zeros", () => {
    const z = Float64Array.from({ length: 20 }, (_, i) => i);
    const fit = known(
      fitLogistic({ y: z.map((value) => Number(value > 9.5)), x: withIntercept([z]), names: ["(Intercept)", "z"] }),
    );
    expect(fit.state === "separated" && fit.columns).toEqual(["z"]);
    expect(fit.linearPredictor.every((eta, i) => eta > 0 === i > 9)).toBe(true);
  });

  it("is found for one level without ones among sound columns, and named", () => {
    const { y, z } = sound(400, 1, 3);
    const level = Float64Array.from(y, (value, i) => Number(value === 0 && i % 7 === 0));
    const fit = known(fitLogistic({ y, x: withIntercept([z, level]), names: ["(Intercept)", "z", "level"] }));
    expect(fit.state === "separated" && fit.columns).toEqual(["level"]);
    // As in R, the other coefficients are those of the remaining rows, and the separated rows are far out.
    const rest = [...level.keys()].filter((i) => level[i] === 0);
    const alone = known(
      fitLogistic({
        y: Float64Array.from(rest, (i) => y[i]),
        x: withIntercept([Float64Array.from(rest, (i) => z[i])]),
        names: ["(Intercept)", "z"],
      }),
    );
    near(fit.beta[1], alone.beta[1], 1e-7);
    expect(fit.beta[2]).toBeLessThan(-12);
    expect(fit.beta[2]).toBeGreaterThan(-25);
  });

  it("is found when only the level left out of the model lacks ones", () => {
    const { y, z } = sound(300, 1, 4);
    const group = Int32Array.from(y, (value, i) => (value === 0 && i % 5 === 0 ? 0 : 1 + (i % 2)));
    const columns = [1, 2].map((own) => Float64Array.from(group, (value) => Number(value === own)));
    const fit = known(fitLogistic({ y, x: withIntercept([z, ...columns]), names: ["(Intercept)", "z", "one", "two"] }));
    expect(fit.state === "separated" && fit.columns).toEqual(["one", "two"]);
  });

  it("is found when two numbers together tell the groups apart but neither does alone", () => {
    const random = new RandomStream(5, "plane");
    const a = Float64Array.from({ length: 200 }, () => random.normal());
    const b = a.map((value) => -value + 0.5 * random.normal());
    const y = a.map((value, i) => Number(value + b[i] > 0));
    const fit = known(fitLogistic({ y, x: withIntercept([a, b]), names: ["(Intercept)", "a", "b"] }));
    expect(fit.state === "separated" && fit.columns).toEqual(["a", "b"]);
  });

  it("is found when the groups touch in one value (quasi-complete)", () => {
    const z = Float64Array.of(0, 1, 2, 3, 3, 4, 5, 6);
    const y = Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1);
    expect(fitLogistic({ y, x: withIntercept([z]), names: ["(Intercept)", "z"] }).state).toBe("separated");
  });

  it("is not claimed for one exception to a rule, however steep", () => {
    const z = Float64Array.from({ length: 4000 }, (_, i) => i / 100);
    const y = z.map((value) => Number(value > 20));
    y[1990] = 1;
    y[2010] = 0;
    expect(fitLogistic({ y, x: withIntercept([z]), names: ["(Intercept)", "z"] }).state).toBe("converged");
  });

  it("is not claimed for a level with a single one among a hundred thousand rows", () => {
    const n = 100_000;
    const level = Float64Array.from({ length: n }, (_, i) => Number(i < n / 2));
    const y = Float64Array.from({ length: n }, (_, i) => Number(i === 0 || i > n - 300));
    const fit = known(fitLogistic({ y, x: withIntercept([level]), names: ["(Intercept)", "level"] }));
    expect(fit.state).toBe("converged");
    // Closed form: the log odds of each level.
    near(fit.beta[0], Math.log(299 / (n / 2 - 299)), 1e-10);
    near(fit.beta[0] + fit.beta[1], Math.log(1 / (n / 2 - 1)), 1e-10);
  });
});

describe("laws of logistic regression", () => {
  it("leaves residuals orthogonal to every column, whatever the sizes of the columns", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: -1.5, max: 1.5, noNaN: true }),
        fc.integer({ min: -3, max: 4 }),
        (seed, slope, power) => {
          const { y, z } = sound(200, slope, seed);
          const scaled = z.map((value) => 10 ** power * value + 2016);
          const fit = known(fitLogistic({ y, x: withIntercept([scaled]), names: ["(Intercept)", "z"] }));
          const score = (column: Float64Array) =>
            column.reduce((sum, value, i) => sum + value * (y[i] - 1 / (1 + Math.exp(-fit.linearPredictor[i]))), 0);
          near(score(new Float64Array(200).fill(1)), 0, 1e-7, 1);
          near(score(z), 0, 1e-5, 1);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("counts a row of weight two as the row written twice, and a row of weight zero not at all", () => {
    const { y, z } = sound(60, 0.7, 9);
    const weights = Float64Array.from(y, (_, i) => i % 3);
    const rows = [...y.keys()].flatMap((i) => Array.from({ length: i % 3 }, () => i));
    const weighted = known(fitLogistic({ y, x: withIntercept([z]), names: ["(Intercept)", "z"], weights }));
    const repeated = known(
      fitLogistic({
        y: Float64Array.from(rows, (i) => y[i]),
        x: withIntercept([Float64Array.from(rows, (i) => z[i])]),
        names: ["(Intercept)", "z"],
      }),
    );
    near(weighted.beta[1], repeated.beta[1], 1e-10);
    expect(weighted.linearPredictor).toHaveLength(60);
  });

  it("drops the later of two equal columns and predicts the same", () => {
    const { y, z } = sound(100, 1, 2);
    const plain = known(fitLogistic({ y, x: withIntercept([z]), names: ["(Intercept)", "z"] }));
    const doubled = known(
      fitLogistic({ y, x: withIntercept([z, z.map((value) => 2 * value + 1)]), names: ["(Intercept)", "z", "again"] }),
    );
    expect(doubled.dropped).toEqual(["again"]);
    expect(doubled.beta[2]).toBeNaN();
    for (const [i, eta] of plain.linearPredictor.entries()) near(doubled.linearPredictor[i], eta, 1e-9, 1);
  });

  it("refuses an outcome outside 0 to 1", () => {
    const x = Matrix.fromColumns([[1, 1]]);
    expect(() => fitLogistic({ y: Float64Array.of(0, 1.5), x, names: ["(Intercept)"] })).toThrow(OutcomeNotAllowed);
  });
});
