import { type AcademicYear, type Fault, Faults, printAcademicYear } from "#domain";
import { type ColumnRead, columnsOf, type Expression } from "#expression";
import { type BuildOptions, buildUnit, readsOf, type UnitTable } from "#linkage";
import {
  type ComparisonDeclaration,
  type DerivedColumn,
  rowYearOf,
  type Study,
  type StudySource,
  sourcesOf,
  type UnitDeclaration,
  yearColumnOf,
} from "#protocol";
import type { Seal, SealedColumns, TidyTable } from "#sources";
import { deliveredNames } from "./designReads.ts";
import type { Inputs } from "./openInputs.ts";
import { columnsAfter, outcomeColumns } from "./outcomeCells.ts";

/**
 * The seal of one comparison on one source: rows after the baseline year are absent altogether (so neither an outcome
 * nor whether a unit is still there can be seen), and so are columns that could show an outcome after it otherwise.
 */
function sealOf(study: Study, comparison: ComparisonDeclaration, sourceId: string): Seal {
  const source = study.sources.get(sourceId)!;
  const yearColumn = sealedYear(study.units.get(comparison.unit)!, source);
  const { baselineYear } = comparison;
  const without = columnsAfter(study, source, baselineYear, yearColumn !== undefined);
  return { without, ...(yearColumn !== undefined && { yearColumn, upTo: baselineYear }) };
}

/** The column whose later years are sealed: rows of a later year are absent also for a unit that knows no years. */
const sealedYear = (unit: UnitDeclaration, source: StudySource): string | undefined =>
  yearColumnOf(unit, source) ?? rowYearOf(source);

/** What a fault in a source may show only by its shape: every cell some comparison seals. */
export function sealedColumns(study: Study, sourceId: string): readonly SealedColumns[] {
  return [...study.comparisons.values()].flatMap((comparison): readonly SealedColumns[] => {
    const unit = study.units.get(comparison.unit)!;
    const source = sourcesOf(unit, study.sources).find(({ id }) => id === sourceId);
    if (source === undefined) return [];
    const yearColumn = sealedYear(unit, source);
    const rows = outcomeColumns(study, source);
    const { without } = sealOf(study, comparison, sourceId);
    return [
      ...(without.length > 0 ? [{ columns: without }] : []),
      ...(rows.length > 0 && yearColumn !== undefined
        ? [{ columns: rows, yearColumn, after: comparison.baselineYear }]
        : []),
    ];
  });
}

/** What else a sealed unit is made with. */
interface SealedOptions {
  /** Rows of earlier years are not wanted. */
  readonly since?: AcademicYear;
  /** Yearly rates that columns of the unit ask for. */
  readonly rates?: BuildOptions["rates"];
  /** What is read of it; everything when left out. */
  readonly reads?: readonly ColumnRead[];
}

/**
 * The unit table a comparison may be designed on: made from sealed views, without columns that need a sealed cell.
 * @throws Faults  `looks-ahead` where the comparison names such a column.
 */
export async function sealedUnit(
  study: Study,
  inputs: Inputs,
  comparison: ComparisonDeclaration,
  unit: UnitDeclaration,
  { since, rates, reads }: SealedOptions = {},
): Promise<UnitTable> {
  const tables = new Map<string, TidyTable>();
  const hidden = new Map<string, ReadonlySet<string>>();
  for (const { id: source } of sourcesOf(unit, study.sources)) {
    const seal = sealOf(study, comparison, source);
    hidden.set(source, new Set(seal.without));
    const isBounded = since !== undefined && seal.yearColumn !== undefined;
    const table = isBounded
      ? await inputs.rowsOf(
          source,
          seal,
          { since: { yearColumn: seal.yearColumn!, year: since } },
          source === unit.from && reads !== undefined ? deliveredNames(unit, reads) : undefined,
        )
      : await inputs.view(source, seal);
    tables.set(source, table);
  }
  const sealed = sealedNames(unit, hidden, comparison.baselineYear);
  refuseSealedNames(study, comparison, sealed);
  const join = unit.join.map((one) => ({
    ...one,
    columns: one.columns.filter((name) => !hidden.get(one.source)!.has(name)),
  }));
  const columns = unit.columns.filter((column) => !sealed.has(column.name));
  return buildUnit({ ...unit, join, columns }, tables, rates === undefined ? {} : { rates });
}

