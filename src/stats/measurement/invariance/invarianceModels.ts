import type { GroupMoments } from "./fitStructural.ts";
import type { ModelEntry, StructuralModel } from "./structuralModel.ts";

/** What is held equal over the occasions (groups or waves): nothing; loadings; loadings and intercepts. */
export type InvarianceLevel = "configural" | "metric" | "scalar";

/**
 * Where an item is measured: as item `item` of factor `factor` at occasion `occasion`, being column `column` of group
 * `group`. Groups are occasions in separate rows; waves are occasions in separate columns of one group.
 */
interface Indicator {
  readonly group: number;
  readonly column: number;
  readonly occasion: number;
  readonly scale: number;
  readonly item: number;
}

/** A model being written down: parameters by name, so that equal names are one parameter. */
class ModelWriter {
  readonly parameters: string[] = [];
  readonly start: number[] = [];
  readonly #places = new Map<string, number>();

  free(name: string, start: number): { readonly parameter: number } {
    const known = this.#places.get(name);
    if (known !== undefined) return { parameter: known };
    const parameter = this.parameters.length;
    this.#places.set(name, parameter);
    this.parameters.push(name);
    this.start.push(start);
    return { parameter };
  }
}

/**
 * The factor model of an invariance question. Each scale is one factor at each occasion; factors of one group are free to
 * correlate. The first occasion sets the unit of a factor (variance 1) and its zero (mean 0); what loadings held equal make
 * estimable at later occasions is freed: variances from `metric` on, means under `scalar`. Under `configural` every occasion
 * has its own unit and zero.
 *
 * Waves: the uniquenesses of the same item are free to correlate over the waves.
 *
 * @param scales     Places of the items of each scale; every item belongs to one.
 * @param occasions  How many groups or waves.
 */
export function invarianceModel(
  level: InvarianceLevel,
  {
    kind,
    occasions,
    scales,
    moments,
  }: {
    readonly kind: "groups" | "waves";
    readonly occasions: number;
    readonly scales: readonly (readonly number[])[];
    readonly moments: readonly GroupMoments[];
  },
): StructuralModel {
  const perOccasion = scales.reduce((sum, scale) => sum + scale.length, 0);
  const columns = kind === "groups" ? perOccasion : perOccasion * occasions;
  const factors = kind === "groups" ? scales.length : scales.length * occasions;
  const writer = new ModelWriter();
  const groups = moments.map((own, group) => {
    const here = kind === "groups" ? [group] : Array.from({ length: occasions }, (_, wave) => wave);
    const entries: ModelEntry[] = [];
    const factorPlaces: { factor: number; scale: number; occasion: number }[] = [];
    for (const occasion of here) {
      const shift = kind === "groups" ? 0 : occasion;
      for (const [scale, items] of scales.entries()) {
        const factor = shift * scales.length + scale;
        factorPlaces.push({ factor, scale, occasion });
        for (const item of items) {
          const column = shift * perOccasion + item;
          entries.push(...itemEntries(writer, level, own, factor, { group, column, occasion, scale, item }, scales));
        }
      }
    }
    entries.push(...factorEntries(writer, level, factorPlaces));
    if (kind === "waves") entries.push(...sharedUniqueness(writer, own, perOccasion, occasions));
    return entries;
  });
  return { items: columns, factors, parameters: writer.parameters, start: Float64Array.from(writer.start), groups };
}

/** Loadings have the sign with which the item goes with its scale, so that the search starts on the right side. */
function itemEntries(
  writer: ModelWriter,
  level: InvarianceLevel,
  { mean, covariance }: GroupMoments,
  factor: number,
  { column, occasion, item, scale }: Indicator,
  scales: readonly (readonly number[])[],
): ModelEntry[] {
  const variance = covariance.get(column, column);
  const shift = column - item;
  const lead = shift + scales[scale][0];
  const sign = covariance.get(column, lead) < 0 ? -1 : 1;
  const where = (isShared: boolean) => (isShared ? "" : ` at ${occasion}`);
  return [
    {
      part: "loading",
      row: column,
      column: factor,
      value: writer.free(`loading of ${item}${where(level !== "configural")}`, sign * 0.7 * Math.sqrt(variance)),
    },
    {
      part: "intercept",
      row: column,
      column: 0,
      value: writer.free(`intercept of ${item}${where(level === "scalar")}`, mean[column]),
    },
    {
      part: "residualCovariance",
      row: column,
      column,
      value: writer.free(`uniqueness of ${item} at ${occasion}`, 0.5 * variance),
    },
  ];
}

function factorEntries(
  writer: ModelWriter,
  level: InvarianceLevel,
  places: readonly { readonly factor: number; readonly scale: number; readonly occasion: number }[],
): ModelEntry[] {
  const entries: ModelEntry[] = [];
  for (const { factor, scale, occasion } of places) {
    const isVarianceFree = occasion > 0 && level !== "configural";
    const isMeanFree = occasion > 0 && level === "scalar";
    entries.push({
      part: "factorCovariance",
      row: factor,
      column: factor,
      value: isVarianceFree ? writer.free(`variance of factor ${scale} at ${occasion}`, 1) : { fixed: 1 },
    });
    entries.push({
      part: "factorMean",
      row: factor,
      column: 0,
      value: isMeanFree ? writer.free(meanName(scale, occasion), 0) : { fixed: 0 },
    });
    for (const other of places) {
      if (other.factor >= factor) continue;
      const name = `covariance of factors ${other.scale} at ${other.occasion} and ${scale} at ${occasion}`;
      entries.push({ part: "factorCovariance", row: factor, column: other.factor, value: writer.free(name, 0.3) });
    }
  }
  return entries;
}

/** The name of the parameter that is the mean of a factor at an occasion after the first. */
export const meanName = (scale: number, occasion: number): string => `mean of factor ${scale} at ${occasion}`;

function sharedUniqueness(
  writer: ModelWriter,
  { covariance }: GroupMoments,
  items: number,
  waves: number,
): ModelEntry[] {
  const entries: ModelEntry[] = [];
  for (let item = 0; item < items; item++) {
    for (let later = 1; later < waves; later++) {
      for (let earlier = 0; earlier < later; earlier++) {
        const row = later * items + item;
        const column = earlier * items + item;
        const size = Math.sqrt(covariance.get(row, row) * covariance.get(column, column));
        const name = `shared uniqueness of ${item} at ${earlier} and ${later}`;
        entries.push({ part: "residualCovariance", row, column, value: writer.free(name, 0.02 * size) });
      }
    }
  }
  return entries;
}

/** The baseline of the fit measures: items unrelated, means and variances free in each group. */
export function unrelatedModel(moments: readonly GroupMoments[]): StructuralModel {
  const writer = new ModelWriter();
  const items = moments[0].mean.length;
  const groups = moments.map(({ mean, covariance }, group) =>
    Array.from(mean, (own, row): ModelEntry[] => [
      { part: "intercept", row, column: 0, value: writer.free(`mean of ${row} in ${group}`, own) },
      {
        part: "residualCovariance",
        row,
        column: row,
        value: writer.free(`variance of ${row} in ${group}`, covariance.get(row, row)),
      },
    ]).flat(),
  );
  return { items, factors: 1, parameters: writer.parameters, start: Float64Array.from(writer.start), groups };
}
