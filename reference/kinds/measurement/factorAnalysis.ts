import { correlateItems, factorAnalysis, type RotationRequest } from "#stats";
import { BadSpec, type Spec } from "../../spec.ts";
import type { Kind } from "../index.ts";
import { byName, byRow, estimated, itemsOf } from "./tables.ts";

/** `fa`: exploratory factor analysis, named as psych's results are. */
export const factorAnalysisKind: Kind = ({ spec, data }) => {
  const items = itemsOf(data, spec.texts("items"));
  const correlations = estimated(
    correlateItems(items, {
      kind: spec.choice("correlation", ["pearson", "spearman", "polychoric"], "pearson"),
      missing: spec.choice("missing", ["pairwise", "listwise"], "pairwise"),
      countEmptyRows: true,
    }),
  );
  const solution = estimated(
    factorAnalysis(correlations, {
      factors: spec.number("nfactors"),
      method: spec.choice("method", ["pa", "minres", "ml"]),
      rotation: rotationOf(spec),
      start: startOf(spec.raw("startCommunality")),
      rotationStop: "R",
    }),
  );
  const { names, loadings, factorCorrelations, fit } = solution;
  const factors = Array.from({ length: loadings.columns }, (_, j) => `F${j + 1}`);
  return {
    n: correlations.n,
    loadings: byRow(loadings, names, factors),
    communality: byName(names, solution.communality),
    uniqueness: byName(names, solution.uniqueness),
    ssLoadings: solution.sumsOfSquares,
    eigenvaluesR: solution.eigenvalues,
    eigenvaluesCommon: solution.commonEigenvalues,
    rms: fit.rms,
    dof: fit.df,
    fit: fit.share,
    ...(factorCorrelations === undefined
      ? {}
      : { phi: byRow(factorCorrelations, factors, factors), structure: byRow(solution.structure, names, factors) }),
    chisq: fit.chiSquared,
    chisqP: fit.p,
    tli: fit.tuckerLewis,
    rmsea: fit.rmsea,
    bic: fit.bic,
    heywood: solution.heywood,
  };
};

/** Options of rotations other than the one asked for may be there; they have nothing to act on. */
function rotationOf(spec: Spec): RotationRequest {
  const kind = spec.choice("rotate", ["none", "varimax", "promax", "oblimin"]);
  const varimaxNormalise = spec.flag("normalizeVarimax", true);
  const power = spec.optionalNumber("promaxPower") ?? 4;
  const gamma = spec.optionalNumber("obliminGamma") ?? 0;
  const normalise = spec.flag("obliminNormalize", false);
  switch (kind) {
    case "none":
      return { kind };
    case "varimax":
      return { kind, normalise: varimaxNormalise };
    case "promax":
      return { kind, power };
    case "oblimin":
      return { kind, gamma, normalise };
  }
}

function startOf(value: unknown): "smc" | "one" {
  if (value === undefined || value === "SMC") return "smc";
  if (value === 1 || value === "1") return "one";
  throw new BadSpec(`spec.startCommunality is ${JSON.stringify(value)}; "SMC" or 1 is expected`);
}
