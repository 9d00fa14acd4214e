import type { Covariate, MatchDeclaration } from "#protocol";
import { chainedImputation } from "#stats";
import { type Column, isMissing } from "#table";
import { type Candidates, takeArm } from "./candidates.ts";
import { type CovariateColumn, readCovariates, takeCovariates } from "./covariates.ts";
import { propensityScore, type ScoreResult } from "./score.ts";

/**
 * The covariates to match on, for all candidates and completed, with the scores made of them. Specifications that match on
 * the same covariates share both: fitting a score is most of the work of a national pool.
 */
export class CompletedCovariates {
  readonly columns: readonly CovariateColumn[];
  readonly #treated: Uint8Array;
  readonly #match: MatchDeclaration;
  readonly #scores: { readonly rows: Int32Array; readonly result: ScoreResult }[] = [];

  constructor(columns: readonly CovariateColumn[], treated: Uint8Array, match: MatchDeclaration) {
    this.columns = columns;
    this.#treated = treated;
    this.#match = match;
  }

  /** The score among some candidates; `rows` of the result are places in the list given. */
  score(rows: Int32Array): ScoreResult {
    const known = this.#scores.find((one) => isSame(one.rows, rows));
    if (known !== undefined) return known.result;
    const result = propensityScore(takeCovariates(this.columns, rows), takeArm(this.#treated, rows), this.#match);
    this.#scores.push({ rows, result });
    return result;
  }
}

/** The covariates as they are, or completed once per imputation. */
export function completeCovariates(
  { treated }: Candidates,
  covariates: readonly CovariateColumn[],
  match: MatchDeclaration,
  seed: number,
): readonly CompletedCovariates[] {
  return completions(treated, covariates, match, seed).map(
    (columns) => new CompletedCovariates(columns, treated, match),
  );
}

/** The covariates of one comparison, each read once and each list of them completed once, however many ask for it. */
export class CovariateReading {
  readonly #candidates: Candidates;
  readonly #match: MatchDeclaration;
  readonly #seed: number;
  readonly #read = new Map<string, CovariateColumn>();
  readonly #completed = new Map<string, readonly CompletedCovariates[]>();

  constructor(candidates: Candidates, match: MatchDeclaration, seed: number) {
    this.#candidates = candidates;
    this.#match = match;
    this.#seed = seed;
  }

  read(covariates: readonly Covariate[]): readonly CovariateColumn[] {
    return covariates.map((covariate) => {
      const column = this.#read.get(covariate.name) ?? readCovariates([covariate], this.#candidates.context)[0]!;
      this.#read.set(covariate.name, column);
      return column;
    });
  }

  completed(covariates: readonly Covariate[]): readonly CompletedCovariates[] {
    const key = JSON.stringify(covariates.map(({ name }) => name));
    const known =
      this.#completed.get(key) ?? completeCovariates(this.#candidates, this.read(covariates), this.#match, this.#seed);
    this.#completed.set(key, known);
    return known;
  }
}

function isSame(one: Int32Array, other: Int32Array): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

function completions(
  treated: Uint8Array,
  covariates: readonly CovariateColumn[],
  match: MatchDeclaration,
  seed: number,
): readonly (readonly CovariateColumn[])[] {
  if (match.missing === "indicator" || match.missing === "category") return [withIndicators(covariates, match.missing)];
  const anyMissing = covariates.some(({ column }) => treated.some((_, row) => isMissing(column, row)));
  if (match.missing !== "multipleImputation" || !anyMissing) return [covariates];
  // The arm takes part, so that imputing does not pull the arms together.
  const arm = { name: "treated", kind: "number" as const, values: Float64Array.from(treated) };
  const imputation = chainedImputation({
    columns: [arm, ...covariates.map(({ name, column }) => ({ name, ...column }))],
    seed,
    draws: match.draws,
  });
  return Array.from({ length: match.draws }, (_, i) => {
    const drawn = imputation.draw(i);
    return covariates.map((covariate, j) => ({ ...covariate, column: filled(covariate.column, drawn[j + 1]!) }));
  });
}

function filled(column: Column, drawn: { readonly values?: Float64Array; readonly codes?: Int32Array }): Column {
  return column.kind === "number"
    ? { kind: "number", type: column.type, values: drawn.values! }
    : { kind: "code", type: column.type, levels: column.levels, codes: drawn.codes! };
}

/** Missing numbers become the mean with a 0/1 flag beside; missing categories become a level of their own. */
function withIndicators(
  covariates: readonly CovariateColumn[],
  how: "indicator" | "category",
): readonly CovariateColumn[] {
  return covariates.flatMap((covariate): readonly CovariateColumn[] => {
    const { name, column } = covariate;
    const length = column.kind === "number" ? column.values.length : column.codes.length;
    const flag = new Float64Array(length);
    for (let row = 0; row < length; row++) flag[row] = Number(isMissing(column, row));
    if (!flag.includes(1)) return [covariate];
    if (column.kind === "code") {
      const levels = column.levels.includes("Unknown") ? column.levels : [...column.levels, "Unknown"];
      const unknown = levels.indexOf("Unknown");
      const codes = column.codes.map((code) => (code < 0 ? unknown : code));
      return [{ ...covariate, column: { kind: "code", type: "category", codes, levels } }];
    }
    if (how === "category") return [covariate];
    const known = column.values.filter((value) => !Number.isNaN(value));
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const values = column.values.map((value) => (Number.isNaN(value) ? mean : value));
    const indicator: CovariateColumn = {
      name: `${name} missing`,
      column: { kind: "number", type: "truth", values: flag },
      reference: undefined,
    };
    return [{ ...covariate, column: { kind: "number", type: column.type, values } }, indicator];
  });
}
