import { printAcademicYear } from "#domain";
import type { Effect, Estimable, Interval, OutcomeEffect, SensitivityRow } from "#estimation";
import type { Study } from "#protocol";
import type { Result } from "#report";
import type { EstimatedStudy } from "./estimateStudy.ts";

/** Every effect, sensitivity and specification as plain numbers at full precision; small counts are left out. */
export function resultsOf(study: Study, estimated: EstimatedStudy, minimum: number): readonly Result[] {
  return [
    ...estimated.effects.flatMap((effect) =>
      effect.readings.map((reading) => ofReading(study, effect, reading, minimum)),
    ),
    ...[...estimated.sensitivity, ...estimated.curves].map((row) => ofRow(study, row, minimum)),
  ];
}

const shown = (n: number, minimum: number): number | undefined => (n > 0 && n < minimum ? undefined : n);

/** Leaves out what is undefined or not a number. */
function known<T extends Record<string, number | string | boolean | undefined>>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && !Number.isNaN(value)),
  ) as Partial<T>;
}

function ofReading(study: Study, effect: OutcomeEffect, reading: Effect, minimum: number): Result {
  const point = intervalOrNone(reading.point);
  const { base } = reading;
  return {
    analysis: effect.analysis,
    comparison: effect.comparison,
    specification: effect.specification,
    outcome: effect.outcome,
    horizon: printAcademicYear(effect.horizon, study.about.yearName),
    reading: reading.contrast,
    isDeclared: reading.isDeclared,
    role: effect.role,
    ...known({
      treated: shown(base.treated, minimum),
      comparisonUnits: shown(base.comparison, minimum),
      estimate: reading.estimate,
      se: point?.se,
      df: point?.df,
      p: point?.p,
      low: point?.low,
      high: point?.high,
      seWithoutClusters: reading.unclustered?.se,
      treatedClusters: base.treatedClusters,
      effectiveTreatedClusters: base.effectiveTreatedClusters,
      bootstrapP: reading.wild?.state === "estimated" ? reading.wild.p : undefined,
      reason: reading.point.state === "not estimable" ? reading.point.reason : undefined,
    }),
  };
}

function ofRow(study: Study, row: SensitivityRow, minimum: number): Result {
  const analysis = study.analyses.get(row.analysis)!;
  const point = intervalOrNone(row.point);
  return {
    analysis: row.analysis,
    comparison: analysis.comparison,
    specification: row.sensitivity,
    outcome: row.outcome,
    horizon: printAcademicYear(row.horizon, study.about.yearName),
    reading: analysis.contrast,
    isDeclared: false,
    role: "sensitivity",
    changed: row.changed,
    ...known({
      treated: shown(row.base.treated, minimum),
      comparisonUnits: shown(row.base.comparison, minimum),
      estimate: point?.estimate,
      se: point?.se,
      df: point?.df,
      p: point?.p,
      low: point?.low,
      high: point?.high,
      treatedClusters: row.base.treatedClusters,
      effectiveTreatedClusters: row.base.effectiveTreatedClusters,
      reason: row.point.state === "not estimable" ? row.point.reason : undefined,
    }),
  };
}

/** The interval of an estimate, or undefined where there is none. */
const intervalOrNone = (point: Estimable<Interval>): Interval | undefined =>
  point.state === "estimated" ? point : undefined;
