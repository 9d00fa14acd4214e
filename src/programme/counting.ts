import { type Person, peopleOf } from "./people.ts";
import type { Participant, SchoolEntry } from "./records.ts";

/** A school as it is counted: once, however many projects it is in. */
export interface CountedSchool {
  readonly urn: string;
  readonly projects: readonly string[];
  readonly cohorts: readonly string[];
  /** From every project it was in. */
  readonly withdrew: boolean;
}

/** A person as counted: once, however many rows name them. */
export interface CountedPerson extends Person {
  /** Of the row recruited first, as are school and role. */
  readonly first: Participant;
  readonly urn?: string;
  readonly roleLevel?: string;
  readonly projects: readonly string[];
  readonly cohorts: readonly string[];
  /** From every project they were in. */
  readonly withdrew: boolean;
}

/** What is counted of a return. */
export interface CountedReturn {
  readonly rows: readonly Participant[];
  readonly entries?: readonly SchoolEntry[];
  readonly people: readonly CountedPerson[];
  readonly schools: readonly CountedSchool[];
  /** The schools come from the participants file, since no schools file was given. */
  readonly schoolsFromPeople: boolean;
}

/** Some cohorts or projects; all of them where nothing is said. */
export interface ReturnPart {
  readonly cohorts?: readonly string[];
  readonly projects?: readonly string[];
}

/** Counts only the rows of a part: somebody in two projects is counted once in each. */
export function countPart(counted: CountedReturn, { cohorts, projects }: ReturnPart): CountedReturn {
  if (cohorts === undefined && projects === undefined) return counted;
  const isIn = (wanted: readonly string[] | undefined, own: string | undefined) =>
    wanted === undefined || (own !== undefined && wanted.includes(own));
  const entries = counted.entries?.filter((one) => isIn(projects, one.project) && isIn(cohorts, one.cohort));
  const kept = new Set((entries ?? []).map(({ urn, project }) => `${urn}\n${project}`));
  const rows = counted.rows.filter(
    ({ urn, project }) => isIn(projects, project) && (cohorts === undefined || kept.has(`${urn}\n${project}`)),
  );
  return countReturn(rows, entries);
}

const distinct = (texts: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(texts.filter((text) => text !== undefined)),
];

/** Counts people and schools once each. Without a schools file, schools are those of the participants. */
export function countReturn(
  participants: readonly Participant[],
  entries: readonly SchoolEntry[] | undefined,
): CountedReturn {
  const cohortOf = new Map((entries ?? []).map(({ urn, project, cohort }) => [`${urn}\n${project}`, cohort]));
  const people = peopleOf(participants).map(({ rows }): CountedPerson => {
    const first = [...rows].sort(
      (a, b) =>
        (a.recruited ?? Number.POSITIVE_INFINITY) - (b.recruited ?? Number.POSITIVE_INFINITY) || a.line - b.line,
    )[0]!;
    return {
      rows,
      first,
      ...(first.urn !== undefined && { urn: first.urn }),
      ...(first.roleLevel !== undefined && { roleLevel: first.roleLevel }),
      projects: distinct(rows.map(({ project }) => project)),
      cohorts: distinct(rows.map(({ urn, project }) => cohortOf.get(`${urn}\n${project}`))),
      withdrew: rows.every(({ withdrawn }) => withdrawn === true),
    };
  });
  return {
    rows: participants,
    ...(entries !== undefined && { entries }),
    people,
    schools: entries === undefined ? schoolsOfPeople(participants) : schoolsOf(entries),
    schoolsFromPeople: entries === undefined,
  };
}

function schoolsOf(entries: readonly SchoolEntry[]): readonly CountedSchool[] {
  const groups = new Map<string, SchoolEntry[]>();
  for (const entry of entries) {
    if (entry.urn === undefined) continue;
    const known = groups.get(entry.urn);
    if (known === undefined) groups.set(entry.urn, [entry]);
    else known.push(entry);
  }
  return [...groups].map(([urn, own]) => ({
    urn,
    projects: distinct(own.map(({ project }) => project)),
    cohorts: distinct(own.map(({ cohort }) => cohort)),
    withdrew: own.every(({ withdrawn }) => withdrawn === true),
  }));
}

function schoolsOfPeople(participants: readonly Participant[]): readonly CountedSchool[] {
  return distinct(participants.map(({ urn }) => urn)).map((urn) => {
    const own = participants.filter((row) => row.urn === urn);
    return {
      urn,
      projects: distinct(own.map(({ project }) => project)),
      cohorts: [],
      withdrew: own.every(({ withdrawn }) => withdrawn === true),
    };
  });
}
