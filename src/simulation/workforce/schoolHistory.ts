import { RandomStream } from "#math";
import { ABSENT } from "#table";
import { CENSUSES, day, FIRST_CENSUS } from "./calendar.ts";
import { fifths } from "./fifths.ts";
import { logistic } from "./logistic.ts";
import {
  GRADE_SHARES,
  isChallengedArea,
  NURSERY,
  PRIMARY,
  SECONDARY,
  SIXTEEN_PLUS,
  SPECIAL,
} from "./publishedShares.ts";
import { below, type Sites } from "./schools.ts";

export const SCHOOL_TYPES = [
  "Community school",
  "Voluntary aided school",
  "Foundation school",
  "Academy converter",
  "Academy sponsor led",
  "Free schools",
  "Community special school",
  "Local authority nursery school",
  "Further education",
] as const;
const CONVERTER = 3;
const SPONSORED = 4;
const FREE = 5;

/** The schools of one census. A site that is closed has URN 0. */
export interface SchoolYear {
  readonly urn: Int32Array<ArrayBuffer>;
  readonly type: Uint8Array;
  /** 1 outstanding to 4 inadequate, 0 not known. */
  readonly grade: Uint8Array;
  readonly inspected: Int32Array<ArrayBuffer>;
  readonly fsmTenths: Int16Array<ArrayBuffer>;
  readonly attainmentTenths: Int16Array<ArrayBuffer>;
  /** 0 lowest to 4 highest within the phase, 5 not known. */
  readonly fsmFifth: Uint8Array;
  readonly attainmentFifth: Uint8Array;
  readonly deprivation: Uint8Array;
  readonly pupils: Int16Array<ArrayBuffer>;
  /** What this year adds in this school to the log-odds of leaving, moving and rising until the next census. */
  readonly leaving: Float64Array;
  readonly moving: Float64Array;
  readonly rising: Float64Array;
}

/** One establishment number that follows, or ends, another. */
export interface SchoolLink {
  readonly site: number;
  readonly urn: number;
  /** 0 when the school closed and none follows. */
  readonly successorUrn: number;
  readonly date: number;
  readonly kind: "converted" | "merged" | "closed";
}

export interface SchoolHistory {
  readonly years: readonly SchoolYear[];
  readonly links: readonly SchoolLink[];
  /** The site each became part of in the end; itself when it never merged. Two sites with one end are one school. */
  readonly becomes: Int32Array;
  /** Census index from which a site has closed or merged; CENSUSES when it stays open. */
  readonly endsAt: Uint8Array;
  /** The site a merging one goes into, −1 for others. */
  readonly mergesInto: Int32Array;
}

const YEAR_SD = 0.2;
const FIRST_URN = 600_000;
const INSPECTION_RATE = 0.3;
/** What remains from one year to the next of how good a school is. */
const QUALITY_KEPT = 0.85;
const CLOSING_RATE = 0.003;
const MERGING_RATE = 0.002;

