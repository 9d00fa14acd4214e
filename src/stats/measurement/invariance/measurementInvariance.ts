import { chiSquaredTail, choleskyFactor, Matrix } from "#math";
import { type NotEstimable, notEstimable } from "../../common/notEstimable.ts";
import { BadItems, checkItems, type Items } from "../items.ts";
import { type FitMeasures, fitMeasures } from "./fitMeasures.ts";
import { fitStructural, type GroupMoments, type StructuralFit } from "./fitStructural.ts";
import { type InvarianceLevel, invarianceModel, meanName, unrelatedModel } from "./invarianceModels.ts";
import { partsOf, type StructuralModel } from "./structuralModel.ts";

/** A step from one level of invariance to the next. */
export interface InvarianceStep {
  readonly from: InvarianceLevel;
  readonly to: InvarianceLevel;
  /** Changes of the robust CFI, the robust RMSEA and SRMR: later less earlier. */
  readonly cfi: number;
  readonly rmsea: number;
  readonly srmr: number;
  /** Satorra and Bentler's difference of scaled chi-squares; NaN where its scaling is not positive. */
  readonly chiSquared: number;
  readonly df: number;
  readonly p: number;
  /** Measures that worsen by more than their threshold. */
  readonly exceeded: readonly ("cfi" | "rmsea" | "srmr")[];
  /** `fails`: CFI is exceeded and RMSEA or SRMR as well. `unclear`: some are exceeded, but not so. */
  readonly reading: "holds" | "unclear" | "fails";
}

/** The mean of a factor at a later occasion, in deviations of that factor at the first. */
export interface LatentMean {
  readonly occasion: string;
  readonly scale: string;
  readonly mean: number;
  /** Robust. */
  readonly se: number;
}

export interface FittedLevel {
  readonly fit: FitMeasures;
  /** Items whose uniqueness came out negative (Heywood), with the occasion. */
  readonly improper: readonly string[];
  /** Discrepancy after each step of the search. */
  readonly path: readonly number[];
}

export interface Invariance {
  readonly state: "estimated";
  readonly kind: "groups" | "waves";
  readonly occasions: readonly string[];
  /** Complete respondents, by group; of waves one number. */
  readonly n: readonly number[];
  /** Respondents left out for a missing answer. */
  readonly incomplete: number;
  readonly models: Readonly<Record<InvarianceLevel, FittedLevel>>;
  readonly steps: readonly InvarianceStep[];
  /** Of the scalar model: read them beside its step. */
  readonly latentMeans: readonly LatentMean[];
}

/** There are too few respondents for a judgement. */
export interface NotAssessed {
  readonly state: "not assessed";
  readonly reason: string;
}

/** One factor and its items. */
export interface Scale {
  readonly name: string;
  readonly items: readonly string[];
}

/** How much worse a measure may get. SRMR: from configural to metric, from metric to scalar. */
const THRESHOLDS = { cfi: 0.01, rmsea: 0.015, srmr: { metric: 0.03, scalar: 0.01 } } as const;
const FEWEST = 100;

/**
 * Whether a questionnaire measures the same in several groups: multi-group factor models with nothing, loadings, or
 * loadings and intercepts held equal, by maximum likelihood with the scaled chi-square of Satorra and Bentler.
 *
 * Thresholds: CFI falls by more than .010, RMSEA rises by more than .015, SRMR by more than .030 (metric) or .010 (scalar).
 *
 * @param items   Respondents of all groups; those with a missing answer are left out (and counted).
 * @param groups  For each respondent a place in `levels`, or −1: left out.
 * @param scales  Factors and their items; all items as one factor when left out.
 * @returns not assessed when a group has fewer than 100 complete respondents; not estimable when an item does not vary in a
 *          group, the model is not identified or no fit was found.
 * @throws BadItems  see `checkItems`; a scale names an item that is not there, or two scales name one item; fewer than two
 *                   groups; not one group per respondent, or one that is
 *                   not there.
 *
 * Source: Chen (2007), Structural Equation Modeling 14(3), thresholds; Satorra and Bentler (2001), Psychometrika 66(4),
 * the difference.
 */
