import type { AcademicYear } from "#domain";
import type { Expression, Scope } from "#expression";
import type { SealedFiles } from "./lookAhead.ts";
import { present } from "./reading.ts";
import { deliveredReads, type UnitModel } from "./unitColumns.ts";
import { NO_BASELINE } from "./validate.ts";

/** Where columns of the design are read: those of a unit up to its baseline year. */
export interface DesignScope {
  readonly unit: UnitModel;
  readonly baselineYear: AcademicYear;
  /** Years from baseline to time zero, where units start in different years. */
  readonly lag?: number;
  /** What outcomes hide after baseline. */
  readonly sealed: SealedFiles;
  /** Delivered columns (`source.column`) that say who was treated or who belongs together: they need no moment. */
  readonly exempt: ReadonlySet<string>;
}

/** What an expression of the design may name: columns of the unit, at no moment after baseline. */
export function sealedScope({ unit, baselineYear, lag }: DesignScope, wants?: "truth" | "number"): Scope {
  const isPanel = unit.declaration.year !== undefined;
  return {
    name: unit.declaration.id,
    columns: unit.columns,
    moments: isPanel ? "sealed" : "none",
    ...present({ baselineYear: baselineYear === NO_BASELINE ? undefined : baselineYear, lag, wants }),
  };
}

/** The delivered columns behind the treatment and the clusters of a comparison. */
export function exemptColumns(
  unit: UnitModel,
  treated: Expression | undefined,
  clusters: readonly string[],
): ReadonlySet<string> {
  const reads = [
    ...(treated === undefined ? [] : deliveredReads(treated, unit.columns)),
    ...clusters.flatMap((name) => unit.columns.get(name)?.madeFrom ?? []),
  ];
  return new Set(reads.map(({ source, column }) => `${source.id}.${column.name}`));
}
