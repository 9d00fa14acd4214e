import { CENSUSES, day, FIRST_CENSUS } from "./calendar.ts";
import { type CareerEvent, COMMITMENT_ON_LEAVING, personCell, personTerms, schoolTerms } from "./careerModel.ts";
import { Destinations } from "./destinations.ts";
import { EVENT } from "./events.ts";
import type { HashedDraws } from "./hashedDraws.ts";
import { logistic } from "./logistic.ts";
import type { FullWorkforceOptions } from "./options.ts";
import { CLASSROOM, GONE, IN, MIDDLE, OUT, type People, SENIOR } from "./people.ts";
import type { SchoolHistory } from "./schoolHistory.ts";
import type { Sites } from "./schools.ts";
import { ages, experience } from "./wholeYears.ts";

/** Share of a year's leavers who go between the November census and spring. */
const LEAVES_BEFORE_SPRING = 0.3;
const LAST_AGE = 68;
/** Chance of coming back in each year out. */
const RETURN_CHANCES = [0.11, 0.08, 0.05, 0.035, 0.025, 0.02, 0.015, 0.01];

/** What decides the careers of one year, from one census to the next. */
export class CareerYear {
  readonly year: number;
  readonly #draws: HashedDraws;
  readonly #sites: Sites;
  readonly #history: SchoolHistory;
  readonly #options: FullWorkforceOptions;
  readonly #programmeFrom: Int16Array;
  readonly #schoolTerms: Readonly<Record<CareerEvent, Float64Array>>;
  readonly #destinations: Destinations;

