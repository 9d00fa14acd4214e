import { RandomStream } from "#math";
import {
  asFactor,
  type CovarianceKind,
  completeRows,
  complierEffect,
  groupTimeEffects,
  type Interval,
  type ModelData,
  numbersOf,
  type PanelRows,
  panelEventStudy,
  randomisationTest,
  rowsOf,
  syntheticControl,
  syntheticDid,
  takeRows,
  variableOf,
} from "#stats";
import type { Request } from "../case.ts";
import { BadSpec, type Spec } from "../spec.ts";
import { estimated } from "./estimated.ts";
import type { Kind } from "./index.ts";

const LEVEL = 0.95;

export const PANELS: Readonly<Record<string, Kind>> = {
  eventStudy,
  groupTime,
  syntheticControl: control,
  syntheticDid: did,
  cace,
  randomisation,
};

/** A panel read from `unit`, `period`, `outcome` and `start` (the period of each unit's start; below 0 for never). */
interface ReadPanel {
  readonly rows: PanelRows;
  /** Per unit. */
  readonly starts: Int32Array;
  readonly perUnit: (name: string) => Float64Array;
  readonly unitLevels: readonly string[];
}

function readPanel({ spec, data: all }: Request): ReadPanel {
  const named = ["unit", "period", "start"].map((key) => spec.text(key));
  const cluster = spec.optionalText("cluster");
  const needed = [...named, ...(cluster === undefined ? [] : [cluster]), ...(spec.optionalTexts("covariates") ?? [])];
  const data = takeRows(all, completeRows(all, needed));
  if (rowsOf(data) < rowsOf(all)) {
    throw new BadSpec(
      `a row lacks a value of ${needed.join(", ")}: each is needed in every row (a unit that never starts has a start below 0)`,
    );
  }
  const unit = asFactor(variableOf(data, spec.text("unit")));
  const period = Int32Array.from(numbersOf(data, spec.text("period")));
  const first = new Int32Array(unit.levels.length).fill(-1);
  for (const [row, code] of unit.codes.entries()) if (first[code] < 0) first[code] = row;
  const perUnit = (name: string): Float64Array => {
    const variable = variableOf(data, name);
    const values = variable.kind === "number" ? variable.values : Float64Array.from(variable.codes);
    return Float64Array.from(first, (row) => values[row]);
  };
  return {
    rows: { unit: unit.codes, period, outcome: numbersOf(data, spec.text("outcome")) },
    starts: Int32Array.from(perUnit(spec.text("start"))),
    perUnit,
    unitLevels: unit.levels,
  };
}

/** The panel of the units that start in `group` and those that never do. */
function oneGroup(request: Request): {
  rows: PanelRows;
  starts: Int32Array;
  group: number;
  kept: Int32Array;
  read: ReadPanel;
} {
  const read = readPanel(request);
  const group = request.spec.number("group");
  const kept = Int32Array.from(read.starts.keys()).filter(
    (unit) => read.starts[unit] === group || read.starts[unit] < 0,
  );
  const place = new Map([...kept].map((unit, i) => [unit, i]));
  const rows = [...read.rows.unit.keys()].filter((row) => place.has(read.rows.unit[row]));
  return {
    rows: {
      unit: Int32Array.from(rows, (row) => place.get(read.rows.unit[row])!),
      period: Int32Array.from(rows, (row) => read.rows.period[row]),
      outcome: Float64Array.from(rows, (row) => read.rows.outcome[row]),
    },
    starts: kept.map((unit) => read.starts[unit]),
    group,
    kept,
    read,
  };
}

function eventStudy(request: Request): unknown {
  const { spec } = request;
  const { rows, starts, group, kept, read } = oneGroup(request);
  const cluster = spec.optionalText("cluster");
  const clusters = cluster === undefined ? [] : [Int32Array.from(kept, (unit) => read.perUnit(cluster)[unit])];
  const study = estimated(
    panelEventStudy({
      rows,
      treated: Float64Array.from(starts, (start) => Number(start === group)),
      start: group,
      baseline: spec.optionalNumber("baseline") ?? group - 1,
      clusters,
      kind: errorsOf(spec),
      level: LEVEL,
    }),
  );
  return {
    effect: Object.fromEntries(study.effects.map(({ period, estimate }) => [period, estimate])),
    se: Object.fromEntries(study.effects.map(({ period, se }) => [period, se])),
    joint: study.before,
  };
}

