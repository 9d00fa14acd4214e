import { type AcademicYear, printAcademicYear } from "#domain";
import type { Expression } from "#expression";
import { checkDesignColumns, checkMeasuredBefore } from "./covariates.ts";
import { type DesignScope, exemptColumns, sealedScope } from "./designScope.ts";
import { type Item, itemAt, keysAt, type Path, placeAt } from "./item.ts";
import { checkNotAhead, type SealedFiles } from "./lookAhead.ts";
import { declaredAt, expressionAt, isDeclared, present, type Reading } from "./reading.ts";
import { resolveMatch } from "./resolveMatch.ts";
import { BASELINE_YEAR, lagOf, resolveStart, withBaselineYear } from "./resolveStart.ts";
import type { ComparisonText } from "./schema.ts";
import type { ComparisonDeclaration, MatchDeclaration, StudySource } from "./study.ts";
import type { UnitModel } from "./unitColumns.ts";
import { NO_BASELINE } from "./validate.ts";

/** Who is compared with whom. A comparison with a part at fault is left out; its faults are said. */
export function resolveDesign(
  reading: Reading,
  comparisons: Readonly<Record<string, ComparisonText>>,
  units: ReadonlyMap<string, UnitModel>,
  sources: ReadonlyMap<string, StudySource>,
  sealed: SealedFiles,
  clustersOf: (comparison: string) => readonly string[],
): ReadonlyMap<string, ComparisonDeclaration> {
  const resolved = new Map<string, ComparisonDeclaration>();
  reading.defaults.add(
    "design.undecided.rows",
    "left out, counted on their own line; an undecided `treated` counts as not treated",
    "D-07",
  );
  for (const [id, comparison] of Object.entries(comparisons)) {
    const item = itemAt(reading.sound, ["design", "comparisons", id])!;
    if (!isDeclared(reading, "unit", comparison.unit, ["units"], item, ["unit"])) continue;
    const unit = units.get(comparison.unit);
    const found =
      unit === undefined
        ? undefined
        : resolveComparison(reading, id, comparison, item, { unit, sources, sealed, clusters: clustersOf(id) });
    if (found !== undefined) resolved.set(id, found);
  }
  for (const { id, unit, specificationFrom } of resolved.values()) {
    const other = specificationFrom === undefined ? undefined : resolved.get(specificationFrom);
    if (other === undefined || (other.restrictTo === undefined && other.unit === unit)) continue;
    reading.faults.add(
      "unit-mismatch",
      placeAt(itemAt(reading.sound, ["design", "comparisons", id])!, ["specificationFrom"]),
      other.restrictTo === undefined
        ? `Comparison ${other.id} is of ${other.unit}; ${id} is of ${unit}.`
        : `Comparison ${other.id} is itself defined by what happened after the start: no specification was chosen for it.`,
      "Name the comparison whose sample it restricts.",
    );
  }
  return resolved;
}

