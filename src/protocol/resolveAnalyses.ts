import { type AcademicYear, type Horizon, isRelative, printAcademicYear, printHorizon } from "#domain";
import type { Expression, Scope } from "#expression";
import { checkColumns, checkDesignColumns, measuredAfter, resolveCovariates } from "./covariates.ts";
import { type DesignScope, exemptColumns } from "./designScope.ts";
import { type Item, itemAt, keysAt, type Path, placeAt } from "./item.ts";
import type { SealedFiles } from "./lookAhead.ts";
import { expressionAt, isDeclared, present, type Reading } from "./reading.ts";
import { checkOutcomeUnit, memberColumn } from "./resolveDesign.ts";
import { lagOf, withBaselineYear } from "./resolveStart.ts";
import type { AnalysisText } from "./schema.ts";
import { checkSeriesBreaks } from "./seriesBreaks.ts";
import type {
  AnalysisDeclaration,
  ComparisonDeclaration,
  OutcomeDeclaration,
  UnitDeclaration,
  YearlyDifference,
} from "./study.ts";
import { deliveredReads, type UnitModel } from "./unitColumns.ts";
import { NO_BASELINE } from "./validate.ts";

/** What an analysis may name: everything declared before it. */
export interface AnalysisScope {
  readonly units: ReadonlyMap<string, UnitModel>;
  readonly comparisons: ReadonlyMap<string, ComparisonDeclaration>;
  readonly outcomes: ReadonlyMap<string, OutcomeDeclaration>;
  /** Every name an outcome can be called by, and the parts it stands for. */
  readonly outcomeNames: ReadonlyMap<string, readonly string[]>;
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
    .map((outcome, i) => isOutcomeDeclared(reading, outcome, scope, item, ["outcomes", i]))
    .every(Boolean);
  if (text.outcomes.length === 0 && isEmptyList(itemAt(reading.whole, ["analyses", id, "outcomes"])))
    faults.add("required-key", placeAt(item, ["outcomes"]), `analysis ${id} names no outcomes.`, "List at least one.");
  const names = text.outcomes.flatMap((outcome) => scope.outcomeNames.get(outcome) ?? [outcome]);
  const horizons = readHorizons(reading, id, text, names, scope, item);
  const primaryHorizon = text.primaryHorizon ?? horizons.at(-1);
  if (primaryHorizon !== undefined && horizons.length > 0 && !horizons.includes(primaryHorizon)) {
    const shown = horizons.map((horizon) => printHorizon(horizon)).join(", ");
    faults.add(
      "unknown-name",
      placeAt(item, ["primaryHorizon"]),
      `Primary horizon ${printHorizon(primaryHorizon)} is not among the horizons (${shown}).`,
      "Add it to `horizons`, or name one of them.",
    );
  }
  const comparison = isKnown ? scope.comparisons.get(text.comparison) : undefined;
  const declaredUnit = comparison === undefined ? undefined : scope.units.get(comparison.unit);
  if (comparison === undefined || declaredUnit === undefined) return undefined;
  const unit = comparison.start === undefined ? declaredUnit : withBaselineYear(declaredUnit);

