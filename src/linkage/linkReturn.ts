import { academicYearOf, censusOnOrAfter, censusOnOrBefore, Faults } from "#domain";
import { columnsOf, evaluate, inWords } from "#expression";
import { linkYearInWords, type PeopleLinkage, type Study, stepNames, type UnitDeclaration } from "#protocol";
import type { TidyTable } from "#sources";
import { type CodeColumn, type Column, type Frame, type NumberColumn, takeRows } from "#table";
import { buildUnit, readsOf } from "./buildUnit.ts";
import { frameContext } from "./derive.ts";
import type { FalseMatches, PeopleRecord } from "./linkRecord.ts";
import { groupRates, groupsBySchool, rateOfAll, textOfRows } from "./matchRates.ts";
import { oddSchools } from "./oddSchools.ts";
import { type Census, indexCensus, rowsOfPerson } from "./people/census.ts";
import { type ComparedField, cellText } from "./people/comparedField.ts";
import { type Decision, decisionFault, keyOfRow, readDecisions } from "./people/decisions.ts";
import { preparedSteps } from "./people/evaluateLinkage.ts";
import { estimatedFalseMatches, linkPeople, type PeopleLinks } from "./people/linkPeople.ts";
import { readRoles, roleDictionaries, roleRecord } from "./readRoles.ts";
import { decidedTwice, emptiness, fieldGaps, oddCensus, oddRows, unmappedInWords } from "./returnWarnings.ts";
import { reviewEntries } from "./reviewEntries.ts";
import { rowContext } from "./unitTable.ts";

/** A return with its links: the columns it gains, row by row, and the record. */
export interface LinkedReturn {
  readonly columns: ReadonlyMap<string, Column>;
  readonly record: PeopleRecord;
}

/**
 * Finds the people of a return in a census, as a study declares it.
 * @throws Faults  a decision or a dictionary that cannot be read; a return in which nothing can be compared.
 */
export function linkReturn(
  study: Study,
  linkage: PeopleLinkage,
  sources: ReadonlyMap<string, TidyTable>,
): LinkedReturn {
  const from = sources.get(linkage.from)!.frame;
  const to = sources.get(linkage.to)!.frame;
  const identity = to.columns.get(linkage.identity)!;
  const census = indexCensus(identity);
  const { steps, fields } = preparedSteps(linkage.steps, from, to);
  refuseWrongTemplate(linkage, from, fields);
  const keys = rowKeys(from, linkage.rowKey);
  const { decided, decisions, notes } = takeDecisions(linkage, keys, census);
  const links = linkPeople({ rows: from.rows, steps, census, oneToOne: linkage.oneToOne, decided });
  const years = rowYears(linkage, from);
  const inYear = foundInYear(linkage, links, census, to, years);
  const usable = usableRows(study, linkage, sources, links, census, years, inYear);
  const found = { links, inYear, usable };

  const names = stepNames(linkage.steps);
  const columns = new Map<string, Column>([
    [linkage.identity, identityOf(links, census)],
    ["linked", truth(links.person, (person) => person >= 0)],
    ["usable", truth(usable, (one) => one === 1)],
    ["link_step", stepColumn(links, names)],
  ]);
  const dictionaries = linkage.roles === undefined ? undefined : roleDictionaries(linkage.roles.dictionary);
  const titles = linkage.roles === undefined ? undefined : from.columns.get(linkage.roles.column)!;
  if (dictionaries !== undefined) columns.set("role_level", readRoles(titles!, dictionaries));

  const { weights } = links;
  const roles = dictionaries === undefined ? undefined : roleRecord(linkage.roles!.column, titles!, dictionaries);
  const record: PeopleRecord = {
    kind: "people",
    linkage: linkage.id,
    from: linkage.from,
    to: linkage.to,
    identity: linkage.identity,
    rows: from.rows,
    steps: countSteps(columns.get("link_step") as CodeColumn),
    rates: rateOfAll(found),
    groups: linkage.reportBy.map(({ column, source, yearColumn }) => ({
      column,
      rates: groupRates(
        source === undefined
          ? textOfRows(from.columns.get(column)!)
          : groupsBySchool(from, years, sources.get(source)!.frame, column, yearColumn),
        found,
      ),
    })),
    definitions: definitionsOf(linkage),
    falseMatches: estimatedFalseMatches(links) as FalseMatches,
    ...(weights !== undefined && {
      weights: {
        fields: weights.fields,
        present: weights.present,
        rounds: weights.rounds,
        converged: weights.converged,
      },
    }),
    review: reviewEntries(linkage, from, to, keys, links, census),
    decisions: {
      file: linkage.decisions.file,
      same: decisions.filter(({ decision }) => decision === "same").length,
      different: decisions.filter(({ decision }) => decision === "different").length,
    },
    reasons: countReasons(links),
    ...(roles !== undefined && { roles }),
    warnings: [
      ...emptiness(linkage, from, census),
      ...notes,
      ...decidedTwice(linkage, links, decided.same, keys, census),
      ...fields.flatMap((field) => field.notes),
      ...fieldGaps(fields, from.rows),
      ...oddRows(links, linkage, from, fields),
      ...oddSchools(
        { name: linkage.from, frame: from },
        { name: linkage.to, frame: to, yearColumn: linkage.yearColumn },
        schoolColumn(study),
        years,
      ),
      ...oddCensus(linkage, to, census, links, fields),
      ...(weights === undefined || weights.converged
        ? []
        : ["The weights of evidence did not settle: probabilities are rough."]),
      ...(roles === undefined || roles.unmapped.length === 0 ? [] : [unmappedInWords(roles.unmapped)]),
    ],
  };
  return { columns, record };
}

