import { analysesOf } from "#design";
import { type ColumnRead, columnsOf } from "#expression";
import { readsOf } from "#linkage";
import type { ComparisonDeclaration, Study, UnitDeclaration } from "#protocol";

/** Every column the design of a comparison reads, by name and moment: conditions, covariates, exact columns, clusters. */
export function readsOfDesign(study: Study, comparison: ComparisonDeclaration): readonly ColumnRead[] {
  const { match } = comparison;
  const covariates = [
    ...match.covariates,
    ...match.balanceOn,
    ...match.specifications.flatMap((one) => one.covariates),
    ...("by" in match.choose ? match.choose.over : []),
  ];
  const expressions = [
    comparison.treated,
    ...(comparison.pool === undefined ? [] : [comparison.pool]),
    ...[...comparison.exclude, ...comparison.excludeBoth, ...covariates].map(({ expression }) => expression),
    ...Object.values(comparison.baselineOf),
  ];
  const names = [
    ...match.exact,
    ...match.specifications.flatMap((one) => one.exact),
    ...(comparison.assignedBy === undefined ? [] : [comparison.assignedBy]),
    ...analysesOf(study, comparison.id).flatMap((one) => one.clusters),
  ];
  return [
    ...expressions.flatMap((expression) => columnsOf(expression)),
    ...names.map((name): ColumnRead => ({ name, moment: undefined })),
  ];
}

/** A unit with only those derived columns that some reads need, directly or through others. */
export function withOnly(unit: UnitDeclaration, reads: readonly ColumnRead[]): UnitDeclaration {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    const column = unit.columns.find((own) => own.name === name);
    if (column !== undefined) for (const read of readsOf(column)) visit(read.name);
  };
  for (const read of reads) visit(read.name);
  return { ...unit, columns: unit.columns.filter(({ name }) => needed.has(name)) };
}

/**
 * How many years before baseline a design looks at the rows of a unit; undefined where that cannot be told, because some
 * column names a fixed year or follows people through earlier ones.
 */
export function yearsLookedBack(unit: UnitDeclaration, reads: readonly ColumnRead[]): number | undefined {
  const moments = [
    ...reads.map(({ moment }) => moment),
    ...unit.columns.flatMap((column) => readsOf(column).map(({ moment }) => moment)),
  ];
  if (moments.some((moment) => moment !== undefined && "year" in moment)) return undefined;
  if (unit.columns.some(({ how }) => how === "challengingSchool")) return undefined;
  return Math.max(
    0,
    ...moments.map((moment) => (moment !== undefined && "anchor" in moment ? -Math.min(0, moment.offset) : 0)),
  );
}

/** The columns of its own source that a unit needs for some reads: what it is followed by, and what is derived or joined. */
export function deliveredNames(unit: UnitDeclaration, reads: readonly ColumnRead[]): ReadonlySet<string> {
  return new Set([
    unit.identity,
    ...(unit.number === undefined ? [] : [unit.number]),
    ...(unit.year === undefined ? [] : [unit.year]),
    ...(unit.where === undefined ? [] : columnsOf(unit.where).map(({ name }) => name)),
    ...unit.join.flatMap(({ on }) => on),
    ...reads.map(({ name }) => name),
    ...unit.columns.flatMap((column) => readsOf(column).map(({ name }) => name)),
    ...(unit.repair === undefined ? [] : [unit.repair.roleStart, ...unit.repair.countDown]),
  ]);
}
