import {
  asFactor,
  type Coarsening,
  coarsenedExact,
  commonSupport,
  crossFactors,
  distanceWithinStrata,
  effectiveSizes,
  type Formula,
  familyNamed,
  fitGeneralised,
  type MatchedSet,
  type ModelData,
  mahalanobisPoints,
  matchByDistance,
  matchFull,
  matchNearest,
  matchOptimal,
  modelMatrix,
  type NotEstimable,
  numbersOf,
  RandomStream,
  type Scaling,
  type Space,
  setNumbers,
  subclassify,
  variableOf,
} from "#stats";
import { BadSpec, type Spec } from "../spec.ts";
import { balanceAnswer, cobaltAnswer, covariatesOf } from "./balanceAnswer.ts";
import type { Kind } from "./index.ts";
import { fileNumber, overFile, type TreatmentData, treatmentData, treatmentFormula } from "./treatmentData.ts";

const METHODS = ["nearest", "optimal", "full", "subclass", "cem"] as const;
const SCALINGS: readonly string[] = ["mahalanobis", "scaled_euclidean", "euclidean"];
const ESTIMATED = ["glm", "logit", "linear.logit", "probit", "linear.probit"] as const;

/** `matching`: MatchIt's methods on a score that is given or estimated, on a distance of covariates, or on cells. */
export const matching: Kind = ({ spec, data }) => {
  const { formula, treat: response, covariates } = treatmentFormula(spec.text("formula"));
  const treat = spec.optionalText("treat") ?? response;
  const method = spec.choice("method", METHODS);
  const options = readOptions(spec);
  refuseUnused(method, options, spec);
  const distance = spec.optionalText("distance");
  const isColumn = distance !== undefined && data.has(distance);
  const sample = treatmentData(data, treat, [
    ...covariates,
    ...(isColumn ? [distance] : []),
    ...options.exact,
    ...options.antiexact,
  ]);
  const withTable = spec.flag("balanceTable", false);
  const coarsening = readCutpoints(spec);
  if (coarsening.size > 0 && method !== "cem")
    throw new BadSpec(`spec.cutpoints has no meaning for method "${method}"`);
  const place = method === "cem" ? undefined : placeOf(sample, formula, distance);
  if (place !== undefined && "state" in place) return place;
  const found =
    method === "cem"
      ? cells(sample, covariatesOf(sample.data, covariates, formula.factors), coarsening, options)
      : matched(sample, method, place!, options);
  if ("state" in found) return found;

  const { weights, isDiscarded } = found;
  const own = covariatesOf(sample.data, covariates, formula.factors);
  const counts = countsOf(sample.treated, weights, isDiscarded);
  return {
    counts,
    weights: overFile(sample, weights, 0),
    discarded: [...isDiscarded.keys()].filter((row) => isDiscarded[row] === 1).map((row) => fileNumber(sample, row)),
    ...(found.caliper !== undefined && { caliper: found.caliper }),
    ...(found.sets !== undefined && setsAnswer(sample, found.sets, found.distanceOf!)),
    ...(found.stratum !== undefined && {
      subclass: overFile<number | null>(
        sample,
        Array.from(found.stratum, (number) => (number < 0 ? null : number + 1)),
        null,
      ),
    }),
    ...(found.totalDistance !== undefined && { totalDistance: found.totalDistance }),
    effectiveN: effectiveSizes(sample.treated, weights),
    balance: balanceAnswer(own, sample.treated, weights),
    ...(withTable && {
      cobalt: cobaltAnswer(
        own,
        sample.treated,
        weights,
        place !== undefined && "score" in place ? place.score : undefined,
      ),
      sampleSizes: {
        "All (ESS)": counts["All (ESS)"],
        "All (Unweighted)": counts.All,
        "Matched (ESS)": counts["Matched (ESS)"],
        "Matched (Unweighted)": counts.Matched,
        Unmatched: counts.Unmatched,
        Discarded: counts.Discarded,
      },
    }),
  };
};

interface Options {
  readonly ratio: number;
  readonly replace: boolean;
  readonly order: "data" | "largest" | "smallest" | "random" | undefined;
  readonly seed: number | undefined;
  readonly exact: readonly string[];
  readonly antiexact: readonly string[];
  readonly caliper: number | undefined;
  readonly caliperScale: "sd" | "units";
  readonly discard: "none" | "treated" | "control" | "both";
  readonly subclasses: number;
  readonly estimand: "ATT" | "ATC" | "ATE";
}