/** The column that names a school: its identity where the study follows numbers, else the number. */
const schoolColumn = (study: Study): string =>
  [...study.linkage.values()].find(({ kind }) => kind === "schools")?.identity ?? "urn";

function definitionsOf(linkage: PeopleLinkage): PeopleRecord["definitions"] {
  const year = linkage.inYear === undefined ? undefined : linkYearInWords(linkage.inYear);
  return {
    named: `people named in ${linkage.from}: rows of one person count once`,
    linked: `of those, people with at least one record in ${linkage.to}, by any step or decision`,
    inYear: year === undefined ? "no year is asked for: the same as linked" : `of those, people with a record ${year}`,
    usable:
      linkage.usable === undefined
        ? "of those, all: the study asks for nothing more"
        : `of those, people for whom “${inWords(linkage.usable)}” holds in ${year === undefined ? "some record" : "the record of that year"}`,
  };
}

function refuseWrongTemplate(linkage: PeopleLinkage, from: Frame, fields: readonly ComparedField[]): void {
  if (from.rows === 0 || fields.some(({ missing }) => missing < from.rows)) return;
  const names = fields.map(({ column }) => column).join(", ");
  throw new Faults(linkage.place.file, [
    {
      code: "wrong-template",
      severity: "fault",
      place: linkage.place,
      message: `In none of the ${from.rows} rows of ${linkage.from} can ${names} be read.`,
      suggestion: "Is it the return, in the right template? Compare its columns with the ones declared.",
    },
  ]);
}

/** The texts that name each row in decisions and on the review list. */
function rowKeys(from: Frame, rowKey: readonly string[]): readonly Readonly<Record<string, string>>[] {
  const columns = rowKey.map((name) => [name, from.columns.get(name)!] as const);
  return Array.from({ length: from.rows }, (_, row) =>
    Object.fromEntries(columns.map(([name, column]) => [name, cellText(column, row)])),
  );
}

