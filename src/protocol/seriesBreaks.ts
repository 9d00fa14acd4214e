import { type AcademicYear, printAcademicYear, type SeriesBreak } from "#domain";
import { columnsOf } from "#expression";
import { itemAt, placeAt } from "./item.ts";
import type { Reading } from "./reading.ts";
import type { AnalysisDeclaration, ComparisonDeclaration, OutcomeDeclaration } from "./study.ts";
import type { UnitModel } from "./unitColumns.ts";

/**
 * An outcome must not be differenced across a change of its definition: from baseline to a horizon, or from an earlier
 * year of its history to baseline. A study may accept the break with a reason, which is then a warning.
 */
export function checkSeriesBreaks(
  reading: Reading,
  analysis: AnalysisDeclaration,
  comparison: ComparisonDeclaration,
  outcome: OutcomeDeclaration,
  unit: UnitModel,
): void {
  const { baselineYear } = comparison;
  const laterBreaks = analysis.contrast === "difference" ? [] : breaksOf(unit, outcomeColumns(outcome));
  for (const found of laterBreaks) {
    const horizon = analysis.horizons.find((year) => baselineYear < found.from && found.from <= year);
    if (horizon !== undefined) complain(reading, outcome, found, baselineYear, horizon);
  }
  for (const [year, column] of outcome.history) {
    for (const found of breaksOf(unit, [column, ...outcomeColumns(outcome)])) {
      if (year < found.from && found.from <= baselineYear) complain(reading, outcome, found, year, baselineYear);
    }
  }
}

function outcomeColumns(outcome: OutcomeDeclaration): readonly string[] {
  if (outcome.column !== undefined) return [outcome.column];
  return outcome.expression === undefined ? [] : columnsOf(outcome.expression).map(({ name }) => name);
}

function breaksOf(unit: UnitModel, names: readonly string[]): readonly SeriesBreak[] {
  const reads = names.flatMap((name) => unit.columns.get(name)?.madeFrom ?? []);
  const found = reads.flatMap(({ source, column }) =>
    source.breaks.filter((own) => own.kind === "level" && own.columns.includes(column.name)),
  );
  return [...new Set(found)];
}

function complain(
  reading: Reading,
  outcome: OutcomeDeclaration,
  found: SeriesBreak,
  from: AcademicYear,
  to: AcademicYear,
): void {
  const item = itemAt(reading.sound, ["outcomes", outcome.id])!;
  const place = placeAt(item, [outcome.column === undefined ? "expression" : "column"]);
  const reason = itemAt(item, ["acceptBreak"]);
  const name = outcome.column ?? outcome.label;
  const message = `${name} changes between ${printAcademicYear(from)} and ${printAcademicYear(to)}, in ${printAcademicYear(found.from)}: ${found.what.replace(/\.$/, "")}.`;
  if (reason?.kind === "scalar") {
    reading.faults.add("series-break", place, message, `Accepted by the study: ${reason.text}`, "warning");
  } else {
    reading.faults.add(
      "series-break",
      place,
      message,
      "Start later, standardise by year, or say `acceptBreak: …` with the reason.",
    );
  }
}
