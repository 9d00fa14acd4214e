import { checkLength, chiSquaredQuantile, findRoot, Matrix } from "#math";
import { rowsOfWeight } from "../common/badWeights.ts";
import { type GeneralisedFit, iterate, type MatrixRequest } from "./generalisedFit.ts";
import { basisOf, originalScale } from "./regressionBasis.ts";

/** One end of a profile interval: a number, or none, because the deviance stays below its bound for ever. */
export type ProfileLimit = number | "no finite limit" | "not found";

/**
 * How the deviance rises when one coefficient is held at a value and the others fit as well as they can.
 * Each value asked for starts from the fit of the one before.
 */
export class ProfileDeviance {
  readonly #request: MatrixRequest;
  readonly #column: number;
  readonly #rows: Int32Array;
  readonly #lowest: number;
  readonly #basis: ReturnType<typeof basisOf> | undefined;
  readonly #y: Float64Array;
  readonly #weights: Float64Array;
  #start: Float64Array | undefined;

  /** @param column  Place of the coefficient in `names`; not a dropped one. */
  constructor(fit: Exclude<GeneralisedFit, { state: "not converged" }>, request: MatrixRequest, column: number) {
    checkLength("coefficients", fit.beta.length, request.x.columns);
    this.#request = request;
    this.#column = column;
    this.#rows = rowsOfWeight(request.weights, request.x.rows);
    this.#lowest = fit.path[fit.path.length - 1];
    const others = fit.names.flatMap((_, j) => (j === column || Number.isNaN(fit.beta[j]) ? [] : [j]));
    if (others.length > 0) {
      const x = Matrix.fromColumns(others.map((j) => request.x.column(j)));
      this.#basis = basisOf(x, this.#rows, request.weights);
    }
    this.#y = Float64Array.from(this.#rows, (row) => request.y[row]);
    this.#weights = Float64Array.from(this.#rows, (row) => request.weights?.[row] ?? 1);
  }

  /**
   * Deviance at this value, less that of the whole fit; undefined where no fit is found.
   */
  at(value: number): number | undefined {
    const { family, x, offset } = this.#request;
    const column = x.column(this.#column);
    const shift = Float64Array.from(this.#rows, (row) => (offset?.[row] ?? 0) + value * column[row]);
    if (this.#basis === undefined) return family.deviance(this.#y, shift, this.#weights) - this.#lowest;
    const model = { family, x: this.#basis.products, y: this.#y, weights: this.#weights, offset: shift };
    let run = iterate({ ...model, ...(this.#start === undefined ? {} : { start: this.#start }) });
    if (run.state === "not converged" && this.#start !== undefined) run = iterate(model);
    if (run.state === "not converged") return undefined;
    this.#start = run.gamma;
    return Math.max(run.path[run.path.length - 1] - this.#lowest, 0);
  }

  /** The other coefficients at the last value asked for, in the order of the names without the one held. */
  get others(): Float64Array | undefined {
    if (this.#basis === undefined || this.#start === undefined) return undefined;
    return originalScale(this.#basis, this.#start, this.#basis.kept.length + this.#basis.dropped.length);
  }
}

/** Where an end is sought at most, in standard errors and in units of the linear predictor. */
const FARTHEST_STEPS = 60;
const FARTHEST_PREDICTOR = 40;

/**
 * Exact profile-likelihood interval of one coefficient: the values at which the deviance, with the others refitted, is
 * the chi-square quantile (1 degree of freedom) times the dispersion above its lowest.
 *
 * Only for rows that are independent and weights that count rows: the likelihood knows of nothing else.
 *
 * @param column      Place of the coefficient in `names`.
 * @param se          Its standard error, the unit of the first steps.
 * @param dispersion  1 for binomial and Poisson.
 * @param level       For example 0.95.
 * @returns  "no finite limit" on a side where the deviance levels off below the bound, as under separation; "not found"
 *           where a fit on the way failed.
 *
 * Source: Venzon and Moolgavkar (1988), Applied Statistics 37(1).
 */
export function profileInterval(
  fit: Exclude<GeneralisedFit, { state: "not converged" }>,
  request: MatrixRequest,
  {
    column,
    se,
    dispersion = 1,
    level,
  }: { readonly column: number; readonly se: number; readonly dispersion?: number; readonly level: number },
): { readonly low: ProfileLimit; readonly high: ProfileLimit } {
  const bound = dispersion * chiSquaredQuantile(level, 1);
  const size = largestEntry(request.x.column(column));
  const limit = (sign: 1 | -1) =>
    oneEnd(new ProfileDeviance(fit, request, column), fit.beta[column], sign, se, size, bound);
  return { low: limit(-1), high: limit(1) };
}

function oneEnd(
  profile: ProfileDeviance,
  estimate: number,
  sign: 1 | -1,
  se: number,
  size: number,
  bound: number,
): ProfileLimit {
  // Under separation the standard error is enormous and the estimate far out: begin with steps the predictor can feel.
  let step = Math.min(se, 5 / size);
  let inside = estimate;
  for (let round = 0; round < FARTHEST_STEPS; round++) {
    const outside = inside + sign * step;
    const rise = profile.at(outside);
    if (rise === undefined) return "not found";
    if (rise >= bound) {
      const excess = (value: number): number => (profile.at(value) ?? Number.NaN) - bound;
      const root = findRoot(
        excess,
        Math.min(inside, outside),
        Math.max(inside, outside),
        1e-11 * Math.max(Math.abs(outside), step),
      );
      return Number.isNaN(root) ? "not found" : root;
    }
    if (Math.abs(outside - estimate) * size > FARTHEST_PREDICTOR && round > 3) return "no finite limit";
    inside = outside;
    step *= 1.5;
  }
  return "no finite limit";
}

function largestEntry(column: Float64Array): number {
  return column.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