/** What people decided, put to rows and people; a line about a row the return does not hold is said and left. */
function takeDecisions(
  linkage: PeopleLinkage,
  keys: readonly Readonly<Record<string, string>>[],
  census: Census,
): {
  readonly decided: { readonly same: Map<number, number>; readonly different: Map<number, Set<number>> };
  readonly decisions: readonly Decision[];
  readonly notes: readonly string[];
} {
  const { decisions: file, rowKey } = linkage;
  const decisions = file.content === undefined ? [] : readDecisions(file.content, file.file, linkage);
  const same = new Map<number, number>();
  const different = new Map<number, Set<number>>();
  if (decisions.length === 0) return { decided: { same, different }, decisions, notes: [] };
  const people = new Map(Array.from({ length: census.people }, (_, person) => [census.identity(person), person]));
  const rows = new Map<string, number[]>();
  for (const [row, key] of keys.entries()) {
    const text = keyOfRow(key, rowKey);
    rows.set(text, [...(rows.get(text) ?? []), row]);
  }
  const unknown: Decision[] = [];
  const faults = decisions.flatMap((one) => {
    const person = people.get(one.identity);
    const own = rows.get(keyOfRow(one.row, rowKey));
    if (own === undefined) unknown.push(one);
    if (person === undefined) {
      const message = `${linkage.to} holds nobody with ${linkage.identity} ${one.identity}.`;
      return [decisionFault(file.file, one.line, message, "Correct the identity, or remove the line.")];
    }
    for (const row of own ?? []) {
      if (one.decision === "same") same.set(row, person);
      else different.set(row, (different.get(row) ?? new Set()).add(person));
    }
    return [];
  });
  if (faults.length > 0) throw new Faults(file.file, faults);
  const lines = unknown.map(({ line }) => line).join(", ");
  const notes =
    unknown.length === 0
      ? []
      : [
          `${file.file} decides about ${unknown.length} rows that ${linkage.from} does not hold (lines ${lines}): left out.`,
        ];
  return { decided: { same, different }, decisions, notes };
}

/** The academic year each row must be found in; NaN where none is asked for or the date is missing. */
function rowYears({ inYear }: PeopleLinkage, from: Frame): Float64Array {
  const years = new Float64Array(from.rows).fill(Number.NaN);
  if (inYear === undefined) return years;
  if (inYear.how === "year") return years.fill(inYear.year);
  const { values } = from.columns.get(inYear.column) as NumberColumn;
  const yearOf = {
    firstCensusInPost: (days: number) => censusOnOrAfter(days) - 1,
    censusBefore: censusOnOrBefore,
    yearOfRecruitment: academicYearOf,
  }[inYear.rule];
  for (const [row, days] of values.entries()) if (!Number.isNaN(days)) years[row] = yearOf(days);
  return years;
}

/** Whether the linked person has a row of the census in the year asked for. */
function foundInYear(
  linkage: PeopleLinkage,
  { person }: PeopleLinks,
  census: Census,
  to: Frame,
  years: Float64Array,
): Uint8Array {
  if (linkage.inYear === undefined) return Uint8Array.from(person, (one) => Number(one >= 0));
  const { values } = to.columns.get(linkage.yearColumn!) as NumberColumn;
  return Uint8Array.from(person, (one, row) =>
    one < 0 ? 0 : Number(rowsOfPerson(census, one).some((at) => values[at] === years[row])),
  );
}

