import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, multiply, transpose } from "#math";
import { near } from "../testing/reference.ts";
import { correlateItems, type ItemCorrelations } from "./correlateItems.ts";
import { type ExtractionMethod, type FactorAnalysis, factorAnalysis, type RotationRequest } from "./factorAnalysis.ts";
import { factorScores } from "./factorScores.ts";
import { chooseItems, completeAnswers, type Items } from "./items.ts";
import { totalOmega } from "./omega.ts";
import { answers, casesLike, expectedNumbers, type OwnCase, ownTable } from "./testing/ownCase.ts";
import { exactCorrelations, simulateItems } from "./testing/simulate.ts";

type Solved = Exclude<FactorAnalysis, { state: "not estimable" }>;

function solved(
  correlations: ReturnType<typeof correlateItems>,
  request: Parameters<typeof factorAnalysis>[1],
): Solved {
  if (correlations.state !== "estimated") throw new Error(correlations.reason);
  const found = factorAnalysis(correlations, request);
  if (found.state !== "estimated") throw new Error(found.reason);
  return found;
}

function rotationOf(spec: OwnCase["spec"]): RotationRequest {
  if (spec.rotate === "varimax") return { kind: "varimax", normalise: spec.normalizeVarimax ?? true };
  if (spec.rotate === "promax") return { kind: "promax", power: spec.promaxPower ?? 4 };
  if (spec.rotate === "none") return { kind: "none" };
  return { kind: "oblimin", gamma: spec.obliminGamma ?? 0, normalise: spec.obliminNormalize ?? false };
}

describe("factor analysis against psych", () => {
  const cases = casesLike("fa-");
  it("has cases", () => expect(cases.length).toBeGreaterThan(6));

  it.each(cases.map((own) => [own.id, own] as const))("agrees in %s", (_, own) => {
    const { spec, expect: wanted, tolerance } = own;
    const correlations = correlateItems(answers(own.table, spec.items), {
      kind: spec.correlation ?? "pearson",
      missing: spec.missing,
    });
    const found = solved(correlations, {
      factors: spec.nfactors,
      method: spec.method as ExtractionMethod,
      rotation: rotationOf(spec),
      start: spec.startCommunality === 1 ? "one" : "smc",
      rotationStop: "R",
    });
    const loose = tolerance.loadings ?? tolerance.default;
    for (const [i, name] of found.names.entries()) {
      // Small loadings carry the error of the large ones.
      for (const [j, value] of Object.values<number>(wanted.loadings[name]).entries()) {
        near(found.loadings.get(i, j), value, loose, 0.01);
      }
      near(found.communality[i], wanted.communality[name], tolerance.default);
    }
    for (const [j, value] of wanted.eigenvaluesR.entries()) near(found.eigenvalues[j], value, 1e-9);
    for (const [j, value] of wanted.eigenvaluesCommon.entries()) near(found.commonEigenvalues[j], value, 1e-3, 0.01);
    if (wanted.rms !== undefined) near(found.fit.rms, wanted.rms, tolerance.default);
    expect(found.fit.df).toBe(wanted.dof);
    near(found.fit.share, wanted.fit, tolerance.default);
    near(found.fit.chiSquared, wanted.chisq, tolerance.default);
    near(found.fit.p, wanted.chisqP, tolerance.default * 10);
    near(found.fit.tuckerLewis, wanted.tli, tolerance.default);
    near(found.fit.rmsea, wanted.rmsea, tolerance.default);
    near(found.fit.bic, wanted.bic, tolerance.default);
    expect(found.factorCorrelations === undefined).toBe(wanted.phi === undefined);
    if (found.factorCorrelations !== undefined) {
      const phi = Object.values<Record<string, number>>(wanted.phi).flatMap((row) => Object.values(row));
      for (const [at, value] of phi.entries()) near(found.factorCorrelations.data[at], value, tolerance.phi ?? 1e-3);
    }
  });

  it("scores respondents as the closed forms do", () => {
    const wanted = expectedNumbers("factor-scores");
    const table = ownTable("scale-answers");
    const items = completeAnswers(answers(table, [...table.keys()]));
    const correlations = correlateItems(items) as ItemCorrelations;
    const found = solved(correlations, { factors: 3, method: "pa", rotation: { kind: "none" } });
    near(totalOmega(found), wanted.omegaTotal, 1e-8);
    for (const method of ["regression", "bartlett"] as const) {
      const scores = factorScores(items, correlations, found, method);
      if (scores.state !== "estimated") throw new Error(scores.reason);
      for (let i = 0; i < 4; i++)
        for (let j = 0; j < 3; j++) near(scores.scores.get(i, j), wanted[method][i][j], 1e-6, 0.1);
    }
  });
});