function groupTime(request: Request): unknown {
  const { spec } = request;
  const { rows, starts, perUnit } = readPanel(request);
  const cluster = spec.optionalText("cluster");
  const found = estimated(
    groupTimeEffects({
      rows,
      firstTreated: starts,
      covariates: (spec.optionalTexts("covariates") ?? []).map(perUnit),
      comparison: spec.choice("comparison", ["notYet", "never"]),
      ...(cluster === undefined ? {} : { clusters: Int32Array.from(perUnit(cluster)) }),
      random: new RandomStream(1, "group-time effects"),
      level: LEVEL,
    }),
  );
  const brief = ({ estimate, se }: Interval) => ({ estimate, se });
  return {
    effects: Object.fromEntries(found.effects.map((own) => [`${own.group}:${own.period}`, brief(own)])),
    overall: brief(found.overall),
    byTimeSinceStart: Object.fromEntries(found.byTimeSinceStart.map((own) => [`${own.of}`, brief(own)])),
    byGroup: Object.fromEntries(found.byGroup.map((own) => [`${own.of}`, brief(own)])),
  };
}

function control(request: Request): unknown {
  const { rows, starts, group } = oneGroup(request);
  const found = estimated(syntheticControl({ rows, treated: unitsStarting(starts, group), start: group }));
  return { effect: found.effect, gaps: found.gaps, placeboP: found.placeboP };
}

function did(request: Request): unknown {
  const { rows, starts, group } = oneGroup(request);
  const found = estimated(
    syntheticDid({
      rows,
      treated: unitsStarting(starts, group),
      start: group,
      uncertainty: request.spec.choice("uncertainty", ["placebo", "jackknife"], "jackknife"),
      random: new RandomStream(1, "synthetic difference-in-differences"),
      level: LEVEL,
    }),
  );
  return {
    effect: found.effect,
    periodWeights: found.periodWeights,
    se: "se" in found.uncertainty ? found.uncertainty.se : Number.NaN,
  };
}

function cace({ spec, data }: Request): unknown {
  const cluster = spec.optionalText("cluster");
  const found = estimated(
    complierEffect({
      outcome: numbersOf(data, spec.text("outcome")),
      takesPart: numbersOf(data, spec.text("takesPart")),
      offered: numbersOf(data, spec.text("offered")),
      covariates: (spec.optionalTexts("covariates") ?? []).map((name) => numbersOf(data, name)),
      clusters: cluster === undefined ? [] : [codesOf(data, cluster)],
      kind: errorsOf(spec) as Exclude<CovarianceKind, "CR2">,
      level: LEVEL,
    }),
  );
  return {
    effect: found.effect.estimate,
    se: found.effect.se,
    firstStage: found.firstStage.estimate,
    instrumentF: found.instrumentF,
    offer: found.offer.estimate,
  };
}

function randomisation({ spec, data }: Request): unknown {
  const strata = spec.optionalText("strata");
  const cluster = spec.optionalText("cluster");
  const { estimate, p, low, high, allocations } = estimated(
    randomisationTest({
      outcome: numbersOf(data, spec.text("outcome")),
      treated: numbersOf(data, spec.text("treated")),
      ...(strata === undefined ? {} : { strata: codesOf(data, strata) }),
      ...(cluster === undefined ? {} : { cluster: codesOf(data, cluster) }),
      random: new RandomStream(1, "randomisation"),
      level: LEVEL,
    }),
  );
  return { estimate, p, lower: low, upper: high, allocations };
}

const KINDS_OF_ERRORS = ["CR0", "CR1", "CR1S", "CR2", "HC0", "HC1", "HC2", "HC3", "model"] as const;

function errorsOf(spec: Spec): CovarianceKind {
  const kind = spec.choice("errors", KINDS_OF_ERRORS);
  if (spec.kind === "cace" && kind === "CR2")
    throw new BadSpec('spec.errors "CR2" is not known for two-stage least squares');
  return kind;
}

const codesOf = (data: ModelData, name: string): Int32Array => asFactor(variableOf(data, name)).codes;

const unitsStarting = (starts: Int32Array, group: number): number[] =>
  [...starts.keys()].filter((unit) => starts[unit] === group);
