import { CENSUSES, FIRST_CENSUS } from "./calendar.ts";
import type { CareerYear } from "./career.ts";
import { IN, NEVER, People, SENIOR } from "./people.ts";
import { LEADING, type Recruitment } from "./programme.ts";
import type { SchoolHistory } from "./schoolHistory.ts";
import type { Sites } from "./schools.ts";

export const PLACES = ["profession", "school", "localAuthority", "challengingSchool"] as const;
export type Place = (typeof PLACES)[number];

/** One outcome's true effect on those reached: shares with the programme, the same people without it, and the difference. */
export interface RealisedEffect {
  readonly outcome: string;
  /** Years from time zero. */
  readonly horizonYears: number;
  /** What "the same" school, authority and role are compared with: those at time zero, or at the census before it. */
  readonly reference: "timeZero" | "baseline";
  readonly people: number;
  readonly withProgramme: number;
  readonly without: number;
  readonly effect: number;
}

/** One yearly rate in programme schools, over the teachers who were there at the census the year begins with. */
export interface RealisedSchoolEffect {
  readonly outcome: string;
  /** 1: from time zero to the next census. */
  readonly relativeYear: number;
  readonly teacherYears: number;
  readonly withProgramme: number;
  readonly without: number;
  readonly effect: number;
}

const HORIZONS = [1, 2];
/** One bit per outcome: retained in each place, then progressed in each. */
const OUTCOMES = [...PLACES.map((place) => `retained.${place}`), ...PLACES.map((place) => `progressed.${place}`)];

interface Reference {
  readonly site: number;
  readonly role: number;
}

/**
 * What became of a person, by the rules of the catalogue's Annex 2: retained when in a state school; in the same school
 * when the two sites are or become one; in a challenging school when in the same one, or in another graded 3 or 4 at the
 * census of arrival there. Progressed when the role is higher, and for each place retained there too. A leaver is neither.
 * @returns  for each of `OUTCOMES` 0 or 1; senior leaders have no progression (undefined).
 */
function outcomesOf(
  people: People,
  slot: number,
  reference: Reference,
  { sites, history }: { readonly sites: Sites; readonly history: SchoolHistory },
): readonly (0 | 1 | undefined)[] {
  const isRetained = people.status[slot] === IN;
  const site = people.site[slot];
  const isSameSchool = isRetained && history.becomes[site] === history.becomes[reference.site];
  const census = Math.max(0, Math.min(CENSUSES - 1, people.arrived[slot] - FIRST_CENSUS));
  const retained = [
    isRetained,
    isSameSchool,
    isRetained && sites.authority[site] === sites.authority[reference.site],
    isSameSchool || (isRetained && history.years[census].grade[site] >= 3),
  ];
  const hasRisen = people.role[slot] > reference.role;
  return [
    ...retained.map((is) => (is ? 1 : 0)),
    ...retained.map((is) => (reference.role === SENIOR ? undefined : is && hasRisen ? 1 : 0)),
  ];
}

interface Followed {
  readonly slot: number;
  readonly baseline: Reference;
  timeZero?: Reference;
  /** Slot in the store of those living on without the programme. */
  shadow: number;
}

class Tally {
  readonly people = new Float64Array(OUTCOMES.length);
  readonly withProgramme = new Float64Array(OUTCOMES.length);
  readonly without = new Float64Array(OUTCOMES.length);

  add(factual: readonly (0 | 1 | undefined)[], other: readonly (0 | 1 | undefined)[]): void {
    for (const o of OUTCOMES.keys()) {
      const value = factual[o];
      if (value === undefined) continue;
      this.people[o]++;
      this.withProgramme[o] += value;
      this.without[o] += other[o]!;
    }
  }
}

/**
 * Follows every participant twice, with the programme and without it, under the same draws; and every teacher of a programme
 * school over each single year. The mean difference is the effect that was realised, which an estimate should find.
 */
export class RealisedEffects {
  readonly #world: { readonly sites: Sites; readonly history: SchoolHistory; readonly programmeFrom: Int16Array };
  readonly #followed = new Map<number, Followed>();
  readonly #shadows = new People();
  readonly #scratch = new People();
  readonly #people = new Map<string, Tally>();
  readonly #schools = new Map<number, Tally>();
  /** Participants no longer in post at the first census after recruitment. */
  goneBeforeTimeZero = 0;

