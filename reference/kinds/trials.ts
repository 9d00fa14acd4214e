import {
  asFactor,
  clusterTrialEffectSizes,
  completeRows,
  fitLinear,
  fitLinearMixed,
  type ModelData,
  modelMatrix,
  multiSiteEffectSizes,
  numbersOf,
  type RandomTerm,
  randomEffectsOf,
  readFormula,
  simpleTrialEffectSize,
  takeRows,
  variableOf,
  variablesOf,
} from "#stats";
import type { Request } from "../case.ts";
import { BadSpec } from "../spec.ts";
import { estimated } from "./estimated.ts";

/** Columns of a trial's model, and where its treatment stands. */
interface Trial {
  readonly data: ModelData;
  readonly y: Float64Array;
  readonly treated: Float64Array;
  readonly school: Int32Array;
  readonly design: ReturnType<typeof modelMatrix>;
  readonly place: number;
  readonly schoolName: string;
  readonly treatmentName: string;
}

/** Effect sizes of a trial by each of the designs a case asks for: simple (srt), clustered (crt), multi-site (mst). */
export function eefEffectSize({ spec, data: all }: Request): unknown {
  const formula = readFormula(spec.text("formula"));
  const { response } = formula;
  if (response === undefined) throw new BadSpec("spec.formula has no response");
  const designs = spec.texts("design");
  const treatmentName = spec.text("intervention");
  const schoolName = spec.optionalText("random") ?? "";
  const names = [...variablesOf(formula), ...(schoolName === "" ? [] : [schoolName])];
  const data = takeRows(all, completeRows(all, names));
  const design = modelMatrix(formula, data);
  const place = design.names.indexOf(treatmentName);
  if (place < 0)
    throw new BadSpec(`spec.intervention "${treatmentName}" is no column of the model: ${design.names.join(", ")}`);
  const trial: Trial = {
    data,
    y: numbersOf(data, response),
    treated: numbersOf(data, treatmentName),
    school: schoolName === "" ? new Int32Array(0) : asFactor(variableOf(data, schoolName)).codes,
    design,
    place,
    schoolName,
    treatmentName,
  };
  return Object.fromEntries(
    designs.map((own) => {
      if (own === "srt") return [own, simple(trial)];
      if (schoolName === "") throw new BadSpec(`design "${own}" needs spec.random, the column of schools`);
      if (own === "crt") return [own, clustered(trial)];
      if (own === "mst") return [own, multiSite(trial)];
      throw new BadSpec(`spec.design "${own}" is not known; known are srt, crt, mst`);
    }),
  );
}

function simple({ y, design, place }: Trial): unknown {
  const fit = fitLinear({ y, ...design });
  const rss = fit.residuals.reduce((sum, e) => sum + e * e, 0);
  const estimate = simpleTrialEffectSize({
    difference: fit.beta[place],
    residualVariance: rss / fit.dfResidual,
    n: fit.n,
  });
  // The published arithmetic gives a simple trial no interval.
  return { estimate, lower: Number.NaN, upper: Number.NaN };
}

function clustered(trial: Trial): unknown {
  const conditional = mixed(trial, trial.design, []);
  const nothing = modelMatrix({ hasIntercept: true, terms: [], factors: [] }, trial.data);
  const unconditional = mixed(trial, nothing, []);
  const difference = conditional.fit.beta[trial.place];
  const sizes = ({ residualVariance, schoolVariance }: ReturnType<typeof mixed>) =>
    estimated(
      clusterTrialEffectSizes({
        difference,
        residualVariance,
        schoolVariance,
        treated: trial.treated,
        school: trial.school,
      }),
    );
  const own = sizes(conditional);
  const plain = sizes(unconditional);
  const brief = ({ estimate, low, high }: { estimate: number; low: number; high: number }) => ({
    estimate,
    lower: low,
    upper: high,
  });
  return {
    within: brief(own.within),
    total: brief(own.total),
    unconditionalWithin: brief(plain.within),
    unconditionalTotal: brief(plain.total),
    covParm: {
      Schools: conditional.schoolVariance,
      Pupils: conditional.residualVariance,
      Total: conditional.schoolVariance + conditional.residualVariance,
      ICC: own.icc,
    },
  };
}

function multiSite(trial: Trial): unknown {
  const { fit, residualVariance, schoolVariance } = mixed(trial, trial.design, [[trial.treatmentName]]);
  const sizes = estimated(
    multiSiteEffectSizes({
      difference: fit.beta[trial.place],
      se: Math.sqrt(fit.covariance.get(trial.place, trial.place)),
      residualVariance,
      schoolVariance,
      pupils: trial.y.length,
      schools: new Set(trial.school).size,
    }),
  );
  return Object.fromEntries(
    (["within", "total"] as const).map((key) => [
      key,
      { estimate: sizes[key].estimate, lower: sizes[key].low, upper: sizes[key].high },
    ]),
  );
}

/** A model with school intercepts (and slopes) by REML, and the two variances effect sizes are measured in. */
function mixed(trial: Trial, design: Trial["design"], slopes: RandomTerm["terms"]) {
  const random: RandomTerm = { group: [trial.schoolName], hasIntercept: true, terms: slopes, isCorrelated: true };
  const effects = randomEffectsOf({ random: [random], factors: [] }, trial.data);
  const fit = fitLinearMixed({ y: trial.y, ...design, effects });
  if (fit.state === "not estimable") throw new BadSpec(`not estimable: ${fit.reason}`);
  return { fit, residualVariance: fit.sigma ** 2, schoolVariance: fit.variances[0].covariance.get(0, 0) };
}
