import { type ReturnYardsticks, readDate } from "#domain";
import { countReturn, type Participant, type SchoolEntry, type SchoolTraits } from "#programme";
import type { ReturnShown } from "../shown.ts";

const day = (text: string): number => readDate(text)!;
const AS_AT = day("2020-02-28");

/** How many of each: the counts that give the published percentages of 53 schools and 337 people. */
const ROLES: readonly [level: string | undefined, people: number][] = [
  ["headteacher", 54],
  ["senior leader", 142],
  ["middle leader", 108],
  ["classroom teacher", 8],
  ["non-teaching staff", 25],
];
const REGIONS: readonly [region: string, schools: number][] = [
  ["East Midlands and the Humber", 19],
  ["Lancashire and West Yorkshire", 17],
  ["West Midlands", 11],
  ["South-East England and South London", 6],
];
const SCHOOLS = 53;
const PEOPLE = 337;
const WITHDRAWN = 24;

const spread = <T>(counts: readonly (readonly [T, number])[]): readonly T[] =>
  counts.flatMap(([value, count]) => Array.from({ length: count }, () => value));

/** Invented rows whose counts are those the seed publishes: 53 schools, 337 people of whom 24 withdrew. */
export function publishedReturn(): ReturnShown {
  const regions = spread(REGIONS);
  const roles = spread(ROLES);
  const urn = (i: number) => String(200_000 + i);
  const traits = Array.from(
    { length: SCHOOLS },
    (_, i): SchoolTraits => ({
      urn: urn(i),
      phase: i < 34 ? "primary" : "secondary",
      region: regions[i]!,
      aea: i < 40 ? "6" : "5",
      imd: i < 17 ? "1" : String(2 + (i % 9)),
      ofsted: String(1 + (i % 4)),
    }),
  );
  const participants = Array.from({ length: PEOPLE }, (_, i): Participant => {
    const level = roles[i];
    return {
      line: i + 2,
      row: String(i + 1),
      project: "leading-together",
      trn: String(1_000_000 + i),
      urn: urn(i % SCHOOLS),
      recruited: day("2018-09-01") + (i % 300),
      withdrawn: i % 14 === 0 && i / 14 < WITHDRAWN,
      ...(level !== undefined && { roleLevel: level }),
    };
  });
  const entries = traits.map(
    (school, i): SchoolEntry => ({
      line: i + 2,
      urn: school.urn,
      project: "leading-together",
      cohort: i < 17 ? "1" : "2",
      withdrawn: false,
    }),
  );
  return {
    counted: countReturn(participants, entries),
    register: { schools: traits, known: new Map(traits.map((school) => [school.urn, school])), source: "register" },
    yardsticks: YARDSTICKS,
    asAt: AS_AT,
    minimum: 0,
    schoolMinimum: 0,
    sources: ["mi_participants.csv"],
  };
}

const YARDSTICKS: ReturnYardsticks = {
  programme: "Leading Together (invented rows)",
  snapshot: AS_AT,
  scope: "cohorts 1 and 2",
  targets: [
    {
      id: "priority-areas",
      group: "geography",
      what: "Schools in priority areas",
      measure: "priorityAreaPercent",
      values: [{ value: 100, source: "KPI list" }],
    },
    {
      id: "schools",
      group: "school",
      what: "Schools recruited",
      measure: "schools",
      values: [{ value: 42, source: "KPI list" }],
    },
    {
      id: "leaders",
      group: "participant",
      what: "Middle and senior leaders recruited",
      measure: "participants",
      values: [
        { value: 234, source: "KPI list" },
        { value: 243, source: "paragraph on participants" },
      ],
    },
  ],
  national: [
    {
      by: "role",
      of: "participants",
      source: "School Workforce Census 2018",
      percent: { headteacher: 5, "senior leader": 10, "middle leader": 28, "classroom teacher": 57 },
    },
  ],
  counts: [
    { id: "continuing", source: "Funder: completed or continuing", snapshot: AS_AT, participants: 313, parts: [] },
    {
      id: "manager",
      source: "Project manager",
      scope: "cohorts 1 and 2",
      parts: [
        { scope: "cohort 1", schools: 17, participants: 118 },
        { scope: "cohort 2", schools: 34, participants: 205 },
      ],
    },
    { id: "matching", source: "Matching file", scope: "cohorts 1 and 2", schools: 51, participants: 358, parts: [] },
    { id: "headline", source: "Provider headline", scope: "all cohorts", schools: 85, participants: 390, parts: [] },
  ],
};
