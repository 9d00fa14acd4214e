import type { NotEstimable } from "../common/notEstimable.ts";
import { smallSampleFactorApproximate } from "./effectSize.ts";

/** An effect size of a trial, and the SD it is measured in. */
export interface TrialEffectSize {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly denominator: "residual SD" | "total SD (residual and school)";
}

/** How many pupils of each arm sit in each school. */
interface ArmSizes {
  readonly pupils: number;
  readonly schools: number;
  readonly squares: number;
  readonly cubes: number;
}

/**
 * Effect size of a simple trial: the difference over the residual SD of the model, times 1 − 3/(4N − 9).
 *
 * Source: Hedges (1981); the convention of the Education Endowment Foundation's evaluators (Xiao, Kasim and Higgins 2016,
 * International Journal of Educational Research 77).
 */
export function simpleTrialEffectSize({
  difference,
  residualVariance,
  n,
}: {
  readonly difference: number;
  readonly residualVariance: number;
  readonly n: number;
}): number {
  return (smallSampleFactorApproximate(n) * difference) / Math.sqrt(residualVariance);
}

/**
 * Effect sizes of a trial in which whole schools were assigned, from a model with school intercepts: in units of the
 * residual ("within") SD and of the total SD, with Hedges's standard errors for unequal schools and intervals of ±1.96.
 *
 * @param difference       Coefficient of the treatment.
 * @param residualVariance, schoolVariance  Of that model, or of the model without any covariate ("unconditional").
 * @param treated          0 or 1 for each pupil.
 * @param school           School number of each pupil.
 * @returns  "not estimable" for an arm without schools, or as many schools as pupils.
 *
 * Source: Hedges (2007), Journal of Educational and Behavioral Statistics 32(4), equations 9 to 21.
 */
export function clusterTrialEffectSizes({
  difference,
  residualVariance,
  schoolVariance,
  treated,
  school,
}: {
  readonly difference: number;
  readonly residualVariance: number;
  readonly schoolVariance: number;
  readonly treated: ArrayLike<number>;
  readonly school: Int32Array;
}):
  | {
      readonly state: "estimated";
      readonly within: TrialEffectSize;
      readonly total: TrialEffectSize;
      readonly icc: number;
    }
  | NotEstimable {
  const t = sizesOf(treated, school, 1);
  const c = sizesOf(treated, school, 0);
  const n = t.pupils + c.pupils;
  if (t.schools < 2 || c.schools < 2) {
    return {
      state: "not estimable",
      reason: `${t.schools} treated and ${c.schools} comparison schools: two of each are needed`,
    };
  }
  if (n <= t.schools + c.schools) return { state: "not estimable", reason: "there are as many schools as pupils" };
  if (!(residualVariance > 0)) return { state: "not estimable", reason: "nothing varies within schools" };
  const totalVariance = residualVariance + schoolVariance;
  const icc = schoolVariance / totalVariance;
  const arms = n / (t.pupils * c.pupils);
  /** The size of a school that would give the same precision. */
  const size = (c.pupils * t.squares) / (t.pupils * n) + (t.pupils * c.squares) / (c.pupils * n);

  const within = difference / Math.sqrt(residualVariance);
  const withinSe = Math.sqrt(
    (arms * (1 + (size - 1) * icc)) / (1 - icc) + within ** 2 / (2 * (n - t.schools - c.schools)),
  );

  const meanSize = (own: ArmSizes): number => (own.pupils ** 2 - own.squares) / (own.pupils * (own.schools - 1));
  const ut = meanSize(t);
  const uc = meanSize(c);
  const correction = Math.sqrt(1 - (icc * (n - ut * t.schools - uc * c.schools + ut + uc - 2)) / (n - 2));
  const total = (difference / Math.sqrt(totalVariance)) * correction;
  const spread = (own: ArmSizes): number =>
    (own.pupils ** 2 * own.squares + own.squares ** 2 - 2 * own.pupils * own.cubes) / own.pupils ** 2;
  const a = spread(t) + spread(c);
  const b = ut * (t.schools - 1) + uc * (c.schools - 1);
  const totalSe = Math.sqrt(
    arms * (1 + (size - 1) * icc) +
      (((n - 2) * (1 - icc) ** 2 + a * icc ** 2 + 2 * b * icc * (1 - icc)) * total ** 2) /
        (2 * (n - 2) * (n - 2 - icc * (n - 2 - b))),
  );
  const around = (estimate: number, se: number, denominator: TrialEffectSize["denominator"]): TrialEffectSize => ({
    estimate,
    low: estimate - 1.96 * se,
    high: estimate + 1.96 * se,
    denominator,
  });
  return {
    state: "estimated",
    within: around(within, withinSe, "residual SD"),
    total: around(total, totalSe, "total SD (residual and school)"),
    icc,
  };
}

/**
 * Effect sizes of a trial in which pupils were assigned within each school (multi-site), from a model with school
 * intercepts and treatment slopes. The interval takes the coefficient's own standard error, which holds the spread of the
 * effect between schools, and adds the uncertainty of the variances.
 *
 * @param se  Standard error of the treatment's mean coefficient.
 *
 * Source: delta method on β/σ with Var(σ̂²) = 2σ⁴/df for each component.
 */
export function multiSiteEffectSizes({
  difference,
  se,
  residualVariance,
  schoolVariance,
  pupils,
  schools,
}: {
  readonly difference: number;
  readonly se: number;
  readonly residualVariance: number;
  readonly schoolVariance: number;
  readonly pupils: number;
  readonly schools: number;
}): { readonly state: "estimated"; readonly within: TrialEffectSize; readonly total: TrialEffectSize } | NotEstimable {
  if (schools < 2) return { state: "not estimable", reason: "two schools or more are needed" };
  if (!(pupils > schools && residualVariance > 0))
    return { state: "not estimable", reason: "nothing varies within schools" };
  const ofResidual = (2 * residualVariance ** 2) / (pupils - schools);
  const ofSchools = (2 * schoolVariance ** 2) / (schools - 1);
  const sized = (
    variance: number,
    ofVariance: number,
    denominator: TrialEffectSize["denominator"],
  ): TrialEffectSize => {
    const estimate = difference / Math.sqrt(variance);
    const own = Math.sqrt(se ** 2 / variance + (estimate ** 2 * ofVariance) / (4 * variance ** 2));
    return { estimate, low: estimate - 1.96 * own, high: estimate + 1.96 * own, denominator };
  };
  return {
    state: "estimated",
    within: sized(residualVariance, ofResidual, "residual SD"),
    total: sized(residualVariance + schoolVariance, ofResidual + ofSchools, "total SD (residual and school)"),
  };
}

function sizesOf(treated: ArrayLike<number>, school: Int32Array, arm: 0 | 1): ArmSizes {
  const counts = new Map<number, number>();
  for (let i = 0; i < school.length; i++) {
    if (treated[i] === arm) counts.set(school[i], (counts.get(school[i]) ?? 0) + 1);
  }
  let pupils = 0;
  let squares = 0;
  let cubes = 0;
  for (const count of counts.values()) {
    pupils += count;
    squares += count ** 2;
    cubes += count ** 3;
  }
  return { pupils, schools: counts.size, squares, cubes };
}