/** Plays the twelve years of every site: inspections, results, conversion to an academy under a new number, closing, merging. */
export function playSchools(seed: number, sites: Sites): SchoolHistory {
  const random = new RandomStream(seed, "workforce school years");
  const n = sites.count;
  const years: SchoolYear[] = [];
  const links: SchoolLink[] = [];
  const becomes = Int32Array.from({ length: n }, (_, s) => s);
  const mergesInto = new Int32Array(n).fill(-1);
  const endsAt = new Uint8Array(n).fill(CENSUSES);
  /** Census at which another school last merged into a site: that year it does not end itself. */
  const receivesAt = new Uint8Array(n);
  const urn = Int32Array.from({ length: n }, (_, s) => FIRST_URN + s);
  let nextUrn = FIRST_URN + n;
  const type = Uint8Array.from({ length: n }, (_, s) => firstType(sites, s, random.uniform()));
  const quality = Float64Array.from({ length: n }, () => random.normal());
  const grade = new Uint8Array(n);
  const inspected = new Int32Array(n).fill(ABSENT[32]);
  /** Census from which a school with a new number, or new altogether, can have a grade and results. */
  const knownFrom = new Uint8Array(n);
  for (let s = 0; s < n; s++) if (sites.opens[s] > 0) knownFrom[s] = sites.opens[s] + 2;
  const neighbours = primariesByDistrict(sites);
  const isOpen = (s: number, t: number) => sites.opens[s] <= t && t < endsAt[s];

  for (let t = 0; t < CENSUSES; t++) {
    const year = FIRST_CENSUS + t;
    if (t > 0) {
      for (let s = 0; s < n; s++) {
        if (!isOpen(s, t - 1)) continue;
        const u = random.uniform();
        const v = random.uniform();
        const phase = sites.phase[s];
        const date = v < 0.6 ? day(year, 9, 1) : v < 0.85 ? day(year, 4, 1) : day(year, 1, 1);
        if ((phase === PRIMARY || phase === NURSERY) && u < CLOSING_RATE + MERGING_RATE && receivesAt[s] !== t) {
          const into = u < CLOSING_RATE ? -1 : partner(neighbours[sites.district[s]], s, (other) => isOpen(other, t));
          endsAt[s] = t;
          if (into >= 0) {
            becomes[s] = into;
            mergesInto[s] = into;
            receivesAt[into] = t;
            links.push({ site: s, urn: urn[s], successorUrn: urn[into], date: day(year, 8, 31), kind: "merged" });
          } else links.push({ site: s, urn: urn[s], successorUrn: 0, date: day(year, 8, 31), kind: "closed" });
          continue;
        }
        const convertsTo = conversion(type[s], phase, grade[s], t, random.uniform());
        if (convertsTo === undefined) continue;
        links.push({ site: s, urn: urn[s], successorUrn: nextUrn, date, kind: "converted" });
        urn[s] = nextUrn++;
        type[s] = convertsTo;
        if (convertsTo === SPONSORED) {
          grade[s] = 0;
          inspected[s] = ABSENT[32];
          knownFrom[s] = t + 2;
        }
      }
    }
    for (let s = 0; s < n; s++) {
      quality[s] = t === 0 ? quality[s] : QUALITY_KEPT * quality[s] + 0.5267826876426369 * random.normal();
      const u = random.uniform();
      const when = random.uniform();
      if (t < knownFrom[s] || (t > 0 && grade[s] > 0 && u >= INSPECTION_RATE)) continue;
      if (t > 0 && grade[s] === 0 && u >= 0.6) continue;
      // At the first census every school was last inspected within the four years before.
      if (t === 0 && u < 0.025) continue;
      grade[s] = gradeOf(sites, s, -0.3 * sites.need[s] + 0.9539392014169457 * quality[s]);
      inspected[s] = day(year, 10, 1) - Math.floor(when * (t === 0 ? 1400 : 300));
    }
    years.push(describe(sites, { t, year, random, urn, type, grade, inspected, knownFrom, isOpen }));
  }
  // A school may merge into one that merges later.
  for (let s = 0; s < n; s++) {
    let end = s;
    while (becomes[end] !== end) end = becomes[end];
    becomes[s] = end;
  }
  return { years, links, becomes, endsAt, mergesInto };
}

