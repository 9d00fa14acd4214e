import { addEntrant, addSettled } from "./arrivals.ts";
import { FIRST_CENSUS, LAST_CENSUS } from "./calendar.ts";
import { CareerYear } from "./career.ts";
import { type CensusBatch, type CensusFaults, CensusWriter } from "./censusRows.ts";
import { plantMissingReturns } from "./gaps.ts";
import { HashedDraws } from "./hashedDraws.ts";
import { Identities } from "./identities.ts";
import { type FullWorkforceOptions, settle, type WorkforceOptions } from "./options.ts";
import { IN, OUT, People, SENIOR } from "./people.ts";
import {
  chooseSchools,
  LEADING,
  type ProgrammeSchool,
  programmeStarts,
  type Recruitment,
  recruit,
} from "./programme.ts";
import { RealisedEffects } from "./realisedEffects.ts";
import { playSchools, type SchoolHistory } from "./schoolHistory.ts";
import { inventSites, type Sites } from "./schools.ts";

/** Who was in post at one census, and where: what a return can name. */
export interface InPost {
  readonly year: number;
  readonly slots: Int32Array;
  readonly sites: Int32Array;
  readonly roles: Uint8Array;
}

/** What happened between two censuses, in shares of those in post at the first (rising: of those not yet senior). */
export interface YearRates {
  readonly from: number;
  readonly teachers: number;
  readonly leftBeforeSpring: number;
  readonly left: number;
  readonly movedSchool: number;
  readonly rose: number;
  /** Returned after a break, over the teachers of the first census. */
  readonly returned: number;
  readonly entered: number;
}

/** An invented country of schools and teachers, played to the end. */
export interface Workforce {
  readonly options: FullWorkforceOptions;
  readonly sites: Sites;
  readonly history: SchoolHistory;
  /** As they are at the last census. */
  readonly people: People;
  readonly identities: Identities;
  readonly schools: readonly ProgrammeSchool[];
  readonly recruitments: readonly Recruitment[];
  readonly effects: RealisedEffects;
  readonly rates: readonly YearRates[];
  readonly faults: CensusFaults;
  readonly rows: readonly number[];
  /** At the census of 2018, for returns to be drawn from. */
  readonly inPost: InPost;
}

/** The census that `simulateWorkforceReturns` draws its people from. */
const RETURNS_FROM = 2018;

/**
 * Plays twelve years of schools and careers.
 *
 * Careers hang on hashed draws and on nobody else's choices: a mover's new school depends on its posts, not on a vacancy, and
 * new teachers fill what is left. So taking the programme away from one person leaves every other career as it was.
 *
 * @param onCensus  Given each November census as it is returned; the arrays of a batch are used again for the next.
 * @throws Faults  `option-out-of-range`, for each option that cannot be used.
 */
export async function inventWorkforce(
  asked: WorkforceOptions,
  onCensus: (batch: CensusBatch) => Promise<void> | void = () => undefined,
): Promise<Workforce> {
  const options = settle(asked);
  const draws = new HashedDraws(options.seed, "workforce careers");
  const identities = new Identities(draws);
  const sites = inventSites(options.seed, options);
  const history = playSchools(options.seed, sites);
  const schools = chooseSchools(sites, history, options);
  const programmeFrom = programmeStarts(sites, schools);
  const world = { draws, sites, history, options, programmeFrom, identities };
  const writer = new CensusWriter({ ...world, missing: plantMissingReturns(options.seed, sites, history) });
  const effects = new RealisedEffects(world);
  const people = new People();
  people.reserve(Math.ceil(options.teachers * 2.1));
  const already = new Map(schools.map(({ project }) => [project, new Set<number>()] as const));
  const recruitments: Recruitment[] = [];
  const rates: YearRates[] = [];
  const rows: number[] = [];
  let inPost: InPost | undefined;

  for (let s = 0; s < sites.count; s++)
    if (history.years[0].urn[s] > 0)
      for (let post = 0; post < sites.posts[s]; post++) addSettled(people, draws, s, sites.phase[s], FIRST_CENSUS);

  for (let year = FIRST_CENSUS; ; year++) {
    const batch = writer.census(people, year);
    rows.push(batch.rows);
    await onCensus(batch);
    if (year === RETURNS_FROM) inPost = whoIsInPost(people, year);
    if (year === LAST_CENSUS) break;
    const career = new CareerYear(year, world);
    const recruited = recruit(people, peopleBySite(people, schools), schools, year + 1, { ...world, career, already });
    for (const { project, slot } of recruited) already.get(project)!.add(slot);
    recruitments.push(...recruited);
    effects.begin(people, recruited);
    effects.beforeYear(people, career);
    rates.push(liveYear(people, career, world));
    effects.atCensus(people, year + 1, recruited);
  }
  return {
    ...{ options, sites, history, people, identities, schools, recruitments, effects, rates, rows },
    faults: writer.faults,
    inPost: inPost!,
  };
}

