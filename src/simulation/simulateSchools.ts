import { type AcademicYear, type Fault, Faults, printAcademicYear } from "#domain";
import { RandomStream } from "#math";
import { areaName, REGIONS, schoolName, trustName } from "./inventedNames.ts";

export interface SimulationOptions {
  readonly seed: number;
  /** How many schools, at least 20 for each trust. 620 unless said. */
  readonly schools?: number;
  /** How many trusts take schools in during 2016/17. 10 unless said. */
  readonly trusts?: number;
  /** True mean effect of joining on reading, in points of score. 1.2 unless said. */
  readonly effect?: number;
}

/** What an estimate should find. */
export interface SimulationTruth {
  readonly about: string;
  readonly options: Required<SimulationOptions>;
  readonly schools: number;
  readonly joiners: number;
  readonly trusts: number;
  /** Mean over the joiners of their own effects: what was realised, not what was asked for. */
  readonly effects: readonly {
    readonly outcome: string;
    readonly year: string;
    readonly meanEffectOnJoiners: number;
  }[];
}

export interface SimulatedSchools {
  /** One row per school and year, sorted; described by `assay/invented-schools@1`. */
  readonly panelCsv: string;
  readonly truth: SimulationTruth;
}

const YEARS: readonly AcademicYear[] = [2013, 2014, 2015, 2016, 2017, 2018];
const FIRST_YEAR_WITH_EFFECT: AcademicYear = 2017;
const SCHOOLS_PER_AREA = 14;
const SMALLEST_TRUST = 4;
const LARGEST_TRUST = 10;
const SCHOOLS_PER_TRUST = 20;

const HEADER =
  "school_id,school_name,year,region,area,trust,joined_date,pupils,fsm_pct,prior_attainment,reading_score,absence_pct";

interface School {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly area: string;
  readonly pupils: number;
  readonly fsmPercent: number;
  readonly prior: number;
  /** What the school adds to reading, and to absence, in every year. */
  readonly reading: number;
  readonly absence: number;
  /** How readily it joins: higher where more pupils have free meals and prior attainment is lower. */
  readonly readiness: number;
}

interface Joining {
  readonly trust: number;
  readonly date: string;
  /** Its own effect on reading, in points. */
  readonly effect: number;
}

/**
 * Invents schools over 2013/14 to 2018/19, some of which join a trust during 2016/17.
 *
 *     readingᵢₜ = 100 + γₜ + 0.5·(priorᵢ − 100) − 0.05·(fsmᵢ − 20) + aᵢ + τ·[joined, t ≥ 2017/18] + u(trust, t) + eᵢₜ
 *
 * with a ~ N(0, 3.3²), e ~ N(0, 1.8²) and, for joiners from 2017/18, a shock u ~ N(0, 0.3²) shared by a trust's schools
 * in a year. τ differs by school, N(effect, 0.4²). Absence has the same form and no effect. Who joins is settled by
 * trust: each takes 4 to 10 schools of one region, those readiest to join first. Before 2017/18 joiners and others move
 * alike, so a difference in differences recovers τ. A few cells are empty or suppressed (`SUPP`).
 *
 * @throws Faults  `option-out-of-range`, in words, for each option that cannot be used.
 */
export function simulateSchools(asked: SimulationOptions): SimulatedSchools {
  const options = { schools: 620, trusts: 10, effect: 1.2, ...asked };
  checkOptions(options);
  const schools = inventSchools(options);
  const joinings = joinTrusts(schools, options);
  return { panelCsv: writePanel(schools, joinings, options), truth: tell(schools, joinings, options) };
}

function checkOptions({ seed, schools, trusts, effect }: Required<SimulationOptions>): void {
  const faults: Fault[] = [];
  const say = (message: string, suggestion: string) =>
    faults.push({ code: "option-out-of-range", severity: "fault", message, suggestion });
  if (!Number.isSafeInteger(seed) || seed < 0)
    say(`The seed must be a whole number of 0 or more, not ${seed}.`, "For example 1.");
  if (!Number.isSafeInteger(trusts) || trusts < 1)
    say(`The number of trusts must be a whole number of 1 or more, not ${trusts}.`, "For example 10.");
  else if (!Number.isSafeInteger(schools) || schools < trusts * SCHOOLS_PER_TRUST || schools > 100_000) {
    const least = trusts * SCHOOLS_PER_TRUST;
    say(
      `The number of schools must be a whole number from ${least} (${SCHOOLS_PER_TRUST} for each trust) to 100000, not ${schools}.`,
      "Take more schools or fewer trusts.",
    );
  }
  if (!Number.isFinite(effect) || Math.abs(effect) > 20)
    say(`The effect must lie between -20 and 20 points of score, not ${effect}.`, "For example 1.2.");
  if (faults.length > 0) throw new Faults("the options of the simulation", faults);
}

