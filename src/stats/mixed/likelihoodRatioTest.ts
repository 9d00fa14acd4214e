import { chiSquaredTail } from "#math";
import type { MixedFit } from "./mixedFit.ts";

export interface LikelihoodRatioTest {
  /** Twice the difference of the log-likelihoods. */
  readonly statistic: number;
  /** Difference of the numbers of parameters. */
  readonly df: number;
  readonly p: number;
  /**
   * Where the larger model adds one random coefficient and nothing else: half of chi-square(df − 1), half of chi-square(df).
   * The variance tested lies on its boundary, so that `p` is too large.
   */
  readonly pBoundary?: number;
}

/** Two fits that cannot be compared by their likelihoods: a caller's mistake. */
export class NotNested extends Error {
  override readonly name = "NotNested";
}

/**
 * Likelihood-ratio test of a mixed model against one that it contains.
 *
 * @throws NotNested  the fits have different rows, the second has no more parameters or a lower likelihood, or they are REML
 *                    fits of different fixed effects (their restricted likelihoods are of different data).
 *
 * Source: Stram and Lee (1994), Biometrics 50(4), case 5 to 7, for the boundary.
 */
export function likelihoodRatioTest(
  smaller: MixedFit & { readonly isRestricted?: boolean },
  larger: MixedFit & { readonly isRestricted?: boolean },
): LikelihoodRatioTest {
  if (smaller.n !== larger.n) throw new NotNested(`the fits have ${smaller.n} and ${larger.n} rows`);
  if (smaller.isRestricted !== larger.isRestricted) throw new NotNested("one fit is by REML, the other is not");
  const hasSameFixed = smaller.names.join("\n") === larger.names.join("\n");
  if (smaller.isRestricted === true && !hasSameFixed) {
    throw new NotNested("REML fits of different fixed effects cannot be compared; fit both by maximum likelihood");
  }
  const df = larger.parameters - smaller.parameters;
  if (df <= 0) throw new NotNested("the second fit must have more parameters than the first");
  const difference = 2 * (larger.logLik - smaller.logLik);
  if (difference < -1e-4) throw new NotNested("the second fit has the lower likelihood: it does not contain the first");
  const statistic = Math.max(difference, 0);
  const p = chiSquaredTail(statistic, df);
  if (!hasSameFixed || coefficients(larger) !== coefficients(smaller) + 1) return { statistic, df, p };
  const below = df === 1 ? Number(statistic <= 0) : chiSquaredTail(statistic, df - 1);
  return { statistic, df, p, pBoundary: (below + p) / 2 };
}

function coefficients(fit: MixedFit): number {
  return fit.effects.reduce((sum, { columns }) => sum + columns.length, 0);
}
