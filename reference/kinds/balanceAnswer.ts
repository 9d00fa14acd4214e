import {
  asFactor,
  type Balance,
  balanceSummary,
  balanceTable,
  Matrix,
  type ModelData,
  numberOrNaN,
  rubinsBAndR,
  type Variable,
  variableOf,
} from "#stats";

/** The covariates of a balance table, as variables; those in `factors` as categories. */
export function covariatesOf(data: ModelData, names: readonly string[], factors: readonly string[] = []): ModelData {
  return new Map(
    names.map((name) => [name, factors.includes(name) ? asFactor(variableOf(data, name)) : variableOf(data, name)]),
  );
}

/** `balance` of the reference results: every covariate and level before and after, and the overall figures. */
export function balanceAnswer(covariates: ModelData, treated: Uint8Array, weights: Float64Array): unknown {
  const rows = balanceTable({ covariates, treated, weights });
  const x = columnsOf(covariates, treated.length);
  const one = new Float64Array(treated.length).fill(1);
  const overall = (when: "before" | "after", own: Float64Array) => {
    const summary = balanceSummary(rows, when);
    const { B, R } = rubinsBAndR({ x, treated, weights: own });
    return numbersIn({ ...summary, B, R });
  };
  return {
    covariates: Object.fromEntries(
      rows.map(({ name, before, after, pctReductionAbsBias }) => [
        name,
        {
          before: named(before),
          after: named(after),
          pctReductionAbsBias: numberOrNaN(pctReductionAbsBias),
        },
      ]),
    ),
    overall: {
      before: overall("before", one),
      after: weights.some((weight) => weight > 0) ? overall("after", weights) : {},
    },
  };
}

/** The table of the R package cobalt: difference in treated SDs, variance ratio and largest gap. */
export function cobaltAnswer(
  covariates: ModelData,
  treated: Uint8Array,
  weights: Float64Array,
  distance: Float64Array | undefined,
): unknown {
  const rows = balanceTable({
    covariates: new Map<string, Variable>([
      ...(distance === undefined ? [] : [["distance", { kind: "number", values: distance }] as const]),
      ...covariates,
    ]),
    treated,
    weights,
  });
  return Object.fromEntries(
    rows.map(({ name, before, after }) => [
      name,
      numbersIn({
        "Diff.Un": before.smd,
        "V.Ratio.Un": before.varianceRatio,
        "KS.Un": before.ks,
        "Diff.Adj": after.smd,
        "V.Ratio.Adj": after.varianceRatio,
        "KS.Adj": after.ks,
      }),
    ]),
  );
}

function named({ meanTreated, meanControl, smd, pctBias, varianceRatio, ks }: Balance) {
  return numbersIn({ meanTreated, meanControl, smdTreatedSd: smd, pctBias, varianceRatio, ks });
}

/** Statistics as numbers, NaN where there is none. */
function numbersIn(statistics: Readonly<Record<string, Parameters<typeof numberOrNaN>[0]>>): Record<string, number> {
  return Object.fromEntries(Object.entries(statistics).map(([key, value]) => [key, numberOrNaN(value)]));
}

/** Numbers as they are and one 0/1 column for each level. */
function columnsOf(covariates: ModelData, n: number): Matrix {
  const columns: Float64Array[] = [];
  for (const variable of covariates.values()) {
    if (variable.kind === "number") columns.push(variable.values);
    else {
      for (const code of variable.levels.keys())
        columns.push(Float64Array.from(variable.codes, (own) => Number(own === code)));
    }
  }
  return columns.length === 0 ? new Matrix(n, 0) : Matrix.fromColumns(columns);
}