function inventSchools({ seed, schools }: Required<SimulationOptions>): readonly School[] {
  const random = new RandomStream(seed, "schools");
  const areas = Math.max(REGIONS.length, Math.round(schools / SCHOOLS_PER_AREA));
  const areaFsm = Array.from({ length: areas }, () => 20 + 7 * random.normal());
  return Array.from({ length: schools }, (_, i) => {
    const area = random.integer(areas);
    const fsmPercent = clamp(areaFsm[area]! + 8 * random.normal(), 1, 75);
    const prior = 100 - 0.12 * (fsmPercent - 20) + 2.2 * random.normal();
    return {
      id: `S${String(i + 1).padStart(4, "0")}`,
      name: schoolName(i),
      region: REGIONS[area % REGIONS.length]!,
      area: areaName(area),
      pupils: Math.round(clamp(260 + 110 * random.normal(), 35, 900)),
      fsmPercent,
      prior,
      reading: 3.3 * random.normal(),
      absence: 0.7 * random.normal(),
      readiness: 0.7 * ((fsmPercent - 20) / 10) - 0.6 * ((prior - 100) / 2.5) + 1.2 * random.normal(),
    };
  });
}

/** For each school its joining, or undefined. Trusts take turns through the regions. */
function joinTrusts(
  schools: readonly School[],
  { seed, trusts, effect }: Required<SimulationOptions>,
): readonly (Joining | undefined)[] {
  const random = new RandomStream(seed, "trusts");
  const joinings: (Joining | undefined)[] = schools.map(() => undefined);
  for (let trust = 0; trust < trusts; trust++) {
    const size = SMALLEST_TRUST + random.integer(LARGEST_TRUST - SMALLEST_TRUST + 1);
    const region = REGIONS[trust % REGIONS.length];
    // Half the region's schools are approached; where they are too few, the rest are asked, then those elsewhere.
    const asked = schools.map((school) => (school.region !== region ? 2 : random.uniform() < 0.5 ? 0 : 1));
    const free = [...schools.keys()].filter((i) => joinings[i] === undefined);
    free.sort((a, b) => asked[a]! - asked[b]! || schools[b]!.readiness - schools[a]!.readiness || a - b);
    for (const i of free.slice(0, size)) {
      joinings[i] = {
        trust,
        date: firstOfMonth(random.integer(12)),
        effect: effect === 0 ? 0 : effect + 0.4 * random.normal(),
      };
    }
  }
  return joinings;
}

/** The first day of a month of 2016/17, September being 0. */
function firstOfMonth(month: number): string {
  const year = month < 4 ? 2016 : 2017;
  return `${year}-${String(((month + 8) % 12) + 1).padStart(2, "0")}-01`;
}

function writePanel(
  schools: readonly School[],
  joinings: readonly (Joining | undefined)[],
  { seed, trusts }: Required<SimulationOptions>,
): string {
  const random = new RandomStream(seed, "years");
  const gaps = new RandomStream(seed, "gaps");
  const shock = new RandomStream(seed, "shocks");
  const nation = YEARS.map(() => ({ reading: 0.5 * shock.normal(), absence: 0.15 * shock.normal() }));
  const trustShocks = Array.from({ length: trusts }, () => YEARS.map(() => 0.3 * shock.normal()));
  const lines = [HEADER];
  for (const [i, school] of schools.entries()) {
    const joining = joinings[i];
    for (const [t, year] of YEARS.entries()) {
      const isAfter = joining !== undefined && year >= FIRST_YEAR_WITH_EFFECT;
      const reading =
        100 +
        nation[t]!.reading +
        0.5 * (school.prior - 100) -
        0.05 * (school.fsmPercent - 20) +
        school.reading +
        (isAfter ? joining.effect + trustShocks[joining.trust]![t]! : 0) +
        1.8 * random.normal();
      const absence =
        4.6 + nation[t]!.absence + 0.03 * (school.fsmPercent - 20) + school.absence + 0.4 * random.normal();
      const pupils = Math.max(20, school.pupils + Math.round(8 * random.normal()));
      const isSmall = pupils < 60;
      lines.push(
        [
          school.id,
          school.name,
          year + 1,
          school.region,
          school.area,
          joining === undefined ? "" : trustName(joining.trust),
          joining?.date ?? "",
          pupils,
          unless(gaps.uniform() < 0.004, clamp(school.fsmPercent + 0.8 * random.normal(), 0, 100).toFixed(1)),
          unless(gaps.uniform() < 0.006, (school.prior + 0.5 * random.normal()).toFixed(1)),
          isSmall && gaps.uniform() < 0.5 ? "SUPP" : unless(gaps.uniform() < 0.006, reading.toFixed(2)),
          unless(gaps.uniform() < 0.004, clamp(absence, 0.3, 60).toFixed(2)),
        ].join(","),
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function tell(
  schools: readonly School[],
  joinings: readonly (Joining | undefined)[],
  options: Required<SimulationOptions>,
): SimulationTruth {
  const effects = joinings.flatMap((joining) => (joining === undefined ? [] : [joining.effect]));
  const mean = effects.reduce((sum, effect) => sum + effect, 0) / effects.length;
  const after = YEARS.filter((year) => year >= FIRST_YEAR_WITH_EFFECT).map((year) => printAcademicYear(year));
  return {
    about: "Invented schools. The effect of joining a trust in 2016/17 was put in; these are the means realised.",
    options,
    schools: schools.length,
    joiners: effects.length,
    trusts: new Set(joinings.flatMap((joining) => (joining === undefined ? [] : [joining.trust]))).size,
    effects: [
      ...after.map((year) => ({ outcome: "reading_score", year, meanEffectOnJoiners: mean })),
      ...after.map((year) => ({ outcome: "absence_pct", year, meanEffectOnJoiners: 0 })),
    ],
  };
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const unless = (isGap: boolean, text: string): string => (isGap ? "" : text);
