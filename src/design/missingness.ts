import type { Fault } from "#domain";
import type { MatchDeclaration } from "#protocol";
import { isMissing } from "#table";
import type { CovariateColumn } from "./covariates.ts";

/** How often a covariate is missing in each arm, and the standardised difference of that. */
export interface MissingnessRow {
  readonly covariate: string;
  readonly missingTreated: number;
  readonly missingComparison: number;
  readonly shareTreated: number;
  readonly shareComparison: number;
  /** (p₁ − p₀) / √((p₁(1 − p₁) + p₀(1 − p₀)) / 2); 0 when nothing is missing in either arm. */
  readonly smd: number;
  readonly verdict: "accepted" | "refused" | "let through";
  /** The study's reason when let through. */
  readonly because?: string;
}

/** Above this the absence of a covariate tells who was treated (methods, section 3). */
export const MISSINGNESS_LIMIT = 0.25;

/** One row per covariate, before any matching. */
export function missingnessByTreatment(
  covariates: readonly CovariateColumn[],
  treated: Uint8Array,
  match: MatchDeclaration,
): readonly MissingnessRow[] {
  return covariates.map(({ name, column }) => {
    const missing = [0, 0];
    const total = [0, 0];
    for (let i = 0; i < treated.length; i++) {
      total[treated[i]!]!++;
      if (isMissing(column, i)) missing[treated[i]!]!++;
    }
    const shareComparison = missing[0]! / total[0]!;
    const shareTreated = missing[1]! / total[1]!;
    const smd = differenceOfShares(shareTreated, shareComparison);
    const because = allowed(match, name);
    const verdict = Math.abs(smd) <= MISSINGNESS_LIMIT ? "accepted" : because === undefined ? "refused" : "let through";
    return {
      covariate: name,
      missingTreated: missing[1]!,
      missingComparison: missing[0]!,
      shareTreated,
      shareComparison,
      smd,
      verdict,
      ...(verdict === "let through" && because !== undefined && { because }),
    };
  });
}

/** Standardised difference of two shares; infinite when one arm misses all and the other none. */
function differenceOfShares(p1: number, p0: number): number {
  if (p1 === p0) return 0;
  return (p1 - p0) / Math.sqrt((p1 * (1 - p1) + p0 * (1 - p0)) / 2);
}

function allowed(match: MatchDeclaration, covariate: string): string | undefined {
  return match.allowMissing[covariate] ?? match.allowMissing[covariate.replace(/ at .*$/, "")];
}

/** The refusal of each covariate whose absence tells who was treated, with its figures. */
export function missingnessFaults(rows: readonly MissingnessRow[], match: MatchDeclaration): readonly Fault[] {
  const percent = (share: number) => `${Math.round(100 * share)}%`;
  return rows
    .filter((row) => row.verdict === "refused")
    .map((row) => ({
      code: "missing-by-treatment",
      severity: "fault" as const,
      place: match.covariates.find((covariate) => covariate.name === row.covariate)?.place ?? match.place,
      message:
        `${row.covariate} is missing for ${percent(row.shareTreated)} of the treated and ${percent(row.shareComparison)} ` +
        `of the others (SMD ${Number.isFinite(row.smd) ? row.smd.toFixed(1) : "∞"}): its absence tells who was treated.`,
      suggestion: "Leave it out, or let it through with a reason: `match.allowMissing`.",
    }));
}
