import { type AcademicYear, academicYearOf, type Place, printAcademicYear, printDate } from "#domain";
import type { Expression, Moment } from "#expression";
import { type DesignScope, sealedScope } from "./designScope.ts";
import { type Item, itemAt, type Path, placeAt } from "./item.ts";
import { checkMomentKnown } from "./knownMoment.ts";
import { checkColumnNotAhead, checkNotAhead } from "./lookAhead.ts";
import { expressionAt, present, type Reading } from "./reading.ts";
import type { CovariateText } from "./schema.ts";
import type { Covariate } from "./study.ts";
import { type DeliveredRead, deliveredReads, type UnitModel } from "./unitColumns.ts";

/** A list of covariates at a path; those at fault are left out, which is said. */
export function resolveCovariates(
  reading: Reading,
  item: Item,
  path: Path,
  texts: readonly CovariateText[],
  scope: DesignScope,
): readonly Covariate[] {
  const found = texts.flatMap((text, i) => resolveCovariate(reading, item, [...path, i], text, scope) ?? []);
  for (const [i, { name, place }] of found.entries()) {
    if (found.findIndex((other) => other.name === name) < i)
      reading.faults.add("repeated-key", place, `\`${name}\` is listed twice.`, "Keep one.");
  }
  return found;
}

function resolveCovariate(
  reading: Reading,
  item: Item,
  path: Path,
  text: CovariateText,
  scope: DesignScope,
): Covariate | undefined {
  const isMapped = typeof text === "object";
  const at = isMapped ? [...path, "column"] : path;
  const expression = expressionAt(reading, item, at, sealedScope(scope));
  if (expression === undefined) return undefined;
  const name = expression.text.trim().replace(/\s+/g, " ");
  const place = placeAt(item, at);
  const reference = checkKind(reading, name, place, expression, scope.unit);
  if (checkNotAhead(reading, expression, scope)) {
    const reads = deliveredReads(expression, scope.unit.columns);
    checkBeforeTreatment(reading, name, place, reads, scope.baselineYear);
    checkMomentKnown(reading, name, place, reads, scope);
  }
  const label = (isMapped ? text.label : undefined) ?? onlyLabel(expression);
  return {
    name,
    expression,
    baselineRequired: isMapped && text.baseline === "required",
    place,
    ...present({ reference, label }),
  };
}

/** The label of a covariate that is one column and nothing else. */
function onlyLabel({ tree, labels }: Expression): string | undefined {
  const column = tree.node === "at" ? tree.of : tree;
  return column.node === "column" ? labels[column.name] : undefined;
}

/** A covariate is a number with a unit, a yes or no, or a category with a reference. Gives the reference. */
function checkKind(
  reading: Reading,
  name: string,
  place: Place,
  expression: Expression,
  unit: UnitModel,
): string | undefined {
  const { faults } = reading;
  const { type } = expression;
  const column = expression.tree.node === "at" ? expression.tree.of : expression.tree;
  const model = column.node === "column" ? unit.columns.get(column.name) : undefined;
  if (type.kind === "category") {
    if (type.levels === undefined) {
      const message = `${name} enters a model but its column does not list its levels: \`levels\` is missing.`;
      return faults.add("required-key", place, message, "Add `levels: [..]`, in order, and a `reference`.");
    }
    if (model?.reference !== undefined) return model.reference;
    const example = type.levels[0] ?? "one of its levels";
    return faults.add(
      "reference-missing",
      place,
      `${name} enters a model but names no reference level.`,
      `Add \`reference: ${example}\` to its column.`,
    );
  }
  if (type.kind === "text" || type.kind === "date" || type.kind === "academicYear") {
    const what = { text: "text", date: "a date", academicYear: "an academic year" }[type.kind];
    return faults.add(
      "type-mismatch",
      place,
      `${name} is ${what}: units cannot be matched on it or a model adjusted for it.`,
      "Declare it as a category with levels, or make a number of it.",
    );
  }
  const delivered = model?.madeFrom[0]?.column;
  if (delivered?.type === "number" && delivered.unit === undefined && model?.madeFrom.length === 1) {
    faults.add(
      "required-key",
      place,
      `${name} is a number without a unit: \`unit\` is missing from its column.`,
      "Add `unit: points`, or whatever it counts.",
    );
  }
  return undefined;
}

/** Says which columns of a condition or baseline were measured after baseline, unless they make the treatment itself. */
export function checkMeasuredBefore(reading: Reading, expression: Expression | undefined, scope: DesignScope): void {
  if (expression === undefined) return;
  const reads = deliveredReads(expression, scope.unit.columns).filter(
    ({ source, column }) => !scope.exempt.has(`${source.id}.${column.name}`),
  );
  checkBeforeTreatment(reading, expression.text, expression.place, reads, scope.baselineYear);
}

