import type { AcademicYear } from "#domain";
import {
  fitLinear,
  type Interval,
  type JointTest,
  jointTest,
  Matrix,
  poolContrasts,
  robustCovariance,
  testContrast,
} from "#stats";

/** Treated minus comparison in one year, both measured from the baseline. */
export interface YearContrast extends Interval {
  readonly year: AcademicYear;
  readonly treated: number;
  readonly comparison: number;
  /** The year took part in matching: balanced by design, no evidence about trends. */
  readonly matchedOn: boolean;
}

/** One matched sample as the contrasts need it; rows of weight 0 take no part. */
export interface ContrastSample {
  readonly treated: Uint8Array;
  readonly weights: Float64Array;
  readonly clusters: readonly Int32Array[];
}

/**
 * The gap between treated and comparison units in a year minus their gap at baseline: least squares over the two periods
 * stacked, on period, treatment and their product, with matching weights, CR2 and Satterthwaite df. Everybody with a
 * value in a period counts in it; where all have both it is the difference of mean changes, with the same standard error.
 * Pooled over imputations by Rubin's rules.
 * @param values    Outcome in the year, one per candidate; NaN where missing.
 * @param baseline  What it is measured from, likewise.
 */
export function yearContrast(
  year: AcademicYear,
  { values, baseline }: { readonly values: Float64Array; readonly baseline: Float64Array },
  samples: readonly ContrastSample[],
  level: number,
  matchedOn: boolean,
): YearContrast | undefined {
  const tests = samples.map((sample) => {
    const later = usableRows(values, sample);
    const earlier = usableRows(baseline, sample);
    if ([later, earlier].some((present) => !hasBothArms(present, sample))) return undefined;
    const rows = [...earlier, ...later];
    const isLater = Float64Array.from(rows, (_, i) => Number(i >= earlier.length));
    const arm = Float64Array.from(rows, (row) => sample.treated[row]!);
    const fit = fitLinear({
      y: Float64Array.from(rows, (row, i) => (isLater[i] === 1 ? values : baseline)[row]!),
      x: Matrix.fromColumns([
        new Float64Array(rows.length).fill(1),
        arm,
        isLater,
        arm.map((one, i) => one * isLater[i]!),
      ]),
      names: ["(Intercept)", "treated", "later", "treated later"],
      weights: Float64Array.from(rows, (row) => sample.weights[row]!),
    });
    const clusters = sample.clusters.map((codes) => Int32Array.from(rows, (row) => codes[row]!));
    const covariance = robustCovariance(fit, { kind: "CR2", clusters });
    const test = testContrast(fit, covariance, Float64Array.of(0, 0, 0, 1), { level });
    if (!(test.df > 0) || test.se <= ROUNDING * largest(values, later)) return undefined;
    const treated = later.reduce((sum, row) => sum + sample.treated[row]!, 0);
    return { ...test, treated, comparison: later.length - treated };
  });
  const known = tests.filter((test) => test !== undefined);
  if (known.length < tests.length) return undefined;
  const pooled = poolContrasts(known, level);
  return { year, ...pooled, treated: known[0]!.treated, comparison: known[0]!.comparison, matchedOn };
}

/** A standard error this small beside the outcome is rounding: the outcome does not vary. */
const ROUNDING = 1e-9;

const largest = (values: Float64Array, rows: Int32Array): number =>
  rows.reduce((most, row) => Math.max(most, Math.abs(values[row]!)), 0);

/** At least two units of each arm. */
function hasBothArms(rows: Int32Array, sample: ContrastSample): boolean {
  const treated = rows.reduce((sum, row) => sum + sample.treated[row]!, 0);
  return treated >= 2 && rows.length - treated >= 2;
}

/**
 * One test that no year's contrast differs from 0: changes of all years stacked, year and year-by-treatment terms, the
 * same weights and clusters, and the approximate Hotelling test with CR2 (HTZ; Pustejovsky and Tipton 2018).
 * With imputation the test of the first draw is not enough: the largest p over draws is reported, which can only err
 * on the side of finding nothing.
 */
export function jointContrastTest(
  changes: readonly { readonly year: AcademicYear; readonly change: Float64Array }[],
  samples: readonly ContrastSample[],
): JointTest | undefined {
  const tests = samples.map((sample) => stackedTest(changes, sample));
  if (tests.length === 0 || tests.some((test) => test === undefined)) return undefined;
  return tests.reduce((weakest, test) => (test!.p > weakest!.p ? test : weakest));
}

function stackedTest(
  changes: readonly { readonly year: AcademicYear; readonly change: Float64Array }[],
  sample: ContrastSample,
): JointTest | undefined {
  const stacked = changes.flatMap(({ change }, y) =>
    Array.from(usableRows(change, sample), (row) => ({ row, y, value: change[row]! })),
  );
  const columns = changes.flatMap((_, y) => [
    Float64Array.from(stacked, (cell) => Number(cell.y === y)),
    Float64Array.from(stacked, (cell) => Number(cell.y === y) * sample.treated[cell.row]!),
  ]);
  const names = changes.flatMap(({ year }) => [`year ${year}`, `treated in ${year}`]);
  const fit = fitLinear({
    y: Float64Array.from(stacked, (cell) => cell.value),
    x: Matrix.fromColumns(columns),
    names,
    weights: Float64Array.from(stacked, (cell) => sample.weights[cell.row]!),
  });
  if (fit.dropped.length > 0) return undefined;
  const clusters = sample.clusters.map((codes) => Int32Array.from(stacked, (cell) => codes[cell.row]!));
  const covariance = robustCovariance(fit, { kind: "CR2", clusters });
  const contrasts = new Matrix(changes.length, names.length);
  for (let y = 0; y < changes.length; y++) contrasts.set(y, 2 * y + 1, 1);
  return jointTest(fit, covariance, contrasts);
}

function usableRows(values: Float64Array, sample: ContrastSample): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++) {
    if (sample.weights[row]! > 0 && !Number.isNaN(values[row]!)) rows.push(row);
  }
  return Int32Array.from(rows);
}
