import { type Cohort, listCohorts, type Participation, participationsOf, type School, schoolsById } from "#programme";
import type { ProgrammeVisit } from "../route.ts";

export const fullName = ({ person }: Pick<Participation, "person">): string =>
  `${person.givenName} ${person.familyName}`;

/** One participation with the cohort it is in and the school it is at. */
export interface Found {
  readonly participation: Participation;
  readonly cohort: Cohort;
  readonly school: School;
}

/** What somebody takes part in, in the programme of the address, the latest cohort first. */
export async function takenPartIn(visit: ProgrammeVisit): Promise<readonly Found[]> {
  const cohorts = await listCohorts(visit.store.db, visit.programme.id);
  const person = visit.c.req.param("id") ?? "";
  const found: Found[] = [];
  for (const cohort of [...cohorts].reverse()) {
    const own = await participationsOf(visit.store.db, cohort, { person });
    const schools = await schoolsById(
      visit.store.db,
      own.map(({ school }) => school),
    );
    found.push(...own.map((participation) => ({ participation, cohort, school: schools.get(participation.school)! })));
  }
  return found;
}
