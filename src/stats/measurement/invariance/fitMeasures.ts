import { chiSquaredTail } from "#math";
import type { GroupMoments, StructuralFit } from "./fitStructural.ts";

/** Fit of one model. `robust` measures are those for answers that are not normal (Brosseau-Liard and Savalei). */
export interface FitMeasures {
  readonly chiSquared: number;
  readonly df: number;
  /** χ²/c and its p. */
  readonly scaledChiSquared: number;
  readonly scaledP: number;
  readonly scaling: number;
  readonly robustCfi: number;
  readonly robustTli: number;
  readonly robustRmsea: number;
  /** From the scaled χ² as it is. */
  readonly scaledCfi: number;
  readonly scaledRmsea: number;
  readonly srmr: number;
}

/**
 * With c and c₀ the scalings of the model and of the baseline (all items unrelated), G groups and N respondents,
 *
 *     robust CFI = 1 − max(χ² − c·df, 0)/max(χ²₀ − c₀·df₀, χ² − c·df, 0)
 *     robust RMSEA = √G · √max((χ²/df − c)/N, 0)
 *     SRMR = mean over the groups (by size) of the root mean square of residual means and covariances, each divided by the
 *            deviations of its items
 *
 * A model without degrees of freedom fits: χ² 0, CFI 1, RMSEA 0.
 *
 * Source: Brosseau-Liard, Savalei and Li (2012), Multivariate Behavioral Research 47; Brosseau-Liard and Savalei (2014),
 * Multivariate Behavioral Research 49; SRMR as Bentler (1995), EQS.
 */
export function fitMeasures(fit: StructuralFit, baseline: StructuralFit, groups: readonly GroupMoments[]): FitMeasures {
  const { df, scaling } = fit;
  const isSaturated = df === 0;
  const chiSquared = isSaturated ? 0 : fit.chiSquared;
  const scaledChiSquared = isSaturated ? 0 : chiSquared / scaling;
  const total = groups.reduce((sum, { n }) => sum + n, 0);
  const excess = isSaturated ? 0 : chiSquared - scaling * df;
  const baselineExcess = baseline.chiSquared - baseline.scaling * baseline.df;
  const scaledExcess = scaledChiSquared - df;
  const scaledBaseline = baseline.chiSquared / baseline.scaling - baseline.df;
  const cfi = (own: number, base: number) => 1 - Math.max(own, 0) / Math.max(base, own, Number.MIN_VALUE);
  return {
    chiSquared,
    df,
    scaledChiSquared,
    scaledP: isSaturated ? Number.NaN : chiSquaredTail(scaledChiSquared, df),
    scaling,
    robustCfi: cfi(excess, baselineExcess),
    robustTli: isSaturated ? 1 : 1 - excess / df / (baselineExcess / baseline.df),
    robustRmsea: isSaturated ? 0 : Math.sqrt((groups.length * Math.max(excess / df, 0)) / total),
    scaledCfi: cfi(scaledExcess, scaledBaseline),
    scaledRmsea: isSaturated ? 0 : Math.sqrt((groups.length * Math.max(scaledExcess / df, 0)) / total),
    srmr: groups.reduce((sum, group, g) => sum + (group.n / total) * residualRoot(group, fit.implied[g]), 0),
  };
}

function residualRoot(group: GroupMoments, implied: StructuralFit["implied"][number]): number {
  const p = group.mean.length;
  let sum = 0;
  for (let i = 0; i < p; i++) {
    const variance = group.covariance.get(i, i);
    sum += (group.mean[i] - implied.mean[i]) ** 2 / variance;
    for (let j = 0; j <= i; j++) {
      const gap = group.covariance.get(i, j) - implied.covariance.get(i, j);
      sum += gap ** 2 / (variance * group.covariance.get(j, j));
    }
  }
  return Math.sqrt(sum / (p + (p * (p + 1)) / 2));
}
