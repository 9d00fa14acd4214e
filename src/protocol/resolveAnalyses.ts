import { type AcademicYear, printAcademicYear } from "#domain";
import type { Expression, Scope } from "#expression";
import { checkColumns, checkDesignColumns, measuredAfter, resolveCovariates } from "./covariates.ts";
import { type DesignScope, exemptColumns } from "./designScope.ts";
import { type Item, itemAt, keysAt, type Path, placeAt } from "./item.ts";
import type { SealedFiles } from "./lookAhead.ts";
import { expressionAt, isDeclared, present, type Reading } from "./reading.ts";
import { checkOutcomeUnit, memberColumn } from "./resolveDesign.ts";
import type { AnalysisText } from "./schema.ts";
import { checkSeriesBreaks } from "./seriesBreaks.ts";
import type { AnalysisDeclaration, ComparisonDeclaration, OutcomeDeclaration, UnitDeclaration } from "./study.ts";
import { deliveredReads, type UnitModel } from "./unitColumns.ts";
import { NO_BASELINE } from "./validate.ts";

/** What an analysis may name: everything declared before it. */
export interface AnalysisScope {
  readonly units: ReadonlyMap<string, UnitModel>;
  readonly comparisons: ReadonlyMap<string, ComparisonDeclaration>;
  readonly outcomes: ReadonlyMap<string, OutcomeDeclaration>;
  readonly sealed: SealedFiles;
}

/** The matched set as a cluster. */
const SET = "set";

export function resolveAnalyses(
  reading: Reading,
  analyses: Readonly<Record<string, AnalysisText>>,
  scope: AnalysisScope,
): ReadonlyMap<string, AnalysisDeclaration> {
  const resolved = new Map<string, AnalysisDeclaration>();
  for (const [id, analysis] of Object.entries(analyses)) {
    const item = itemAt(reading.sound, ["analyses", id])!;
    const found = resolveAnalysis(reading, id, analysis, item, scope);
    if (found !== undefined) resolved.set(id, found);
  }
  return resolved;
}

/**
 * One analysis with its defaults. Also reads the changed copy behind a sensitivity.
 * @param item  Where its keys stand.
 */
export function resolveAnalysis(
  reading: Reading,
  id: string,
  text: AnalysisText,
  item: Item,
  scope: AnalysisScope,
): AnalysisDeclaration | undefined {
  const { faults } = reading;
  const isKnown = isDeclared(reading, "comparison", text.comparison, ["design", "comparisons"], item, ["comparison"]);
  const areKnown = text.outcomes
    .map((outcome, i) => isDeclared(reading, "outcome", outcome, ["outcomes"], item, ["outcomes", i]))
    .every(Boolean);
  for (const key of ["outcomes", "horizons"] as const) {
    if (text[key].length === 0 && isEmptyList(itemAt(reading.whole, ["analyses", id, key])))
      faults.add("required-key", placeAt(item, [key]), `analysis ${id} names no ${key}.`, "List at least one.");
  }
  const primaryHorizon = text.primaryHorizon ?? text.horizons.at(-1);
  if (primaryHorizon !== undefined && text.horizons.length > 0 && !text.horizons.includes(primaryHorizon)) {
    const shown = text.horizons.map((year) => printAcademicYear(year)).join(", ");
    faults.add(
      "unknown-name",
      placeAt(item, ["primaryHorizon"]),
      `Primary horizon ${printAcademicYear(primaryHorizon)} is not among the horizons (${shown}).`,
      "Add it to `horizons`, or name one of them.",
    );
  }
  const comparison = isKnown ? scope.comparisons.get(text.comparison) : undefined;
  const unit = comparison === undefined ? undefined : scope.units.get(comparison.unit);
  if (comparison === undefined || unit === undefined) return undefined;

  for (const [i, outcome] of text.outcomes.entries())
    checkOutcomeUnit(reading, item, ["outcomes", i], outcome, comparison.unit);
  checkHorizons(reading, text.horizons, comparison, item);
  checkStillMeasured(reading, text, scope, item);
  const outcomes = text.outcomes.flatMap((outcome) => scope.outcomes.get(outcome) ?? []);
  const contrast = text.contrast ?? defaultContrast(outcomes, comparison);
  const open: Scope = {
    name: unit.declaration.id,
    columns: unit.columns,
    moments: unit.declaration.year === undefined ? "none" : "open",
    wants: "truth",
  };
  const where = expressionAt(reading, item, ["where"], open);
  checkSampleBefore(reading, `\`where\` of analysis ${id}`, where, unit, comparison.baselineYear);
  const minimumTreated = text.minimumTreated ?? leastTreated(unit);
  const subgroups = resolveSubgroups(reading, item, text, open, minimumTreated);
  for (const subgroup of subgroups)
    checkSampleBefore(reading, `Subgroup ${subgroup.id}`, subgroup.where, unit, comparison.baselineYear);
  const { baselineYear, treated, assignedBy } = comparison;
  const sealed: DesignScope = { unit, baselineYear, sealed: scope.sealed, exempt: new Set() };
  const clusters = readClusters(reading, item, text, comparison, sealed);
  const groups = [...clusters, ...(assignedBy === undefined ? [] : [assignedBy])];
  const adjustFor =
    typeof text.adjustFor === "object"
      ? resolveCovariates(reading, item, ["adjustFor"], text.adjustFor, {
          ...sealed,
          exempt: exemptColumns(unit, treated, groups),
        })
      : text.adjustFor;
  const weights = readWeights(reading, item, text, unit);
  const level = readLevel(reading, item, text);
  addDefaults(reading, `analyses.${id}`, text, { contrast, clusters, minimumTreated });
  if (!areKnown || primaryHorizon === undefined) return undefined;
  const analysis: AnalysisDeclaration = {
    id,
    comparison: text.comparison,
    outcomes: text.outcomes,
    horizons: text.horizons,
    primaryHorizon,
    model: "linear",
    contrast,
    adjustFor: adjustFor ?? "matchingCovariates",
    weights,
    clusters,
    errors: text.errors ?? "CR2",
    fewClusters: text.fewClusters ?? "wildBootstrap",
    bootstrapDraws: text.bootstrapDraws ?? 9999,
    level,
    show: text.show ?? [],
    subgroups,
    subgroupsBy: text.subgroupsBy ?? "interaction",
    minimumTreated,
    place: item.place,
    ...present({ where }),
  };
  for (const outcome of outcomes) checkSeriesBreaks(reading, analysis, comparison, outcome, unit);
  return analysis;
}