  if (comparison.restrictTo !== undefined) {
    faults.add(
      "sample-after-baseline",
      placeAt(item, ["comparison"]),
      `${text.comparison} is defined by what happened after the start: no analysis of its own can be made of it.`,
      `Vary the analysis of ${comparison.specificationFrom ?? "the whole sample"}: \`sensitivity: { of: …, vary: { comparison: ${text.comparison} } }\`.`,
    );
    return undefined;
  }
  for (const [i, outcome] of text.outcomes.entries())
    checkOutcomeUnit(reading, item, ["outcomes", i], outcome, text.rowsOf ?? comparison.unit);
  checkHorizons(reading, horizons, comparison, item);
  checkStillMeasured(reading, { ...text, horizons: [...horizons] }, scope, item);
  const outcomes = names.flatMap((outcome) => scope.outcomes.get(outcome) ?? []);
  const model = text.model ?? defaultModel(outcomes, text);
  checkModel(reading, id, text, model, outcomes, scope.units, item);
  const contrast =
    text.contrast ??
    (text.relativeYears === undefined ? defaultContrast(outcomes, comparison) : "differenceInDifferences");
  const difference = readDifference(reading, id, text, model, contrast, comparison, scope, item);
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
  const lag = lagOf(comparison.start);
  const sealed: DesignScope = { unit, baselineYear, sealed: scope.sealed, exempt: new Set(), ...present({ lag }) };
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
  const yearEffects = text.yearEffects ?? comparison.start !== undefined;
  addDefaults(reading, `analyses.${id}`, text, { model, contrast, clusters, minimumTreated, yearEffects });
  if (!areKnown || primaryHorizon === undefined) return undefined;
  if (contrast === "differenceInDifferences" && difference === undefined) return undefined;
  const analysis: AnalysisDeclaration = {
    id,
    comparison: text.comparison,
    outcomes: names,
    horizons,
    primaryHorizon,
    model,
    yearEffects,
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
    ...present({ where, difference }),
  };
  for (const outcome of outcomes) checkSeriesBreaks(reading, analysis, comparison, outcome, unit);
  return analysis;
}

function isOutcomeDeclared(
  { whole, faults }: Reading,
  name: string,
  { outcomeNames }: AnalysisScope,
  item: Item,
  at: Path,
): boolean {
  if (outcomeNames.has(name) || itemAt(whole, ["outcomes"])?.kind !== "mapping") return true;
  faults.unknownName(
    "outcome",
    name,
    new Set([...keysAt(itemAt(whole, ["outcomes"])), ...outcomeNames.keys()]),
    placeAt(item, at),
  );
  return keysAt(itemAt(whole, ["outcomes"])).includes(name);
}

/** D-23: the outcomes' own horizons where the analysis names none. */
function readHorizons(
  { faults, defaults, whole }: Reading,
  id: string,
  text: AnalysisText,
  names: readonly string[],
  scope: AnalysisScope,
  item: Item,
): readonly Horizon[] {
  if (text.horizons !== undefined) {
    if (text.horizons.length === 0 && isEmptyList(itemAt(whole, ["analyses", id, "horizons"])))
      faults.add(
        "required-key",
        placeAt(item, ["horizons"]),
        `analysis ${id} names no horizons.`,
        "List at least one.",
      );
    return text.horizons;
  }
  if (text.relativeYears !== undefined) return text.relativeYears.after;
  const own = [...new Set(names.flatMap((name) => scope.outcomes.get(name)?.horizons ?? []))].sort((a, b) => a - b);
  if (own.length > 0)
    defaults.add(`analyses.${id}.horizons`, own.map((horizon) => printHorizon(horizon)).join(", "), "D-23");
  else if (names.every((name) => scope.outcomes.has(name)) && itemAt(whole, ["analyses", id, "horizons"]) === undefined)
    faults.add(
      "required-key",
      item.place,
      `analysis ${id} does not say when the outcome is read: \`horizons\` is missing.`,
      "Add `horizons: [2017/18]`, or `horizons: [1 year]`.",
    );
  return own;
}

/** D-24: logistic where every outcome is a yes or no by rule, mixed where groups are given. */
function defaultModel(outcomes: readonly OutcomeDeclaration[], text: AnalysisText): AnalysisDeclaration["model"] {
  const isYesNo = outcomes.length > 0 && outcomes.every(({ rule }) => rule !== undefined);
  if (!isYesNo) return "linear";
  return text.groups === undefined && text.relativeYears === undefined ? "logistic" : "mixedLogistic";
}

/** A column of yes and no beside the unit it tells of, once for each: nothing of it is followed over years. */
function isDeliveredTruth(
  { unit, column, history }: OutcomeDeclaration,
  units: ReadonlyMap<string, UnitModel>,
): boolean {
  const own = units.get(unit);
  if (column === undefined || own === undefined || own.declaration.year !== undefined || history.size > 0) return false;
  return own.columns.get(column)?.type?.kind === "truth";
}

