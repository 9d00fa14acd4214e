import type { Place } from "#domain";
import { columnsOf, type Expression, type Scope, type ValueType } from "#expression";
import { nearestOf } from "./faultList.ts";
import { type Item, itemAt, keysAt, type Path, placeAt } from "./item.ts";
import { declaredAt, expressionAt, isDeclared, present, type Reading } from "./reading.ts";
import { sourceScope } from "./resolveSources.ts";
import type { UnitText } from "./schema.ts";
import type { DerivedColumn, StudySource } from "./study.ts";
import { type Behind, behindAll, behindExpression, type DeliveredRead, type UnitColumn } from "./unitColumns.ts";

export type ColumnText = NonNullable<UnitText["columns"]>[string];
type RuleForm<Rule extends string> = Extract<ColumnText, { readonly rule: Rule }>;
export type Form<Key extends string> = Extract<ColumnText, { readonly [K in Key]: unknown }>;

/** The unit whose columns are derived. `columns` grows as they are: each may read those before it. */
export interface DerivedIn {
  readonly id: string;
  /** The column of its years, where it has one. */
  readonly year: string | undefined;
  /** What it sits in: `{ school: school_id }`. */
  readonly member: Readonly<Record<string, string>>;
  readonly texts: Readonly<Record<string, ColumnText>>;
  readonly item: Item;
  readonly columns: Map<string, UnitColumn>;
  readonly scopeOf: (wants?: "truth" | "number") => Scope;
  readonly sources: ReadonlyMap<string, StudySource>;
}

/** A derived column, and how expressions see it. */
export interface Made {
  readonly column: DerivedColumn;
  readonly as: UnitColumn;
}

/** Makes one derived column: checks what it reads and finds its type. */
export class Deriver {
  readonly #reading: Reading;
  readonly #unit: DerivedIn;
  readonly #name: string;
  readonly #item: Item;

  constructor(reading: Reading, unit: DerivedIn, name: string) {
    this.#reading = reading;
    this.#unit = unit;
    this.#name = name;
    this.#item = itemAt(unit.item, ["columns", name])!;
  }

  /** The column, or the columns of a rule that makes several; none where it is at fault, which is said. */
  make(text: ColumnText): readonly Made[] {
    if (typeof text === "object" && "rule" in text && text.rule === "rateBefore") return this.#ratesBefore(text);
    const made = this.#one(text);
    return made === undefined ? [] : [made];
  }