export function groupInvariance({
  items,
  groups,
  scales,
}: {
  readonly items: Items;
  readonly groups: { readonly codes: Int32Array; readonly levels: readonly string[] };
  readonly scales?: readonly Scale[] | undefined;
}): Invariance | NotAssessed | NotEstimable {
  checkItems(items);
  if (groups.levels.length < 2) throw new BadItems(`two groups or more are compared, not ${groups.levels.length}`);
  if (groups.codes.length !== items.columns[0].length) {
    throw new BadItems(`${groups.codes.length} groups are given for ${items.columns[0].length} respondents`);
  }
  const stray = groups.codes.find((code) => code >= groups.levels.length);
  if (stray !== undefined) throw new BadItems(`group ${stray} is none of the ${groups.levels.length} groups`);
  const rows: Float64Array[][] = groups.levels.map(() => []);
  let incomplete = 0;
  for (let i = 0; i < groups.codes.length; i++) {
    const row = Float64Array.from(items.columns, (column) => column[i]);
    if (groups.codes[i] < 0 || row.some(Number.isNaN)) incomplete++;
    else rows[groups.codes[i]].push(row);
  }
  return assess({ kind: "groups", occasions: groups.levels, rows, incomplete, names: items.names, scales });
}

/**
 * Whether a questionnaire measures the same at several times of asking the same people: one factor model over all waves, in
 * which factors correlate over time and so do the uniquenesses of the same item. Otherwise as `groupInvariance`.
 *
 * @param waves  The same items in the same order, row i being the same person each time.
 * @throws BadItems  see `groupInvariance`; the waves differ in items or respondents.
 */
export function waveInvariance({
  waves,
  scales,
}: {
  readonly waves: readonly { readonly name: string; readonly items: Items }[];
  readonly scales?: readonly Scale[] | undefined;
}): Invariance | NotAssessed | NotEstimable {
  if (waves.length < 2) throw new BadItems(`two waves or more are compared, not ${waves.length}`);
  const [first] = waves;
  for (const { name, items } of waves) {
    checkItems(items);
    if (items.names.join("\n") !== first.items.names.join("\n")) {
      throw new BadItems(
        `wave "${name}" asks ${items.names.join(", ")}, wave "${first.name}" ${first.items.names.join(", ")}`,
      );
    }
    if (items.columns[0].length !== first.items.columns[0].length) {
      throw new BadItems(
        `wave "${name}" has ${items.columns[0].length} rows, "${first.name}" ${first.items.columns[0].length}`,
      );
    }
  }
  const columns = waves.flatMap(({ items }) => [...items.columns]);
  const all = Array.from({ length: columns[0].length }, (_, i) => Float64Array.from(columns, (column) => column[i]));
  const rows = all.filter((row) => !row.some(Number.isNaN));
  return assess({
    kind: "waves",
    occasions: waves.map(({ name }) => name),
    rows: [rows],
    incomplete: all.length - rows.length,
    names: first.items.names,
    scales,
  });
}

interface Question {
  readonly kind: "groups" | "waves";
  readonly occasions: readonly string[];
  readonly rows: readonly (readonly Float64Array[])[];
  readonly incomplete: number;
  readonly names: readonly string[];
  readonly scales: readonly Scale[] | undefined;
}

function assess(question: Question): Invariance | NotAssessed | NotEstimable {
  const { kind, occasions, rows, names } = question;
  const scales = question.scales ?? [{ name: "scale", items: names }];
  const used = usedItems(scales, names);
  for (const [g, own] of rows.entries()) {
    if (own.length < FEWEST) {
      const where = kind === "groups" ? ` in "${occasions[g]}"` : "";
      return { state: "not assessed", reason: `${own.length} complete respondents${where}; ${FEWEST} are needed` };
    }
  }
  const moments: GroupMoments[] = [];
  for (const own of rows) {
    const found = momentsOf(own.map((row) => chosenColumns(row, used, names.length)));
    const still = found.rows[0].findIndex((first, j) => found.rows.every((row) => row[j] === first));
    const where =
      kind === "groups" ? ` in "${occasions[moments.length]}"` : ` at "${occasions[Math.floor(still / used.length)]}"`;
    if (still >= 0) return notEstimable(`"${names[used[still % used.length]]}" does not vary${where}`);
    if (choleskyFactor(found.covariance) === undefined) return notEstimable("an item is a combination of others");
    moments.push(found);
  }
  const places = placesOf(scales);
  const baseline = fitStructural(unrelatedModel(moments), moments);
  if (typeof baseline === "string") return notEstimable(`unrelated items: ${baseline}`);
  const found = {} as Record<InvarianceLevel, { model: StructuralModel; fit: StructuralFit; measures: FitMeasures }>;
  for (const level of LEVELS) {
    const model = invarianceModel(level, { kind, occasions: occasions.length, scales: places, moments });
    const fit = fitStructural(model, moments);
    if (typeof fit === "string") return notEstimable(`${level} model: ${fit}`);
    if (fit.df < 0) return notEstimable(`${level} model: more parameters than means and covariances`);
    found[level] = { model, fit, measures: fitMeasures(fit, baseline, moments) };
  }
  const level = (name: InvarianceLevel): FittedLevel => ({
    fit: found[name].measures,
    improper: improperItems(found[name].model, found[name].fit, question, used),
    path: found[name].fit.path,
  });
  return {
    state: "estimated",
    kind,
    occasions,
    n: rows.map((own) => own.length),
    incomplete: question.incomplete,
    models: { configural: level("configural"), metric: level("metric"), scalar: level("scalar") },
    steps: [
      step("configural", "metric", found.configural.measures, found.metric.measures),
      step("metric", "scalar", found.metric.measures, found.scalar.measures),
    ],
    latentMeans: occasions.slice(1).flatMap((occasion, k) =>
      scales.map(({ name }, scale): LatentMean => {
        const { model, fit } = found.scalar;
        const place = model.parameters.indexOf(meanName(scale, k + 1));
        return { occasion, scale: name, mean: fit.theta[place], se: fit.se[place] };
      }),
    ),
  };
}