function checkModel(
  { faults }: Reading,
  id: string,
  text: AnalysisText,
  model: AnalysisDeclaration["model"],
  outcomes: readonly OutcomeDeclaration[],
  units: ReadonlyMap<string, UnitModel>,
  item: Item,
): void {
  if (model === "linear") return;
  const place = placeAt(item, ["model"]);
  const other = outcomes.find(
    (outcome) => outcome.rule === undefined && !(model === "logistic" && isDeliveredTruth(outcome, units)),
  );
  if (other !== undefined)
    faults.add(
      "not-supported-yet",
      place,
      model === "logistic"
        ? `\`model: logistic\` is for retention, progression and a yes or no delivered in a unit without years; ${other.id} of ${id} is none of them.`
        : `\`model: ${model}\` is for retention and progression so far; ${other.id} of ${id} is neither.`,
      "Use `model: linear`: the difference of two shares.",
    );
  const otherwise = outcomes.find((outcome) => outcome !== other && outcome.measure !== "percentage points");
  if (otherwise !== undefined)
    faults.add(
      "wrong-kind",
      place,
      `A logistic model tells a difference of two rates in percentage points; ${otherwise.id} is measured in ${otherwise.measure}.`,
      "Write `measure: percentage points` for the outcome, or use `model: linear`.",
    );
  if (model === "logistic" && text.contrast !== undefined && text.contrast !== "difference")
    faults.add(
      "wrong-kind",
      placeAt(item, ["contrast"]),
      "A yes or no that begins at time zero has no baseline value: its contrast is the difference.",
      "Write `contrast: difference`, or leave it out.",
    );
}

/** The rows and years of a difference in differences. Undefined where there is none, or where it is at fault. */
function readDifference(
  { faults, defaults }: Reading,
  id: string,
  text: AnalysisText,
  model: AnalysisDeclaration["model"],
  contrast: AnalysisDeclaration["contrast"],
  comparison: ComparisonDeclaration,
  scope: AnalysisScope,
  item: Item,
): YearlyDifference | undefined {
  const keys = ["rowsOf", "carriedBy", "relativeYears", "random", "groups"] as const;
  const isYearly = contrast === "differenceInDifferences";
  if (text.span !== undefined && (text.span === "eachYear") !== isYearly) {
    faults.add(
      "not-supported-yet",
      placeAt(item, ["span"]),
      isYearly
        ? "A difference in differences runs year by year."
        : "Other contrasts follow people from their start: yearly intervals are for a difference in differences.",
      `Write \`span: ${isYearly ? "eachYear" : "sinceStart"}\`, or leave it out.`,
    );
  }
  if (contrast !== "differenceInDifferences") {
    for (const key of keys) {
      if (text[key] !== undefined)
        faults.add(
          "not-supported-yet",
          placeAt(item, [key]),
          `\`${key}\` is carried out with \`contrast: differenceInDifferences\` only.`,
          "Leave it out, or write that contrast and `relativeYears`.",
        );
    }
    return undefined;
  }
  if (model !== "mixedLogistic")
    return faults.add(
      "not-supported-yet",
      placeAt(item, ["model"]),
      "A difference in differences over years is carried out with `model: mixedLogistic`.",
      "Write `model: mixedLogistic`.",
    );
  const missing = (["rowsOf", "carriedBy", "relativeYears"] as const).filter((key) => text[key] === undefined);
  for (const key of missing)
    faults.add(
      "required-key",
      item.place,
      `analysis ${id} does not say over which rows and years it runs: \`${key}\` is missing.`,
      {
        rowsOf: "Add `rowsOf: teachers`.",
        carriedBy: "Add `carriedBy: school_id`.",
        relativeYears: "Add `relativeYears: { before: [-3, -2, -1], after: [1, 2] }`.",
      }[key],
    );
  if (missing.length > 0) return undefined;
  const rows = scope.units.get(text.rowsOf!);
  if (rows === undefined)
    return faults.unknownName("unit", text.rowsOf!, scope.units.keys(), placeAt(item, ["rowsOf"]));
  if (text.rowsOf === comparison.unit)
    return faults.add(
      "unit-mismatch",
      placeAt(item, ["rowsOf"]),
      `A difference in differences follows the people of matched units; ${comparison.id} matches ${comparison.unit} themselves.`,
      "Name a comparison of what they belong to, or write `contrast: difference`.",
    );
  const carriedBy = memberColumn(rows, text.carriedBy!);
  if (!rows.columns.has(carriedBy))
    return faults.unknownColumn(text.rowsOf!, carriedBy, rows.columns.keys(), placeAt(item, ["carriedBy"]));
  const { before, after } = text.relativeYears!;
  const wrong = before.find((year) => year >= 0);
  if (wrong !== undefined || before.length === 0 || after.length === 0) {
    return faults.add(
      "wrong-kind",
      placeAt(item, ["relativeYears"]),
      "`before` needs years below 0 and `after` years above 0, one of each at least.",
      "For example `{ before: [-3, -2, -1], after: [1, 2] }`.",
    );
  }
  if (comparison.start === undefined)
    return faults.add(
      "not-supported-yet",
      placeAt(item, ["comparison"]),
      `${comparison.id} has one baseline year for all; a difference over years from the start needs one for each unit.`,
      "Give the comparison `baselineYear: { rule: modalRecruitment, from: … }`.",
    );
  if (text.random === undefined) defaults.add(`analyses.${id}.random`, "schoolAndYear", "D-24");
  const ascending = (years: readonly number[]) => [...new Set(years)].sort((a, b) => a - b);
  return {
    rowsOf: text.rowsOf!,
    carriedBy,
    before: ascending(before),
    after: ascending(after),
    random: text.random ?? "schoolAndYear",
  };
}

