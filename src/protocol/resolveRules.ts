import { type Item, itemAt, type Path, placeAt } from "./item.ts";
import { present, type Reading } from "./reading.ts";
import type { OutcomeText } from "./schema.ts";
import type { OutcomeRule, Within } from "./study.ts";
import type { UnitModel } from "./unitColumns.ts";

/** What is printed of a part: `Stayed in the same school`. */
const LABELS: Readonly<Record<"retention" | "progression", Readonly<Record<Within, string>>>> = {
  retention: {
    profession: "Retention in state-sector teaching",
    school: "Retention in the same school",
    localAuthority: "Retention in the same local authority",
    district: "Retention in the same district",
    challengingSchool: "Retention in a challenging school",
  },
  progression: {
    profession: "Progression in state-sector teaching",
    school: "Progression in the same school",
    localAuthority: "Progression in the same local authority",
    district: "Progression in the same district",
    challengingSchool: "Progression in a challenging school",
  },
};

export const ruleLabel = (rule: "retention" | "progression", within: Within): string => LABELS[rule][within];

/**
 * The parts of a workforce outcome: one for each place somebody can stay or rise within.
 * @returns the rule of each part, in the order of the file; those at fault are left out, which is said.
 */
export function resolveRules(
  reading: Reading,
  id: string,
  text: OutcomeText,
  item: Item,
  unit: UnitModel,
): readonly { readonly within: Within; readonly rule: OutcomeRule }[] {
  const { faults } = reading;
  if (unit.declaration.year === undefined) {
    faults.add(
      "type-mismatch",
      placeAt(item, ["rule"]),
      `outcome ${id} follows people over years, and ${unit.declaration.id} has no \`year\`.`,
      "Give the unit its column of years.",
    );
    return [];
  }
  if (text.rule === "progression" && itemAt(item, ["topLeftOut"]) === undefined)
    reading.defaults.add(`outcomes.${id}.topLeftOut`, "yes: those on the highest step cannot rise", "A3");
  return (text.within ?? ["profession"]).flatMap((within): readonly { within: Within; rule: OutcomeRule }[] => {
    const staying = stayingOf(reading, id, text, item, unit, within);
    if (staying === undefined) return [];
    if (text.rule === "retention") return [{ within, rule: staying }];
    const rising = risingOf(reading, id, text, item, unit);
    if (rising === undefined) return [];
    const needsStay = within !== "profession" && text.localNeedsRetention !== false;
    return [{ within, rule: { ...rising, within, ...present({ staying: needsStay ? staying : undefined }) } }];
  });
}

type Staying = Extract<OutcomeRule, { readonly rule: "retention" }>;
type Rising = Extract<OutcomeRule, { readonly rule: "progression" }>;

function stayingOf(
  reading: Reading,
  id: string,
  text: OutcomeText,
  item: Item,
  unit: UnitModel,
  within: Within,
): Staying | undefined {
  if (within === "profession") return { rule: "retention", within };
  const column = columnFor(reading, id, text, item, unit, within);
  if (column === undefined) return undefined;
  if (within !== "challengingSchool") return { rule: "retention", within, column };
  const type = unit.columns.get(column)?.type;
  if (type !== undefined && type.kind !== "truth") {
    return reading.faults.add(
      "type-mismatch",
      placeAt(item, ["columns", within]),
      `\`challengingSchool\` needs a yes or no; ${column} is none.`,
      "Derive it: `{ rule: challengingSchool, grade: …, grades: [..] }`.",
    );
  }
  const derived = unit.declaration.columns.find(({ name }) => name === column);
  const counts = derived?.how !== "challengingSchool" || derived.sameSchoolCounts;
  const sameSchool = counts ? columnFor(reading, id, text, item, unit, "school") : undefined;
  if (counts && sameSchool === undefined) return undefined;
  return { rule: "retention", within, column, ...present({ sameSchool }) };
}

/** The column that says where somebody is: as `columns` names it, or the member of the unit of that name. */
function columnFor(
  reading: Reading,
  id: string,
  text: OutcomeText,
  item: Item,
  unit: UnitModel,
  within: Exclude<Within, "profession">,
): string | undefined {
  const members: Readonly<Record<string, string>> = unit.declaration.member;
  const name =
    text.columns?.[within] ?? members[within] ?? (within === "localAuthority" ? members.authority : undefined);
  if (name === undefined) {
    return reading.faults.add(
      "required-key",
      placeAt(item, ["within"]),
      `outcome ${id} does not say which column tells the ${within} somebody is in.`,
      `Add \`columns: { ${within}: … }\`.`,
    );
  }
  if (unit.columns.has(name)) return name;
  const path: Path = ["columns", within];
  return reading.faults.unknownColumn(unit.declaration.id, name, unit.columns.keys(), placeAt(item, path));
}

/** Who rises: the column of the role, and its levels from the lowest up. */
function risingOf(
  reading: Reading,
  id: string,
  text: OutcomeText,
  item: Item,
  unit: UnitModel,
): Omit<Rising, "within" | "staying"> | undefined {
  const { faults } = reading;
  if (text.role === undefined || text.ladder === undefined || text.ladder.length < 2) {
    return faults.add(
      "required-key",
      item.place,
      `outcome ${id} does not say who rises from what to what: \`role\` and \`ladder\` are needed.`,
      "Add `role: role` and `ladder: [classroom, middle, senior]`.",
    );
  }
  const column = unit.columns.get(text.role);
  if (column === undefined)
    return faults.unknownColumn(unit.declaration.id, text.role, unit.columns.keys(), placeAt(item, ["role"]));
  const levels = column.type?.kind === "category" ? column.type.levels : undefined;
  for (const [i, level] of text.ladder.entries()) {
    if (levels === undefined || levels.includes(level)) continue;
    return faults.add(
      "unknown-level",
      placeAt(item, ["ladder", i]),
      `${text.role} has no level "${level}". Its levels: ${levels.map((own) => `"${own}"`).join(", ")}.`,
    );
  }
  const twice = text.ladder.findIndex((level, i) => text.ladder!.indexOf(level) < i);
  if (twice >= 0) {
    return faults.add(
      "repeated-level",
      placeAt(item, ["ladder", twice]),
      `"${text.ladder[twice]}" stands on the ladder twice: nobody can tell on which step its people are.`,
      "Keep one of the two; name each role once, from the lowest up.",
    );
  }
  return { rule: "progression", role: text.role, ladder: text.ladder, topLeftOut: text.topLeftOut ?? true };
}

/** The columns a rule reads of the rows after time zero. */
export function ruleColumns(rule: OutcomeRule): readonly string[] {
  if (rule.rule === "retention") return [rule.column, rule.sameSchool].filter((name) => name !== undefined);
  return [rule.role, ...(rule.staying === undefined ? [] : ruleColumns(rule.staying))];
}
