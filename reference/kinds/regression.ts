import { Matrix, normalQuantile } from "#math";
import {
  type CovarianceKind,
  coefficientCovariance,
  type Family,
  familyNamed,
  fitGeneralised,
  fitLinear,
  goodnessOfFit,
  type LinearFit,
  type MatrixRequest,
  marginalEffect,
  numbersOf,
  ProfileDeviance,
  profileInterval,
  robustCovariance,
  sharesOf,
  testContrast,
  tInterval,
  variableOf,
  weightedMoments,
  workingFit,
} from "#stats";
import type { Request } from "../case.ts";
import { interpolatedProfile } from "../interpolatedProfile.ts";
import { type ModelRows, readModel } from "../model.ts";
import { BadSpec, NotAnswered, type Spec } from "../spec.ts";
import type { Kind } from "./index.ts";

const LEVEL = 0.95;

export const REGRESSION: Readonly<Record<string, Kind>> = { glm, lm, ame };

function glm(request: Request): unknown {
  const { model, asked, fit, linear } = fitted(request);
  const goodness = goodnessOfFit(fit, asked, { hasIntercept: model.formula.hasIntercept });
  const covariance = scaled(coefficientCovariance(linear, unitCovariance(linear)), goodness.dispersion);
  const table = coefficients(linear, covariance, Number.POSITIVE_INFINITY);
  const profiles = linear.kept.length === 0 ? undefined : profilesOf(fit, asked, table.se, goodness.dispersion);
  const odds = (values: Record<string, number>) => mapped(values, Math.exp);
  return {
    ...table,
    estimate: named(linear, (j) => fit.beta[linear.kept[j]]),
    vcov: matrixByName(linear, covariance),
    // Of patterns, as glm prints it: what no model could take off is left out.
    deviance: goodness.deviance - goodness.deviancePure,
    nullDeviance: goodness.nullDeviance - goodness.deviancePure,
    logLik: goodness.logLik,
    aic: goodness.aic,
    bic: goodness.bic,
    dfResidual: goodness.dfResidual,
    n: goodness.n,
    // exp(coefficient), under the one key the format has for it.
    oddsRatio: odds(table.estimate),
    oddsRatioWald: { lower: odds(table.lower), upper: odds(table.upper) },
    pearsonChi2: goodness.pearson,
    fittedFirst10: Array.from(fit.linearPredictor.subarray(0, 10), asked.family.mean),
    linearPredictorFirst10: fit.linearPredictor.subarray(0, 10),
    ...profiles,
    robust: Object.fromEntries(
      (["HC0", "HC1", "HC2", "HC3"] as const).map((kind) => [kind.toLowerCase(), standardErrors(linear, kind, [])]),
    ),
    separatedBy: fit.state === "separated" ? fit.columns : undefined,
    ...clustered(linear, model.clusters),
  };
}

function lm(request: Request): unknown {
  const model = readFixed(request);
  checkNumbers(model, "lm");
  const { offset } = model;
  const shifted = offset === undefined ? model.y : model.y.map((value, i) => value - offset[i]);
  const fit = fitLinear({ ...model, y: shifted });
  const covariance = coefficientCovariance(fit, robustCovariance(fit, { kind: "model" }).v);
  let rss = 0;
  for (const [i, e] of fit.residuals.entries()) rss += fit.weights[i] * e * e;
  const outcome = Float64Array.from(fit.rows, (row) => shifted[row]);
  const { mean } = model.formula.hasIntercept ? weightedMoments(outcome, fit.weights) : { mean: 0 };
  const total = outcome.reduce((sum, y, i) => sum + fit.weights[i] * (y - mean) ** 2, 0);
  return {
    ...coefficients(fit, covariance, fit.dfResidual),
    vcov: matrixByName(fit, covariance),
    r2: 1 - rss / total,
    sigma: Math.sqrt(rss / fit.dfResidual),
    dfResidual: fit.dfResidual,
    n: fit.n,
    robust: Object.fromEntries(
      (["HC0", "HC1", "HC2", "HC3"] as const).map((kind) => [kind.toLowerCase(), standardErrors(fit, kind, [])]),
    ),
    ...clustered(fit, model.clusters),
  };
}

