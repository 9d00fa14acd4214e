import { type AcademicYear, academicYearOf, type ColumnDeclaration, Faults } from "#domain";
import { columnsOf } from "#expression";
import { buildUnit, readsOf, type UnitTable } from "#linkage";
import type { ComparisonDeclaration, DerivedColumn, OutcomeDeclaration, Study, UnitDeclaration } from "#protocol";
import type { Seal, SealedColumns, TidyTable } from "#sources";
import type { Inputs } from "./openInputs.ts";

/**
 * The seal of one comparison on one source: rows after the baseline year are absent altogether (so neither an outcome
 * nor whether a unit is still there can be seen), and so are wide columns that hold a later outcome.
 */
export function sealOf(study: Study, comparison: ComparisonDeclaration, sourceId: string): Seal {
  const yearColumn = yearColumnOf(study, study.units.get(comparison.unit)!, sourceId);
  const outcomes = [...study.outcomes.values()].filter((outcome) => outcome.unit === comparison.unit);
  const { baselineYear } = comparison;
  const without = study.sources
    .get(sourceId)!
    .columns.filter((column) =>
      outcomes.some((outcome) => showsLater(column, outcome, baselineYear, yearColumn !== undefined)),
    )
    .map((column) => column.name);
  return { without, ...(yearColumn !== undefined && { yearColumn, upTo: baselineYear }) };
}

/**
 * Whether a column could show a year of an outcome after baseline. Where rows have years, later rows are absent already,
 * so only wide columns can; elsewhere the outcome's own column can too, unless it is known to be measured by baseline.
 */
function showsLater(
  column: ColumnDeclaration,
  outcome: OutcomeDeclaration,
  baseline: AcademicYear,
  hasYears: boolean,
): boolean {
  if ([...outcome.history].some(([year, name]) => name === column.name && year > baseline)) return true;
  const read = outcome.expression === undefined ? [] : columnsOf(outcome.expression).map(({ name }) => name);
  const isPartOf =
    outcome.alsoSealed.includes(column.name) || outcome.column === column.name || read.includes(column.name);
  if (!isPartOf) return false;
  const { measured } = column;
  if (measured === undefined || measured.when === "rowYear") return !hasYears;
  return (measured.when === "year" ? measured.year : academicYearOf(measured.days)) > baseline;
}

/** The year column of a source: the unit's for the source it is made from, else the academic year of its key. */
function yearColumnOf(study: Study, unit: UnitDeclaration, sourceId: string): string | undefined {
  if (sourceId === unit.from) return unit.year;
  const source = study.sources.get(sourceId)!;
  const years = source.columns.filter((column) => column.type === "academicYear").map((column) => column.name);
  return source.key.find((name) => years.includes(name)) ?? (years.length === 1 ? years[0] : undefined);
}

/** What a fault in a source may show only by its shape: every cell some comparison seals. */
export function sealedColumns(study: Study, sourceId: string): readonly SealedColumns[] {
  return [...study.comparisons.values()].flatMap((comparison): readonly SealedColumns[] => {
    const unit = study.units.get(comparison.unit)!;
    if (!sourcesOf(unit).includes(sourceId)) return [];
    const yearColumn = yearColumnOf(study, unit, sourceId);
    const outcomes = [...study.outcomes.values()].filter((outcome) => outcome.unit === comparison.unit);
    const rows = outcomes.flatMap((outcome) => [
      ...(outcome.column === undefined ? [] : [outcome.column]),
      ...outcome.alsoSealed,
    ]);
    const wide = sealOf(study, comparison, sourceId).without;
    return [
      ...(wide.length > 0 ? [{ columns: wide }] : []),
      ...(rows.length > 0 && yearColumn !== undefined
        ? [{ columns: rows, yearColumn, after: comparison.baselineYear }]
        : []),
    ];
  });
}

/** Every source a unit is made from: its own, those it joins, those it summarises. */
export function sourcesOf(unit: UnitDeclaration): readonly string[] {
  const summarised = unit.columns.flatMap((column) => (column.how === "summary" ? [column.of] : []));
  return [...new Set([unit.from, ...unit.join.map((join) => join.source), ...summarised])];
}

/** The unit table a comparison may be designed on: made from sealed views, without columns that read sealed cells. */
export async function sealedUnit(
  study: Study,
  inputs: Inputs,
  comparison: ComparisonDeclaration,
  unit: UnitDeclaration,
): Promise<UnitTable> {
  const tables = new Map<string, TidyTable>();
  const hidden = new Set<string>();
  for (const source of sourcesOf(unit)) {
    const seal = sealOf(study, comparison, source);
    for (const name of seal.without) hidden.add(name);
    tables.set(source, await inputs.view(source, seal));
  }
  const join = unit.join.map((one) => ({ ...one, columns: one.columns.filter((name) => !hidden.has(name)) }));
  return buildUnit({ ...unit, join, columns: readable(unit.columns, hidden, comparison.baselineYear) }, tables);
}

/** Derived columns that need no sealed cell, directly or through other derived columns. */
function readable(
  columns: readonly DerivedColumn[],
  hidden: ReadonlySet<string>,
  baseline: AcademicYear,
): readonly DerivedColumn[] {
  const gone = new Set(hidden);
  let kept = columns;
  for (let before = -1; before !== kept.length; ) {
    before = kept.length;
    kept = kept.filter((column) => {
      const isSealed = readsOf(column).some(
        ({ name, moment }) => gone.has(name) || (moment !== undefined && "year" in moment && moment.year > baseline),
      );
      if (isSealed) gone.add(column.name);
      return !isSealed;
    });
  }
  return kept;
}

/** The unit table with everything in it: only for `estimate`. */
export async function openUnit(inputs: Inputs, unit: UnitDeclaration): Promise<UnitTable> {
  const tables = new Map<string, TidyTable>();
  for (const source of sourcesOf(unit)) tables.set(source, await inputs.view(source));
  return buildUnit(unit, tables);
}

/**
 * The unit followed by the number printed that year instead of its identity through changes of number.
 * @throws Faults  when the source has no such number beside the identity.
 */
export function withRawIdentity(study: Study, unit: UnitDeclaration): UnitDeclaration {
  const raw = study.sources
    .get(unit.from)!
    .columns.find((column) => column.type === "urn" && column.name !== unit.identity);
  if (raw !== undefined) return { ...unit, identity: raw.name };
  throw new Faults(unit.place.file, [
    {
      code: "no-raw-identity",
      severity: "fault",
      place: unit.place,
      message: `rawIdentity needs a column of type urn in ${unit.from} besides ${unit.identity}, and there is none.`,
      suggestion: "Declare the number as printed that year with `type: urn`, or leave this sensitivity out.",
    },
  ]);
}