const isEmptyList = (item: Item | undefined): boolean => item?.kind === "list" && item.items.length === 0;

/** D-33 where units are people. */
const LEAST_PEOPLE = 30;
const PEOPLE: ReadonlySet<UnitDeclaration["is"]> = new Set(["teacher", "pupil", "person"]);

/** D-33: 30 people. Where units are schools, areas or alliances, no count of units but 6 treated clusters, written 0. */
const leastTreated = (unit: UnitModel): number => (PEOPLE.has(unit.declaration.is) ? LEAST_PEOPLE : 0);

function checkHorizons(
  reading: Reading,
  horizons: readonly Horizon[],
  { baselineYear, id, start }: ComparisonDeclaration,
  item: Item,
): void {
  const isRolling = start !== undefined;
  for (const [i, horizon] of horizons.entries()) {
    if (!isRelative(horizon) && baselineYear === NO_BASELINE && isRolling) {
      reading.faults.add(
        "wrong-kind",
        placeAt(item, ["horizons", i]),
        `Units of ${id} start in different years: ${printAcademicYear(horizon)} is another distance from each start.`,
        "Write `1 year`, `2 years`.",
      );
    }
    if (isRelative(horizon) || horizon > baselineYear || baselineYear === NO_BASELINE) continue;
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
  const parts = text.outcomes.flatMap((id, i) =>
    (scope.outcomeNames.get(id) ?? [id]).map((part) => [i, part] as const),
  );
  for (const [i, id] of parts) {
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
    if (outcome.rule !== undefined) continue;
    const missing = (text.horizons ?? [])
      .filter((year) => !outcome.history.has(year))
      .map((year) => printHorizon(year));
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
    return [
      ...(comparison.assignedBy === undefined ? [] : [comparison.assignedBy]),
      ...(comparison.start === undefined ? [] : [unit.declaration.identity]),
      ...(isOnce ? [SET] : []),
    ];
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
  found: Pick<AnalysisDeclaration, "model" | "contrast" | "clusters" | "minimumTreated" | "yearEffects">,
): void {
  const by: readonly (readonly [keyof AnalysisText, string, string])[] = [
    ["primaryHorizon", "the last", "D-23"],
    ["model", found.model, "D-24"],
    ["yearEffects", found.yearEffects ? "yes: baseline years differ" : "no", "D-25"],
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