function ame(request: Request): unknown {
  const treatment = request.spec.text("treat");
  const { model, asked, fit, linear } = fitted(request);
  const { dispersion } = goodnessOfFit(fit, asked);
  const kinds: readonly CovarianceKind[] = model.clusters.length > 0 ? ["HC0", "CR0", "CR1", "CR1S", "CR2"] : ["HC0"];
  const covariances = new Map([
    ["model", scaled(coefficientCovariance(linear, unitCovariance(linear)), dispersion)],
    ...kinds.map((kind) => {
      const clusters = kind === "HC0" ? [] : model.clusters;
      return [
        kind.toLowerCase(),
        coefficientCovariance(linear, robustCovariance(linear, { kind, clusters }).v),
      ] as const;
    }),
  ]);
  const treated = numbersOf(model.data, treatment);
  const other = treated.findIndex((value) => value !== 0 && value !== 1);
  if (other >= 0) {
    throw new BadSpec(`row ${model.rows[other] + 1}, column "${treatment}": ${treated[other]}; a treatment is 0 or 1`);
  }
  const over = (group: "all" | "treated" | "untreated") => {
    const shares = sharesOf(group, treated, model.weights);
    const effects = [...covariances].map(([name, covariance]) => {
      const effect = marginalEffect({
        fit,
        formula: model.formula,
        data: model.data,
        treatment,
        over: shares,
        covariance,
        level: LEVEL,
        ...(model.offset === undefined ? {} : { offset: model.offset }),
      });
      if (effect.state === "not estimable") throw new NotAnswered(effect.reason);
      return [name, effect] as const;
    });
    const [, first] = effects[0];
    return {
      averagedOver: first.averagedOver,
      mean1: first.meanTo.estimate,
      mean0: first.meanFrom.estimate,
      ame: first.difference.estimate,
      riskRatio: first.riskRatio?.estimate ?? Number.NaN,
      marginalOddsRatio: first.oddsRatio?.estimate ?? Number.NaN,
      vcov: Object.fromEntries(
        effects.map(([name, effect]) => [
          name,
          {
            se: effect.difference.se,
            seMean1: effect.meanTo.se,
            seMean0: effect.meanFrom.se,
            seLogRiskRatio: effect.riskRatio?.seLog ?? Number.NaN,
            seLogOddsRatio: effect.oddsRatio?.seLog ?? Number.NaN,
            z: effect.difference.estimate / effect.difference.se,
            p: effect.difference.p,
            lower: effect.difference.low,
            upper: effect.difference.high,
          },
        ]),
      ),
    };
  };
  const groups = (["all", "treated", "untreated"] as const).filter(
    (group) => group === "all" || treated.includes(group === "treated" ? 1 : 0),
  );
  return {
    ...Object.fromEntries(groups.map((group) => [group, over(group)])),
    separatedBy: fit.state === "separated" ? fit.columns : undefined,
  };
}

function fitted(request: Request) {
  const family = familyOf(request.spec);
  const model = readFixed(request);
  if (family.name !== "binomial") checkNumbers(model, family.name);
  for (const [i, value] of model.y.entries()) {
    if (!family.isAllowed(value)) {
      throw new BadSpec(
        `row ${model.rows[i] + 1}, column "${model.response}": ${value}; a ${family.name} outcome is ${family.allows}`,
      );
    }
  }
  const asked: MatrixRequest = { family, ...model };
  const fit = fitGeneralised(asked);
  if (fit.state === "not converged") throw new NotAnswered(`the model was not fitted: ${fit.reason}`);
  return { model, asked, fit, linear: workingFit(fit, asked) };
}

function checkNumbers({ data, response }: ModelRows, what: string): void {
  if (variableOf(data, response).kind === "factor") {
    throw new BadSpec(`the response "${response}" of kind ${what} must be numbers; some of its cells are words`);
  }
}

/** A model without random terms. */
function readFixed(request: Request): ModelRows {
  const model = readModel(request);
  if (model.formula.random.length > 0)
    throw new BadSpec("spec.formula has random terms: kinds lmer and glmer know them");
  return model;
}

function familyOf(spec: Spec): Family {
  const name = spec.text("family");
  const link = spec.optionalText("link");
  const family = familyNamed(name, link);
  if (family === undefined) {
    throw new BadSpec(
      `spec.family "${name}"${link === undefined ? "" : ` with link "${link}"`} is not known; known are gaussian (identity), ` +
        "binomial (logit, probit), poisson (log)",
    );
  }
  return family;
}

/** The covariance for dispersion 1, in the basis of the fit. */
function unitCovariance(fit: LinearFit): Matrix {
  const v = new Matrix(fit.q.columns, fit.q.columns);
  for (let j = 0; j < v.columns; j++) v.set(j, j, 1);
  return v;
}

function scaled(matrix: Matrix, factor: number): Matrix {
  const result = new Matrix(matrix.rows, matrix.columns);
  result.data.set(matrix.data.map((value) => value * factor));
  return result;
}