function resolveComparison(
  reading: Reading,
  id: string,
  text: ComparisonText,
  item: Item,
  { unit: declared, sources, sealed, clusters }: Around,
): ComparisonDeclaration | undefined {
  const { faults } = reading;
  const isRolling = typeof text.baselineYear !== "number";
  const baselineYear = typeof text.baselineYear === "number" ? text.baselineYear : NO_BASELINE;
  const unit = isRolling ? withBaselineYear(declared) : declared;
  const start = resolveStart(reading, id, text, item, unit, sources);
  const path = `design.comparisons.${id}`;
  const from = readFrom(reading, item, text);
  const assignedBy = text.assignedBy === undefined ? undefined : memberColumn(unit, text.assignedBy);
  const base: DesignScope = { unit, sealed, baselineYear, exempt: new Set(), ...present({ lag: lagOf(start) }) };
  const treated = expressionAt(reading, item, ["treated"], sealedScope(base, "truth"));
  checkNotAhead(reading, treated, base);
  const groups = [
    ...(assignedBy === undefined ? [] : [assignedBy]),
    ...clusters.map((name) => memberColumn(unit, name)),
  ];
  const scope: DesignScope = { ...base, exempt: exemptColumns(unit, treated, groups) };
  const conditions = (key: "exclude" | "excludeBoth") =>
    keysAt(itemAt(item, [key])).flatMap((name) => {
      const expression = conditionAt(reading, item, [key, name], scope);
      return expression === undefined ? [] : [{ id: name, expression }];
    });
  const pool = conditionAt(reading, item, ["pool"], scope);
  const exclude = conditions("exclude");
  const excludeBoth = conditions("excludeBoth");
  if (assignedBy !== undefined) checkDesignColumns(reading, item, ["assignedBy"], [assignedBy], scope);
  if (text.match === undefined && from === "matching") {
    faults.add(
      "required-key",
      item.place,
      `comparison ${id} does not say what units are matched on: \`match\` is missing.`,
      "Add `match: { covariates: [..] }`, or `from: everyone`.",
    );
  }
  const match = from === undefined ? undefined : resolveMatch(reading, item, `${path}.match`, text.match, from, scope);
  const restrictTo = expressionAt(reading, item, ["restrictTo"], {
    name: unit.declaration.id,
    columns: unit.columns,
    moments: "open",
    wants: "truth",
  });
  if (text.specificationFrom !== undefined)
    isDeclared(reading, "comparison", text.specificationFrom, ["design", "comparisons"], item, ["specificationFrom"]);
  if (restrictTo !== undefined && text.specificationFrom === undefined) {
    faults.add(
      "required-key",
      item.place,
      `comparison ${id} does not say whose matching specification it takes over: \`specificationFrom\` is missing.`,
      "Name the comparison it restricts: nothing may be chosen once outcomes are open.",
    );
  }
  if (restrictTo !== undefined) {
    faults.add(
      "sample-after-baseline",
      restrictTo.place,
      `${id} is defined by what happened after the start: among those who stayed, not a causal contrast.`,
      "Kept as a sensitivity; as the comparison of a primary analysis it is a fault.",
      "warning",
    );
  }
  const preTrends = resolvePreTrends(reading, item, text, scope.baselineYear);
  const afterStart = readAfterStart(reading, item, text);
  const baselineOf = resolveBaselines(reading, item, text, scope);
  addDefaults(reading, path, text);
  if (treated === undefined || match === undefined || from === undefined) return undefined;
  if (isRolling && start === undefined) return undefined;
  return {
    id,
    unit: text.unit,
    treated,
    from,
    baselineYear,
    afterStart,
    exclude,
    excludeBoth,
    estimand: text.estimand ?? "treated",
    unitWeight: text.unitWeight ?? "school",
    match: isRolling ? exactOnBaselineYear(match) : match,
    baselineOf,
    place: item.place,
    ...present({ start, restrictTo, specificationFrom: text.specificationFrom }),
    ...present({ pool, assignedBy, assignedOver: text.assignedOver, preTrends }),
  };
}

/** Units that start in different years are matched within their year, whatever else must agree (methods, 1.7). */
function exactOnBaselineYear(match: MatchDeclaration): MatchDeclaration {
  const withYear = (exact: readonly string[]) => (exact.includes(BASELINE_YEAR) ? exact : [BASELINE_YEAR, ...exact]);
  return {
    ...match,
    exact: withYear(match.exact),
    specifications: match.specifications.map((one) =>
      one.method === "nearest" ? { ...one, exact: withYear(one.exact) } : one,
    ),
  };
}

/** What a comparison is resolved with: its unit, what outcomes hide, and what its analyses cluster by. */
interface Around {
  readonly unit: UnitModel;
  readonly sources: ReadonlyMap<string, StudySource>;
  readonly sealed: SealedFiles;
  readonly clusters: readonly string[];
}

/** A condition of the design, which may not show what lies after baseline. */
function conditionAt(reading: Reading, item: Item, path: Path, scope: DesignScope): Expression | undefined {
  const found = expressionAt(reading, item, path, sealedScope(scope, "truth"));
  if (checkNotAhead(reading, found, scope)) checkMeasuredBefore(reading, found, scope);
  return found;
}

