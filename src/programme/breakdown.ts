import type { SchoolTraits } from "./records.ts";

/** Shares of a national population, in percent of those known. */
export interface NationalShares {
  /** Where they come from, as printed under the table. */
  readonly source: string;
  readonly percent: ReadonlyMap<string, number>;
  /** How many units they were counted from, where they were counted here. */
  readonly base?: number;
}

/** One level of a breakdown: counts with and without those who withdrew. */
export interface LevelCount {
  readonly level: string;
  readonly all: number;
  readonly remaining: number;
  /** Percent of the national population; left out where nobody knows. */
  readonly national?: number;
}

/** Units of a return by one trait. Those whose trait is not known stand outside the bases. */
export interface Breakdown {
  readonly levels: readonly LevelCount[];
  /** Units whose level is known, with and without those who withdrew: the bases of the percentages. */
  readonly base: number;
  readonly remainingBase: number;
  readonly unknown: number;
  readonly remainingUnknown: number;
  readonly national?: NationalShares;
}

interface Withdrawable {
  readonly withdrew: boolean;
}

/**
 * Counts units by level. Levels come in the order given, then those that were found besides, by alphabet; a level of the
 * national population that no unit has is a row of noughts, since "none" is a finding.
 */
export function breakdown<Unit extends Withdrawable>(
  units: readonly Unit[],
  levelOf: (unit: Unit) => string | undefined,
  order: readonly string[],
  national?: NationalShares,
): Breakdown {
  const all = countBy(units, levelOf);
  const remaining = countBy(
    units.filter(({ withdrew }) => !withdrew),
    levelOf,
  );
  const known = new Set([...(national?.percent.keys() ?? []), ...all.counts.keys()]);
  const levels = [
    ...order.filter((level) => known.has(level)),
    ...[...known].filter((level) => !order.includes(level)).sort((a, b) => (a < b ? -1 : 1)),
  ];
  return {
    levels: levels.map((level) => {
      const share = national?.percent.get(level);
      return {
        level,
        all: all.counts.get(level) ?? 0,
        remaining: remaining.counts.get(level) ?? 0,
        ...(share !== undefined && { national: share }),
      };
    }),
    base: all.known,
    remainingBase: remaining.known,
    unknown: all.unknown,
    remainingUnknown: remaining.unknown,
    ...(national !== undefined && { national }),
  };
}

function countBy<Unit>(units: readonly Unit[], levelOf: (unit: Unit) => string | undefined) {
  const counts = new Map<string, number>();
  let unknown = 0;
  for (const unit of units) {
    const level = levelOf(unit);
    if (level === undefined) unknown++;
    else counts.set(level, (counts.get(level) ?? 0) + 1);
  }
  return { counts, unknown, known: units.length - unknown };
}

/** Shares of all schools of a register by one trait; undefined where it knows the trait of none. */
export function sharesOfRegister(
  schools: readonly SchoolTraits[],
  traitOf: (school: SchoolTraits) => string | undefined,
  source: string,
): NationalShares | undefined {
  const { counts, known } = countBy(schools, traitOf);
  if (known === 0) return undefined;
  const percent = new Map([...counts].map(([level, count]) => [level, (100 * count) / known]));
  return { source, percent, base: known };
}

/** Shares that differ by no more than this, as printed, are called about the same. */
export const ABOUT_THE_SAME_POINTS = 2;
/** Below this base one unit moves a share by more than a percentage point. */
export const SMALL_BASE = 100;

export type Representation = "over-represented" | "under-represented" | "about the same";

/**
 * Whether a level is more or less frequent than nationally. The difference of the two shares, each rounded to a whole
 * percent as printed, must exceed two percentage points, and one unit more or fewer must not close the gap: in a base of
 * 20 a single school is five points.
 *
 * @param count     Units of the level.
 * @param base      Units whose level is known.
 * @param national  Percent of the national population.
 */
export function representation(count: number, base: number, national: number): Representation | undefined {
  if (base === 0) return undefined;
  const gap = wholePercent((100 * count) / base) - wholePercent(national);
  const gapInUnits = Math.abs(count - (base * national) / 100);
  if (Math.abs(gap) <= ABOUT_THE_SAME_POINTS || gapInUnits <= 1) return "about the same";
  return gap > 0 ? "over-represented" : "under-represented";
}

/** Half up, as printed; a share of 12.5 made of 1 in 8 is 13 whatever the last binary digit says. */
export const wholePercent = (percent: number): number => Math.round(percent * (1 + Number.EPSILON));