/** A covariate measured after baseline may carry the effect of the programme: refused unless it cannot change. */
function checkBeforeTreatment(
  reading: Reading,
  name: string,
  place: Place,
  reads: readonly DeliveredRead[],
  baseline: AcademicYear,
): void {
  const late = new Map<string, { readonly read: DeliveredRead; readonly when: string }>();
  for (const read of reads) {
    if (read.column.stable === true) continue;
    const when = measuredAfter(read, baseline);
    if (when !== undefined && !late.has(read.column.name)) late.set(read.column.name, { read, when });
  }
  for (const { read, when } of late.values()) {
    const through =
      read.column.name === name || name.startsWith(`${read.column.name} `) ? "" : ` reads ${read.column.name}, which`;
    const earlier = earlierColumn(read, baseline);
    const use = earlier === undefined ? "Use a column measured by then" : `Use ${earlier}`;
    reading.faults.add(
      "covariate-after-treatment",
      place,
      `${name}${through} was measured ${when}, after baseline ${printAcademicYear(baseline)}.`,
      `${use}, or say \`stable: yes\` with a \`because\` if it cannot change.`,
    );
  }
}

/** When a delivered column was measured or is read, in words, if that lies after baseline. */
export function measuredAfter({ source, column, moment }: DeliveredRead, baseline: AcademicYear): string | undefined {
  const { measured } = column;
  if (measured?.when === "year") return measured.year > baseline ? `in ${printAcademicYear(measured.year)}` : undefined;
  if (measured?.when === "date")
    return academicYearOf(measured.days) > baseline ? `on ${printDate(measured.days)}` : undefined;
  const read = momentYear(moment, baseline);
  if (read !== undefined && read > baseline) return `in ${printAcademicYear(read)}`;
  const isDatedLater =
    measured === undefined && source.snapshot !== undefined && academicYearOf(source.snapshot) > baseline;
  return isDatedLater ? `on ${printDate(source.snapshot)}, the date of ${source.id}` : undefined;
}

function momentYear(moment: Moment | undefined, baseline: AcademicYear): AcademicYear | undefined {
  if (moment === undefined) return undefined;
  return "year" in moment ? moment.year : baseline + moment.offset;
}

/** The same column measured by baseline: `fsm6_pct_201819` → `fsm6_pct_201516`. */
function earlierColumn({ source, column }: DeliveredRead, baseline: AcademicYear): string | undefined {
  const stem = column.name.replace(/_\d{4,6}$/, "");
  const candidates = source.columns.filter(({ name, measured }) => {
    const isEarlier = measured?.when === "year" && measured.year <= baseline;
    return isEarlier && name !== column.name && name.replace(/_\d{4,6}$/, "") === stem;
  });
  return candidates
    .map(({ name }) => name)
    .sort()
    .at(-1);
}

/** A list of columns at a path: each must be one of the unit. */
export function checkColumns(
  reading: Reading,
  item: Item,
  path: Path,
  names: readonly string[],
  unit: UnitModel,
): void {
  for (const [i, name] of names.entries()) {
    if (!unit.columns.has(name))
      reading.faults.unknownColumn(
        unit.declaration.id,
        name,
        unit.columns.keys(),
        placeAt(item, itemAt(item, [...path, i]) === undefined ? path : [...path, i]),
      );
  }
}

/** Columns units must agree in, or are grouped by: none may show what lies after baseline. */
export function checkDesignColumns(
  reading: Reading,
  item: Item,
  path: Path,
  names: readonly string[],
  scope: DesignScope,
): readonly string[] {
  checkColumns(reading, item, path, names, scope.unit);
  return names.filter((name, i) => {
    const at = itemAt(item, [...path, i]) === undefined ? path : [...path, i];
    return checkColumnNotAhead(reading, name, placeAt(item, at), scope);
  });
}

/** Columns units must agree in are covariates too: their moment must be known. */
export function checkExact(
  reading: Reading,
  item: Item,
  path: Path,
  names: readonly string[],
  scope: DesignScope,
): void {
  for (const name of checkDesignColumns(reading, item, path, names, scope)) {
    const place = placeAt(item, [...path, names.indexOf(name)]);
    const reads = scope.unit.columns.get(name)?.madeFrom ?? [];
    checkBeforeTreatment(reading, name, place, reads, scope.baselineYear);
    checkMomentKnown(reading, name, place, reads, scope);
  }
}
