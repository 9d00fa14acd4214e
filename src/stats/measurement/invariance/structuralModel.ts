import { Matrix, multiply, transpose } from "#math";

/**
 * One number of a factor model in one group: μ = ν + Λα, Σ = ΛΦΛ′ + Θ. Covariances are given once and stand for both halves.
 */
export interface ModelEntry {
  readonly part: "loading" | "factorCovariance" | "residualCovariance" | "intercept" | "factorMean";
  readonly row: number;
  /** 0 for intercepts and factor means. */
  readonly column: number;
  /** A number that is fixed, or the place of the parameter it equals. */
  readonly value: { readonly fixed: number } | { readonly parameter: number };
}

/** The entries of each group; what is not mentioned is 0. Groups share parameters by their places. */
export interface StructuralModel {
  readonly items: number;
  readonly factors: number;
  readonly parameters: readonly string[];
  readonly start: Float64Array;
  readonly groups: readonly (readonly ModelEntry[])[];
}

/** The parts of one group at given parameters. */
export interface ModelParts {
  readonly loadings: Matrix;
  readonly factorCovariance: Matrix;
  readonly residualCovariance: Matrix;
  readonly intercepts: Float64Array;
  readonly factorMeans: Float64Array;
}

/** Means and covariances a model implies. */
export interface ImpliedMoments {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

export function partsOf(model: StructuralModel, group: number, theta: Float64Array): ModelParts {
  const { items: p, factors: m } = model;
  const parts: ModelParts = {
    loadings: new Matrix(p, m),
    factorCovariance: new Matrix(m, m),
    residualCovariance: new Matrix(p, p),
    intercepts: new Float64Array(p),
    factorMeans: new Float64Array(m),
  };
  for (const { part, row, column, value } of model.groups[group]) {
    const own = "fixed" in value ? value.fixed : theta[value.parameter];
    if (part === "intercept") parts.intercepts[row] = own;
    else if (part === "factorMean") parts.factorMeans[row] = own;
    else if (part === "loading") parts.loadings.set(row, column, own);
    else {
      const matrix = part === "factorCovariance" ? parts.factorCovariance : parts.residualCovariance;
      matrix.set(row, column, own);
      matrix.set(column, row, own);
    }
  }
  return parts;
}

export function impliedMoments(parts: ModelParts): ImpliedMoments {
  const { loadings, factorCovariance, residualCovariance, intercepts, factorMeans } = parts;
  const covariance = multiply(multiply(loadings, factorCovariance), transpose(loadings));
  for (let i = 0; i < covariance.data.length; i++) covariance.data[i] += residualCovariance.data[i];
  const mean = intercepts.slice();
  for (let r = 0; r < loadings.columns; r++) {
    for (let i = 0; i < mean.length; i++) mean[i] += loadings.get(i, r) * factorMeans[r];
  }
  return { mean, covariance };
}

/** ∂μ/∂θ and ∂Σ/∂θ of one group, one of each per parameter that the group has. */
export function momentSlopes(
  model: StructuralModel,
  group: number,
  parts: ModelParts,
): {
  readonly active: readonly number[];
  readonly mean: readonly Float64Array[];
  readonly covariance: readonly Matrix[];
} {
  const { items: p } = model;
  const active = [...new Set(model.groups[group].flatMap(({ value }) => ("fixed" in value ? [] : [value.parameter])))];
  const places = new Map(active.map((parameter, place) => [parameter, place]));
  const mean = active.map(() => new Float64Array(p));
  const covariance = active.map(() => new Matrix(p, p));
  const { loadings, factorCovariance, factorMeans } = parts;
  const product = multiply(loadings, factorCovariance);
  for (const { part, row, column, value } of model.groups[group]) {
    if ("fixed" in value) continue;
    const place = places.get(value.parameter)!;
    const toMean = mean[place];
    const toCovariance = covariance[place];
    if (part === "intercept") toMean[row] += 1;
    else if (part === "factorMean") for (let i = 0; i < p; i++) toMean[i] += loadings.get(i, row);
    else if (part === "loading") {
      toMean[row] += factorMeans[column];
      for (let i = 0; i < p; i++) addBoth(toCovariance, row, i, product.get(i, column));
    } else if (part === "residualCovariance") addBoth(toCovariance, row, column, row === column ? 0.5 : 1);
    else {
      const half = row === column ? 0.5 : 1;
      for (let i = 0; i < p; i++) {
        for (let j = 0; j < p; j++) addBoth(toCovariance, i, j, half * loadings.get(i, row) * loadings.get(j, column));
      }
    }
  }
  return { active, mean, covariance };
}

/** Adds to (i, j) and to (j, i): twice on the diagonal. */
function addBoth(matrix: Matrix, i: number, j: number, value: number): void {
  matrix.set(i, j, matrix.get(i, j) + value);
  matrix.set(j, i, matrix.get(j, i) + value);
}
