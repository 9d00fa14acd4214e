import { printDate } from "#domain";
import {
  type ComparedTotals,
  type ReasonCount,
  type Reconciled,
  type ReconciledCount,
  type ReturnReconciliation,
  reconcileReturn,
} from "#programme";
import { type Exhibit, type ExhibitCell, type ExhibitRow, left, right, withUniqueIds } from "../exhibit.ts";
import { count, isFew, nothing, printCount, printSigned, protectedPlural, text, totalCount } from "../print.ts";
import { aboutReturn, type ReturnShown } from "./shown.ts";

/** From rows to people, the counts of others beside ours, and from people to those a study analysed. */
export function reconciliationExhibits(shown: ReturnShown): readonly Exhibit[] {
  const { counted, yardsticks, analysis, asAt } = shown;
  const reconciled = reconcileReturn(counted, {
    counts: yardsticks?.counts ?? [],
    snapshot: yardsticks?.snapshot ?? asAt,
    ...(yardsticks?.scope !== undefined && { scope: yardsticks.scope }),
    ...(analysis !== undefined && { analysis }),
  });
  return [
    countsTable(shown, reconciled),
    ...(reconciled.counts.length > 0 || reconciled.analysis !== undefined ? [sourcesTable(shown, reconciled)] : []),
    ...(reconciled.analysis === undefined ? [] : [analysisTable(shown, reconciled.analysis)]),
  ];
}

function countsTable(shown: ReturnShown, { rows, people, schools }: ReturnReconciliation): Exhibit {
  const none = nothing("not counted by row");
  const line = (id: string, label: string, participants: ExhibitCell, school: ExhibitCell): ExhibitRow => ({
    id,
    cells: { what: text(label), participants, schools: school },
  });
  const lost = (reasons: readonly ReasonCount[], id: string) => reasons.find((reason) => reason.id === id)?.count ?? 0;
  return {
    id: "mi-counts",
    title: "How many were recruited",
    summary:
      "From the rows of the return to people and schools, counted once each, with and without those who withdrew.",
    columns: [left("what", "Step"), right("participants", "Participants"), right("schools", "Schools")],
    rows: [
      line("rows", "Rows in the participants file", totalCount(rows.from), none),
      ...rows.reasons.map(({ id, label, count: n }) => line(id, `Rows that ${label}`, count(n), none)),
      // Shown in other tables too: what few who withdrew could be worked out from is the last line.
      line("recruited", "Recruited", count(people.from), count(schools.from)),
      line("withdrew", "Withdrew", count(lost(people.reasons, "withdrew")), count(lost(schools.reasons, "withdrew"))),
      line("remaining", "Finished or taking part", leaving(people), leaving(schools)),
    ],
    notes: [
      ...(shown.counted.schoolsFromPeople
        ? [
            "No schools file was given: schools are those of the participants, and one counts as withdrawn when all its people withdrew.",
          ]
        : ["A school or person counts as withdrawn only when withdrawn from every project."]),
    ],
    about: aboutReturn(shown, {
      definition: "Rows with one teacher number, or one name and date of birth, are one person.",
      base: "every row of the return",
    }),
  };
}

/** The rest of a count, withheld where so few are gone that it would give them away. */
const leaving = ({ from, to, added }: Reconciled): ExhibitCell => ({ ...count(to), rest: from - to + added });

function sourcesTable(shown: ReturnShown, { people, schools, counts, analysis }: ReturnReconciliation): Exhibit {
  const { yardsticks } = shown;
  const own: ExhibitRow = {
    id: "this-return",
    cells: {
      source: text("This return"),
      scope: text(yardsticks?.scope ?? "everybody in it"),
      date: text(printDate(yardsticks?.snapshot ?? shown.asAt)),
      schools: totalCount(schools.from),
      schools_difference: nothing("the count the others are held against"),
      participants: totalCount(people.from),
      participants_difference: nothing("the count the others are held against"),
      explanation: text("the count the others are held against; those who withdrew are in it"),
    },
  };
  const analysed: readonly ExhibitRow[] =
    analysis === undefined ? [] : [analysisRow(shown, analysis.label, analysis.people, analysis.schools)];
  return {
    id: "mi-reconciliation",
    title: "The counts of provider, funder and analysis side by side",
    summary:
      "Every count that was given, what it differs by from this return, and why as far as the rows can say. No count replaces another.",
    columns: [
      left("source", "Whose count"),
      left("scope", "Covers"),
      left("date", "Taken on"),
      right("schools", "Schools"),
      right("schools_difference", "Differs by"),
      right("participants", "Participants"),
      right("participants_difference", "Differs by"),
      left("explanation", "Explanation"),
    ],
    rows: withUniqueIds([own, ...counts.map((one) => countRow(shown, one)), ...analysed]),
    notes: [
      "Differs by: that count minus the count of this return, or of the part of it that the other covers.",
      "“Would be explained by” means that a number of the return is exactly the difference; it may be chance until the provider confirms it.",
    ],
    about: aboutReturn(shown, {
      definition: "Counts as their sources state them; a total that was added up says so.",
      base: "every row of the return",
    }),
  };
}