const LEVELS: readonly InvarianceLevel[] = ["configural", "metric", "scalar"];

/** The items of the scales in their order, as places among all items. */
function usedItems(scales: readonly Scale[], names: readonly string[]): readonly number[] {
  const used: number[] = [];
  for (const { name, items } of scales) {
    if (items.length < 2) throw new BadItems(`scale "${name}" has ${items.length} items; at least two are needed`);
    for (const item of items) {
      const place = names.indexOf(item);
      if (place < 0) throw new BadItems(`scale "${name}": there is no item "${item}"; there are ${names.join(", ")}`);
      if (used.includes(place)) throw new BadItems(`item "${item}" is named twice`);
      used.push(place);
    }
  }
  return used;
}

/** The items of each scale, counted over the items in use. */
function placesOf(scales: readonly Scale[]): readonly (readonly number[])[] {
  let next = 0;
  return scales.map(({ items }) => items.map(() => next++));
}

function chosenColumns(row: Float64Array, used: readonly number[], perOccasion: number): Float64Array {
  const occasions = row.length / perOccasion;
  return Float64Array.from({ length: used.length * occasions }, (_, k) => {
    const occasion = Math.floor(k / used.length);
    return row[occasion * perOccasion + used[k % used.length]];
  });
}

function momentsOf(rows: readonly Float64Array[]): GroupMoments {
  const n = rows.length;
  const p = rows[0].length;
  const mean = new Float64Array(p);
  for (const row of rows) for (let i = 0; i < p; i++) mean[i] += row[i] / n;
  const covariance = new Matrix(p, p);
  for (const row of rows) {
    for (let j = 0; j < p; j++) {
      const right = (row[j] - mean[j]) / n;
      for (let i = 0; i < p; i++) covariance.data[j * p + i] += right * (row[i] - mean[i]);
    }
  }
  return { n, rows, mean, covariance };
}

function improperItems(
  model: StructuralModel,
  fit: StructuralFit,
  { kind, occasions, names }: Question,
  used: readonly number[],
): string[] {
  return model.groups.flatMap((_, group) => {
    const { residualCovariance } = partsOf(model, group, fit.theta);
    return Array.from({ length: model.items }, (_item, row) => row)
      .filter((row) => residualCovariance.get(row, row) <= 0)
      .map((row) => {
        const occasion = kind === "groups" ? group : Math.floor(row / used.length);
        return `${names[used[row % used.length]]} at ${occasions[occasion]}`;
      });
  });
}

function step(from: InvarianceLevel, to: "metric" | "scalar", before: FitMeasures, after: FitMeasures): InvarianceStep {
  const cfi = after.robustCfi - before.robustCfi;
  const rmsea = after.robustRmsea - before.robustRmsea;
  const srmr = after.srmr - before.srmr;
  const exceeded: ("cfi" | "rmsea" | "srmr")[] = [];
  if (cfi < -THRESHOLDS.cfi) exceeded.push("cfi");
  if (rmsea > THRESHOLDS.rmsea) exceeded.push("rmsea");
  if (srmr > THRESHOLDS.srmr[to]) exceeded.push("srmr");
  const df = after.df - before.df;
  const share = (after.df * after.scaling - (before.df === 0 ? 0 : before.df * before.scaling)) / df;
  const chiSquared = share > 0 ? (after.chiSquared - before.chiSquared) / share : Number.NaN;
  const isFailure = exceeded.includes("cfi") && exceeded.length > 1;
  return {
    from,
    to,
    cfi,
    rmsea,
    srmr,
    chiSquared,
    df,
    p: Number.isNaN(chiSquared) ? Number.NaN : chiSquaredTail(chiSquared, df),
    exceeded,
    reading: exceeded.length === 0 ? "holds" : isFailure ? "fails" : "unclear",
  };
}