function readOptions(spec: Spec): Options {
  const order =
    spec.optionalText("order") === undefined
      ? undefined
      : spec.choice("order", ["data", "largest", "smallest", "random"]);
  const seed = spec.optionalNumber("seed");
  if (order === "random" && seed === undefined)
    throw new BadSpec('spec.order "random" needs spec.seed: without it nobody can draw the same order again');
  const options: Options = {
    ratio: spec.optionalNumber("ratio") ?? 1,
    replace: spec.flag("replace", false),
    order,
    seed,
    exact: spec.optionalTexts("exact") ?? [],
    antiexact: spec.optionalTexts("antiexact") ?? [],
    caliper: spec.optionalNumber("caliper"),
    caliperScale: spec.choice("caliperScale", ["sd", "units"], "sd"),
    discard: spec.choice("discard", ["none", "treated", "control", "both"], "none"),
    subclasses: spec.optionalNumber("subclasses") ?? 6,
    estimand: spec.choice("estimand", ["ATT", "ATC", "ATE"], "ATT"),
  };
  if (options.caliper !== undefined && !(options.caliper >= 0))
    throw new BadSpec(`spec.caliper is ${options.caliper}; a number of 0 or more is expected`);
  return options;
}

/** Options a method has no use for must not be passed over in silence. */
function refuseUnused(method: (typeof METHODS)[number], options: Options, spec: Spec): void {
  const isAsked = {
    replace: options.replace,
    order: options.order !== undefined && options.order !== "data",
    exact: options.exact.length > 0,
    antiexact: options.antiexact.length > 0,
    caliper: options.caliper !== undefined,
    discard: options.discard !== "none",
    ratio: options.ratio !== 1,
    subclasses: spec.raw("subclasses") !== undefined,
    distance: (spec.raw("distance") ?? null) !== null,
  };
  if (options.seed !== undefined && options.order !== "random") throw new BadSpec('spec.seed goes with order "random"');
  if (spec.raw("caliperScale") !== undefined && options.caliper === undefined) {
    throw new BadSpec("spec.caliperScale goes with spec.caliper");
  }
  const unused: Record<string, readonly (keyof typeof isAsked)[]> = {
    nearest: ["subclasses"],
    // Who chooses first makes no difference to the best of all matchings.
    optimal: ["replace", "subclasses"],
    full: ["replace", "ratio", "subclasses"],
    subclass: ["replace", "order", "exact", "antiexact", "caliper", "ratio"],
    cem: ["replace", "order", "exact", "antiexact", "caliper", "discard", "ratio", "subclasses", "distance"],
  };
  for (const key of unused[method]) {
    if (isAsked[key]) throw new BadSpec(`spec.${key} has no meaning for method "${method}"`);
  }
}

/** Cut points; one number alone is a number of bins, a text a rule or "q" and a number of groups. */
function readCutpoints(spec: Spec): ReadonlyMap<string, Coarsening> {
  const raw = (spec.raw("cutpoints") ?? {}) as Readonly<Record<string, unknown>>;
  return new Map(
    Object.entries(raw).map(([name, own]): [string, Coarsening] => {
      const value = Array.isArray(own) && own.length === 1 ? own[0] : own;
      if (typeof value === "number") return [name, { kind: "bins", count: value }];
      if (value === "sturges" || value === "scott" || value === "fd") return [name, { kind: "rule", rule: value }];
      if (typeof value === "string" && /^q\d+$/.test(value))
        return [name, { kind: "quantiles", groups: Number(value.slice(1)) }];
      if (Array.isArray(value) && value.every((at) => typeof at === "number"))
        return [name, { kind: "cuts", at: value }];
      throw new BadSpec(
        `spec.cutpoints.${name} is ${JSON.stringify(own)}; cut points, a number of bins or a rule are expected`,
      );
    }),
  );
}

