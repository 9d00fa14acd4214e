import { Matrix, multiply, transpose, transposeMultiply } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import type { ItemCorrelations } from "./correlateItems.ts";
import { orderedEigen } from "./eigenvalues.ts";
import { type Extraction, LEAST_UNIQUENESS } from "./extraction/extraction.ts";
import { maximumLikelihood } from "./extraction/maximumLikelihood.ts";
import { minimumResidual } from "./extraction/minimumResidual.ts";
import { principalAxis, sumsOfSquares } from "./extraction/principalAxis.ts";
import { type FactorFit, factorFit } from "./factorFit.ts";
import { oblimin } from "./rotation/oblimin.ts";
import { promax } from "./rotation/promax.ts";
import type { Rotation, RotationStop } from "./rotation/rotation.ts";
import { varimax } from "./rotation/varimax.ts";
import { squaredMultipleCorrelations } from "./samplingAdequacy.ts";

export type ExtractionMethod = "pa" | "minres" | "ml";

export type RotationRequest =
  | { readonly kind: "none" }
  /** `normalise` (Kaiser) is true when left out. */
  | { readonly kind: "varimax"; readonly normalise?: boolean }
  /** `power` is 4 when left out. */
  | { readonly kind: "promax"; readonly power?: number }
  /** `gamma` is 0 and `normalise` false when left out. */
  | { readonly kind: "oblimin"; readonly gamma?: number; readonly normalise?: boolean };

export interface FactorAnalysis {
  readonly state: "estimated";
  readonly names: readonly string[];
  /** Items × factors: the pattern. Factors by sum of squared loadings, largest first; signs with positive column sums. */
  readonly loadings: Matrix;
  /** Φ, for oblique factors. */
  readonly factorCorrelations?: Matrix;
  /** Correlations of items with factors, loadings·Φ; the loadings themselves for orthogonal factors. */
  readonly structure: Matrix;
  readonly communality: Float64Array;
  readonly uniqueness: Float64Array;
  /** Sum of squares by factor; for oblique factors the diagonal of Φ·L′L. */
  readonly sumsOfSquares: Float64Array;
  /** Eigenvalues of R, and of R with the communalities on its diagonal; largest first. */
  readonly eigenvalues: Float64Array;
  readonly commonEigenvalues: Float64Array;
  readonly fit: FactorFit;
  /** Items of communality 1 or more, or held at the least uniqueness (.005): their numbers are not to be trusted. */
  readonly heywood: readonly string[];
  readonly extraction: Pick<Extraction, "path" | "stopped">;
  readonly rotation?: Pick<Rotation, "steps" | "stopped">;
}

/**
 * Exploratory factor analysis: R ≈ L·Φ·L′ + Ψ with k factors, extracted by principal axes, minimum residuals or maximum
 * likelihood and then rotated.
 *
 * @param correlations   From `correlateItems`.
 * @param factors        k.
 * @param start          Communalities to begin with: squared multiple correlations (1 − where R has no inverse, or where
 *                       more than half as many factors as items are asked for − 1), or 1 for each item.
 * @param rotationStop   `exact`, or at R's coarser default (see `RotationStop`), to reproduce what R prints.
 * @returns not estimable when k factors leave no degrees of freedom ((p − k)² < p + k), or factors fall together in rotation.
 * @throws RangeError  k is not a whole number above 0; `power` is not above 1; `gamma` is not a number.
 *
 * Source: Harman (1976), Modern Factor Analysis; conventions of psych 2.2.9.
 */