function describe(
  sites: Sites,
  now: {
    readonly t: number;
    readonly year: number;
    readonly random: RandomStream;
    readonly urn: Int32Array;
    readonly type: Uint8Array;
    readonly grade: Uint8Array;
    readonly inspected: Int32Array;
    readonly knownFrom: Uint8Array;
    readonly isOpen: (s: number, t: number) => boolean;
  },
): SchoolYear {
  const n = sites.count;
  const { t, random } = now;
  const fsmTenths = new Int16Array(n).fill(ABSENT[16]);
  const attainmentTenths = new Int16Array(n).fill(ABSENT[16]);
  const own: SchoolYear = {
    urn: new Int32Array(n),
    type: now.type.slice(),
    grade: now.grade.slice(),
    inspected: Int32Array.from(now.inspected),
    fsmTenths,
    attainmentTenths,
    fsmFifth: new Uint8Array(n),
    attainmentFifth: new Uint8Array(n),
    deprivation: new Uint8Array(n),
    pupils: new Int16Array(n),
    leaving: new Float64Array(n),
    moving: new Float64Array(n),
    rising: new Float64Array(n),
  };
  for (let s = 0; s < n; s++) {
    const phase = sites.phase[s];
    const posts = sites.posts[s];
    const drift = random.normal();
    const noise = random.normal();
    const gap = random.uniform();
    const pupils = random.normal();
    own.leaving[s] = YEAR_SD * random.normal();
    own.moving[s] = YEAR_SD * random.normal();
    own.rising[s] = YEAR_SD * random.normal();
    if (!now.isOpen(s, t)) continue;
    own.urn[s] = now.urn[s];
    const isMainstream = phase === PRIMARY || phase === SECONDARY;
    if (isMainstream ? gap > 0.008 : phase === SPECIAL && gap > 0.8)
      fsmTenths[s] = Math.round(1000 * logistic(-1.9 + 0.95 * sites.need[s] + 0.06 * drift));
    // The results of a small school swing with each year's pupils, so its place in the table does too.
    const swing = (phase === PRIMARY ? 2.6 : 2) / Math.sqrt(posts + 1);
    if (isMainstream && t >= now.knownFrom[s] && gap < (phase === PRIMARY && posts < 6 ? 0.8 : 0.966))
      attainmentTenths[s] = Math.round(1000 * logistic(0.5 + 0.65 * (sites.attainment[s] + swing * noise)));
    own.deprivation[s] = Math.min(10, Math.max(1, Math.round(5.5 - 2.6 * sites.need[s])));
    own.pupils[s] = Math.min(4000, Math.max(5, Math.round(posts * (phase === SPECIAL ? 6 : 17.5) + 8 * pupils)));
  }
  own.fsmFifth.set(fifths(fsmTenths, sites.phase, own.urn));
  own.attainmentFifth.set(fifths(attainmentTenths, sites.phase, own.urn));
  return own;
}

function firstType(sites: Sites, s: number, u: number): number {
  const phase = sites.phase[s];
  if (phase === SPECIAL) return 6;
  if (phase === NURSERY) return 7;
  if (phase === SIXTEEN_PLUS) return 8;
  if (sites.opens[s] > 0) return FREE;
  if (phase === SECONDARY && u < 0.06) return SPONSORED;
  return u < 0.65 ? 0 : u < 0.87 ? 1 : 2;
}

/** The kind of academy a school becomes before census t, if it does. */
function conversion(type: number, phase: number, grade: number, t: number, u: number): number | undefined {
  if (type >= CONVERTER) return undefined;
  const isSecondary = phase === SECONDARY;
  if (grade >= 3) return u < (grade === 4 ? 0.13 : 0.03) ? SPONSORED : undefined;
  return u < (isSecondary ? (t <= 4 ? 0.11 : 0.04) : 0.022) ? CONVERTER : undefined;
}

function gradeOf(sites: Sites, s: number, z: number): number {
  const phase = sites.phase[s];
  const set = isChallengedArea(sites.areaCategory[s])
    ? GRADE_SHARES.challenged[phase === SECONDARY ? 1 : 0]
    : GRADE_SHARES.elsewhere[phase === SECONDARY ? 1 : phase === PRIMARY ? 0 : 2];
  const [inadequate, improvement, outstanding] = thresholds(set);
  return z < inadequate ? 4 : z < improvement ? 3 : z > outstanding ? 1 : 2;
}

type GradeShares = (typeof GRADE_SHARES.elsewhere)[number] | (typeof GRADE_SHARES.challenged)[number];
const known = new Map<GradeShares, readonly [number, number, number]>();

function thresholds(set: GradeShares): readonly [number, number, number] {
  const found = known.get(set);
  if (found !== undefined) return found;
  const made = [below(set.inadequate), below(set.inadequate + set.improvement), below(1 - set.outstanding)] as const;
  known.set(set, made);
  return made;
}

function primariesByDistrict(sites: Sites): readonly (readonly number[])[] {
  const lists: number[][] = Array.from({ length: sites.districts }, () => []);
  for (let s = 0; s < sites.count; s++) if (sites.phase[s] === PRIMARY) lists[sites.district[s]].push(s);
  return lists;
}

/** The next open school of the list after s, going round; −1 when there is none. */
function partner(list: readonly number[], s: number, isOpen: (other: number) => boolean): number {
  const from = list.indexOf(s);
  for (let k = 1; k < list.length; k++) {
    const other = list[(from + k + list.length) % list.length];
    if (other !== s && isOpen(other)) return other;
  }
  return -1;
}