/** Where the rows lie: on a column of the data, on an estimated score, or as points of the covariates. */
function placeOf(sample: TreatmentData, formula: Formula, distance = "glm"): Space | NotEstimable {
  const { data, treated } = sample;
  if (data.has(distance)) return { score: numbersOf(data, distance) };
  const design = modelMatrix(formula, data);
  if (SCALINGS.includes(distance)) {
    const x = modelMatrix({ ...formula, hasIntercept: true }, data).x;
    const points = mahalanobisPoints(x, treated, distance as Scaling);
    return "state" in points ? points : { points };
  }
  if (!(ESTIMATED as readonly string[]).includes(distance)) {
    const known = [...ESTIMATED, ...SCALINGS].join(", ");
    throw new BadSpec(`spec.distance "${distance}" is neither a column nor known; known are ${known}`);
  }
  const family = familyNamed("binomial", distance.endsWith("probit") ? "probit" : "logit")!;
  const fit = fitGeneralised({ family, y: Float64Array.from(treated), x: design.x, names: design.names });
  if (fit.state === "not converged")
    return { state: "not estimable", reason: `the score did not settle: ${fit.reason}` };
  return { score: distance.startsWith("linear.") ? fit.linearPredictor : fit.linearPredictor.map(family.mean) };
}

interface Found {
  readonly weights: Float64Array;
  readonly isDiscarded: Uint8Array;
  readonly caliper?: number | undefined;
  readonly sets?: readonly MatchedSet[];
  readonly distanceOf?: (a: number, b: number) => number;
  readonly stratum?: Int32Array;
  readonly totalDistance?: number;
}

function cells(
  { treated }: TreatmentData,
  covariates: ModelData,
  coarsening: ReadonlyMap<string, Coarsening>,
  options: Options,
): Found | NotEstimable {
  for (const name of coarsening.keys()) {
    if (variableOf(covariates, name).kind === "factor")
      throw new BadSpec(`spec.cutpoints.${name}: "${name}" is a category, which has no cut points`);
  }
  const found = coarsenedExact({ covariates, treated, coarsening, estimand: options.estimand });
  if (found.state === "not estimable") return found;
  return { weights: found.weights, stratum: found.stratum, isDiscarded: new Uint8Array(treated.length) };
}

function matched(
  sample: TreatmentData,
  method: Exclude<(typeof METHODS)[number], "cem">,
  space: Space,
  options: Options,
): Found | NotEstimable {
  const { data, treated } = sample;
  const n = treated.length;
  const score = "score" in space ? space.score : undefined;
  if (score === undefined && options.discard !== "none")
    throw new BadSpec("spec.discard needs a score; the distance asked for has none");
  if (options.estimand !== "ATT" && (method === "nearest" || method === "optimal"))
    throw new BadSpec(`spec.estimand "${options.estimand}" is not known for method "${method}"; known is ATT`);
  const isDiscarded = score === undefined ? new Uint8Array(n) : commonSupport(score, treated, options.discard);
  if (method === "subclass") {
    if (score === undefined) throw new BadSpec('spec.method "subclass" needs a score');
    const { subclasses: classes, discard, estimand } = options;
    const found = subclassify({ score, treated, classes, discard, estimand });
    if (found.state === "not estimable") return found;
    const { weights, stratum } = found;
    return { weights, stratum, isDiscarded, totalDistance: distanceWithinStrata(score, treated, stratum) };
  }
  const caliper = caliperOf(options, score, isDiscarded);
  const rules = {
    ...(options.exact.length > 0 && { exact: crossFactors(data, options.exact).codes }),
    ...(options.antiexact.length > 0 && {
      antiexact: options.antiexact.map((name) => asFactor(variableOf(data, name)).codes),
    }),
    ...(caliper !== undefined && { caliper }),
  };
  // The file's order decides between equal scores, as in MatchIt.
  const tieRank = Float64Array.from({ length: n }, (_, row) => row);
  if (method === "full") {
    const found = matchFull({ space, treated, isDiscarded, tieRank, estimand: options.estimand, ...rules });
    return { weights: found.weights, stratum: found.stratum, isDiscarded, caliper, totalDistance: found.totalDistance };
  }
  const distanceOf = distanceIn(space);
  if (method === "optimal") {
    const found = matchOptimal({ space, treated, isDiscarded, tieRank, neighbours: options.ratio, ...rules });
    const stratum = setNumbers(found.sets, n);
    const { sets, weights, totalDistance } = found;
    return { weights, sets, distanceOf, stratum, isDiscarded, caliper, totalDistance };
  }
  const order = options.order ?? (score === undefined ? "data" : "largest");
  const orderRank = ranksOf(order, options.seed, tieRank);
  const { ratio: neighbours, replace: replacement } = options;
  const found =
    score !== undefined && options.antiexact.length === 0
      ? matchNearest({
          score,
          treated,
          neighbours,
          replacement,
          order,
          discard: options.discard,
          tieRank,
          orderRank,
          ...rules,
        })
      : matchByDistance({
          ...{ space, treated, neighbours, replacement, isDiscarded, tieRank, ...rules },
          choosers: choosersOf(treated, isDiscarded, order, score, orderRank),
        });
  const { sets, weights } = found;
  let totalDistance = 0;
  for (const set of sets) for (const control of set.controls) totalDistance += distanceOf(set.treated, control);
  return {
    ...{ weights, sets, distanceOf, isDiscarded, caliper, totalDistance },
    ...(!replacement && { stratum: setNumbers(sets, n) }),
  };
}

