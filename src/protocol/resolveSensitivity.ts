import { printAcademicYear } from "#domain";
import { Defaults } from "./choices.ts";
import { checkColumns } from "./covariates.ts";
import { type Entry, type Item, itemAt, keysAt, type Mapping, placeAt } from "./item.ts";
import { expressionAt, isDeclared, present, type Reading } from "./reading.ts";
import { type AnalysisScope, checkSampleBefore, resolveAnalysis } from "./resolveAnalyses.ts";
import { checkOutcomeUnit, memberColumn } from "./resolveDesign.ts";
import type { SensitivityText } from "./schema.ts";
import { analysisSchema } from "./schemaQuestions.ts";
import type { AnalysisDeclaration, ComparisonDeclaration, SensitivityDeclaration, Vary } from "./study.ts";
import type { UnitModel } from "./unitColumns.ts";
import { validate } from "./validate.ts";

type VaryText = Exclude<SensitivityText["vary"], string>;

/** The analyses with one thing changed. */
export function resolveSensitivity(
  reading: Reading,
  texts: Readonly<Record<string, SensitivityText>>,
  analyses: ReadonlyMap<string, AnalysisDeclaration>,
  scope: AnalysisScope,
): ReadonlyMap<string, SensitivityDeclaration> {
  const resolved = new Map<string, SensitivityDeclaration>();
  for (const [id, text] of Object.entries(texts)) {
    const item = itemAt(reading.sound, ["sensitivity", id])!;
    if (!isDeclared(reading, "analysis", text.of, ["analyses"], item, ["of"])) continue;
    const analysis = analyses.get(text.of);
    const comparison = analysis === undefined ? undefined : scope.comparisons.get(analysis.comparison);
    const unit = comparison === undefined ? undefined : scope.units.get(comparison.unit);
    const vary =
      typeof text.vary === "string"
        ? { what: text.vary }
        : new VaryReader(reading, id, item, { text, analysis, comparison, unit, scope }).read(text.vary);
    if (vary !== undefined && analysis !== undefined)
      resolved.set(id, { id, of: text.of, vary, place: item.place, ...present({ because: text.because }) });
  }
  return resolved;
}

interface Varied {
  readonly text: SensitivityText;
  readonly analysis: AnalysisDeclaration | undefined;
  readonly comparison: ComparisonDeclaration | undefined;
  readonly unit: UnitModel | undefined;
  readonly scope: AnalysisScope;
}

/** Keys that would make another question of the analysis, not another answer to it. */
const FIXED: Readonly<Record<string, string>> = {
  comparison: "Write `vary: { comparison: … }`.",
  outcomes: "Declare an analysis of its own.",
  horizons: "Declare an analysis of its own.",
  primaryHorizon: "Declare an analysis of its own.",
  subgroups: "Declare an analysis of its own.",
};

class VaryReader {
  readonly #reading: Reading;
  readonly #id: string;
  readonly #item: Item;
  readonly #varied: Varied;

  constructor(reading: Reading, id: string, item: Item, varied: Varied) {
    this.#reading = reading;
    this.#id = id;
    this.#item = item;
    this.#varied = varied;
  }

