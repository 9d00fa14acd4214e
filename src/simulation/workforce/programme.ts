import { portableLog, RandomStream } from "#math";
import { day, FIRST_CENSUS } from "./calendar.ts";
import type { CareerYear } from "./career.ts";
import { EVENT } from "./events.ts";
import type { HashedDraws } from "./hashedDraws.ts";
import { exponential } from "./logistic.ts";
import type { FullWorkforceOptions } from "./options.ts";
import { IN, NEVER, type People } from "./people.ts";
import { isChallengedArea, LONDON, PRIMARY, REGIONS, SECONDARY } from "./publishedShares.ts";
import type { SchoolHistory } from "./schoolHistory.ts";
import type { Sites } from "./schools.ts";
import { ages, experience } from "./wholeYears.ts";

export const LEADING = "leading-together";
/** Other projects of the same fund, with the schools each has for every 51 of the programme. */
export const OTHER_PROJECTS = [
  { project: "bright-beginnings", provider: "Lantern and Wren", schools: 14 },
  { project: "maths-in-the-middle", provider: "Kettle Ferry Partners", schools: 11 },
  { project: "steady-hands", provider: "The Thimble Guild", schools: 8 },
] as const;
export const LEADING_PROVIDER = "Compass Row Leadership";

/** Springs in which schools are recruited, with the share of each. */
const COHORTS = [
  { spring: 2018, share: 0.38 },
  { spring: 2019, share: 0.58 },
  { spring: 2020, share: 0.04 },
] as const;
/** Share of a school's people who are named a year after the others. */
const NAMED_LATER = 0.05;
/** Share of the programme's schools that are secondary. */
const SECONDARY_SHARE = 0.4;
/** Share of a return's rows whose people are in no census: office staff, governors, people of other countries. */
export const ABSENT_SHARE = 0.03;
/** So that the return has 358 rows for 51 schools. */
const PEOPLE_PER_SCHOOL = (358 * (1 - ABSENT_SHARE)) / 51;

export interface ProgrammeSchool {
  readonly project: string;
  readonly site: number;
  readonly urn: number;
  readonly spring: number;
  readonly agreed: number;
  /** How many people it is to name. */
  readonly places: number;
  readonly withdrawn: boolean;
}

export interface Recruitment {
  readonly project: string;
  readonly slot: number;
  readonly site: number;
  /** URN when recruited. */
  readonly urn: number;
  readonly spring: number;
  readonly recruited: number;
  readonly role: number;
}

/**
 * Chooses the schools of every project: in areas of category 5 and 6 outside London, by weights that are the treated shares of
 * the published tables over those of the pool, each a little damped since the traits go together.
 */
export function chooseSchools(
  sites: Sites,
  history: SchoolHistory,
  options: FullWorkforceOptions,
): readonly ProgrammeSchool[] {
  const random = new RandomStream(options.seed, "workforce programme");
  const chosen: ProgrammeSchool[] = [];
  const taken = new Set<number>();
  const cohorts = dealCohorts(options.programmeSchools);
  const places = dealPlaces(random, options.programmeSchools);
  let at = 0;
  for (const { spring, schools } of cohorts) {
    const ranked = rank(random, sites, history, spring, (s) => programmeWeight(sites, history, spring, s));
    const secondaries = Math.round(SECONDARY_SHARE * (at + schools)) - Math.round(SECONDARY_SHARE * at);
    for (const [phase, wanted] of [
      [PRIMARY, schools - secondaries],
      [SECONDARY, secondaries],
    ]) {
      for (const site of ranked.filter((s) => sites.phase[s] === phase && !taken.has(s)).slice(0, wanted)) {
        taken.add(site);
        chosen.push(school(random, history, LEADING, site, spring, places[at++]));
      }
    }
  }
  for (const { project, schools: usual } of OTHER_PROJECTS) {
    const schools = Math.max(4, Math.round((usual * options.programmeSchools) / 51));
    const ranked = rank(random, sites, history, 2018, (s) => 0.2 + programmeWeight(sites, history, 2018, s));
    // One school in seven also takes part in the programme.
    const shared = ranked.filter((s) => taken.has(s)).slice(0, Math.ceil(schools / 7));
    const own = ranked.filter((s) => !taken.has(s)).slice(0, schools - shared.length);
    for (const site of [...shared, ...own])
      chosen.push(school(random, history, project, site, 2018 + random.integer(2), 2 + random.integer(4)));
  }
  return chosen;
}

function school(
  random: RandomStream,
  history: SchoolHistory,
  project: string,
  site: number,
  spring: number,
  places: number,
): ProgrammeSchool {
  const urn = history.years[spring - 1 - FIRST_CENSUS].urn[site];
  const agreed = day(spring - 1, 11, 15) + random.integer(70);
  return { project, site, urn, spring, agreed, places, withdrawn: random.uniform() < 0.06 };
}

function dealCohorts(schools: number): readonly { spring: number; schools: number }[] {
  let before = 0;
  return COHORTS.map(({ spring, share }) => {
    const from = Math.round(before * schools);
    before += share;
    return { spring, schools: Math.round(before * schools) - from };
  });
}

/** Four to eleven places a school, 347 in all for 51 schools. */
function dealPlaces(random: RandomStream, schools: number): Int32Array {
  const places = Int32Array.from({ length: schools }, () => 4 + random.integer(7));
  let short = Math.round(PEOPLE_PER_SCHOOL * schools) - places.reduce((sum, own) => sum + own, 0);
  for (let i = 0; short !== 0; i = (i + 1) % schools) {
    const step = Math.sign(short);
    if (places[i] + step < 3) continue;
    places[i] += step;
    short -= step;
  }
  return places;
}

