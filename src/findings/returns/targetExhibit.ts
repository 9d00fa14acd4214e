import { printDate } from "#domain";
import { type JudgedTarget, type JudgedValue, judgeTarget, type Reached, reachedOf } from "#programme";
import { type Exhibit, type ExhibitCell, type ExhibitRow, left, right, withUniqueIds } from "../exhibit.ts";
import { count, nothing, number, printNumber, share, text } from "../print.ts";
import { aboutReturn, type ReturnShown } from "./shown.ts";

const GROUPS = ["geography", "school", "participant"] as const;

/** Every target with every value it was ever given, and whether it was met. None where no target was declared. */
export function targetExhibit(shown: ReturnShown): readonly Exhibit[] {
  const { counted, yardsticks, register, asAt } = shown;
  const targets = yardsticks?.targets ?? [];
  if (targets.length === 0) return [];
  const judged = GROUPS.flatMap((group) => targets.filter((target) => target.group === group)).map((target) =>
    judgeTarget(target, reachedOf(target, counted, register?.known), asAt),
  );
  return [targetTable(shown, judged)];
}

/** The table of judged targets. */
export function targetTable(shown: ReturnShown, judged: readonly JudgedTarget[]): Exhibit {
  return {
    id: "mi-targets",
    title: "Targets: met, missed, exceeded",
    summary: `What was reached by ${printDate(shown.asAt)} against every value a target was given. Those who withdrew count as recruited; the column beside leaves them out.`,
    columns: [
      left("target", "Target"),
      left("group", "Group"),
      right("value", "Value"),
      left("stated", "Where it stands"),
      left("standing", "Standing"),
      right("reached", "Reached"),
      right("remaining", "Without withdrawn"),
      left("verdict", "Verdict"),
    ],
    rows: withUniqueIds(judged.flatMap(rowsOf)),
    notes: [
      "A value that was replaced keeps its row: a revision is no deletion.",
      ...groupsLeftOut(judged),
      ...judged.filter(({ isContradictory }) => isContradictory).map(contradiction),
      ...judged.flatMap(revision),
    ],
    about: aboutReturn(shown, {
      definition:
        "Schools and people recruited, counted once each, against stated targets. Met: equal; exceeded: more; missed: fewer.",
      base: "everybody in the return, those who withdrew among them",
    }),
  };
}

function rowsOf({ target, reached, values }: JudgedTarget): readonly ExhibitRow[] {
  const isPercent = target.measure === "priorityAreaPercent";
  const own = (value: JudgedValue | undefined): ExhibitRow => ({
    id: target.id,
    ...(value?.standing === "in force" || value === undefined ? {} : { isGrey: true }),
    cells: {
      target: text(target.what),
      group: text(target.group),
      value:
        value === undefined
          ? nothing("it was never given a number")
          : { text: `${printNumber(value.stated.value, 0)}${isPercent ? "%" : ""}` },
      stated: value === undefined ? nothing("no value") : text(whereStated(value)),
      standing: value === undefined ? text("a statement") : text(value.standing),
      ...reachedCells(reached, isPercent),
      verdict:
        value?.verdict === undefined
          ? nothing(reached.state === "counted" ? "no value" : reached.reason)
          : text(value.verdict),
    },
  });
  return values.length === 0 ? [own(undefined)] : values.map(own);
}

function reachedCells(
  reached: Reached,
  isPercent: boolean,
): { readonly reached: ExhibitCell; readonly remaining: ExhibitCell } {
  if (reached.state === "not measured") return { reached: nothing(reached.reason), remaining: nothing(reached.reason) };
  const { value, withoutWithdrawn } = reached;
  if (!isPercent)
    return { reached: count(value), remaining: { ...count(withoutWithdrawn), rest: value - withoutWithdrawn } };
  const percent = (part: number): ExhibitCell => {
    const cell = number(part, 0, "no school is left");
    return share(cell.value === undefined ? cell : { ...cell, text: `${cell.text}%` });
  };
  return { reached: percent(value), remaining: percent(withoutWithdrawn) };
}

function whereStated({ stated: { source, stated, because } }: JudgedValue): string {
  return [
    source,
    ...(stated === undefined ? [] : [printDate(stated)]),
    ...(because === undefined ? [] : [because]),
  ].join(", ");
}

/** A set of targets has one on geography and at least one on schools or participants. */
function groupsLeftOut(judged: readonly JudgedTarget[]): readonly string[] {
  const has = (group: (typeof GROUPS)[number]) => judged.some(({ target }) => target.group === group);
  return [
    ...(has("geography") ? [] : ["No target on geography was declared."]),
    ...(has("school") || has("participant") ? [] : ["No target on schools or participants was declared."]),
  ];
}

function contradiction({ target, values }: JudgedTarget): string {
  const inForce = values.filter(({ standing }) => standing === "in force");
  const said = inForce.map(({ stated }) => `${printNumber(stated.value, 0)} (${stated.source})`).join(" and ");
  const verdicts = new Set(inForce.map(({ verdict }) => verdict));
  const matters =
    verdicts.size > 1 ? "It decides the verdict: ask which was agreed." : "The verdict is the same by either.";
  return `${target.what}: values in force contradict each other, ${said}. ${matters}`;
}

function revision({ target, values }: JudgedTarget): readonly string[] {
  const replaced = values.filter(({ standing }) => standing === "replaced");
  const now = values.filter(({ standing }) => standing === "in force").map(({ verdict }) => verdict);
  const then = replaced.map(({ verdict }) => verdict);
  if (replaced.length === 0 || then.every((verdict) => now.includes(verdict))) return [];
  return [`${target.what}: by the value before its revision the target was ${then.join(" or ")}.`];
}
