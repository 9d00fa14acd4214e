import type { Fault } from "#domain";
import type { MatchDeclaration } from "#protocol";
import { fitLogistic } from "#stats";
import { allRows } from "#table";
import { type CovariateColumn, scoreDesign, takeCovariates } from "./covariates.ts";

/** A propensity score on the units it could be computed for. */
export interface Score {
  /** Rows of the list it was asked for, ascending. */
  readonly rows: Int32Array;
  /** Linear logit of being treated, for `rows`. */
  readonly logit: Float64Array;
  /** Whether two rows have exactly the same score, so that the order of ties could matter. */
  readonly hasTies: boolean;
  /** Rows left out because no unit of the other arm shares a level, with the level. */
  readonly outside: readonly { readonly row: number; readonly level: string }[];
  readonly coefficients: readonly { readonly name: string; readonly estimate: number }[];
  readonly aliased: readonly string[];
}

export type ScoreResult =
  | ({ readonly state: "scored" } & Score)
  | { readonly state: "not estimable"; readonly fault: Fault };

/**
 * Propensity score by logistic regression: main effects, factors by level, squares and products as declared.
 * Under `separated: leaveOut` a level of a factor that only one arm has is outside common support: its rows leave and
 * the score is fitted again. `asFitted` keeps them, as R does.
 */
export function propensityScore(
  covariates: readonly CovariateColumn[],
  treated: Uint8Array,
  match: MatchDeclaration,
): ScoreResult {
  const all = allRows(treated.length);
  const constant = constantCovariate(covariates, match);
  if (constant !== undefined) return { state: "not estimable", fault: constant };

  const { rows, outside } =
    match.score.separated === "leaveOut" ? leaveUnshared(covariates, treated) : { rows: all, outside: [] };
  const arm = new Float64Array(rows.length);
  let count = 0;
  for (let i = 0; i < arm.length; i++) {
    arm[i] = treated[rows[i]!]!;
    count += arm[i]!;
  }
  if (count === 0 || count === arm.length) {
    const left = outside.map((gone) => gone.level);
    return { state: "not estimable", fault: separation([...new Set(left)].join(", "), match) };
  }
  const { x, names } = scoreDesign(takeCovariates(covariates, rows), rows.length, match.score);
  const fit = fitLogistic({ y: arm, x, names });
  if (fit.state === "separated" && match.score.separated === "leaveOut") {
    return { state: "not estimable", fault: separation(fit.columns.join(", "), match) };
  }
  if (fit.state === "not converged") {
    const message = `The propensity score did not converge after ${fit.path.length} steps: no comparison can be chosen on it.`;
    const suggestion = "Leave out covariates that nearly determine each other.";
    return {
      state: "not estimable",
      fault: { code: "not-converged", severity: "fault", place: match.place, message, suggestion },
    };
  }
  return {
    state: "scored",
    rows,
    logit: fit.linearPredictor,
    hasTies: anyTwoAlike(fit.linearPredictor),
    outside,
    coefficients: fit.names.map((name, j) => ({ name, estimate: fit.beta[j]! })),
    aliased: fit.dropped,
  };
}

/** Drops, until nothing changes, rows whose level of some factor occurs in one arm only. */
function leaveUnshared(
  covariates: readonly CovariateColumn[],
  treated: Uint8Array,
): { rows: Int32Array; outside: { row: number; level: string }[] } {
  let rows: Int32Array = allRows(treated.length);
  const outside: { row: number; level: string }[] = [];
  for (let changed = true; changed; ) {
    changed = false;
    for (const { name, column } of covariates) {
      if (column.kind !== "code") continue;
      const { codes } = column;
      // Of each level, by bit, the arms it occurs in.
      const arms = new Uint8Array(column.levels.length);
      for (let i = 0; i < rows.length; i++) arms[codes[rows[i]!]!]! |= 1 << treated[rows[i]!]!;
      if (arms.every((own) => own === 0 || own === BOTH_ARMS)) continue;
      const words = column.levels.map((level) => `${name} "${level}"`);
      const shared = new Int32Array(rows.length);
      let count = 0;
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        if (arms[codes[row]!] === BOTH_ARMS) shared[count++] = row;
        else outside.push({ row, level: words[codes[row]!]! });
      }
      rows = shared.slice(0, count);
      changed = true;
    }
  }
  return { rows, outside };
}

const BOTH_ARMS = 0b11;

/** Whether two rows have exactly the same score. */
function anyTwoAlike(logit: Float64Array): boolean {
  const sorted = logit.slice().sort();
  for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) return true;
  return false;
}

function constantCovariate(covariates: readonly CovariateColumn[], match: MatchDeclaration): Fault | undefined {
  for (const { name, column } of covariates) {
    const values: ArrayLike<number> = column.kind === "number" ? column.values : column.codes;
    if (values.length === 0) continue;
    let same = true;
    for (let i = 1; i < values.length && same; i++) same = values[i] === values[0];
    if (!same) continue;
    const value = column.kind === "number" ? String(values[0]) : `"${column.levels[values[0]!]}"`;
    return {
      code: "constant-covariate",
      severity: "fault",
      place: match.covariates.find((covariate) => covariate.name === name)?.place ?? match.place,
      message: `${name} has the same value, ${value}, for all ${values.length.toLocaleString("en-GB")} units that could be compared: it cannot tell them apart.`,
      suggestion: "Leave it out of the covariates.",
    };
  }
  return undefined;
}

function separation(columns: string, match: MatchDeclaration): Fault {
  return {
    code: "separation",
    severity: "fault",
    place: match.place,
    message: `${columns} separates the treated from all others perfectly: no treated unit has a comparison unit with similar values.`,
    suggestion: "Match exactly on it, leave it out, or widen the pool.",
  };
}