const LOADINGS = [
  [0.8, 0],
  [0.7, 0],
  [0.6, 0.1],
  [0.5, 0],
  [0, 0.75],
  [0.1, 0.65],
  [0, 0.55],
  [0, 0.7],
];
const METHODS = ["pa", "minres", "ml"] as const;
const ROTATIONS: readonly RotationRequest[] = [{ kind: "varimax" }, { kind: "promax" }, { kind: "oblimin" }];

describe("laws of factor analysis", () => {
  it.each(METHODS)("%s reproduces correlations that follow a factor model exactly", (method) => {
    const found = solved(exactCorrelations(LOADINGS), { factors: 2, method, rotation: { kind: "varimax" } });
    for (const [i, own] of LOADINGS.entries()) near(found.communality[i], own[0] ** 2 + own[1] ** 2, 1e-6);
    expect(found.fit.rms).toBeLessThan(1e-6);
    expect(found.extraction.stopped).toBe("converged");
    expect(found.heywood).toEqual([]);
  });

  it("gives minres and principal axes at rest the same communalities", () => {
    const correlations = correlateItems(simulateItems(LOADINGS, 300, 1));
    const axes = solved(correlations, { factors: 2, method: "pa" });
    const residuals = solved(correlations, { factors: 2, method: "minres" });
    for (let i = 0; i < 8; i++) near(residuals.communality[i], axes.communality[i], 1e-7);
  });

  it.each(ROTATIONS)("leaves fit and communalities alone when rotating: $kind", (rotation) => {
    const correlations = correlateItems(simulateItems(LOADINGS, 200, 2));
    const plain = solved(correlations, { factors: 2, rotation: { kind: "none" } });
    const turned = solved(correlations, { factors: 2, rotation });
    for (let i = 0; i < 8; i++) near(turned.communality[i], plain.communality[i], 1e-9);
    near(turned.fit.chiSquared, plain.fit.chiSquared, 1e-8);
    expect(turned.rotation?.stopped).toBe("converged");
    if (turned.factorCorrelations !== undefined) {
      for (let j = 0; j < 2; j++) near(turned.factorCorrelations.get(j, j), 1, 1e-12);
    }
    const again = multiply(turned.structure, transpose(turned.loadings));
    for (let i = 0; i < 8; i++) near(again.get(i, i), turned.communality[i], 1e-12);
  });

  it("knows nothing of the order of respondents, the scale of an item, or the order of items", () => {
    const items = simulateItems(LOADINGS, 120, 3);
    const request = { factors: 2, method: "ml" as const, rotation: { kind: "oblimin" as const } };
    const plain = solved(correlateItems(items), request);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0.1, max: 50, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true })), {
          minLength: 8,
          maxLength: 8,
        }),
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8, maxLength: 8 }),
        (scales, order) => {
          const changed: Items = {
            names: order.map((j) => items.names[j]),
            columns: order.map((j) => items.columns[j].map((own) => scales[j][0] * own + scales[j][1]).reverse()),
          };
          const found = solved(correlateItems(changed), request);
          for (const [to, j] of order.entries()) {
            near(found.communality[to], plain.communality[j], 1e-6);
            for (let k = 0; k < 2; k++) near(found.loadings.get(to, k), plain.loadings.get(j, k), 1e-5, 0.1);
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  it("turns the loadings of a reversed item and nothing else", () => {
    const items = simulateItems(LOADINGS, 150, 4);
    const reversed = {
      names: items.names,
      columns: items.columns.map((own, j) => (j === 3 ? own.map((x) => -x) : own)),
    };
    const plain = solved(correlateItems(items), { factors: 2 });
    const turned = solved(correlateItems(reversed), { factors: 2 });
    for (let i = 0; i < 8; i++) {
      for (let k = 0; k < 2; k++)
        near(turned.loadings.get(i, k), (i === 3 ? -1 : 1) * plain.loadings.get(i, k), 1e-6, 0.1);
    }
  });

  it("finds known loadings again", () => {
    const found = solved(correlateItems(simulateItems(LOADINGS, 8000, 5)), {
      factors: 2,
      rotation: { kind: "oblimin" },
    });
    // Four standard errors of a correlation at 8,000.
    for (const [i, own] of LOADINGS.entries()) {
      const strong = own[0] > own[1] ? 0 : 1;
      const column = found.loadings.get(0, 0) > found.loadings.get(0, 1) ? strong : 1 - strong;
      expect(Math.abs(found.loadings.get(i, column) - own[strong])).toBeLessThan(0.06);
    }
  });
});

