import { day } from "./calendar.ts";
import { ageBand, roleChances } from "./careerModel.ts";
import { EVENT } from "./events.ts";
import { type HashedDraws, pick } from "./hashedDraws.ts";
import { CLASSROOM, IN, MIDDLE, NEVER, type People, SENIOR } from "./people.ts";
import { SECONDARY } from "./publishedShares.ts";

/** Weights of 0, 1, … 41 years since qualifying at the first census: near what the yearly chances settle to. */
const EXPERIENCE_WEIGHTS = Array.from({ length: 42 }, (_, years) =>
  years < 5
    ? 4.75 - 0.1 * years
    : years < 10
      ? 4.4
      : years < 20
        ? 4.0 - 0.13 * (years - 10)
        : Math.max(0.04, 1.95 - 0.125 * (years - 20)),
);

/** Someone in post at the first census, with a career behind them. */
export function addSettled(people: People, draws: HashedDraws, site: number, phase: number, year: number): void {
  const key = people.count;
  const years = pick(EXPERIENCE_WEIGHTS, draws.uniform(key, 0, EVENT.experience));
  add(people, draws, { site, phase, year, years });
  const slot = key;
  const chances = roleChances(years, phase);
  const role = pick(chances, draws.uniform(key, 0, EVENT.role));
  people.role[slot] = role;
  const longest = Math.min(years, role === CLASSROOM ? 12 : 7);
  const inRole = Math.floor(longest * draws.uniform(key, 0, EVENT.roleStart));
  people.roleStart[slot] = day(year - inRole, 9, 1);
  people.arrived[slot] = year - inRole;
  const isMale = people.male[slot] === 1;
  const partTime = isMale ? 0.085 : [0.08, 0.36, 0.32][ageBand(22 + years)];
  people.fullTime[slot] = draws.uniform(key, 0, EVENT.fullTime) < (role === SENIOR ? 0.3 * partTime : partTime) ? 0 : 1;
}

/** Someone new to state schools: most just qualified, some later in life or from elsewhere. */
export function addEntrant(people: People, draws: HashedDraws, site: number, phase: number, year: number): void {
  const key = people.count;
  const u = draws.uniform(key, 0, EVENT.experience);
  const years = u < 0.72 ? 0 : u < 0.8 ? 1 : Math.floor(2 + 110 * (u - 0.8));
  add(people, draws, { site, phase, year, years: Math.min(30, years) });
  const chances = years < 3 ? [1, 0, 0] : roleChances(years, phase);
  people.role[key] = Math.min(MIDDLE, pick(chances, draws.uniform(key, 0, EVENT.role)));
  people.roleStart[key] = day(year, 9, 1);
  people.arrived[key] = year;
  people.fullTime[key] = draws.uniform(key, 0, EVENT.fullTime) < (years < 3 ? 0.07 : 0.25) ? 0 : 1;
}

function add(
  people: People,
  draws: HashedDraws,
  { site, phase, year, years }: { site: number; phase: number; year: number; years: number },
): void {
  people.reserve(1);
  const slot = people.count++;
  const key = slot;
  const u = draws.uniform(key, 0, EVENT.qualifyingAge);
  const v = draws.uniform(key, 0, EVENT.later);
  const atQualifying =
    u < 0.57 ? 22 + Math.floor(2.5 * v) : u < 0.79 ? 24 + Math.floor(6 * v) : 30 + Math.floor(16 * v * v + 4 * v);
  people.key[slot] = key;
  people.status[slot] = IN;
  // Completed years since qualifying count to 1 September: courses end in July, some in February.
  people.qualified[slot] = v < 0.92 ? day(year - years, 7, 1 + Math.floor(31 * v)) : day(year - years, 2, 15);
  const age = Math.min(66, atQualifying + years);
  people.birth[slot] = day(year - age, 10, 31) - Math.floor(365 * draws.uniform(key, 0, EVENT.birth));
  people.male[slot] = draws.uniform(key, 0, EVENT.male) < (phase === SECONDARY ? 0.345 : 0.145) ? 1 : 0;
  people.commitment[slot] = draws.normal(key, 0, EVENT.commitment);
  people.site[slot] = site;
  people.left[slot] = 0;
  people.timeZero[slot] = NEVER;
}