  read(text: VaryText): Vary | undefined {
    const keys = keysAt(itemAt(this.#item, ["vary"])).filter((key) => key !== "because");
    const written = keysAt(itemAt(this.#reading.whole, ["sensitivity", this.#id, "vary"]));
    // What is at fault has said so itself.
    if (keys.length === 0 && written.length > 0) return undefined;
    if (keys.length !== 1) {
      const read = keys.length === 0 ? "nothing" : keys.map((key) => `\`${key}\``).join(" and ");
      return this.#reading.faults.add(
        "wrong-kind",
        placeAt(this.#item, ["vary"]),
        `sensitivity ${this.#id} changes one thing; read ${read}.`,
        "Declare one sensitivity for each change.",
      );
    }
    if (text.comparison !== undefined) return this.#comparison(text.comparison);
    if (text.set !== undefined) return this.#set();
    if (text.leaveOneOut !== undefined) return this.#leaveOneOut(text.leaveOneOut);
    if (text.placebo !== undefined) return this.#placebo(text.placebo);
    if (text.preset !== undefined) return { what: "preset", preset: text.preset };
    if (text.replaceColumn !== undefined) return this.#replaceColumn(text.replaceColumn);
    return this.#where();
  }

  #comparison(name: string): Vary | undefined {
    const { comparison, scope } = this.#varied;
    const at = ["vary", "comparison"];
    if (!isDeclared(this.#reading, "comparison", name, ["design", "comparisons"], this.#item, at)) return undefined;
    const other = scope.comparisons.get(name);
    if (other !== undefined && comparison !== undefined && other.unit !== comparison.unit) {
      const message = `Comparison ${name} is of ${other.unit}; the analysis is of ${comparison.unit}.`;
      return this.#reading.faults.add(
        "unit-mismatch",
        placeAt(this.#item, at),
        message,
        "Name a comparison of the same unit.",
      );
    }
    return { what: "comparison", comparison: name };
  }

  #set(): Vary | undefined {
    const { text, scope } = this.#varied;
    const own = itemAt(this.#reading.sound, ["analyses", text.of]);
    const set = itemAt(this.#item, ["vary", "set"]);
    if (own?.kind !== "mapping" || set?.kind !== "mapping") return undefined;
    const fixed = [...set.entries].filter(([key]) => Object.hasOwn(FIXED, key));
    for (const [key, entry] of fixed) {
      this.#reading.faults.add(
        "wrong-kind",
        entry.keyPlace,
        `\`${key}\` cannot be set by a sensitivity: it would ask another question.`,
        FIXED[key],
      );
    }
    if (fixed.length > 0) return undefined;
    const changed: Mapping = {
      ...own,
      place: set.place,
      entries: new Map<string, Entry>([...own.entries, ...set.entries]),
    };
    const valid = validate(changed, analysisSchema, this.#reading.faults, ["analyses", text.of]);
    if (valid === undefined) return undefined;
    // Its defaults were told where the analysis was.
    const quiet = { ...this.#reading, defaults: new Defaults() };
    const analysis = resolveAnalysis(quiet, text.of, valid.value, valid.item, scope);
    if (analysis === undefined) return undefined;
    return {
      what: "set",
      analysis,
      changed: Object.fromEntries([...set.entries].map(([key, entry]) => [key, inOneLine(entry.value)])),
    };
  }

  #leaveOneOut(name: string): Vary | undefined {
    const { unit } = this.#varied;
    if (unit === undefined) return undefined;
    const member = memberColumn(unit, name);
    checkColumns(this.#reading, this.#item, ["vary", "leaveOneOut"], [member], unit);
    return { what: "leaveOneOut", member };
  }

  /** Another column of the same kind in the place of one that outcomes are read from. */
  #replaceColumn(columns: Readonly<Record<string, string>>): Vary | undefined {
    const { analysis, scope } = this.#varied;
    const rows = analysis?.outcomes.map((id) => scope.outcomes.get(id)?.unit).find((id) => id !== undefined);
    const unit = rows === undefined ? undefined : scope.units.get(rows);
    if (unit === undefined) return undefined;
    for (const [old, other] of Object.entries(columns)) {
      const at = ["vary", "replaceColumn", old];
      for (const name of [old, other]) {
        if (!unit.columns.has(name))
          this.#reading.faults.unknownColumn(unit.declaration.id, name, unit.columns.keys(), placeAt(this.#item, at));
      }
      const [type, otherType] = [old, other].map((name) => unit.columns.get(name)?.type?.kind);
      if (type !== undefined && otherType !== undefined && type !== otherType)
        this.#reading.faults.add(
          "type-mismatch",
          placeAt(this.#item, at),
          `${other} cannot stand in for ${old}: they are of different kinds.`,
        );
    }
    return { what: "replaceColumn", columns };
  }

  #where(): Vary | undefined {
    const { unit } = this.#varied;
    if (unit === undefined) return undefined;
    const moments = unit.declaration.year === undefined ? "none" : "open";
    const expression = expressionAt(this.#reading, this.#item, ["vary", "where"], {
      name: unit.declaration.id,
      columns: unit.columns,
      moments,
      wants: "truth",
    });
    const baseline = this.#varied.comparison?.baselineYear;
    if (baseline !== undefined) checkSampleBefore(this.#reading, `Sensitivity ${this.#id}`, expression, unit, baseline);
    return expression === undefined ? undefined : { what: "where", expression };
  }

  #placebo({ from, to, outcome }: NonNullable<VaryText["placebo"]>): Vary | undefined {
    const { comparison, analysis, scope } = this.#varied;
    const { faults } = this.#reading;
    const at = (key: string) => placeAt(this.#item, ["vary", "placebo", key]);
    if (
      outcome !== undefined &&
      !isDeclared(this.#reading, "outcome", outcome, ["outcomes"], this.#item, ["vary", "placebo", "outcome"])
    )
      return undefined;
    if (from >= to)
      faults.add(
        "wrong-kind",
        at("to"),
        `A placebo runs from an earlier year to a later one; read ${printAcademicYear(from)} to ${printAcademicYear(to)}.`,
      );
    if (comparison === undefined || analysis === undefined) return undefined;
    if (to > comparison.baselineYear) {
      faults.add(
        "looks-ahead",
        at("to"),
        `${printAcademicYear(to)} lies after baseline ${printAcademicYear(comparison.baselineYear)}: a placebo looks at years before the programme.`,
        "Name years up to baseline.",
      );
    }
    if (outcome !== undefined)
      checkOutcomeUnit(this.#reading, this.#item, ["vary", "placebo", "outcome"], outcome, comparison.unit);
    for (const tested of outcome === undefined ? analysis.outcomes : [outcome]) {
      const declared = scope.outcomes.get(tested);
      if (declared === undefined || declared.column !== undefined || declared.expression !== undefined) continue;
      if (declared.rule !== undefined) {
        faults.add(
          "wrong-kind",
          placeAt(this.#item, ["vary", "placebo"]),
          `${tested} begins at each unit's own start: it has no value between two fixed years.`,
          "Leave this sensitivity out; yearly differences before the start are shown by a difference in differences.",
        );
        continue;
      }
      for (const [key, year] of [
        ["from", from],
        ["to", to],
      ] as const) {
        if (!declared.history.has(year))
          faults.add(
            "unknown-name",
            at(key),
            `Outcome ${tested} has no value in ${printAcademicYear(year)}.`,
            `Its years: ${[...declared.history.keys()].map((own) => printAcademicYear(own)).join(", ")}.`,
          );
      }
    }
    return { what: "placebo", from, to, ...present({ outcome }) };
  }
}

function inOneLine(item: Item): string {
  if (item.kind === "scalar") return item.text;
  if (item.kind === "list") return item.items.map(inOneLine).join(", ");
  return [...item.entries].map(([key, entry]) => `${key}: ${inOneLine(entry.value)}`).join("; ");
}