function addDefaults({ defaults }: Reading, path: string, text: ComparisonText): void {
  if (text.preTrends !== undefined)
    defaults.add(`${path}.preTrends.shown`, "all earlier years are always shown, whatever `years` lists", "D-46");
  if (text.from === undefined) defaults.add(`${path}.from`, "matching", "D-14");
  if (text.timeZero === undefined && typeof text.baselineYear === "number")
    defaults.add(`${path}.timeZero`, "baseline", "D-13");
  if (text.afterStart === undefined) defaults.add(`${path}.afterStart`, "follow every unit", "D-13");
  if (text.assignedBy === undefined) defaults.add(`${path}.assignedBy`, "the unit itself", "D-15");
  if (text.estimand === undefined) defaults.add(`${path}.estimand`, "treated", "D-16");
  if (text.unitWeight === undefined) defaults.add(`${path}.unitWeight`, "school", "D-16");
}

function readFrom(
  reading: Reading,
  item: Item,
  { from = "matching" }: ComparisonText,
): "matching" | "everyone" | undefined {
  if (from === "matching" || from === "everyone") return from;
  return reading.faults.add(
    "not-supported-yet",
    placeAt(item, ["from"]),
    `\`from: ${from}\` would be a randomised allocation, which is not supported yet.`,
    "Write `matching` or `everyone`.",
  );
}

/** A member of the unit (`authority`) stands for its column (`la_code`). */
export function memberColumn(unit: UnitModel, name: string): string {
  const { member } = unit.declaration;
  return !unit.columns.has(name) && Object.hasOwn(member, name) ? member[name]! : name;
}

const EVENTS = ["closure", "merger", "conversion", "leaving", "withdrawal"];

function readAfterStart(
  reading: Reading,
  item: Item,
  { afterStart = {} }: ComparisonText,
): Readonly<Record<string, string>> {
  for (const [event, what] of Object.entries(afterStart)) {
    const place = placeAt(item, ["afterStart", event]);
    if (!EVENTS.includes(event)) reading.faults.unknownName("event", event, EVENTS, place);
    else if (what !== "follow" && !(event === "leaving" && what === "countAs no")) {
      reading.faults.add(
        "not-supported-yet",
        place,
        `\`${event}: ${what}\` is not supported yet: every unit is followed.`,
        "Write `follow`.",
      );
    }
  }
  return afterStart;
}

function resolvePreTrends(
  reading: Reading,
  item: Item,
  { preTrends, unit }: ComparisonText,
  baseline: AcademicYear,
): ComparisonDeclaration["preTrends"] | undefined {
  if (preTrends === undefined) return undefined;
  for (const [i, outcome] of preTrends.outcomes.entries()) {
    const at: Path = ["preTrends", "outcomes", i];
    if (isDeclared(reading, "outcome", outcome, ["outcomes"], item, at))
      checkOutcomeUnit(reading, item, at, outcome, unit);
  }
  for (const [i, year] of preTrends.years.entries()) {
    if (year <= baseline) continue;
    reading.faults.add(
      "looks-ahead",
      placeAt(item, ["preTrends", "years", i]),
      `${printAcademicYear(year)} lies after baseline ${printAcademicYear(baseline)}: it cannot be used in design (sealed).`,
      "Name years up to baseline.",
    );
  }
  return { outcomes: preTrends.outcomes, years: preTrends.years };
}

/** An outcome is one of the unit it is looked at in. */
export function checkOutcomeUnit(reading: Reading, item: Item, at: Path, outcome: string, unit: string): void {
  const own = itemAt(reading.whole, ["outcomes", outcome, "unit"]);
  if (own?.kind !== "scalar" || own.text === unit || !declaredAt(reading, ["units"]).includes(own.text)) return;
  reading.faults.add(
    "unit-mismatch",
    placeAt(item, at),
    `Outcome ${outcome} belongs to ${own.text}; here ${unit} are compared.`,
    "Name an outcome of the same unit.",
  );
}

function resolveBaselines(
  reading: Reading,
  item: Item,
  text: ComparisonText,
  scope: DesignScope,
): Readonly<Record<string, Expression>> {
  const found: Record<string, Expression> = {};
  for (const outcome of Object.keys(text.baselineOf ?? {})) {
    const at = ["baselineOf", outcome];
    if (!isDeclared(reading, "outcome", outcome, ["outcomes"], item, at)) continue;
    checkOutcomeUnit(reading, item, at, outcome, text.unit);
    const expression = expressionAt(reading, item, at, sealedScope(scope, "number"));
    if (checkNotAhead(reading, expression, scope)) checkMeasuredBefore(reading, expression, scope);
    if (expression !== undefined) found[outcome] = expression;
  }
  return found;
}