/** Whether what the study asks of a link holds, in the person's record of the year asked for, or in any. */
function usableRows(
  study: Study,
  linkage: PeopleLinkage,
  sources: ReadonlyMap<string, TidyTable>,
  links: PeopleLinks,
  census: Census,
  years: Float64Array,
  inYear: Uint8Array,
): Uint8Array {
  if (linkage.usable === undefined) return inYear;
  const people = [...new Set(links.person)].filter((person) => person >= 0);
  const rows = Int32Array.from(people.flatMap((person) => rowsOfPerson(census, person)));
  const table = sources.get(linkage.to)!;
  const only: TidyTable = { ...table, frame: takeRows(table.frame, rows) };
  const holds = new Set<string>();
  const note = (identity: string, year: number, value: number) => {
    if (value !== 1) return;
    holds.add(identity);
    holds.add(`${identity} ${year}`);
  };
  const unit = linkage.usableOf === undefined ? undefined : study.units.get(linkage.usableOf);
  if (unit === undefined) {
    const { values } = evaluate(linkage.usable, frameContext(only.frame)) as NumberColumn;
    const ids = only.frame.columns.get(linkage.identity)!;
    const year =
      linkage.yearColumn === undefined ? undefined : (only.frame.columns.get(linkage.yearColumn) as NumberColumn);
    for (const [row, value] of values.entries()) note(cellText(ids, row), year?.values[row] ?? Number.NaN, value);
  } else {
    const built = buildUnit(
      narrowed(
        unit,
        columnsOf(linkage.usable).map(({ name }) => name),
      ),
      new Map(sources).set(linkage.to, only),
    );
    const { values } = evaluate(linkage.usable, rowContext(built)) as NumberColumn;
    for (const [row, value] of values.entries())
      note(built.identities[built.identityOf[row]!]!, built.yearOf?.[row] ?? Number.NaN, value);
  }
  return Uint8Array.from(links.person, (person, row) => {
    if (inYear[row] !== 1) return 0;
    const key = linkage.inYear === undefined ? census.identity(person) : `${census.identity(person)} ${years[row]}`;
    return Number(holds.has(key));
  });
}

/** A unit with only the derived columns that some names need, directly or through others, and without filled years. */
export function narrowed(unit: UnitDeclaration, names: readonly string[]): UnitDeclaration {
  const wanted = new Set(names);
  for (let before = -1; before !== wanted.size; ) {
    before = wanted.size;
    for (const column of unit.columns)
      if (wanted.has(column.name)) for (const { name } of readsOf(column)) wanted.add(name);
  }
  return {
    ...unit,
    columns: unit.columns.filter(({ name }) => wanted.has(name)),
    join: unit.join.filter(({ columns, prefix }) => columns.some((name) => wanted.has(prefix + name))),
  };
}

function identityOf({ person }: PeopleLinks, census: Census): CodeColumn {
  const levels = [
    ...new Set(
      Array.from(person)
        .filter((one) => one >= 0)
        .map(census.identity),
    ),
  ].sort((a, b) => (a < b ? -1 : 1));
  const place = new Map(levels.map((level, i) => [level, i]));
  const codes = Int32Array.from(person, (one) => (one < 0 ? -1 : place.get(census.identity(one))!));
  return { kind: "code", type: "text", levels, codes };
}

function truth(values: Int32Array | Uint8Array, holds: (value: number) => boolean): NumberColumn {
  return { kind: "number", type: "truth", values: Float64Array.from(values, (value) => Number(holds(value))) };
}

function stepColumn({ by }: PeopleLinks, levels: readonly string[]): CodeColumn {
  const codes = Int32Array.from(by, (one) => {
    if (one === undefined) return levels.length - 1;
    if (one === "decided") return 0;
    return one === "anotherRow" ? levels.length - 2 : one + 1;
  });
  return { kind: "code", type: "category", levels, codes };
}

const countSteps = ({ codes, levels }: CodeColumn): PeopleRecord["steps"] =>
  levels.map((name, level) => ({ name, rows: codes.reduce((sum, code) => sum + Number(code === level), 0) }));

function countReasons({ reason }: PeopleLinks): PeopleRecord["reasons"] {
  const counts = new Map<string, number>();
  for (const one of reason) {
    if (one === "") continue;
    // Numbers and identities within a reason would make each its own.
    const kind = one.replace(/ \(\d+%\)/, "");
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, rows]) => ({ reason: kind, rows })).sort((a, b) => b.rows - a.rows);
}
