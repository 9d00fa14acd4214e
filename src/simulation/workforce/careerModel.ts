import { SECONDARY } from "./publishedShares.ts";
import type { SchoolYear } from "./schoolHistory.ts";
import type { Sites } from "./schools.ts";

/** What can happen to a person between one census and the next. */
export type CareerEvent = "leaving" | "moving" | "rising";

/** Log-odds of an event for each value of a trait; the reference of each is 0. */
interface Coefficients {
  readonly constant: number;
  readonly male: number;
  readonly partTime: number;
  /** Under 30, 30 to 49, 50 or older. */
  readonly age: readonly number[];
  /** Years since qualifying: under 5, 5 to 9, 10 to 19, 20 or more. */
  readonly experience: readonly number[];
  readonly role: readonly number[];
  /** Not known, outstanding, good, requires improvement, inadequate. */
  readonly grade: readonly number[];
  readonly phase: readonly number[];
  /** Lowest fifth to highest, not known. */
  readonly fsm: readonly number[];
  readonly attainment: readonly number[];
  readonly region: readonly number[];
  /** From census 2010 on. 2019 and 2020 are the years of the pandemic. */
  readonly year: readonly number[];
}

/**
 * One year's log-odds of leaving the state sector, of moving school (for those who stay), and of rising to a higher role (for
 * those who stay): linear in the traits a comparison is matched on, plus what a school and a school's year add.
 */
const COEFFICIENTS: Readonly<Record<CareerEvent, Coefficients>> = {
  leaving: {
    constant: -2.92,
    male: 0.05,
    partTime: 0.2,
    age: [0.1, 0, 0.6],
    experience: [0.4, 0.1, 0, 0.22],
    role: [0, -0.3, -0.35],
    grade: [0.2, -0.05, 0, 0.15, 0.35],
    phase: [0, 0.1, 0.1, 0.15, 0.2],
    fsm: [-0.08, -0.04, 0, 0.05, 0.12, 0],
    attainment: [0.12, 0.06, 0, -0.05, -0.08, 0],
    region: [0, 0, 0, 0.2, 0.15, -0.12, -0.05, 0.05, 0, -0.05],
    year: [-0.05, 0, 0, 0.05, 0.1, 0.1, 0.08, 0.05, 0.03, -0.32, -0.15, 0],
  },
  moving: {
    constant: -2.55,
    male: 0.05,
    partTime: -0.2,
    age: [0.25, 0, -0.6],
    experience: [0.25, 0.2, 0, -0.25],
    role: [0, -0.1, -0.25],
    grade: [0.2, -0.08, 0, 0.2, 0.4],
    phase: [0, 0.05, -0.1, -0.1, -0.3],
    fsm: [-0.06, -0.03, 0, 0.03, 0.08, 0],
    attainment: [0.1, 0.05, 0, -0.04, -0.06, 0],
    region: [0, 0, 0, 0.15, 0.12, -0.1, 0, 0.05, 0, 0],
    year: [-0.1, -0.05, 0, 0.05, 0.1, 0.1, 0.05, 0.05, 0, -0.45, -0.1, 0],
  },
  rising: {
    constant: -3.15,
    male: 0.3,
    partTime: -0.9,
    age: [0.1, 0, -0.7],
    experience: [-0.3, 0.3, 0, -0.4],
    role: [0, 0.35, 0],
    grade: [0.1, 0, 0, 0.15, 0.2],
    phase: [-0.05, 0.05, 0, -0.3, 0],
    fsm: [-0.05, 0, 0, 0.05, 0.1, 0],
    attainment: [0.06, 0, 0, 0, -0.04, 0],
    region: [0, 0, 0, 0.15, 0.1, -0.05, 0, 0, -0.05, 0],
    year: [0, 0, 0, 0, 0, 0, 0, 0, 0, -0.2, -0.1, 0],
  },
};

/** What a standard deviation of commitment takes off the log-odds of leaving. */
export const COMMITMENT_ON_LEAVING = 0.3;

export const ageBand = (age: number): number => (age < 30 ? 0 : age < 50 ? 1 : 2);
const experienceBand = (years: number): number => (years < 5 ? 0 : years < 10 ? 1 : years < 20 ? 2 : 3);

/** The place of a person's traits in a table of `personTerms`. */
export const personCell = (role: number, male: number, fullTime: number, age: number, years: number): number =>
  (((role * 2 + male) * 2 + fullTime) * 3 + ageBand(age)) * 4 + experienceBand(years);

/** Sums of the person's own terms, by `personCell`. */
export function personTerms(event: CareerEvent): Float64Array {
  const own = COEFFICIENTS[event];
  const terms = new Float64Array(144);
  for (let cell = 0; cell < 144; cell++) {
    const isFullTime = Math.floor(cell / 12) % 2 === 1;
    terms[cell] =
      own.constant +
      own.role[Math.floor(cell / 48)] +
      (Math.floor(cell / 24) % 2 === 1 ? own.male : 0) +
      (isFullTime ? 0 : own.partTime) +
      own.age[Math.floor(cell / 4) % 3] +
      own.experience[cell % 4];
  }
  return terms;
}

/** Sums of the terms of each school in one census, by site. */
export function schoolTerms(event: CareerEvent, sites: Sites, year: SchoolYear, census: number): Float64Array {
  const own = COEFFICIENTS[event];
  return Float64Array.from(
    { length: sites.count },
    (_, s) =>
      own.grade[year.grade[s]] +
      own.phase[sites.phase[s]] +
      own.fsm[year.fsmFifth[s]] +
      own.attainment[year.attainmentFifth[s]] +
      own.region[sites.region[s]] +
      own.year[census] +
      sites[event][s] +
      year[event][s],
  );
}

/** Chance of starting in a role, for the first census and for those who come later in life. Primary schools pay fewer allowances. */
export function roleChances(years: number, phase: number): readonly [number, number, number] {
  const band = experienceBand(years);
  const isSecondary = phase === SECONDARY;
  const middle = [0.075, 0.22, 0.215, 0.18][band] * (isSecondary ? 1.5 : 0.5);
  const senior = [0.004, 0.1, 0.2, 0.24][band] * (isSecondary ? 0.72 : 1.25);
  return [1 - middle - senior, middle, senior];
}
