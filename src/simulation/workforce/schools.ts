import { normalQuantile, portableLog, RandomStream } from "#math";
import { CENSUSES } from "./calendar.ts";
import { exponential } from "./logistic.ts";
import {
  AREA_CATEGORIES,
  isChallengedArea,
  NURSERY,
  PHASE_SHAPES,
  PRIMARY,
  REGIONS,
  SIXTEEN_PLUS,
} from "./publishedShares.ts";

/** A place where a school is, whatever its number: one entry for each of its life, through conversion. */
export interface Sites {
  readonly count: number;
  readonly phase: Uint8Array;
  readonly region: Uint8Array;
  readonly authority: Int16Array<ArrayBuffer>;
  readonly district: Int16Array<ArrayBuffer>;
  /** 1 to 6. */
  readonly areaCategory: Uint8Array;
  /** Teachers the school has posts for. */
  readonly posts: Int32Array;
  /** How poor its pupils are, standard normal but for the area. */
  readonly need: Float64Array;
  /** What its results would be in a steady year, standard normal but for the area. */
  readonly attainment: Float64Array;
  /** What the school adds to the log-odds of leaving, moving and rising, in every year. */
  readonly leaving: Float64Array;
  readonly moving: Float64Array;
  readonly rising: Float64Array;
  /** First census it is open at: 0 for those open from the start. */
  readonly opens: Uint8Array;
  readonly authorities: number;
  readonly districts: number;
}

const SCHOOLS_PER_AUTHORITY = 14;
const MOST_AUTHORITIES = 152;
const DISTRICTS_PER_AUTHORITY = 2;
/** Share of schools newly opened each year, as many as close or merge. */
const OPENING_RATE = 0.005;
const SCHOOL_SD = { leaving: 0.3, moving: 0.3, rising: 0.3 };

/** Lays out regions, authorities, districts and schools, those that open in later years last. */
export function inventSites(seed: number, { schools, teachers }: { schools: number; teachers: number }): Sites {
  const random = new RandomStream(seed, "workforce schools");
  const opening = Math.round(schools * OPENING_RATE);
  const count = schools + opening * (CENSUSES - 1);
  const whole = REGIONS.reduce((sum, region) => sum + region.schools, 0);
  const places = layOutPlaces(random, schools, whole);
  const site: Sites = {
    count,
    phase: new Uint8Array(count),
    region: new Uint8Array(count),
    authority: new Int16Array(count),
    district: new Int16Array(count),
    areaCategory: new Uint8Array(count),
    posts: new Int32Array(count),
    need: new Float64Array(count),
    attainment: new Float64Array(count),
    leaving: new Float64Array(count),
    moving: new Float64Array(count),
    rising: new Float64Array(count),
    opens: new Uint8Array(count),
    authorities: Math.ceil(places.length / DISTRICTS_PER_AUTHORITY),
    districts: places.length,
  };
  const phases = shuffledPhases(random, schools);
  const districts = shuffledDistricts(random, places, schools);
  const sizes = new Float64Array(count);
  let wholeSize = 0;
  for (let s = 0; s < count; s++) {
    const isNew = s >= schools;
    const district = isNew ? districts[random.integer(schools)]! : districts[s]!;
    const phase = isNew ? phases[random.integer(schools)]! : phases[s]!;
    const place = places[district]!;
    const tilt = isChallengedArea(place.areaCategory) ? 1 : -0.4;
    site.opens[s] = isNew ? 1 + Math.floor((s - schools) / Math.max(1, opening)) : 0;
    site.phase[s] = phase;
    site.district[s] = district;
    site.authority[s] = Math.floor(district / DISTRICTS_PER_AUTHORITY);
    site.region[s] = place.region;
    site.areaCategory[s] = place.areaCategory;
    const { teachers: mean, spread } = PHASE_SHAPES[phase]!;
    sizes[s] = mean * exponential(spread * random.normal() - (spread * spread) / 2);
    if (!isNew) wholeSize += sizes[s]!;
    site.need[s] = 0.22 * tilt + random.normal();
    // Large schools stand nearer the middle of a table of results than small ones.
    const spreadOfResults = Math.min(1.4, Math.max(0.45, exponential(0.5 * portableLog(mean / sizes[s]!))));
    site.attainment[s] = spreadOfResults * (-0.42 * site.need[s]! + 0.03 * tilt + 0.75 * random.normal());
    site.leaving[s] = SCHOOL_SD.leaving * random.normal();
    site.moving[s] = SCHOOL_SD.moving * random.normal();
    site.rising[s] = SCHOOL_SD.rising * random.normal();
  }
  for (let s = 0; s < count; s++)
    site.posts[s] = Math.max(2, Math.floor((sizes[s]! * teachers) / wholeSize + random.uniform()));
  return site;
}