/** Sites in random order, those of greater weight sooner: exponential times at the rate of the weight. */
function rank(
  random: RandomStream,
  sites: Sites,
  history: SchoolHistory,
  spring: number,
  weight: (site: number) => number,
): readonly number[] {
  const census = spring - 1 - FIRST_CENSUS;
  const times = new Float64Array(sites.count).fill(Number.POSITIVE_INFINITY);
  const able: number[] = [];
  for (let s = 0; s < sites.count; s++) {
    const u = random.uniform();
    const phase = sites.phase[s];
    const isAble =
      (phase === PRIMARY || phase === SECONDARY) &&
      isChallengedArea(sites.areaCategory[s]) &&
      !LONDON.includes(sites.region[s]) &&
      history.years[census].urn[s] > 0 &&
      history.endsAt[s] > census + 1 &&
      sites.posts[s] >= 7;
    if (!isAble) continue;
    times[s] = -portableLog(u + 2 ** -54) / weight(s);
    able.push(s);
  }
  return able.sort((a, b) => times[a] - times[b] || a - b);
}

const GRADE_RATIO = [4, 0.01, 0.28, 2.7, 7];
const FSM_RATIO = [0.02, 0.3, 0.6, 1.15, 1.25, 1];
const ATTAINMENT_RATIO = [1.4, 2.1, 1.3, 0.25, 0.04, 0.8];

function programmeWeight(sites: Sites, history: SchoolHistory, spring: number, s: number): number {
  const year = history.years[spring - 1 - FIRST_CENSUS];
  const region = REGIONS[sites.region[s]];
  const regional = Math.max(0.0005, region.programmeTeachers / Math.max(1, region.challengedTeachers));
  const relativeSize = sites.posts[s] / (sites.phase[s] === SECONDARY ? 66 : 15);
  const size = Math.min(6, relativeSize * relativeSize);
  return (
    regional *
    GRADE_RATIO[year.grade[s]] *
    FSM_RATIO[year.fsmFifth[s]] *
    ATTAINMENT_RATIO[year.attainmentFifth[s]] *
    (sites.areaCategory[s] === 6 ? 4 : 1) *
    size
  );
}

const ROLE_WEIGHT = [0.5, 0.55, 25];
const AGE_WEIGHT = [0.4, 1.2, 1.1];

/**
 * The people each school names in one spring, among those in post both at the November census before and in that spring:
 * mostly senior leaders, by weights near the published shares. With hidden selection the committed are likelier.
 */
export function recruit(
  people: People,
  bySite: ReadonlyMap<number, readonly number[]>,
  schools: readonly ProgrammeSchool[],
  spring: number,
  world: {
    readonly career: CareerYear;
    readonly draws: HashedDraws;
    readonly options: FullWorkforceOptions;
    readonly already: ReadonlyMap<string, ReadonlySet<number>>;
    readonly history: SchoolHistory;
  },
): readonly Recruitment[] {
  const { career, draws, options, already, history } = world;
  const found: Recruitment[] = [];
  for (const [p, own] of schools.entries()) {
    const isFirst = own.spring === spring;
    const later = Math.round(NAMED_LATER * own.places + 0.3 * draws.uniform(own.site, 0, EVENT.chosen));
    const places = isFirst ? own.places - later : own.spring + 1 === spring && spring <= 2020 ? later : 0;
    if (places === 0) continue;
    const able = (bySite.get(own.site) ?? []).filter(
      (slot) =>
        people.status[slot] === IN && !already.get(own.project)!.has(slot) && !career.leavesBeforeSpring(people, slot),
    );
    const time = (slot: number) => {
      const age = ages.until(career.year, people.birth[slot]);
      const weight =
        ROLE_WEIGHT[people.role[slot]] *
        AGE_WEIGHT[age < 30 ? 0 : age < 50 ? 1 : 2] *
        (experience.until(career.year, people.qualified[slot]) < 5 ? 0.4 : 1) *
        (people.male[slot] === 1 ? 1.6 : 0.85) *
        (people.fullTime[slot] === 1 ? 1.15 : 0.3) *
        exponential(options.hiddenSelection * people.commitment[slot]);
      return -portableLog(draws.uniform(people.key[slot], spring, EVENT.chosen + p * 64)) / weight;
    };
    const times = new Map(able.map((slot) => [slot, time(slot)] as const));
    const named = able.sort((a, b) => times.get(a)! - times.get(b)! || a - b).slice(0, places);
    for (const slot of named) {
      const from = Math.max(day(spring, 1, 8), own.agreed);
      const u = draws.uniform(people.key[slot], spring, EVENT.recruitedWhen + p * 64);
      found.push({
        project: own.project,
        slot,
        site: own.site,
        urn: history.years[spring - 1 - FIRST_CENSUS].urn[own.site],
        spring,
        recruited: from + Math.floor(u * (day(spring, 6, 29) - from)),
        role: people.role[slot],
      });
    }
  }
  return found;
}

/**
 * When the programme begins to act in each site: the first November census after its spring; NEVER elsewhere.
 */
export function programmeStarts(sites: Sites, schools: readonly ProgrammeSchool[]): Int16Array {
  const starts = new Int16Array(sites.count).fill(NEVER);
  for (const { project, site, spring } of schools)
    if (project === LEADING) starts[site] = Math.min(starts[site], spring);
  return starts;
}