/** Names of unit columns that need a sealed cell, directly or through derived columns. */
function sealedNames(
  unit: UnitDeclaration,
  hidden: ReadonlyMap<string, ReadonlySet<string>>,
  baseline: AcademicYear,
): ReadonlySet<string> {
  const joined = unit.join.flatMap((join) =>
    join.columns.filter((name) => hidden.get(join.source)!.has(name)).map((name) => join.prefix + name),
  );
  const sealed = new Set([...hidden.get(unit.from)!, ...joined]);
  for (let before = -1; before !== sealed.size; ) {
    before = sealed.size;
    for (const column of unit.columns) {
      if (readsOf(column).some((read) => needsSealed(read, sealed, baseline)) || summarises(column, hidden))
        sealed.add(column.name);
    }
  }
  return sealed;
}

function needsSealed({ name, moment }: ColumnRead, sealed: ReadonlySet<string>, baseline: AcademicYear): boolean {
  return sealed.has(name) || (moment !== undefined && "year" in moment && moment.year > baseline);
}

/** Whether a summary reads a sealed column of the source it summarises. */
function summarises(column: DerivedColumn, hidden: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  if (column.how !== "summary") return false;
  const reads = [column.value, column.where].flatMap((expression) =>
    expression === undefined ? [] : columnsOf(expression),
  );
  return reads.some(({ name }) => hidden.get(column.of)!.has(name));
}

/** A comparison that names a sealed column is refused: leaving the column out silently would change what it means. */
function refuseSealedNames(study: Study, comparison: ComparisonDeclaration, sealed: ReadonlySet<string>): void {
  const { match } = comparison;
  const covariates = [
    ...match.covariates,
    ...match.balanceOn,
    ...match.specifications.flatMap((one) => one.covariates),
  ];
  const expressions: readonly Expression[] = [
    comparison.treated,
    ...(comparison.pool === undefined ? [] : [comparison.pool]),
    ...[...comparison.exclude, ...comparison.excludeBoth, ...covariates].map(({ expression }) => expression),
    ...Object.values(comparison.baselineOf),
  ];
  const clusters = [...study.analyses.values()]
    .filter((one) => one.comparison === comparison.id)
    .flatMap((one) => one.clusters);
  const names = [
    ...expressions.flatMap((expression) => columnsOf(expression).map(({ name }) => name)),
    ...match.exact,
    ...match.specifications.flatMap((one) => one.exact),
    ...(comparison.assignedBy === undefined ? [] : [comparison.assignedBy]),
    ...clusters,
  ];
  const found = [...new Set(names)].filter((name) => sealed.has(name));
  if (found.length === 0) return;
  const baseline = printAcademicYear(comparison.baselineYear, study.about.yearName);
  throw new Faults(
    comparison.place.file,
    found.map(
      (name): Fault => ({
        code: "looks-ahead",
        severity: "fault",
        place: comparison.place,
        message: `${name} needs, or may need, a value after baseline ${baseline}: it cannot be used in the design of ${comparison.id} (sealed).`,
        suggestion: "Read it at baseline, say when its column was measured, or move it to `outcomes`.",
      }),
    ),
  );
}

/**
 * The unit table with everything in it, gaps filled: only for `estimate`.
 * @param among  Only the rows of these identities.
 */
export async function openUnit(
  study: Study,
  inputs: Inputs,
  unit: UnitDeclaration,
  { among, repair = true }: { readonly among?: readonly string[]; readonly repair?: boolean } = {},
): Promise<UnitTable> {
  const tables = new Map<string, TidyTable>();
  for (const { id } of sourcesOf(unit, study.sources)) {
    const isDelivered = study.sources.get(id)!.columns.some(({ name }) => name === unit.identity);
    const table =
      among !== undefined && id === unit.from && isDelivered
        ? await inputs.rowsOf(id, undefined, { among: { column: unit.identity, values: among } })
        : await inputs.view(id);
    tables.set(id, table);
  }
  return buildUnit(unit, tables, { repair });
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