/** The caliper in units of the score: as given, or times the SD of the score over the rows not discarded. */
function caliperOf(options: Options, score: Float64Array | undefined, isDiscarded: Uint8Array): number | undefined {
  if (options.caliper === undefined || options.caliperScale === "units") return options.caliper;
  if (score === undefined) throw new BadSpec('spec.caliperScale "sd" needs a score; give the caliper in "units"');
  const kept = score.filter((_, row) => isDiscarded[row] === 0);
  const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
  return options.caliper * Math.sqrt(kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (kept.length - 1));
}

function ranksOf(order: NonNullable<Options["order"]>, seed: number | undefined, tieRank: Float64Array): Float64Array {
  if (order !== "random") return tieRank;
  const places = Int32Array.from(tieRank);
  new RandomStream(seed!, "order of choosing").shuffle(places);
  return Float64Array.from(places);
}

function choosersOf(
  treated: Uint8Array,
  isDiscarded: Uint8Array,
  order: NonNullable<Options["order"]>,
  score: Float64Array | undefined,
  orderRank: Float64Array,
): Int32Array {
  const rows = Int32Array.from(treated.keys()).filter((row) => treated[row] === 1 && isDiscarded[row] === 0);
  if (order === "data") return rows;
  if (order === "random") return rows.sort((a, b) => orderRank[a] - orderRank[b]);
  if (score === undefined) throw new BadSpec(`spec.order "${order}" needs a score`);
  const sign = order === "largest" ? -1 : 1;
  return rows.sort((a, b) => sign * (score[a] - score[b]) || a - b);
}

function distanceIn(space: Space): (a: number, b: number) => number {
  if ("score" in space) return (a, b) => Math.abs(space.score[a] - space.score[b]);
  const { points } = space;
  return (a, b) => {
    let sum = 0;
    for (let j = 0; j < points.columns; j++) sum += (points.get(a, j) - points.get(b, j)) ** 2;
    return Math.sqrt(sum);
  };
}

function setsAnswer(sample: TreatmentData, sets: readonly MatchedSet[], distanceOf: (a: number, b: number) => number) {
  const distances = sets.flatMap(({ treated, controls }) => Array.from(controls, (row) => distanceOf(treated, row)));
  const found = new Map(sets.map(({ treated, controls }) => [treated, controls]));
  const treatedRows = [...sample.treated.keys()].filter((row) => sample.treated[row] === 1);
  return {
    matches: Object.fromEntries(
      treatedRows.map((row) => [
        String(fileNumber(sample, row)),
        Array.from(found.get(row) ?? [], (control) => fileNumber(sample, control)),
      ]),
    ),
    pairs: {
      n: distances.length,
      meanDistance: distances.reduce((sum, value) => sum + value, 0) / distances.length,
      maxDistance: distances.reduce((largest, value) => Math.max(largest, value), Number.NEGATIVE_INFINITY),
      treatedMatched: sets.filter(({ controls }) => controls.length > 0).length,
      distinctControls: new Set(sets.flatMap(({ controls }) => [...controls])).size,
    },
  };
}

function countsOf(treated: Uint8Array, weights: Float64Array, isDiscarded: Uint8Array) {
  const count = (is: (row: number) => boolean) => {
    const counts = [0, 0];
    for (let row = 0; row < treated.length; row++) if (is(row)) counts[treated[row]]++;
    return { Control: counts[0], Treated: counts[1] };
  };
  const effective = effectiveSizes(treated, weights);
  const all = count(() => true);
  return {
    "All (ESS)": all,
    All: all,
    "Matched (ESS)": { Control: effective.control, Treated: effective.treated },
    Matched: count((row) => weights[row] > 0),
    Unmatched: count((row) => weights[row] === 0 && isDiscarded[row] === 0),
    Discarded: count((row) => isDiscarded[row] === 1),
  };
}
