import { Matrix } from "#math";
import type { Formula, Term } from "./formula.ts";
import { asFactor, type ModelData, rowsOf, type Variable, variableOf } from "./variable.ts";

/** The design matrix of a formula and what its columns are called. */
export interface ModelMatrix {
  readonly x: Matrix;
  /**
   * Variable and level with nothing between (`rolesenior`, `factor(year)2016`), interactions `a:b`, the intercept
   * `(Intercept)`.
   */
  readonly names: readonly string[];
  /** For each column the place of its term in `formula.terms`, −1 for the intercept. */
  readonly termOf: Int32Array;
}

/**
 * The columns a formula asks for, one row per row of the data. Categories are coded against their first level wherever the
 * terms below (without that category) are in the formula too, and by all their levels otherwise, as R does.
 *
 * Built from the data alone, so that predictions for changed data (`withValue`) have the same columns: interactions and
 * levels follow of themselves.
 *
 * @throws UnknownVariable  the formula names a variable the data does not hold.
 */
export function modelMatrix(
  formula: Pick<Formula, "hasIntercept" | "terms" | "factors">,
  data: ModelData,
): ModelMatrix {
  const n = rowsOf(data);
  const present = new Set(formula.terms.map(keyOf));
  if (formula.hasIntercept) present.add("");
  const names: string[] = [];
  const columns: Float64Array[] = [];
  const termOf: number[] = [];
  if (formula.hasIntercept) {
    names.push("(Intercept)");
    columns.push(new Float64Array(n).fill(1));
    termOf.push(-1);
  }
  for (const [t, term] of formula.terms.entries()) {
    const parts = term.map((name) => {
      const raw = variableOf(data, name);
      const variable = formula.factors.includes(name) ? asFactor(raw) : raw;
      const isAgainstFirst = present.has(keyOf(term.filter((other) => other !== name)));
      return codedColumns(formula.factors.includes(name) ? `factor(${name})` : name, variable, isAgainstFirst);
    });
    // Without an intercept the first category takes all its levels and so stands in for it.
    if (!formula.hasIntercept && term.length === 1 && parts[0].isCategory) present.add("");
    for (const { name, values } of parts.reduce(crossed)) {
      names.push(name);
      columns.push(values);
      termOf.push(t);
    }
  }
  return {
    x: columns.length === 0 ? new Matrix(n, 0) : Matrix.fromColumns(columns),
    names,
    termOf: Int32Array.from(termOf),
  };
}

interface CodedColumns extends Iterable<{ readonly name: string; readonly values: Float64Array }> {
  readonly isCategory: boolean;
}

function codedColumns(name: string, variable: Variable, isAgainstFirst: boolean): CodedColumns {
  const columns =
    variable.kind === "number"
      ? [{ name, values: variable.values }]
      : variable.levels.slice(isAgainstFirst ? 1 : 0).map((level) => {
          const code = variable.levels.indexOf(level);
          return { name: `${name}${level}`, values: indicatorOf(variable.codes, code) };
        });
  return Object.assign(columns, { isCategory: variable.kind === "factor" });
}

function indicatorOf(codes: Int32Array, code: number): Float64Array {
  const values = new Float64Array(codes.length);
  for (let row = 0; row < codes.length; row++) if (codes[row] === code) values[row] = 1;
  return values;
}

/** Every column of one with every column of the other, the first going round fastest. */
function crossed(left: CodedColumns, right: CodedColumns): CodedColumns {
  const columns = [...right].flatMap((b) =>
    [...left].map((a) => ({ name: `${a.name}:${b.name}`, values: a.values.map((value, i) => value * b.values[i]) })),
  );
  return Object.assign(columns, { isCategory: left.isCategory || right.isCategory });
}

const keyOf = (term: Term): string => [...term].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join("\n");
