import { multiply, transpose } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import type { ItemCorrelations } from "./correlateItems.ts";
import { type FactorAnalysis, factorAnalysis } from "./factorAnalysis.ts";

export interface OneFactorOmega {
  readonly state: "estimated";
  readonly omega: number;
  readonly solution: FactorAnalysis;
}

/**
 * McDonald's omega of one factor by minres: the share of the variance of the sum of the standardised items that the factor
 * accounts for,
 *
 *     ω = (Σ λᵢ)² / ((Σ λᵢ)² + Σ ψᵢ)
 *
 * @returns not estimable for fewer than three items, and with a Heywood item, whose λ and ψ do not describe it.
 *
 * Source: McDonald (1999), Test Theory, chapter 6.
 */
export function oneFactorOmega(correlations: ItemCorrelations): OneFactorOmega | NotEstimable {
  const solution = factorAnalysis(correlations, { factors: 1, method: "minres", rotation: { kind: "none" } });
  if (solution.state === "not estimable") return solution;
  if (solution.heywood.length > 0)
    return notEstimable(`the factor leaves nothing of ${solution.heywood.join(", ")} (Heywood)`);
  const sum = solution.loadings.data.reduce((total, own) => total + own, 0);
  const unique = solution.uniqueness.reduce((total, own) => total + own, 0);
  return { state: "estimated", omega: (sum * sum) / (sum * sum + unique), solution };
}

/**
 * Omega total of a solution with any number of factors: 1 less the share of uniqueness in the variance of the sum of the
 * standardised items as the model has it, Σψ / (Σ LΦL′ + Σψ).
 *
 * Items that load negatively must have been reversed.
 *
 * Source: McDonald (1999), Test Theory, chapter 6.
 */
export function totalOmega({ loadings, structure, uniqueness }: FactorAnalysis): number {
  const common = multiply(structure, transpose(loadings)).data.reduce((sum, own) => sum + own, 0);
  const unique = uniqueness.reduce((sum, own) => sum + own, 0);
  return common / (common + unique);
}