  constructor(world: { readonly sites: Sites; readonly history: SchoolHistory; readonly programmeFrom: Int16Array }) {
    this.#world = world;
    this.#scratch.reserve(1);
  }

  /** Notes where newly recruited people stand at the census before their spring. */
  begin(people: People, recruitments: readonly Recruitment[]): void {
    for (const { project, slot, site } of recruitments)
      if (project === LEADING && !this.#followed.has(slot))
        this.#followed.set(slot, { slot, baseline: { site, role: people.role[slot] }, shadow: -1 });
  }

  /** Before a year is lived: what the teachers of programme schools will do without the programme is kept beside what they do. */
  beforeYear(people: People, career: CareerYear): void {
    for (let shadow = 0; shadow < this.#shadows.count; shadow++) career.live(this.#shadows, shadow, false);
    const { programmeFrom } = this.#world;
    for (let slot = 0; slot < people.count; slot++) {
      if (people.status[slot] !== IN) continue;
      const site = people.site[slot];
      const relativeYear = career.year - programmeFrom[site] + 1;
      if (programmeFrom[site] === NEVER || relativeYear < 1 || relativeYear > 2) continue;
      const reference = { site, role: people.role[slot] };
      const lived = [true, false].map((isTreated) => {
        this.#scratch.copy(people, slot, 0);
        career.live(this.#scratch, 0, isTreated);
        return outcomesOf(this.#scratch, 0, reference, this.#world);
      });
      const tally = this.#schools.get(relativeYear) ?? new Tally();
      this.#schools.set(relativeYear, tally);
      tally.add(lived[0], lived[1]);
    }
  }

  /** After a year is lived: time zero of last spring's participants, and outcomes of those a year or two past it. */
  atCensus(people: People, year: number, recruitments: readonly Recruitment[]): void {
    for (const { project, slot, spring } of recruitments) {
      if (project !== LEADING || spring !== year) continue;
      const own = this.#followed.get(slot)!;
      if (own.timeZero !== undefined) continue;
      if (people.status[slot] !== IN) {
        this.goneBeforeTimeZero++;
        continue;
      }
      people.timeZero[slot] = year;
      own.timeZero = { site: people.site[slot], role: people.role[slot] };
      this.#shadows.reserve(1);
      own.shadow = this.#shadows.count++;
      this.#shadows.copy(people, slot, own.shadow);
    }
    for (const { slot, baseline, timeZero, shadow } of this.#followed.values()) {
      const horizon = year - people.timeZero[slot];
      if (timeZero === undefined || !HORIZONS.includes(horizon)) continue;
      for (const [reference, at] of [
        ["timeZero", timeZero],
        ["baseline", baseline],
      ] as const) {
        const key = `${reference} ${horizon}`;
        const tally = this.#people.get(key) ?? new Tally();
        this.#people.set(key, tally);
        tally.add(outcomesOf(people, slot, at, this.#world), outcomesOf(this.#shadows, shadow, at, this.#world));
      }
    }
  }

  /** How many reached time zero in post. */
  get participants(): number {
    return this.#shadows.count;
  }

  onPeople(): readonly RealisedEffect[] {
    return (["timeZero", "baseline"] as const).flatMap((reference) =>
      HORIZONS.flatMap((horizonYears) => {
        const tally = this.#people.get(`${reference} ${horizonYears}`) ?? new Tally();
        return OUTCOMES.map((outcome, o) => ({
          outcome,
          horizonYears,
          reference,
          people: tally.people[o],
          ...shares(tally, o, tally.people[o]),
        }));
      }),
    );
  }

  onSchools(): readonly RealisedSchoolEffect[] {
    return [...this.#schools.entries()].flatMap(([relativeYear, tally]) =>
      OUTCOMES.map((outcome, o) => ({
        outcome,
        relativeYear,
        teacherYears: tally.people[o],
        ...shares(tally, o, tally.people[o]),
      })),
    );
  }
}

function shares(tally: Tally, o: number, n: number): { withProgramme: number; without: number; effect: number } {
  const withProgramme = n === 0 ? 0 : tally.withProgramme[o] / n;
  const without = n === 0 ? 0 : tally.without[o] / n;
  return { withProgramme, without, effect: withProgramme - without };
}
