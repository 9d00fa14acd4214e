import { type Fault, Faults } from "#domain";

export interface WorkforceOptions {
  readonly seed: number;
  /** Teachers in a census, about. 502,000 unless said. */
  readonly teachers?: number;
  /** Schools open in a year, about. 21,750 unless said; in proportion to the teachers when only those are said. */
  readonly schools?: number;
  /** Schools of the programme. 51 unless said; fewer, but not below 30, in a smaller workforce. */
  readonly programmeSchools?: number;
  /** Log-odds of being chosen, per standard deviation of a commitment nobody records and that keeps people in. 0 unless said. */
  readonly hiddenSelection?: number;
  /** True effect on a participant's log-odds of not leaving, and of not moving school. 0.5 unless said. */
  readonly retentionEffect?: number;
  /** True effect on a participant's log-odds of moving up. 0.4 unless said. */
  readonly progressionEffect?: number;
  /** True effect on all three log-odds of every teacher of a programme school. 0.1 unless said. */
  readonly schoolEffect?: number;
}

export type FullWorkforceOptions = Required<WorkforceOptions>;

const TEACHERS = 502_000;
const FEWEST_TEACHERS = 14_000;
const MOST_TEACHERS = 1_000_000;
const FEWEST_SCHOOLS = 600;
const TEACHERS_PER_SCHOOL = 502_340 / 21_751;
const PROGRAMME_SCHOOLS = 51;
const FEWEST_PROGRAMME_SCHOOLS = 30;
/** One school in this many may take part: above it the pool of like schools would be used up. */
const SCHOOLS_PER_PROGRAMME_SCHOOL = 20;

/**
 * The options with what was left unsaid filled in.
 * @throws Faults  `option-out-of-range`, in words, for each option that cannot be used.
 */
export function settle(asked: WorkforceOptions): FullWorkforceOptions {
  const { seed, teachers = TEACHERS, retentionEffect = 0.5, progressionEffect = 0.4 } = asked;
  const { schools = Math.round(teachers / TEACHERS_PER_SCHOOL), schoolEffect = 0.1, hiddenSelection = 0 } = asked;
  const {
    programmeSchools = Math.max(FEWEST_PROGRAMME_SCHOOLS, Math.min(PROGRAMME_SCHOOLS, Math.round(schools / 30))),
  } = asked;
  const faults: Fault[] = [];
  const whole = (name: string, value: number, low: number, high: number, suggestion: string) => {
    if (Number.isSafeInteger(value) && value >= low && value <= high) return;
    const message = `The ${name} must be a whole number from ${low} to ${high}, not ${value}.`;
    faults.push({ code: "option-out-of-range", severity: "fault", message, suggestion });
  };
  const logOdds = (name: string, value: number) => {
    if (Number.isFinite(value) && Math.abs(value) <= 3) return;
    const message = `The ${name} must lie between -3 and 3 on the log-odds scale, not ${value}.`;
    faults.push({ code: "option-out-of-range", severity: "fault", message, suggestion: "For example 0.5." });
  };
  whole("seed", seed, 0, Number.MAX_SAFE_INTEGER, "For example 1.");
  whole(
    "number of teachers",
    teachers,
    FEWEST_TEACHERS,
    MOST_TEACHERS,
    "For example 30000, or leave it out for all England.",
  );
  const isSize = Number.isSafeInteger(teachers) && teachers >= FEWEST_TEACHERS && teachers <= MOST_TEACHERS;
  const least = Math.max(FEWEST_SCHOOLS, isSize ? Math.ceil(teachers / 60) : 0);
  const most = isSize ? Math.floor(teachers / 10) : MOST_TEACHERS / 10;
  if (isSize || asked.schools !== undefined)
    whole("number of schools", schools, least, most, "From 10 to 60 teachers a school; leave it out for 23.");
  const room = Math.max(FEWEST_PROGRAMME_SCHOOLS, Math.floor(schools / SCHOOLS_PER_PROGRAMME_SCHOOL));
  if (Number.isFinite(room))
    whole("number of programme schools", programmeSchools, 1, room, "Take fewer, or more schools.");
  logOdds("effect on retention", retentionEffect);
  logOdds("effect on progression", progressionEffect);
  logOdds("effect on schools", schoolEffect);
  logOdds("selection on what nobody sees", hiddenSelection);
  if (faults.length > 0) throw new Faults("the options of the simulation", faults);
  return {
    seed,
    teachers,
    schools,
    programmeSchools,
    hiddenSelection,
    retentionEffect,
    progressionEffect,
    schoolEffect,
  };
}