  /** @param programmeFrom  Time zero of each programme site, NEVER for others. */
  constructor(
    year: number,
    world: {
      readonly draws: HashedDraws;
      readonly sites: Sites;
      readonly history: SchoolHistory;
      readonly options: FullWorkforceOptions;
      readonly programmeFrom: Int16Array;
    },
  ) {
    this.year = year;
    this.#draws = world.draws;
    this.#sites = world.sites;
    this.#history = world.history;
    this.#options = world.options;
    this.#programmeFrom = world.programmeFrom;
    const census = year - FIRST_CENSUS;
    const now = world.history.years[census];
    this.#schoolTerms = {
      leaving: schoolTerms("leaving", world.sites, now, census),
      moving: schoolTerms("moving", world.sites, now, census),
      rising: schoolTerms("rising", world.sites, now, census),
    };
    this.#destinations = new Destinations(world.sites, world.history.years[Math.min(census + 1, CENSUSES - 1)]);
  }

  /** Whether someone in post at this census is gone before the spring after it, when nothing is done for them. */
  leavesBeforeSpring(people: People, slot: number): boolean {
    return (
      this.#draws.uniform(people.key[slot], this.year, EVENT.leavingTime) < LEAVES_BEFORE_SPRING &&
      this.#leaves(people, slot, this.#cell(people, slot), 0)
    );
  }

  /**
   * Moves one person from this census to the next.
   * @param isTreated  Whether the programme acts on those it reached; without it the same person meets the same luck.
   */
  live(people: People, slot: number, isTreated: boolean): void {
    if (people.status[slot] === IN) this.#work(people, slot, isTreated);
    else if (people.status[slot] === OUT) this.#comeBack(people, slot);
  }

  #cell(people: People, slot: number): number {
    return personCell(
      people.role[slot],
      people.male[slot],
      people.fullTime[slot],
      ages.until(this.year, people.birth[slot]),
      experience.until(this.year, people.qualified[slot]),
    );
  }

  #leaves(people: People, slot: number, cell: number, effect: number): boolean {
    const age = ages.until(this.year, people.birth[slot]);
    if (age >= LAST_AGE) return true;
    // The matched traits know no age above 50; retirement does.
    const retirement = age >= 60 ? 1.7 : age >= 55 ? 0.35 : 0;
    const odds =
      LEAVING[cell] +
      this.#schoolTerms.leaving[people.site[slot]] +
      retirement -
      COMMITMENT_ON_LEAVING * people.commitment[slot] -
      effect;
    return this.#draws.uniform(people.key[slot], this.year, EVENT.leaving) < logistic(odds);
  }

  #work(people: People, slot: number, isTreated: boolean): void {
    const { year } = this;
    const key = people.key[slot];
    const site = people.site[slot];
    const schoolEffect = isTreated && year >= this.#programmeFrom[site] ? this.#options.schoolEffect : 0;
    const isParticipant = isTreated && year >= people.timeZero[slot];
    const retention = schoolEffect + (isParticipant ? this.#options.retentionEffect : 0);
    const progression = schoolEffect + (isParticipant ? this.#options.progressionEffect : 0);
    const cell = this.#cell(people, slot);

    if (this.#leaves(people, slot, cell, retention)) {
      people.status[slot] = ages.until(year, people.birth[slot]) >= 58 ? GONE : OUT;
      people.left[slot] = year;
      return;
    }
    const next = year - FIRST_CENSUS + 1;
    const isClosing = this.#history.endsAt[site] <= next;
    let isNewPost = false;
    if (isClosing && this.#history.mergesInto[site] >= 0) {
      people.site[slot] = this.#history.mergesInto[site];
      people.arrived[slot] = year + 1;
    } else if (
      isClosing ||
      this.#draws.uniform(key, year, EVENT.moving) < logistic(MOVING[cell] + this.#schoolTerms.moving[site] - retention)
    ) {
      const to = this.#destination(site, key, EVENT.movingHow, EVENT.movingWhere);
      if (to >= 0) {
        people.site[slot] = to;
        people.arrived[slot] = year + 1;
        isNewPost = true;
      }
    }
    const role = people.role[slot];
    if (
      role < SENIOR &&
      this.#draws.uniform(key, year, EVENT.rising) <
        logistic(RISING[cell] + this.#schoolTerms.rising[site] + progression)
    ) {
      const isFar = role === CLASSROOM && this.#draws.uniform(key, year, EVENT.risingFar) < 0.13;
      people.role[slot] = isFar ? SENIOR : role + 1;
      isNewPost = true;
    } else if (role > CLASSROOM && this.#draws.uniform(key, year, EVENT.falling) < (role === MIDDLE ? 0.062 : 0.02)) {
      people.role[slot] = role - 1;
      isNewPost = true;
    }
    if (isNewPost) people.roleStart[slot] = this.#changeDate(key);
    this.#changeHours(people, slot);
  }

  #changeHours(people: People, slot: number): void {
    const u = this.#draws.uniform(people.key[slot], this.year, EVENT.hours);
    const age = ages.until(this.year, people.birth[slot]);
    if (people.fullTime[slot] === 0) {
      if (u < 0.095) people.fullTime[slot] = 1;
      return;
    }
    const base = people.male[slot] === 1 ? 0.013 : age < 27 ? 0.008 : age < 42 ? 0.085 : 0.05;
    if (u < (people.role[slot] === SENIOR ? 0.28 * base : base)) people.fullTime[slot] = 0;
  }

  #comeBack(people: People, slot: number): void {
    const { year } = this;
    const key = people.key[slot];
    const away = year - people.left[slot] - 1;
    if (away >= RETURN_CHANCES.length || ages.until(year, people.birth[slot]) >= 58) {
      people.status[slot] = GONE;
      return;
    }
    if (this.#draws.uniform(key, year, EVENT.returning) >= RETURN_CHANCES[away]) return;
    const to = this.#destination(people.site[slot], key, EVENT.returningHow, EVENT.returningWhere);
    if (to < 0) return;
    people.status[slot] = IN;
    people.site[slot] = to;
    people.arrived[slot] = year + 1;
    people.roleStart[slot] = this.#changeDate(key);
    if (people.role[slot] === SENIOR && this.#draws.uniform(key, year, EVENT.falling) < 0.5) people.role[slot] = MIDDLE;
  }

  /** Another school of the same phase: most often in the same authority, then in the region. */
  #destination(site: number, key: number, how: number, where: number): number {
    const u = this.#draws.uniform(key, this.year, how);
    const v = this.#draws.uniform(key, this.year, where);
    const phase = this.#sites.phase[site];
    if (u < 0.58) {
      const near = this.#destinations.inAuthority(phase, this.#sites.authority[site], site, v);
      if (near >= 0) return near;
    }
    if (u < 0.88) {
      const far = this.#destinations.inRegion(phase, this.#sites.region[site], site, v);
      if (far >= 0) return far;
    }
    return this.#destinations.anywhere(phase, site, v);
  }

  /** The day a change of post between this census and the next took effect. */
  #changeDate(key: number): number {
    const u = this.#draws.uniform(key, this.year, EVENT.changeDate);
    return u < 0.1 ? day(this.year + 1, 1, 1) : u < 0.18 ? day(this.year + 1, 4, 15) : day(this.year + 1, 9, 1);
  }
}

const LEAVING = personTerms("leaving");
const MOVING = personTerms("moving");
const RISING = personTerms("rising");