const isEmptyList = (item: Item | undefined): boolean => item?.kind === "list" && item.items.length === 0;

/** D-33 where units are people. */
const LEAST_PEOPLE = 30;
const PEOPLE: ReadonlySet<UnitDeclaration["is"]> = new Set(["teacher", "pupil", "person"]);

/** D-33: 30 people. Where units are schools, areas or alliances, no count of units but 6 treated clusters, written 0. */
const leastTreated = (unit: UnitModel): number => (PEOPLE.has(unit.declaration.is) ? LEAST_PEOPLE : 0);

function checkHorizons(
  reading: Reading,
  horizons: readonly AcademicYear[],
  { baselineYear, id }: ComparisonDeclaration,
  item: Item,
): void {
  for (const [i, horizon] of horizons.entries()) {
    if (horizon > baselineYear || baselineYear === NO_BASELINE) continue;
    const message = `Horizon ${printAcademicYear(horizon)} is not after the baseline of ${id}, ${printAcademicYear(baselineYear)}.`;
    reading.faults.add(
      "horizon-before-start",
      placeAt(item, ["horizons", i]),
      message,
      "Name a later year; earlier years are shown by `preTrends`.",
    );
  }
}

/** A measure that stopped before the programme has a history and nothing after it. */
function checkStillMeasured(reading: Reading, text: AnalysisText, scope: AnalysisScope, item: Item): void {
  for (const [i, id] of text.outcomes.entries()) {
    const outcome = scope.outcomes.get(id);
    if (outcome?.status === "dropped") {
      reading.faults.add(
        "outcome-dropped",
        placeAt(item, ["outcomes", i]),
        `Outcome ${id} is dropped: it cannot be analysed.`,
        "Leave it out here; it stays listed with its reason.",
      );
    }
    if (outcome === undefined || outcome.column !== undefined || outcome.expression !== undefined) continue;
    const missing = text.horizons.filter((year) => !outcome.history.has(year)).map((year) => printAcademicYear(year));
    if (missing.length === 0) continue;
    const message = `Outcome ${id} has no value in ${missing.join(" or ")}: it is known from its \`history\` alone.`;
    reading.faults.add(
      "unknown-name",
      placeAt(item, ["outcomes", i]),
      message,
      "Give it a `column`, or use it as a placebo.",
    );
  }
}

/** A group defined by what happened after the start is not compared by design: said, not refused. */
export function checkSampleBefore(
  reading: Reading,
  what: string,
  condition: Expression | undefined,
  unit: UnitModel,
  baseline: AcademicYear,
): void {
  if (condition === undefined || baseline === NO_BASELINE) return;
  const late = deliveredReads(condition, unit.columns).find(
    (read) => read.column.stable !== true && measuredAfter(read, baseline) !== undefined,
  );
  if (late === undefined) return;
  const message = `${what} reads ${late.column.name}, measured ${measuredAfter(late, baseline)}: it is defined by what happened after the start, not a causal contrast.`;
  reading.faults.add(
    "sample-after-baseline",
    condition.place,
    message,
    "Use a column measured by baseline, or keep it as a sensitivity.",
    "warning",
  );
}

