import { Matrix, type RandomStream } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { checkItems, type Items } from "../measurement/items.ts";

export type MeasurementLevel = "nominal" | "ordinal" | "interval" | "ratio";

export interface KrippendorffAlpha {
  readonly state: "estimated";
  readonly alpha: number;
  /** Units with two codes or more, and the codes they have. */
  readonly units: number;
  readonly codes: number;
  /** Percentile interval over draws of units, when asked for. `draws` are those that had two categories or more; without
   *  any, the interval is NaN. */
  readonly bootstrap?: { readonly low: number; readonly high: number; readonly draws: number };
}

/**
 * Krippendorff's alpha, 1 less disagreement seen over disagreement expected, from all units with two codes or more,
 * whoever gave them. With o_ck the coincidences of values c and k (each pair of codes in a unit of m codes counts
 * 1/(m − 1)), n_c their sums and n the total,
 *
 *     α = 1 − (n − 1) · Σ o_ck δ²_ck / Σ n_c n_k δ²_ck
 *
 * - nominal: δ² = 1 for c ≠ k
 * - ordinal: (Σ of n_g from c to k − (n_c + n_k)/2)²
 * - interval: (c − k)²
 * - ratio: ((c − k)/(c + k))², for values of 0 or more
 *
 * @param codes      One column per coder; NaN for no code.
 * @param bootstrap  Draws of units with replacement, for a percentile interval.
 * @returns not estimable when no unit has two codes, or all codes are the same.
 * @throws BadItems    see `checkItems`.
 * @throws RangeError  there are fewer than two coders, or a value is negative under `ratio`.
 *
 * Source: Krippendorff (2011), "Computing Krippendorff's alpha-reliability".
 */
export function krippendorffAlpha(
  codes: Items,
  {
    level,
    bootstrap,
  }: {
    readonly level: MeasurementLevel;
    readonly bootstrap?: { readonly random: RandomStream; readonly draws: number; readonly confidence?: number };
  },
): KrippendorffAlpha | NotEstimable {
  checkItems(codes);
  if (codes.columns.length < 2) throw new RangeError(`agreement is of two coders or more, not ${codes.columns.length}`);
  const units = unitsOf(codes);
  if (units.length === 0) return notEstimable("no unit has two codes");
  const values = [...new Set(units.flatMap((unit) => [...unit]))].sort((a, b) => a - b);
  if (level === "ratio" && values[0] < 0)
    throw new RangeError(`a ratio scale has no value below 0, but ${values[0]} is coded`);
  const places = new Map(values.map((value, place) => [value, place]));
  const coded = units.map((unit) => Int32Array.from(unit, (value) => places.get(value)!));
  const alpha = alphaOf(coded, values, level);
  if (Number.isNaN(alpha)) return notEstimable("all codes are the same, so there is no disagreement to expect");
  return {
    state: "estimated",
    alpha,
    units: units.length,
    codes: units.reduce((sum, unit) => sum + unit.length, 0),
    ...(bootstrap === undefined ? {} : { bootstrap: interval(coded, values, level, bootstrap) }),
  };
}

/** The codes of each unit that has two or more. */
function unitsOf({ columns }: Items): Float64Array[] {
  const units: Float64Array[] = [];
  for (let row = 0; row < columns[0].length; row++) {
    const own = columns.map((column) => column[row]).filter((code) => !Number.isNaN(code));
    if (own.length > 1) units.push(Float64Array.from(own));
  }
  return units;
}

function alphaOf(units: readonly Int32Array[], values: readonly number[], level: MeasurementLevel): number {
  const c = values.length;
  const coincidences = new Matrix(c, c);
  for (const unit of units) {
    for (let a = 0; a < unit.length; a++) {
      for (let b = 0; b < unit.length; b++)
        if (a !== b) coincidences.data[unit[a] * c + unit[b]] += 1 / (unit.length - 1);
    }
  }
  const sums = Float64Array.from({ length: c }, (_, j) => coincidences.column(j).reduce((sum, own) => sum + own, 0));
  const n = sums.reduce((sum, own) => sum + own, 0);
  const distance = distances(values, sums, level);
  let seen = 0;
  let expected = 0;
  for (let j = 0; j < c; j++) {
    for (let i = 0; i < c; i++) {
      seen += coincidences.get(i, j) * distance.get(i, j);
      expected += sums[i] * sums[j] * distance.get(i, j);
    }
  }
  return expected > 0 ? 1 - ((n - 1) * seen) / expected : Number.NaN;
}

function distances(values: readonly number[], sums: Float64Array, level: MeasurementLevel): Matrix {
  const c = values.length;
  const result = new Matrix(c, c);
  for (let i = 0; i < c; i++) {
    let between = sums[i];
    for (let j = i + 1; j < c; j++) {
      between += sums[j];
      const apart = values[j] - values[i];
      const squared =
        level === "nominal"
          ? 1
          : level === "ordinal"
            ? (between - (sums[i] + sums[j]) / 2) ** 2
            : level === "interval"
              ? apart * apart
              : (apart / (values[j] + values[i])) ** 2;
      result.set(i, j, squared);
      result.set(j, i, squared);
    }
  }
  return result;
}

function interval(
  units: readonly Int32Array[],
  values: readonly number[],
  level: MeasurementLevel,
  {
    random,
    draws,
    confidence = 0.95,
  }: { readonly random: RandomStream; readonly draws: number; readonly confidence?: number },
): { readonly low: number; readonly high: number; readonly draws: number } {
  if (!(Number.isInteger(draws) && draws > 0))
    throw new RangeError(`draws must be a whole number above 0, not ${draws}`);
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`a confidence lies between 0 and 1, not at ${confidence}`);
  const found: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const own = alphaOf(
      units.map(() => units[random.integer(units.length)]),
      values,
      level,
    );
    if (!Number.isNaN(own)) found.push(own);
  }
  const sorted = Float64Array.from(found).sort();
  const at = (p: number) =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
  return { low: at((1 - confidence) / 2), high: at((1 + confidence) / 2), draws: found.length };
}