interface Place {
  readonly region: number;
  readonly areaCategory: number;
  readonly schools: number;
}

/**
 * Districts of every region, the two of an authority side by side, each with an area category. Categories are dealt so that
 * the schools of a region come as near as they can to the region's own shares.
 */
function layOutPlaces(random: RandomStream, schools: number, whole: number): readonly Place[] {
  const authorities = Math.min(
    MOST_AUTHORITIES,
    Math.max(2 * REGIONS.length, Math.round(schools / SCHOOLS_PER_AUTHORITY)),
  );
  const places: Place[] = [];
  let before = 0;
  for (const [r, region] of REGIONS.entries()) {
    const own = Math.round(((before + region.schools) / whole) * schools) - Math.round((before / whole) * schools);
    before += region.schools;
    const districts = DISTRICTS_PER_AUTHORITY * Math.max(2, Math.round((authorities * region.schools) / whole));
    const weights = Array.from({ length: districts }, () => 0.5 + random.uniform());
    const sum = weights.reduce((a, b) => a + b, 0);
    const shares = categoryShares(r);
    const dealt = shares.map(() => 0);
    let running = 0;
    for (const weight of weights) {
      const held = Math.round(((running + weight) / sum) * own) - Math.round((running / sum) * own);
      running += weight;
      const short = shares.map((share, c) => share * own - dealt[c]!);
      const category = short.indexOf(Math.max(...short));
      dealt[category]! += held;
      places.push({ region: r, areaCategory: category + 1, schools: held });
    }
  }
  return places;
}

/**
 * Shares of the area categories within a region. The published shares of teachers in areas 5 and 6 by region, over those of
 * all schools by region, say how challenged a region is.
 */
function categoryShares(r: number): readonly number[] {
  const challenged = AREA_CATEGORIES[4] + AREA_CATEGORIES[5];
  const others = AREA_CATEGORIES.slice(0, 4).reduce((sum, share) => sum + share, 0);
  const region = REGIONS[r]!;
  const challengedShare = (0.324 * region.challengedTeachers) / region.schools;
  return AREA_CATEGORIES.map((own, c) =>
    c >= 4 ? (challengedShare * own) / challenged : ((1 - challengedShare) * own) / others,
  );
}

function shuffledPhases(random: RandomStream, schools: number): Int32Array {
  const phases = new Int32Array(schools);
  let at = 0;
  for (const [phase, { share }] of PHASE_SHAPES.entries()) {
    if (phase === PRIMARY) continue;
    const own =
      phase === SIXTEEN_PLUS || phase === NURSERY
        ? Math.max(1, Math.round(share * schools))
        : Math.round(share * schools);
    phases.fill(phase, at, at + own);
    at += own;
  }
  random.shuffle(phases);
  return phases;
}

function shuffledDistricts(random: RandomStream, places: readonly Place[], schools: number): Int32Array {
  const districts = new Int32Array(schools);
  let at = 0;
  for (const [d, { schools: held }] of places.entries()) {
    districts.fill(d, at, at + held);
    at += held;
  }
  random.shuffle(districts);
  return districts;
}

/** The standard normal value with this share below it. */
export const below = (share: number): number => normalQuantile(share);