/** A value for each coefficient; NaN for a dropped one. */
function named(fit: Pick<LinearFit, "names" | "kept">, value: (j: number) => number): Record<string, number> {
  const result: Record<string, number> = Object.fromEntries(fit.names.map((name) => [name, Number.NaN]));
  for (const [j, place] of fit.kept.entries()) result[fit.names[place]] = value(j);
  return result;
}

function mapped(values: Record<string, number>, f: (value: number) => number): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, f(value)]));
}

function matrixByName(fit: Pick<LinearFit, "names" | "kept">, matrix: Matrix): Record<string, Record<string, number>> {
  return Object.fromEntries(
    fit.names.map((name, place) => {
      const i = fit.kept.indexOf(place);
      return [name, named(fit, (j) => (i < 0 ? Number.NaN : matrix.get(i, j)))];
    }),
  );
}

/** Estimate, standard error, statistic, p and interval of each coefficient. */
function coefficients(fit: LinearFit, covariance: Matrix, df: number) {
  const rows = Array.from(fit.kept, (place, j) => {
    const variance = covariance.get(j, j);
    const wald = tInterval(fit.beta[place], Math.sqrt(variance), variance > 0 ? df : 0, LEVEL);
    return { ...wald, statistic: wald.estimate / wald.se };
  });
  return {
    estimate: named(fit, (j) => rows[j].estimate),
    se: named(fit, (j) => rows[j].se),
    statistic: named(fit, (j) => rows[j].statistic),
    p: named(fit, (j) => rows[j].p),
    lower: named(fit, (j) => rows[j].low),
    upper: named(fit, (j) => rows[j].high),
  };
}

function standardErrors(fit: LinearFit, kind: CovarianceKind, clusters: readonly Int32Array[]): Record<string, number> {
  const v = coefficientCovariance(fit, robustCovariance(fit, { kind, clusters }).v);
  return named(fit, (j) => Math.sqrt(v.get(j, j)));
}

/** CR0 to CR2 by the clusters of a case; nothing without them. */
function clustered(fit: LinearFit, clusters: readonly Int32Array[]): object {
  if (clusters.length === 0) return {};
  const covarianceOf = (kind: CovarianceKind) => {
    const v = coefficientCovariance(fit, robustCovariance(fit, { kind, clusters }).v);
    return { se: named(fit, (j) => Math.sqrt(v.get(j, j))), vcov: matrixByName(fit, v) };
  };
  const cr2 = robustCovariance(fit, { kind: "CR2", clusters });
  const tests = Array.from(fit.kept, (place) => {
    const contrast = new Float64Array(fit.names.length);
    contrast[place] = 1;
    return testContrast(fit, cr2, contrast, { level: LEVEL });
  });
  return {
    cluster: {
      clusters: Math.min(...clusters.map((codes) => new Set(Array.from(fit.rows, (row) => codes[row])).size)),
      cr0: covarianceOf("CR0"),
      cr1: { note: "CR0 times G/(G-1)", ...covarianceOf("CR1") },
      cr1s: { note: "CR0 times G/(G-1) times (n-1)/(n-k)", ...covarianceOf("CR1S") },
      cr2: {
        ...covarianceOf("CR2"),
        tstat: named(fit, (j) => tests[j].estimate / tests[j].se),
        dfSatterthwaite: named(fit, (j) => tests[j].df),
        p: named(fit, (j) => tests[j].p),
      },
    },
  };
}

function profilesOf(
  fit: Exclude<ReturnType<typeof fitGeneralised>, { state: "not converged" }>,
  asked: MatrixRequest,
  se: Record<string, number>,
  dispersion: number,
): object {
  const kept = { names: fit.names, kept: Int32Array.from(fit.names.keys()).filter((j) => !Number.isNaN(fit.beta[j])) };
  const exact = Array.from(kept.kept, (column) =>
    profileInterval(fit, asked, { column, se: se[fit.names[column]], dispersion, level: LEVEL }),
  );
  const interpolated = Array.from(kept.kept, (column) =>
    interpolatedProfile(() => new ProfileDeviance(fit, asked, column), {
      estimate: fit.beta[column],
      se: se[fit.names[column]],
      dispersion,
      z: normalQuantile((1 + LEVEL) / 2),
    }),
  );
  const number = (limit: number | string): number => (typeof limit === "number" ? limit : Number.NaN);
  const lower = named(kept, (j) => number(exact[j].low));
  const upper = named(kept, (j) => number(exact[j].high));
  return {
    profile: { lower, upper, orLower: mapped(lower, Math.exp), orUpper: mapped(upper, Math.exp) },
    profileR: {
      note: "confint.glm: spline-interpolated profile, good to about 1e-3",
      lower: named(kept, (j) => interpolated[j].lower),
      upper: named(kept, (j) => interpolated[j].upper),
    },
  };
}