function countRow(
  shown: ReturnShown,
  { stated, isOfPart, schools, participants, remarks }: ReconciledCount,
): ExhibitRow {
  const part = [
    ...(schools === undefined ? [] : [protectedPlural(schools.from, "school", shown.schoolMinimum)]),
    ...(participants === undefined ? [] : [protectedPlural(participants.from, "participant", shown.minimum)]),
  ];
  const said = [
    ...(isOfPart && part.length > 0 ? [`held against that part of this return, ${part.join(" and ")}`] : []),
    ...(schools === undefined ? [] : [explain("schools", schools, shown.schoolMinimum)]),
    ...(participants === undefined ? [] : [explain("participants", participants, shown.minimum)]),
    ...(stated.parts.length > 0 ? [`added up from ${stated.parts.map(({ scope }) => scope).join(", ")}`] : []),
    ...remarks,
  ];
  return {
    id: stated.id,
    cells: {
      source: text(stated.source),
      scope: stated.scope === undefined ? nothing("it does not say") : text(stated.scope),
      date: stated.snapshot === undefined ? nothing("it does not say") : text(printDate(stated.snapshot)),
      ...totalsCells("schools", schools),
      ...totalsCells("participants", participants),
      explanation: text(`${capital(said.join("; "))}.`),
    },
  };
}

type What = "schools" | "participants";

function totalsCells(what: What, totals: ComparedTotals | undefined): Readonly<Record<string, ExhibitCell>> {
  if (totals === undefined) return { [what]: nothing("not counted"), [`${what}_difference`]: nothing("not counted") };
  const explained = totals.parts.reduce((sum, part) => sum + Math.abs(part.count), 0);
  return {
    // Where the rows explain the difference, it is a count of those units.
    [what]: { ...count(totals.to), ...(explained > 0 && { rest: explained }) },
    [`${what}_difference`]: differs(-totals.difference),
  };
}

const differs = (value: number): ExhibitCell => ({ text: value === 0 ? "0" : printSigned(value, 0), value });

function explain(what: What, totals: ComparedTotals, minimum: number): string {
  switch (totals.state) {
    case "agrees":
      return `${what}: the same`;
    case "not explained":
      return `${what}: ${printCount(Math.abs(totals.unexplained))} not explained`;
    case "would be explained by": {
      const open = totals.others.length > 0 ? ", or otherwise: several numbers of the return fit" : "";
      return `${what}: would be explained by those who ${inWords(totals.parts, minimum)}${open}`;
    }
  }
}

/** `withdrew (24)`; the number is left out where it is small. */
function inWords(parts: readonly ReasonCount[], minimum: number): string {
  return parts
    .map(({ label, count: n }) => {
      const size = Math.abs(n);
      return `${label} (${isFew(size, minimum) ? `fewer than ${minimum}` : printCount(size)})`;
    })
    .join(" and those who ");
}

function analysisRow(
  shown: ReturnShown,
  label: string,
  people: Reconciled,
  schools: Reconciled | undefined,
): ExhibitRow {
  const said = (what: What, one: Reconciled, minimum: number) => {
    const reasons = one.reasons.length === 0 ? [] : [`those who ${inWords(one.reasons, minimum)}`];
    const rest = [
      ...(one.unexplained > 0 ? [`${protect(one.unexplained, minimum)} not explained`] : []),
      ...(one.added > 0 ? [`${protect(one.added, minimum)} who are not in this return`] : []),
    ];
    return one.from === one.to && one.added === 0
      ? `${what}: the same`
      : `${what}: ${[...reasons, ...rest].join("; ")}`;
  };
  const cells = (what: What, one: Reconciled | undefined): Readonly<Record<string, ExhibitCell>> =>
    one === undefined
      ? { [what]: nothing("not counted"), [`${what}_difference`]: nothing("not counted") }
      : {
          [what]: leaving(one),
          [`${what}_difference`]: differs(one.to - one.from),
        };
  return {
    id: "analysis",
    cells: {
      source: text(label),
      scope: text("those of this return who are analysed"),
      date: nothing("as this return"),
      ...cells("schools", schools),
      ...cells("participants", people),
      explanation: text(
        `${capital([...(schools === undefined ? [] : [said("schools", schools, shown.schoolMinimum)]), said("participants", people, shown.minimum)].join("; "))}.`,
      ),
    },
  };
}

const protect = (value: number, minimum: number): string =>
  isFew(value, minimum) ? `fewer than ${minimum}` : printCount(value);

function analysisTable(
  shown: ReturnShown,
  { label, people, schools }: NonNullable<ReturnReconciliation["analysis"]>,
): Exhibit {
  const labels = new Map([...people.reasons, ...(schools?.reasons ?? [])].map(({ id, label: why }) => [id, why]));
  const cell = (one: Reconciled | undefined, pick: (one: Reconciled) => number): ExhibitCell =>
    one === undefined ? nothing("not counted") : count(pick(one));
  const line = (id: string, words: string, pick: (one: Reconciled) => number): ExhibitRow => ({
    id,
    cells: { what: text(words), participants: cell(people, pick), schools: cell(schools, pick) },
  });
  const of = (id: string) => (one: Reconciled) => one.reasons.find((reason) => reason.id === id)?.count ?? 0;
  return {
    id: "mi-analysis",
    title: "From the return to the analysis",
    summary: "Everybody in the return who is not in the analysis, under the first reason that holds.",
    columns: [left("what", "Step"), right("participants", "Participants"), right("schools", "Schools")],
    rows: [
      line("recruited", "In the return", ({ from }) => from),
      ...[...labels].map(([id, why]) => line(id, `Left out: ${why}`, of(id))),
      line("not-explained", "Left out: not explained", ({ unexplained }) => unexplained),
      line("added", "In the analysis and not in the return", ({ added }) => added),
      {
        id: "analysed",
        cells: {
          what: text(label),
          participants: leaving(people),
          schools: schools === undefined ? nothing("not counted") : leaving(schools),
        },
      },
    ],
    notes: [],
    about: aboutReturn(shown, {
      definition:
        "People and schools of the return by whether the analysis holds them; each is counted under one reason.",
      base: "everybody in the return, counted once",
    }),
  };
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
