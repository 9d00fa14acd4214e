import type { CovariateColumn } from "#design";
import type { YearlyDifference } from "#protocol";
import {
  type Effect,
  type Formula,
  fitLogisticMixed,
  type LogisticMixedFit,
  type ModelData,
  mixedDifference,
  modelMatrix,
  omittedVariance,
  randomEffectsOf,
  type Variable,
} from "#stats";
import type { YearlyRow } from "./yearlyRows.ts";

/** A fitted difference in differences, with everything read from it. */
export interface YearlyModel {
  readonly state: "fitted";
  readonly fit: LogisticMixedFit;
  readonly readings: ReturnType<typeof mixedDifference>;
  /** Variance of school-by-year intercepts that `random: school` leaves out; undefined where they are in the model. */
  readonly omitted: number | undefined;
  /** Whether calendar years have levels of their own. */
  readonly hasCalendar: boolean;
  readonly periods: readonly number[];
}

export type YearlyModelResult = YearlyModel | { readonly state: "not estimable"; readonly reason: string };

const TREAT = "treated";
const PERIOD = "period";
const CALENDAR = "census";
const SCHOOL = "school";

/**
 * A logistic mixed model of people in schools over years from the start,
 *
 *     logit P = treated × period + covariates + calendar year + school + school by year,
 *
 * each row being a school in a year with its people as trials. A school that stands beside programme schools of two starts has two
 * rows of the same year: its people are shared between them, so that nobody counts twice. Calendar years leave the model where all start in the same
 * year: they are the periods then. Fitted by Laplace's method.
 *
 * @param covariates  Of the entrants, each at its own baseline.
 */
export function fitYearly(
  rows: readonly YearlyRow[],
  covariates: readonly CovariateColumn[],
  difference: YearlyDifference,
  yearEffects: boolean,
): YearlyModelResult {
  const periods = [...new Set(rows.map(({ period }) => period))].sort((a, b) => a - b);
  const before = difference.before.filter((period) => periods.includes(period));
  const after = difference.after.filter((period) => periods.includes(period));
  if (before.length === 0) return { state: "not estimable", reason: "the data hold no year before the start" };
  if (after.length === 0) return { state: "not estimable", reason: "the data hold no year after the start" };
  const oneOutcome = [0, 1].find((outcome) => rows.every(({ ones, all }) => ones === outcome * all));
  if (oneOutcome !== undefined)
    return {
      state: "not estimable",
      reason: oneOutcome === 1 ? "everybody has this outcome" : "nobody has this outcome",
    };

  const hasCalendar = yearEffects && new Set(rows.map(({ census, period }) => census - period)).size > 2;
  const data = dataOf(rows, covariates, periods);
  const terms: string[][] = [
    [TREAT],
    [PERIOD],
    ...covariates.map(({ name }) => [name]),
    ...(hasCalendar ? [[CALENDAR]] : []),
    [TREAT, PERIOD],
  ];
  const school = { group: [SCHOOL], hasIntercept: true, terms: [], isCorrelated: true };
  const schoolYear = { ...school, group: [SCHOOL, CALENDAR] };
  const formula: Formula = {
    hasIntercept: true,
    terms,
    random: difference.random === "school" ? [school] : [school, schoolYear],
    offsets: [],
    factors: [],
  };
  const { x, names } = modelMatrix(formula, data);
  const request = {
    y: Float64Array.from(rows, ({ ones, all }) => ones / all),
    trials: peopleOf(rows),
    x,
    names,
    effects: randomEffectsOf(formula, data),
  };
  const fit = fitLogisticMixed(request);
  if (fit.state === "not estimable") return fit;
  const readings = mixedDifference({
    fit,
    formula,
    data,
    treat: TREAT,
    period: PERIOD,
    pre: before.map(String),
    post: after.map(String),
    trials: request.trials,
  });
  return { state: "fitted", fit, readings, omitted: omittedOf(difference, request, fit, data), hasCalendar, periods };
}

/** The people of each row, shared evenly between the rows of the same school in the same year. */
function peopleOf(rows: readonly YearlyRow[]): Float64Array {
  const nameOf = ({ school, census }: YearlyRow) => `${census} ${school}`;
  const times = new Map<string, number>();
  for (const row of rows) times.set(nameOf(row), (times.get(nameOf(row)) ?? 0) + 1);
  return Float64Array.from(rows, (row) => row.all / times.get(nameOf(row))!);
}

function omittedOf(
  { random }: YearlyDifference,
  request: Parameters<typeof omittedVariance>[0],
  fit: LogisticMixedFit,
  data: ModelData,
): number | undefined {
  if (random !== "school") return undefined;
  const extra = {
    random: [{ group: [SCHOOL, CALENDAR], hasIntercept: true, terms: [], isCorrelated: true }],
    factors: [],
  };
  const found = omittedVariance(request, fit, randomEffectsOf(extra, data)[0]!);
  return found.state === "estimated" ? found.variance : undefined;
}

function dataOf(
  rows: readonly YearlyRow[],
  covariates: readonly CovariateColumn[],
  periods: readonly number[],
): ModelData {
  const factor = (values: readonly string[], levels: readonly string[]): Variable => {
    const place = new Map(levels.map((level, code) => [level, code]));
    return { kind: "factor", levels, codes: Int32Array.from(values, (value) => place.get(value)!) };
  };
  const distinct = (values: readonly string[]) => [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
  const schools = rows.map(({ school }) => school);
  const censuses = rows.map(({ census }) => String(census));
  return new Map<string, Variable>([
    [TREAT, { kind: "number", values: Float64Array.from(rows, ({ isTreated }) => Number(isTreated)) }],
    [
      PERIOD,
      factor(
        rows.map(({ period }) => String(period)),
        periods.map(String),
      ),
    ],
    ...covariates.map((covariate): [string, Variable] => [covariate.name, variableOf(covariate, rows)]),
    [CALENDAR, factor(censuses, distinct(censuses))],
    [SCHOOL, factor(schools, distinct(schools))],
  ]);
}

/** A covariate of the entrants, for their rows; its reference first, levels that do not occur left out. */
function variableOf({ column, reference }: CovariateColumn, rows: readonly YearlyRow[]): Variable {
  if (column.kind === "number")
    return { kind: "number", values: Float64Array.from(rows, ({ entrant }) => column.values[entrant]!) };
  const codes = rows.map(({ entrant }) => column.codes[entrant]!);
  const used = [...new Set(codes)].sort((a, b) => a - b);
  const first = reference === undefined ? -1 : column.levels.indexOf(reference);
  const order = used.includes(first) ? [first, ...used.filter((code) => code !== first)] : used;
  return {
    kind: "factor",
    levels: order.map((code) => column.levels[code] ?? "not known"),
    codes: Int32Array.from(codes, (code) => order.indexOf(code)),
  };
}

/** An effect integrated over the random effects, in percentage points. */
export const inPoints = ({ integrated, seIntegrated }: Effect): { readonly estimate: number; readonly se: number } => ({
  estimate: 100 * integrated,
  se: 100 * seIntegrated,
});