/** Everybody's year, and then the new teachers who fill the posts left open. */
function liveYear(
  people: People,
  career: CareerYear,
  { draws, sites, history }: { readonly draws: HashedDraws; readonly sites: Sites; readonly history: SchoolHistory },
): YearRates {
  const filled = new Int32Array(sites.count);
  const count = people.count;
  let teachers = 0;
  let leftBeforeSpring = 0;
  let left = 0;
  let moved = 0;
  let juniors = 0;
  let rose = 0;
  let returned = 0;
  for (let slot = 0; slot < count; slot++) {
    const status = people.status[slot];
    if (status !== IN && status !== OUT) continue;
    const site = people.site[slot];
    const role = people.role[slot];
    const isEarly = status === IN && career.leavesBeforeSpring(people, slot);
    career.live(people, slot, true);
    const isIn = people.status[slot] === IN;
    if (isIn) filled[people.site[slot]]++;
    if (status === IN) {
      teachers++;
      if (role < SENIOR) juniors++;
      if (isEarly) leftBeforeSpring++;
      if (!isIn) left++;
      else {
        if (history.becomes[people.site[slot]] !== history.becomes[site]) moved++;
        if (people.role[slot] > role) rose++;
      }
    } else if (isIn) returned++;
  }
  fillPosts(people, filled, career.year + 1, { draws, sites, history });
  return {
    from: career.year,
    teachers,
    leftBeforeSpring: leftBeforeSpring / teachers,
    left: left / teachers,
    movedSchool: moved / teachers,
    rose: rose / juniors,
    returned: returned / teachers,
    entered: (people.count - count) / teachers,
  };
}

/**
 * New teachers take open posts, but for as many as other schools hold above theirs, so that the country keeps its size. Which
 * posts stay open is spread evenly over the schools.
 */
function fillPosts(
  people: People,
  filled: Int32Array,
  year: number,
  { draws, sites, history }: { readonly draws: HashedDraws; readonly sites: Sites; readonly history: SchoolHistory },
): void {
  const { urn } = history.years[year - FIRST_CENSUS];
  let open = 0;
  let balance = 0;
  for (let s = 0; s < sites.count; s++) {
    if (urn[s] === 0) continue;
    open += Math.max(0, sites.posts[s] - filled[s]);
    balance += sites.posts[s] - filled[s];
  }
  const share = open === 0 ? 0 : Math.max(0, balance) / open;
  let due = 0;
  for (let s = 0; s < sites.count; s++) {
    if (urn[s] === 0) continue;
    for (let post = filled[s]; post < sites.posts[s]; post++) {
      due += share;
      if (due < 1) continue;
      due--;
      addEntrant(people, draws, s, sites.phase[s], year);
    }
  }
}

/** Those in post in the schools of any project, in order. */
function peopleBySite(people: People, schools: readonly ProgrammeSchool[]): ReadonlyMap<number, readonly number[]> {
  const lists = new Map<number, number[]>(schools.map(({ site }) => [site, []]));
  for (let slot = 0; slot < people.count; slot++)
    if (people.status[slot] === IN) lists.get(people.site[slot])?.push(slot);
  return lists;
}

function whoIsInPost(people: People, year: number): InPost {
  const slots: number[] = [];
  for (let slot = 0; slot < people.count; slot++) if (people.status[slot] === IN) slots.push(slot);
  return {
    year,
    slots: Int32Array.from(slots),
    sites: Int32Array.from(slots, (slot) => people.site[slot]),
    roles: Uint8Array.from(slots, (slot) => people.role[slot]),
  };
}

/** Recruitments into the programme itself. */
export const intoProgramme = (recruitments: readonly Recruitment[]): readonly Recruitment[] =>
  recruitments.filter(({ project }) => project === LEADING);
