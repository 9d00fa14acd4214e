import {
  asFactor,
  type Estimand,
  effectiveSizes,
  entropyBalance,
  estimandWeights,
  fitLogistic,
  modelMatrix,
  numbersOf,
  variableOf,
  weightedDifference,
  withPowers,
} from "#stats";
import { BadSpec, type Spec } from "../spec.ts";
import { balanceAnswer, covariatesOf } from "./balanceAnswer.ts";
import type { Kind } from "./index.ts";
import { overFile, type TreatmentData, treatmentData, treatmentFormula } from "./treatmentData.ts";

/** Rows whose weights the reference results show. */
const SHOWN = 50;

/** A comparison row whose score lies below this (on the log-odds scale) has no weight but rounding. */
const FARTHEST = -15;

/** `ipw`: weights from a logistic propensity score, balance, and the weighted difference in the outcome. */
export const ipw: Kind = ({ spec, data }) => {
  const { formula, treat, covariates } = treatmentFormula(spec.text("formula"));
  const estimand = readEstimand(spec);
  const { outcome, cluster, needed } = outcomeOf(spec);
  const sample = treatmentData(data, treat, [...covariates, ...needed]);
  const { treated } = sample;
  if (!treated.includes(0) || !treated.includes(1))
    return { state: "not estimable", reason: "one of the two groups is empty" };
  const design = modelMatrix(formula, sample.data);
  const fit = fitLogistic({ y: Float64Array.from(treated), x: design.x, names: design.names });
  if (fit.state === "not converged") return { state: "not estimable", reason: "the logistic score did not settle" };
  if (fit.state === "separated" && !treated.some((arm, row) => arm === 0 && fit.linearPredictor[row] > FARTHEST)) {
    const by = fit.columns.join(", ");
    return {
      state: "not estimable",
      reason: `${by} tell the groups apart without error: no comparison row is like the treated`,
    };
  }
  const weights = estimandWeights({ logit: fit.linearPredictor, treated, estimand });
  const difference = differenceOf(sample, weights, outcome, cluster);
  const sizes = effectiveSizes(treated, weights);
  return {
    weights: overFile(sample, weights, 0),
    weightsFirst50: overFile(sample, weights, 0).slice(0, SHOWN),
    ...(fit.state === "separated" && { separatedBy: fit.columns }),
    ess: sizes.control,
    effectiveN: sizes,
    balance: balanceAnswer(covariatesOf(sample.data, covariates, formula.factors), treated, weights),
    ...(difference !== undefined && { hajek: difference }),
  };
};

/** `ebal`: entropy balancing on the first one, two or three moments, and the weighted difference in the outcome. */
export const ebal: Kind = ({ spec, data }) => {
  const { formula, treat, covariates } = treatmentFormula(spec.text("formula"));
  const estimand = readEstimand(spec);
  if (estimand === "overlap")
    throw new BadSpec('spec.estimand "overlap" is not known for kind "ebal"; known are ATT, ATC, ATE');
  const moments = spec.optionalNumber("moments") ?? 1;
  if (moments !== 1 && moments !== 2 && moments !== 3)
    throw new BadSpec(`spec.moments is ${moments}; known are 1, 2, 3`);
  const { outcome, cluster, needed } = outcomeOf(spec);
  const sample = treatmentData(data, treat, [...covariates, ...needed]);
  const { treated } = sample;
  const { x } = modelMatrix({ ...formula, hasIntercept: true }, sample.data);
  const found = entropyBalance({ x: withPowers(x, moments), treated, estimand });
  if (found.state === "not estimable") return found;
  const { weights } = found;
  const difference = differenceOf(sample, weights, outcome, cluster);
  const sizes = effectiveSizes(treated, weights);
  const ofControls = weights.filter((_, row) => treated[row] === 0);
  return {
    weights: overFile(sample, weights, 0),
    weightsFirst50: overFile(sample, weights, 0).slice(0, SHOWN),
    controlWeightsFirst50: ofControls.slice(0, SHOWN),
    ess: sizes.control,
    effectiveN: sizes,
    balance: balanceAnswer(covariatesOf(sample.data, covariates, formula.factors), treated, weights),
    ...(difference !== undefined && { [estimand.toLowerCase()]: difference.estimate, se: difference.se }),
  };
};

function readEstimand(spec: Spec): Estimand {
  const estimand = spec.choice("estimand", ["ATT", "ATE", "ATC", "overlap", "ATO"], "ATT");
  return estimand === "ATO" ? "overlap" : estimand;
}

function outcomeOf(spec: Spec) {
  const outcome = spec.optionalText("outcome");
  const cluster = spec.optionalText("cluster");
  return { outcome, cluster, needed: [outcome, cluster].filter((name) => name !== undefined) };
}

function differenceOf(
  { data, treated }: TreatmentData,
  weights: Float64Array,
  outcome: string | undefined,
  cluster: string | undefined,
): { estimate: number; se: number } | undefined {
  if (outcome === undefined) return undefined;
  const found = weightedDifference({
    y: numbersOf(data, outcome),
    treated,
    weights,
    ...(cluster !== undefined && { clusters: asFactor(variableOf(data, cluster)).codes }),
  });
  return "state" in found ? { estimate: Number.NaN, se: Number.NaN } : { estimate: found.estimate, se: found.se };
}
