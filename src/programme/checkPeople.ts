import { areTwoPeople, differencesOf, nameKey } from "./people.ts";
import type { Participant } from "./records.ts";
import type { RemarkList } from "./remark.ts";

/**
 * Looks across rows: two people under one teacher number, one person under two numbers or twice in one project, a row
 * number that is there twice. One person in two projects is as it should be.
 */
export function checkPeople(participants: readonly Participant[], remarks: RemarkList): void {
  for (const rows of groupsOf(participants, ({ row }) => row))
    for (const one of rows.slice(1)) sayRowNumber(one, rows[0]!, remarks);
  const said = new Set<Participant>();
  for (const rows of groupsOf(participants, ({ trn }) => trn)) {
    for (const one of rows.slice(1)) compareWithFirst(one, rows[0]!, remarks);
    for (const twin of twiceInOneProject(rows)) {
      sayTwice(twin.row, twin.first, "the same teacher number", remarks);
      said.add(twin.row);
    }
  }
  for (const rows of groupsOf(participants, nameKey)) {
    const numbers = [...new Set(rows.flatMap(({ trn }) => trn ?? []))];
    if (numbers.length > 1) {
      const other = rows.find(({ trn }) => trn === numbers[1])!;
      remarks.add({
        kind: "query",
        code: "person-with-two-numbers",
        line: other.line,
        column: "trn",
        found: other.trn!,
        message: `One name and date of birth has two teacher numbers: ${numbers.join(" and ")} (first at row ${rows[0]!.line})`,
        expected: "",
        advice: "Ask which number is right; a person keeps one for life",
      });
    }
    for (const { row, first } of twiceInOneProject(rows))
      if (!said.has(row)) sayTwice(row, first, "the same name and date of birth", remarks);
  }
}

function sayRowNumber(one: Participant, first: Participant, remarks: RemarkList): void {
  remarks.add({
    kind: "fault",
    code: "row-number-repeated",
    line: one.line,
    column: "mi_row",
    found: one.row!,
    message: `The row number ${one.row} is there already, at row ${first.line}`,
    expected: "",
    advice: "Give each row its own number, and keep it in later returns",
  });
}

/** Rows of one number: the same person, one whose name or birth is written in two ways, or two people. */
function compareWithFirst(one: Participant, first: Participant, remarks: RemarkList): void {
  const differing = differencesOf(one, first);
  const place = { line: one.line, column: "trn", found: one.trn!, expected: "" };
  if (areTwoPeople(one, first))
    remarks.add({
      ...place,
      kind: "fault",
      code: "two-people-one-number",
      message: `The number ${one.trn} stands at row ${first.line} too, with another ${differing.join(" and ")}: two people cannot share one`,
      advice: "Ask whose number it is, and take it from the other row",
    });
  else if (differing.length === 1)
    remarks.add({
      ...place,
      kind: "query",
      code: "person-written-two-ways",
      message: `The number ${one.trn} stands at row ${first.line} too, with another ${differing[0]}`,
      advice: "Ask whether it is one person (a new name, a slip) and write both rows alike",
    });
}

function sayTwice(row: Participant, first: Participant, why: string, remarks: RemarkList): void {
  remarks.add({
    kind: "query",
    code: "person-twice-in-project",
    line: row.line,
    column: "",
    found: row.row ?? "",
    message: `The same person (${why}) is in the same project at row ${first.line}`,
    expected: "",
    advice: "Take out the row that is too many; until then the person is counted once",
  });
}

function* twiceInOneProject(rows: readonly Participant[]): Generator<{ row: Participant; first: Participant }> {
  for (const group of groupsOf(rows, ({ project }) => project ?? ""))
    for (const [i, row] of group.entries()) {
      const first = group.slice(0, i).find((other) => !areTwoPeople(row, other));
      if (first !== undefined) yield { row, first };
    }
}

/** One project or provider under two spellings that differ in nothing a reader would notice. */
export function checkSpellings(participants: readonly Participant[], remarks: RemarkList): void {
  for (const column of ["project", "provider"] as const) {
    const spellings = new Map<string, Map<string, Participant[]>>();
    for (const row of participants) {
      const written = row[column];
      if (written === undefined) continue;
      const own = spellings.get(bare(written)) ?? new Map<string, Participant[]>();
      const rows = own.get(written) ?? [];
      rows.push(row);
      own.set(written, rows);
      spellings.set(bare(written), own);
    }
    for (const own of spellings.values()) {
      const [usual, ...others] = [...own].sort(([, a], [, b]) => b.length - a.length);
      for (const [written, rows] of others)
        remarks.add({
          kind: "query",
          code: "two-spellings",
          line: rows[0]!.line,
          column,
          found: written,
          message: `"${written}" and "${usual![0]}" seem to be one ${column} in two spellings`,
          expected: "",
          advice: "Spell it the same in every row; until then they are counted as two",
        });
    }
  }
}

const bare = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");

/** Rows with one key, groups of two or more, in the order of the file. */
function groupsOf(
  rows: readonly Participant[],
  keyOf: (row: Participant) => string | undefined,
): readonly (readonly Participant[])[] {
  const groups = new Map<string, Participant[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === undefined) continue;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [row]);
    else known.push(row);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}
