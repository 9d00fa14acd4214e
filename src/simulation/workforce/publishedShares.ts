/**
 * Shares the simulated workforce is drawn from. Schools: all state schools; teachers: those in areas of category 5 and 6
 * outside London, and those of the programme.
 *
 * Source: evaluation of a leadership programme for teams in challenging schools, tables 24 and 25.
 */
export const PHASES = ["primary", "secondary", "special", "nursery", "sixteenPlus"] as const;
export const PRIMARY = 0;
export const SECONDARY = 1;
export const SPECIAL = 2;
export const NURSERY = 3;
export const SIXTEEN_PLUS = 4;

/** Schools per phase, and the mean and log spread of their number of teachers. */
export const PHASE_SHAPES = [
  { share: 0.767, teachers: 15.3, spread: 0.5 },
  { share: 0.15, teachers: 66.6, spread: 0.4 },
  { share: 0.06, teachers: 20, spread: 0.5 },
  { share: 0.02, teachers: 5, spread: 0.35 },
  { share: 0.003, teachers: 60, spread: 0.4 },
] as const;

export interface Region {
  readonly name: string;
  /** Percent of all schools. */
  readonly schools: number;
  /** Percent of the teachers of areas 5 and 6 outside London. */
  readonly challengedTeachers: number;
  /** Percent of the programme's teachers. */
  readonly programmeTeachers: number;
}

const region = (name: string, schools: number, challengedTeachers: number, programmeTeachers: number): Region => ({
  name,
  schools,
  challengedTeachers,
  programmeTeachers,
});
export const REGIONS: readonly Region[] = [
  region("East of England", 12, 12.5, 0),
  region("East Midlands", 9, 17, 11.1),
  region("West Midlands", 11, 17.3, 15.2),
  region("Inner London", 5, 0, 0),
  region("Outer London", 7, 0, 0),
  region("North East", 5, 2.5, 0),
  region("North West", 14, 18, 29.7),
  region("South East", 15, 13.7, 7.9),
  region("South West", 11, 1.8, 0),
  region("Yorkshire and the Humber", 10, 17.1, 36.1),
];
export const LONDON: readonly number[] = [3, 4];

/** Percent of schools in areas of category 1 to 6. */
export const AREA_CATEGORIES = [15, 15, 17, 19, 17, 16] as const;

/** Shares of inspection grades among schools with one: inadequate, requires improvement, outstanding; the rest are good. */
export const GRADE_SHARES = {
  challenged: [
    { inadequate: 0.039, improvement: 0.135, outstanding: 0.13 },
    { inadequate: 0.064, improvement: 0.195, outstanding: 0.15 },
  ],
  elsewhere: [
    { inadequate: 0.024, improvement: 0.078, outstanding: 0.2 },
    { inadequate: 0.042, improvement: 0.125, outstanding: 0.23 },
    { inadequate: 0.03, improvement: 0.06, outstanding: 0.36 },
  ],
} as const;

/** Whether an area counts among those a programme for challenged areas looks to. */
export const isChallengedArea = (areaCategory: number): boolean => areaCategory >= 5;