describe("factor analysis of difficult data", () => {
  it.each(METHODS)("%s says which item is a Heywood case", (method) => {
    // A correlation of .9 beside two of .6 and .5 asks for a loading above 1.
    const heywood = exactCorrelations([[0.9], [0.8], [0.5], [0.4]]);
    heywood.matrix.set(0, 1, 0.93);
    heywood.matrix.set(1, 0, 0.93);
    heywood.matrix.set(0, 2, 0.62);
    heywood.matrix.set(2, 0, 0.62);
    const found = solved(heywood, { factors: 1, method, rotation: { kind: "none" } });
    expect(found.heywood).toContain("item 1");
  });

  it("refuses more factors than the items can carry", () => {
    const found = factorAnalysis(exactCorrelations(LOADINGS.slice(0, 4)), { factors: 2 });
    expect(found).toMatchObject({ state: "not estimable", reason: expect.stringMatching(/4 items .* 2 factors/) });
    expect(() => factorAnalysis(exactCorrelations(LOADINGS), { factors: 0 })).toThrow(RangeError);
    expect(() => factorAnalysis(exactCorrelations(LOADINGS), { factors: 1.5 })).toThrow(RangeError);
  });

  it("refuses powers and gammas without meaning", () => {
    const own = exactCorrelations(LOADINGS);
    expect(() => factorAnalysis(own, { factors: 2, rotation: { kind: "promax", power: 1 } })).toThrow(RangeError);
    expect(() => factorAnalysis(own, { factors: 2, rotation: { kind: "oblimin", gamma: 1 } })).toThrow(RangeError);
    expect(() => factorAnalysis(own, { factors: 2, rotation: { kind: "oblimin", gamma: Number.NaN } })).toThrow(
      RangeError,
    );
  });

  it("has no measure of fit where there are no degrees of freedom", () => {
    const found = solved(exactCorrelations([[0.8], [0.7], [0.6]]), { factors: 1 });
    expect(found.fit.df).toBe(0);
    expect(found.fit.p).toBeNaN();
    expect(found.fit.rmsea).toBeNaN();
    near(found.loadings.get(0, 0), 0.8, 1e-7);
  });

  it("smooths correlations that do not go together, and says so", () => {
    const items = simulateItems(LOADINGS, 40, 6);
    const repeated: Items = { names: [...items.names, "copy"], columns: [...items.columns, items.columns[0]] };
    const found = correlateItems(repeated) as ItemCorrelations;
    expect(found.smoothedFrom).toBeLessThan(1e-10);
    expect(solved(found, { factors: 2, method: "ml" }).state).toBe("estimated");
  });

  it("scores nobody with a missing answer", () => {
    const items = simulateItems(LOADINGS, 100, 7);
    items.columns[2][5] = Number.NaN;
    const correlations = correlateItems(items) as ItemCorrelations;
    const scores = factorScores(items, correlations, solved(correlations, { factors: 2 }));
    if (scores.state !== "estimated") throw new Error(scores.reason);
    expect(scores.scores.get(5, 0)).toBeNaN();
    expect(scores.scores.get(6, 0)).not.toBeNaN();
    expect(() =>
      factorScores(chooseItems(items, ["item 1"]), correlations, solved(correlations, { factors: 2 })),
    ).toThrow(RangeError);
  });

  it("keeps one idea of the least uniqueness in a matrix of ones", () => {
    const ones = exactCorrelations([[0.99], [0.99], [0.99], [0.99]]);
    const full = new Matrix(4, 4);
    full.data.fill(1 - 1e-9);
    for (let i = 0; i < 4; i++) full.set(i, i, 1);
    for (const method of METHODS) {
      const found = solved({ ...ones, matrix: full }, { factors: 1, method });
      expect(found.loadings.data.every(Number.isFinite)).toBe(true);
    }
  });
});
