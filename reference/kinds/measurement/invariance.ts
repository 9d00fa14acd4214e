import {
  type FittedLevel,
  groupInvariance,
  type Invariance,
  type InvarianceStep,
  type ModelData,
  type Scale,
  variableOf,
  waveInvariance,
} from "#stats";
import { BadSpec, type Spec } from "../../spec.ts";
import type { Kind } from "../index.ts";
import { itemsOf } from "./tables.ts";

/**
 * `invariance`: over the levels of `group` for `items`, or over `waves` (an object of names and their items). `scales` lists
 * the places of each factor's items, counted from 1; one factor when left out.
 */
export const invariance: Kind = ({ spec, data }) => {
  const found = spec.optionalText("group") === undefined ? overWaves(spec, data) : overGroups(spec, data);
  if (found.state !== "estimated") throw new Error(`${found.state}: ${found.reason}`);
  return resultOf(found);
};

function overGroups(spec: Spec, data: ModelData) {
  const items = itemsOf(data, spec.texts("items"));
  const group = variableOf(data, spec.text("group"));
  if (group.kind === "number") throw new BadSpec("spec.group names a column of numbers; categories are expected");
  return groupInvariance({ items, groups: group, scales: scalesOf(spec, items.names) });
}

function overWaves(spec: Spec, data: ModelData) {
  const given = spec.raw("waves");
  if (typeof given !== "object" || given === null) throw new BadSpec("spec.group or spec.waves is expected");
  const columns = Object.entries(given as Record<string, readonly string[]>);
  const names = columns[0][1].map((_, i) => `item ${i + 1}`);
  const waves = columns.map(([name, own]) => ({ name, items: { names, columns: itemsOf(data, own).columns } }));
  return waveInvariance({ waves, scales: scalesOf(spec, names) });
}

function scalesOf(spec: Spec, names: readonly string[]): readonly Scale[] | undefined {
  const given = spec.raw("scales");
  if (given === undefined) return undefined;
  return (given as readonly (readonly number[])[]).map((places, k) => ({
    name: `scale ${k + 1}`,
    items: places.map((place) => names[place - 1]),
  }));
}

function resultOf(found: Invariance) {
  const [metric, scalar] = found.steps;
  const occasions = found.occasions.slice(1);
  return {
    n: found.n,
    configural: levelOf(found.models.configural),
    metric: levelOf(found.models.metric),
    scalar: levelOf(found.models.scalar),
    differenceMetric: differenceOf(metric),
    differenceScalar: differenceOf(scalar),
    readings: { metric: metric.reading, scalar: scalar.reading },
    latentMeans: occasions.map((occasion) =>
      found.latentMeans.filter((own) => own.occasion === occasion).map(({ mean, se }) => ({ mean, se })),
    ),
  };
}

function levelOf({ fit }: FittedLevel) {
  return {
    chisq: fit.chiSquared,
    df: fit.df,
    scaledChisq: fit.scaledChiSquared,
    scaledP: fit.scaledP,
    scaling: fit.scaling,
    cfi: fit.robustCfi,
    tli: fit.robustTli,
    rmsea: fit.robustRmsea,
    scaledCfi: fit.scaledCfi,
    scaledRmsea: fit.scaledRmsea,
    srmr: fit.srmr,
  };
}

const differenceOf = ({ chiSquared, df, p }: InvarianceStep) => ({ chisq: chiSquared, df, p });