  #one(text: Exclude<ColumnText, { readonly rule: "rateBefore" }>): Made | undefined {
    if (typeof text !== "object") return this.#expression([], undefined, undefined);
    if ("rule" in text) return text.rule === "roleLevel" ? this.#roleLevel(text) : this.#challengingSchool(text);
    if ("expression" in text) return this.#expression(["expression"], text.reference, text.label);
    if ("recode" in text) return this.#recode(text);
    if ("bands" in text) return this.#bands(text);
    if ("quantiles" in text) return this.#quantiles(text);
    if ("standardise" in text) return this.#standardise(text);
    return this.#summary(text);
  }

  #at(...path: Path): Place {
    return placeAt(this.#item, path);
  }

  #made(column: DerivedColumn, type: ValueType, behind: Behind, label?: string): Made {
    const reference = column.reference;
    if (
      reference !== undefined &&
      type.kind === "category" &&
      type.levels !== undefined &&
      !type.levels.includes(reference)
    ) {
      this.#unknownLevel(this.#name, reference, type.levels, this.#at("reference"));
    }
    const { madeFrom, looksAt, counts } = behind;
    return { column, as: { type, madeFrom, looksAt, counts, ...present({ reference, label }) } };
  }

  #unknownLevel(of: string, level: string, levels: readonly string[], place: Place): void {
    const shown = levels.map((own) => `"${own}"`).join(", ");
    this.#reading.faults.add(
      "unknown-level",
      place,
      `${of} has no level "${level}". Its levels: ${shown}.`,
      nearestOf(level, levels)?.replaceAll("`", '"'),
    );
  }

  /** A column of the unit by name; says so where there is none, or where it is of another kind than asked. */
  #column(name: string, place: Place, wants?: "number"): UnitColumn | undefined {
    const { columns, id } = this.#unit;
    const column = columns.get(name);
    if (column === undefined) return this.#reading.faults.unknownColumn(id, name, columns.keys(), place);
    if (wants !== undefined && column.type !== undefined && column.type.kind !== wants) {
      return this.#reading.faults.add(
        "type-mismatch",
        place,
        `Column ${this.#name} needs a number; ${name} is not one.`,
      );
    }
    return column.type === undefined ? undefined : column;
  }

  #within(names: readonly string[]): readonly UnitColumn[] {
    return names.flatMap((name, i) => this.#column(name, this.#at("within", i)) ?? []);
  }

  #expression(path: Path, reference: string | undefined, label: string | undefined): Made | undefined {
    const expression = expressionAt(this.#reading, this.#item, path, this.#unit.scopeOf());
    if (expression === undefined) return undefined;
    const column: DerivedColumn = {
      name: this.#name,
      place: this.#item.place,
      how: "expression",
      expression,
      ...present({ reference }),
    };
    return this.#made(column, expression.type, behindExpression(expression, this.#unit.columns), label);
  }

  #recode(text: Form<"recode">): Made | undefined {
    const { faults } = this.#reading;
    const of = this.#column(text.recode, this.#at("recode"));
    if (of === undefined) return undefined;
    const known = of.type?.kind === "category" ? of.type.levels : undefined;
    const order = keysAt(itemAt(this.#item, ["to"]));
    for (const level of order)
      if (known !== undefined && !known.includes(level))
        this.#unknownLevel(text.recode, level, known, this.#at("to", level));
    const unlisted = known?.filter((level) => !order.includes(level));
    if (text.others === undefined && (unlisted === undefined || unlisted.length > 0)) {
      const left = unlisted === undefined ? "values not listed" : unlisted.map((level) => `"${level}"`).join(", ");
      faults.add(
        "required-key",
        this.#item.place,
        `Column ${this.#name} does not say what becomes of ${left}: \`others\` is missing.`,
        "Add `others: …`, or list every level.",
      );
      return undefined;
    }
    const values = [...order.map((level) => text.to[level]!), ...(text.others === undefined ? [] : [text.others])];
    const levels = text.levels ?? [...new Set(values)];
    for (const [i, value] of values.entries())
      if (!levels.includes(value)) this.#unknownLevel(this.#name, value, levels, this.#at("to", order[i] ?? "others"));
    if (values.some((value) => !levels.includes(value))) return undefined;
    const column: DerivedColumn = {
      name: this.#name,
      place: this.#item.place,
      how: "recode",
      column: text.recode,
      to: text.to,
      levels,
      ...present({ others: text.others, reference: text.reference }),
    };
    return this.#made(column, { kind: "category", levels, isOrdered: text.levels !== undefined }, of);
  }

  #bands(text: Form<"bands">): Made | undefined {
    const { faults } = this.#reading;
    const of = this.#column(text.bands, this.#at("bands"), "number");
    const isAscending = text.cuts.every((cut, i) => i === 0 || cut > text.cuts[i - 1]!);
    if (text.cuts.length === 0 || !isAscending)
      faults.add("wrong-kind", this.#at("cuts"), "`cuts` needs numbers that rise from one to the next.");
    else if (text.names.length !== text.cuts.length + 1) {
      faults.add(
        "wrong-kind",
        this.#at("names"),
        `${text.cuts.length} cuts make ${text.cuts.length + 1} bands; ${text.names.length} names are given.`,
      );
    } else if (of !== undefined) {
      const { cuts, closed, names } = text;
      const column: DerivedColumn = {
        name: this.#name,
        place: this.#item.place,
        how: "bands",
        column: text.bands,
        cuts,
        closed,
        names,
        ...present({ reference: text.reference }),
      };
      return this.#made(column, { kind: "category", levels: names, isOrdered: true }, of);
    }
    return undefined;
  }

  #quantiles(text: Form<"quantiles">): Made | undefined {
    const { faults, defaults } = this.#reading;
    const of = this.#column(text.quantiles, this.#at("quantiles"), "number");
    const within = this.#within(text.within ?? []);
    const groups = text.groups ?? 5;
    const names = text.names ?? Array.from({ length: groups }, (_, i) => String(i + 1));
    const path = `units.${this.#unit.id}.columns.${this.#name}`;
    if (text.groups === undefined) defaults.add(`${path}.groups`, "5", "D-12");
    if (text.of === undefined) defaults.add(`${path}.over`, "the unit itself, year by year", "D-12");
    else if (!this.#canCutOver(text.of, [text.quantiles, ...(text.within ?? [])])) return undefined;
    if (names.length !== groups) {
      return faults.add(
        "wrong-kind",
        this.#at("names"),
        `There are ${groups} groups; ${names.length} names are given.`,
      );
    }
    if (of === undefined) return undefined;
    const column: DerivedColumn = {
      name: this.#name,
      place: this.#item.place,
      how: "quantiles",
      column: text.quantiles,
      groups,
      within: text.within ?? [],
      names,
      ...present({ of: text.of, reference: text.reference }),
    };
    return this.#made(column, { kind: "category", levels: names, isOrdered: true }, behindAll([of, ...within]));
  }

  /** Whether a source has the columns groups are cut by, and the year of its rows. */
  #canCutOver(source: string, names: readonly string[]): boolean {
    const { faults } = this.#reading;
    if (!isDeclared(this.#reading, "source", source, ["sources"], this.#item, ["of"])) return false;
    const theirs = declaredAt(this.#reading, ["sources", source, "columns"]);
    const year = this.#unit.year === undefined ? [] : [this.#unit.year];
    const missing = [...names, ...year].filter((name) => !theirs.includes(name));
    for (const name of missing) faults.unknownColumn(source, name, theirs, this.#at("of"));
    return missing.length === 0;
  }

  #roleLevel(text: RuleForm<"roleLevel">): Made | undefined {
    const { faults } = this.#reading;
    const of = this.#column(text.post, this.#at("post"));
    if (of?.type !== undefined && of.type.kind !== "category" && of.type.kind !== "text")
      return faults.add(
        "type-mismatch",
        this.#at("post"),
        `Column ${this.#name} needs the titles of posts; ${text.post} is none.`,
      );
    const tlr = text.tlr === undefined ? undefined : this.#column(text.tlr, this.#at("tlr"), "number");
    const known = of?.type?.kind === "category" ? of.type.levels : undefined;
    for (const key of ["middle", "senior"] as const) {
      for (const [i, post] of text[key].entries())
        if (known !== undefined && !known.includes(post)) this.#unknownLevel(text.post, post, known, this.#at(key, i));
    }
    const both = text.middle.find((post) => text.senior.includes(post));
    if (both !== undefined)
      return faults.add(
        "repeated-key",
        this.#at("senior"),
        `"${both}" is listed as middle and as senior leader.`,
        "Keep one.",
      );
    if (text.tlr !== undefined && text.tlrAtLeast === undefined) {
      return faults.add(
        "required-key",
        this.#item.place,
        `Column ${this.#name} does not say which payment makes a middle leader: \`tlrAtLeast\` is missing.`,
        "Add `tlrAtLeast: 100 GBP`.",
      );
    }
    if (of === undefined || (text.tlr !== undefined && tlr === undefined)) return undefined;
    const levels = [text.others, "middle", "senior"];
    const column: DerivedColumn = {
      name: this.#name,
      place: this.#item.place,
      how: "roleLevel",
      post: text.post,
      tlrAtLeast: text.tlrAtLeast?.size ?? 0,
      middle: text.middle,
      senior: text.senior,
      others: text.others,
      ...present({ tlr: text.tlr, reference: text.reference }),
    };
    const behind = behindAll(tlr === undefined ? [of] : [of, tlr]);
    return this.#made(column, { kind: "category", levels, isOrdered: true }, behind);
  }

  #challengingSchool(text: RuleForm<"challengingSchool">): Made | undefined {
    const of = this.#column(text.grade, this.#at("grade"));
    const { school } = this.#unit.member;
    if (school === undefined) {
      return this.#reading.faults.add(
        "required-key",
        this.#item.place,
        `Column ${this.#name} needs to know which school somebody is in: \`member\` of ${this.#unit.id} names no school.`,
        "Add `member: { school: school_id }` to the unit.",
      );
    }
    if (of === undefined) return undefined;
    const path = `units.${this.#unit.id}.columns.${this.#name}`;
    const { defaults } = this.#reading;
    if (text.gradeYear === undefined) defaults.add(`${path}.gradeYear`, "yearOfMove", "methods 7.3");
    if (text.sameSchoolCounts === undefined)
      defaults.add(`${path}.sameSchoolCounts`, "yes, in both groups", "methods 7.3");
    if (text.unknownGrade === undefined) defaults.add(`${path}.unknownGrade`, "no", "methods 7.3");
    const column: DerivedColumn = {
      name: this.#name,
      place: this.#item.place,
      how: "challengingSchool",
      grade: text.grade,
      school,
      grades: text.grades,
      gradeYear: text.gradeYear ?? "yearOfMove",
      sameSchoolCounts: text.sameSchoolCounts ?? true,
      unknownGrade: text.unknownGrade ?? false,
    };
    return this.#made(column, { kind: "truth" }, of);
  }

  #ratesBefore(text: RuleForm<"rateBefore">): readonly Made[] {
    const { faults } = this.#reading;
    if (!isDeclared(this.#reading, "unit", text.of, ["units"], this.#item, ["of"])) return [];
    const late = text.intervals.find((interval) => interval >= 0);
    if (late !== undefined) {
      faults.add(
        "looks-ahead",
        this.#at("intervals"),
        `Interval ${late} does not end by the year of the row: its rate would be an outcome.`,
        "Name intervals below 0: −1 ends at the year of the row.",
      );
      return [];
    }
    return text.intervals.map((interval) => {
      const name = `${this.#name}_${-interval}`;
      const column: DerivedColumn = {
        name,
        place: this.#item.place,
        how: "rateBefore",
        outcome: text.outcome,
        of: text.of,
        interval,
      };
      return this.#made(column, { kind: "number", scale: "proportion" }, { madeFrom: [], looksAt: [], counts: [] });
    });
  }

  #standardise(text: Form<"standardise">): Made | undefined {
    const of = this.#column(text.standardise, this.#at("standardise"), "number");
    const within = this.#within(text.within ?? []);
    if ((text.mean === undefined) !== (text.sd === undefined)) {
      return this.#reading.faults.add(
        "required-key",
        this.#item.place,
        `Column ${this.#name} needs both \`mean\` and \`sd\`, or neither.`,
        "Without them the unit's own are used.",
      );
    }
    if (text.sd !== undefined && text.sd <= 0)
      return this.#reading.faults.add(
        "wrong-kind",
        this.#at("sd"),
        `\`sd\` needs a number above 0; read the number ${text.sd}.`,
      );
    if (of === undefined) return undefined;
    const column: DerivedColumn = {
      name: this.#name,
      place: this.#item.place,
      how: "standardise",
      column: text.standardise,
      within: text.within ?? [],
      ...present({ mean: text.mean, sd: text.sd }),
    };
    return this.#made(
      column,
      { kind: "number", scale: "plain", unit: "standard deviations" },
      behindAll([of, ...within]),
    );
  }

  #summary(text: Form<"summary">): Made | undefined {
    const { faults, defaults } = this.#reading;
    const { id, columns, sources } = this.#unit;
    if (
      declaredAt(this.#reading, ["units"]).includes(text.of) &&
      !declaredAt(this.#reading, ["sources"]).includes(text.of)
    ) {
      return faults.add(
        "not-supported-yet",
        this.#at("of"),
        "A summary of another unit is not supported yet.",
        "Summarise the source it comes from.",
      );
    }
    if (!isDeclared(this.#reading, "source", text.of, ["sources"], this.#item, ["of"])) return undefined;
    const source = sources.get(text.of);
    if (source === undefined) return undefined;
    const theirs = declaredAt(this.#reading, ["sources", text.of, "columns"]);
    for (const [i, name] of text.on.entries()) {
      if (!columns.has(name)) faults.unknownColumn(id, name, columns.keys(), this.#at("on", i));
      else if (!theirs.includes(name)) faults.unknownColumn(text.of, name, theirs, this.#at("on", i));
    }
    const wants = text.summary === "share" ? "truth" : ["mean", "sum"].includes(text.summary) ? "number" : undefined;
    const value = expressionAt(
      this.#reading,
      this.#item,
      ["value"],
      sourceScope(this.#reading, text.of, source.columns, wants),
    );
    const where = expressionAt(
      this.#reading,
      this.#item,
      ["where"],
      sourceScope(this.#reading, text.of, source.columns, "truth"),
    );
    if (text.value === undefined && text.summary !== "count") {
      return faults.add(
        "required-key",
        this.#item.place,
        `Column ${this.#name} does not say what to take the ${text.summary} of: \`value\` is missing.`,
        "Add `value: …`.",
      );
    }
    if ((text.value !== undefined && value === undefined) || (text.where !== undefined && where === undefined))
      return undefined;
    if (text.summary === "mode") defaults.add(`units.${id}.columns.${this.#name}.ties`, "earliest", "D-13");
    const { on, of, atLeast = 1 } = text;
    const column: DerivedColumn = {
      name: this.#name,
      place: this.#item.place,
      how: "summary",
      statistic: text.summary,
      of,
      on,
      atLeast,
      ...present({ value, where, reference: text.reference }),
    };
    return this.#made(column, summaryType(text.summary, value), {
      madeFrom: summaryReads(source, [value, where]),
      looksAt: behindAll(on.flatMap((name) => columns.get(name) ?? [])).looksAt,
      counts: [source],
    });
  }
}

function summaryType(statistic: Form<"summary">["summary"], value: Expression | undefined): ValueType {
  if (statistic === "count" || value === undefined) return { kind: "number", scale: "plain" };
  return statistic === "share" ? { kind: "number", scale: "proportion" } : value.type;
}

function summaryReads(source: StudySource, expressions: readonly (Expression | undefined)[]): readonly DeliveredRead[] {
  const names = expressions.flatMap((expression) =>
    expression === undefined ? [] : columnsOf(expression).map(({ name }) => name),
  );
  return source.columns
    .filter((column) => names.includes(column.name))
    .map((column) => ({ source, column, moment: undefined }));
}
