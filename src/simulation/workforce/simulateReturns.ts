import { Faults } from "#domain";
import { RandomStream } from "#math";
import { day, FIRST_CENSUS } from "./calendar.ts";
import type { Workforce } from "./inventWorkforce.ts";
import { Clerk, type ManagementRow } from "./managementReturn.ts";
import { ABSENT_SHARE, LEADING } from "./programme.ts";

/** A row of a return, and the person it is: a `person_id` of the census, or `absent`. */
export interface ReturnedRow {
  readonly row: ManagementRow;
  readonly personId: string;
  /** Another `person_id` the same person stands under in some censuses; empty for most. */
  readonly otherPersonId: string;
  readonly faults: readonly string[];
}

/**
 * Further returns drawn from one workforce, to score linkage with: people in post at the census of 2018, any school, any
 * role, with the faults of a real return, and 3% who are in no census.
 *
 * @param workforce  As `inventWorkforce` gives it; its `census.parquet` is what the rows are to be linked to.
 * @returns  one list of rows for each return; the same seed gives the same rows.
 * @throws Faults  `option-out-of-range`, when a return asks for more people than are in post.
 */
export function simulateWorkforceReturns(
  workforce: Workforce,
  { seed, returns = 20, people = 400 }: { readonly seed: number; readonly returns?: number; readonly people?: number },
): readonly (readonly ReturnedRow[])[] {
  const { slots, sites, roles, year } = workforce.inPost;
  if (people > slots.length) {
    throw new Faults("the options of the simulation", [
      {
        code: "option-out-of-range",
        severity: "fault",
        message: `A return of ${people} people cannot be drawn from ${slots.length} in post.`,
        suggestion: "Take fewer people, or a larger workforce.",
      },
    ]);
  }
  const { urn } = workforce.history.years[year - FIRST_CENSUS];
  return Array.from({ length: returns }, (_unused, r) => {
    const random = new RandomStream(seed, `workforce returns\n${r}`);
    const clerk = new Clerk(workforce, random, workforce.people.count + 10_000 * (r + 1));
    const drawn = new Set<number>();
    return Array.from({ length: people }, (_one, i) => {
      const isAbsent = random.uniform() < ABSENT_SHARE;
      let at = random.integer(slots.length);
      while (drawn.has(at)) at = (at + 1) % slots.length;
      drawn.add(at);
      const recruitment = {
        project: LEADING,
        urn: urn[sites[at]],
        recruited: day(year + 1, 1, 8) + random.integer(150),
        role: isAbsent ? ("not in the census" as const) : roles[at],
        year,
      };
      const { row, link } = clerk.write(recruitment, isAbsent ? "absent" : slots[at]);
      return {
        row: { ...row, mi_row: String(i + 1) },
        personId: link.person_id,
        otherPersonId: link.other_person_id,
        faults: link.faults,
      };
    });
  });
}