export function factorAnalysis(
  correlations: ItemCorrelations,
  {
    factors,
    method = "minres",
    rotation = { kind: "oblimin" },
    start = "smc",
    rotationStop = "exact",
  }: {
    readonly factors: number;
    readonly method?: ExtractionMethod;
    readonly rotation?: RotationRequest;
    readonly start?: "smc" | "one";
    readonly rotationStop?: RotationStop;
  },
): FactorAnalysis | NotEstimable {
  const { matrix, names, n, pairs } = correlations;
  const p = matrix.rows;
  if (!(Number.isInteger(factors) && factors > 0))
    throw new RangeError(`factors must be a whole number above 0, not ${factors}`);
  checkRotation(rotation);
  const df = ((p - factors) ** 2 - (p + factors)) / 2;
  if (factors >= p || df < 0) {
    return notEstimable(`${p} items have too few correlations for ${factors} factors (${df} degrees of freedom)`);
  }
  const extraction = extract(method, matrix, factors, startCommunalities(matrix, factors, start));
  const turned = factors === 1 ? unrotated(extraction.loadings) : rotate(extraction.loadings, rotation, rotationStop);
  if (turned === undefined) return notEstimable(`${rotation.kind} finds factors that are combinations of each other`);
  const { loadings, factorCorrelations } = inOrder(turned);

  const structure = factorCorrelations === undefined ? loadings : multiply(loadings, factorCorrelations);
  const model = multiply(structure, transpose(loadings));
  const communality = Float64Array.from({ length: p }, (_, i) => model.get(i, i));
  const uniqueness = communality.map((own) => 1 - own);
  const reduced = new Matrix(p, p);
  reduced.data.set(matrix.data);
  for (let i = 0; i < p; i++) reduced.set(i, i, communality[i]);
  return {
    state: "estimated",
    names,
    loadings,
    ...(factorCorrelations === undefined ? {} : { factorCorrelations }),
    structure,
    communality,
    uniqueness,
    sumsOfSquares: factorSquares(loadings, factorCorrelations),
    eigenvalues: orderedEigen(matrix).values,
    commonEigenvalues: orderedEigen(reduced).values,
    fit: factorFit({ matrix, model, factors, n, pairs }),
    heywood: names.filter((_, i) => uniqueness[i] <= (method === "pa" ? 0 : LEAST_UNIQUENESS * (1 + 1e-6))),
    extraction: { path: extraction.path, stopped: extraction.stopped },
    ...(factors === 1 || rotation.kind === "none"
      ? {}
      : { rotation: { steps: turned.steps, stopped: turned.stopped } }),
  };
}

function checkRotation(rotation: RotationRequest): void {
  if (rotation.kind === "promax" && rotation.power !== undefined && !(rotation.power > 1)) {
    throw new RangeError(`promax needs a power above 1, not ${rotation.power}`);
  }
  if (rotation.kind === "oblimin" && rotation.gamma !== undefined && !(rotation.gamma < 1)) {
    throw new RangeError(`oblimin needs a gamma below 1, not ${rotation.gamma}`);
  }
}

function startCommunalities(matrix: Matrix, factors: number, start: "smc" | "one"): Float64Array {
  const ones = new Float64Array(matrix.rows).fill(1);
  if (start === "one" || factors > matrix.rows / 2) return ones;
  return squaredMultipleCorrelations(matrix) ?? ones;
}

function extract(method: ExtractionMethod, matrix: Matrix, factors: number, start: Float64Array): Extraction {
  if (method === "pa") return principalAxis(matrix, factors, start);
  return method === "minres" ? minimumResidual(matrix, factors, start) : maximumLikelihood(matrix, factors, start);
}

const unrotated = (loadings: Matrix): Rotation => ({ loadings, steps: 0, stopped: "converged" });

function rotate(loadings: Matrix, rotation: RotationRequest, stop: RotationStop): Rotation | undefined {
  switch (rotation.kind) {
    case "none":
      return unrotated(loadings);
    case "varimax":
      return varimax(loadings, rotation.normalise ?? true, stop);
    case "promax":
      return promax(loadings, rotation.power ?? 4, stop);
    case "oblimin":
      return oblimin(loadings, rotation.gamma ?? 0, rotation.normalise ?? false, stop);
  }
}

/** Factors by sum of squared loadings, largest first, each turned so that its loadings sum to 0 or more. */
function inOrder({ loadings, factorCorrelations }: Rotation): Pick<Rotation, "loadings" | "factorCorrelations"> {
  const k = loadings.columns;
  const squares = sumsOfSquares(transpose(loadings));
  const order = Array.from(squares.keys()).sort((i, j) => squares[j] - squares[i]);
  const signs = order.map((j) => (loadings.column(j).reduce((sum, own) => sum + own, 0) < 0 ? -1 : 1));
  const sorted = new Matrix(loadings.rows, k);
  for (const [to, from] of order.entries()) sorted.column(to).set(loadings.column(from).map((own) => signs[to] * own));
  if (factorCorrelations === undefined) return { loadings: sorted };
  const correlations = new Matrix(k, k);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++)
      correlations.set(a, b, signs[a] * signs[b] * factorCorrelations.get(order[a], order[b]));
  }
  return { loadings: sorted, factorCorrelations: correlations };
}

function factorSquares(loadings: Matrix, factorCorrelations: Matrix | undefined): Float64Array {
  if (factorCorrelations === undefined) return sumsOfSquares(transpose(loadings));
  const product = multiply(factorCorrelations, transposeMultiply(loadings, loadings));
  return Float64Array.from({ length: loadings.columns }, (_, j) => product.get(j, j));
}