/** D-24: ANCOVA where every outcome has a value at baseline, else the difference. */
function defaultContrast(
  outcomes: readonly OutcomeDeclaration[],
  comparison: ComparisonDeclaration,
): AnalysisDeclaration["contrast"] {
  const hasBaseline = outcomes.every(
    (outcome) =>
      outcome.column !== undefined ||
      outcome.history.has(comparison.baselineYear) ||
      comparison.baselineOf[outcome.id] !== undefined,
  );
  return hasBaseline ? "adjustedForBaseline" : "difference";
}

function resolveSubgroups(
  reading: Reading,
  item: Item,
  text: AnalysisText,
  scope: Scope,
  minimumTreated: number,
): AnalysisDeclaration["subgroups"] {
  return keysAt(itemAt(item, ["subgroups"])).flatMap((id) => {
    const where = expressionAt(reading, item, ["subgroups", id, "where"], scope);
    const minimum = text.subgroups?.[id]?.minimum ?? minimumTreated;
    return where === undefined ? [] : [{ id, where, minimum }];
  });
}

/** D-27: the level treatment was decided at, and the matched set where units serve once. */
function readClusters(
  reading: Reading,
  item: Item,
  { clusters }: AnalysisText,
  comparison: ComparisonDeclaration,
  scope: DesignScope,
): readonly string[] {
  const { unit } = scope;
  if (clusters === undefined) {
    const isOnce = comparison.match.specifications.some(
      ({ method, replacement }) => method === "nearest" && !replacement,
    );
    return [...(comparison.assignedBy === undefined ? [] : [comparison.assignedBy]), ...(isOnce ? [SET] : [])];
  }
  const names = (typeof clusters === "string" ? [clusters] : clusters).map((name) => memberColumn(unit, name));
  for (const [i, name] of names.entries()) {
    const path: Path = typeof clusters === "string" ? ["clusters"] : ["clusters", i];
    if (name !== SET) checkDesignColumns(reading, item, path, [name], scope);
    if (names.indexOf(name) < i)
      reading.faults.add("repeated-key", placeAt(item, path), `\`${name}\` is listed twice.`, "Keep one.");
  }
  return names;
}

function readWeights(
  reading: Reading,
  item: Item,
  { weights = "matching" }: AnalysisText,
  unit: UnitModel,
): AnalysisDeclaration["weights"] {
  if (weights === "matching" || weights === "none") return weights;
  checkColumns(reading, item, ["weights"], [weights], unit);
  const type = unit.columns.get(weights)?.type;
  if (type !== undefined && type.kind !== "number") {
    reading.faults.add("type-mismatch", placeAt(item, ["weights"]), `Weights need a number; ${weights} is not one.`);
  }
  return { column: weights };
}

function readLevel(reading: Reading, item: Item, { intervals }: AnalysisText): number {
  if (intervals?.level === undefined) return 0.95;
  const { size, unit } = intervals.level;
  if (unit === "%" && size > 50 && size < 100) return size / 100;
  reading.faults.add(
    "wrong-kind",
    placeAt(item, ["intervals", "level"]),
    "`level` needs a percent between 50% and 100%.",
    "Write `95%`.",
  );
  return 0.95;
}

function addDefaults(
  { defaults }: Reading,
  path: string,
  text: AnalysisText,
  found: Pick<AnalysisDeclaration, "contrast" | "clusters" | "minimumTreated">,
): void {
  const by: readonly (readonly [keyof AnalysisText, string, string])[] = [
    ["primaryHorizon", "the last", "D-23"],
    ["model", "linear", "D-24"],
    ["contrast", found.contrast, "D-24"],
    ["adjustFor", "matchingCovariates", "D-25"],
    ["weights", "matching", "D-26"],
    ["clusters", found.clusters.length === 0 ? "the unit itself" : found.clusters.join(", "), "D-27"],
    ["errors", "CR2", "D-27"],
    ["fewClusters", "wildBootstrap", "D-28"],
    ["bootstrapDraws", "9999", "D-28"],
    ["intervals", "95%", "D-29"],
    ["show", "effect and interval, n by arm", "D-30"],
    ["minimumTreated", found.minimumTreated === 0 ? "6 treated clusters" : `${LEAST_PEOPLE} people`, "D-33"],
  ];
  for (const [key, value, number] of by) if (text[key] === undefined) defaults.add(`${path}.${key}`, value, number);
  defaults.add(`${path}.missingOutcome`, "left out, never imputed", "D-31");
  if (text.subgroups !== undefined && text.subgroupsBy === undefined)
    defaults.add(`${path}.subgroupsBy`, "interaction", "D-32");
}
