// Schools that start in different years, with effects that grow.
import { fitLinear, groupTimeEffects, robustCovariance, testContrast } from "#stats";
import { designOf, LEVEL } from "./analysis.mjs";
import { normals } from "./draws.mjs";

const PERIODS = 6;
const STARTS = [2, 3, 4];
const PER_START = 20;
const NEVER = 60;
const SCHOOLS = STARTS.length * PER_START + NEVER;
const SCHOOL_YEAR_SD = 0.25;

/** By years since the start. */
const effectAfter = (years) => 0.1 + 0.1 * years;

/** Weighted by schools, over all years at or after the start. */
function meanEffect() {
  const all = STARTS.flatMap((start) => Array.from({ length: PERIODS - start }, (_, years) => effectAfter(years)));
  return all.reduce((sum, own) => sum + own, 0) / all.length;
}

export const staggeredStarts = {
  name: "staggered-starts",
  design:
    `${STARTS.length} groups of ${PER_START} schools starting in periods ${STARTS.join(", ")} of ${PERIODS} (from 0) and ${NEVER} that never do; school and year ` +
    `effects, school-year SD ${SCHOOL_YEAR_SD}; the effect is 0.1 and grows by 0.1 a year; not-yet-treated comparisons; all schools kept.`,
  shows:
    "Group-time effects find the mean of growing effects; two-way fixed effects take treated schools for comparison and do not.",
  rules: {
    "group-time effects, influence by school": "ordinary",
    "two-way fixed effects, CR1S by school": "reported",
  },
  replicate(random) {
    const n = SCHOOLS * PERIODS;
    const firstTreated = Int32Array.from({ length: SCHOOLS }, (_, s) => STARTS[Math.floor(s / PER_START)] ?? -1);
    const ofSchool = normals(random, SCHOOLS, 0.4);
    const rows = { unit: new Int32Array(n), period: new Int32Array(n), outcome: new Float64Array(n) };
    const inProgramme = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const s = Math.floor(i / PERIODS);
      const t = i % PERIODS;
      const start = firstTreated[s];
      inProgramme[i] = Number(start >= 0 && t >= start);
      rows.unit[i] = s;
      rows.period[i] = t;
      rows.outcome[i] = ofSchool[s] + 0.05 * t + SCHOOL_YEAR_SD * random.normal();
      if (inProgramme[i] === 1) rows.outcome[i] += effectAfter(t - start);
    }
    const found = groupTimeEffects({
      rows,
      firstTreated,
      comparison: "notYet",
      draws: 19,
      random: random.split("band"),
      level: LEVEL,
    });
    return {
      truth: meanEffect(),
      intervals: {
        "group-time effects, influence by school": found.overall,
        "two-way fixed effects, CR1S by school": twoWay(rows, inProgramme),
      },
      facts: {},
    };
  },
};

/** Schools and periods taken out by their means: the panel is complete. */
function twoWay({ unit, period, outcome }, inProgramme) {
  const y = withoutMeans(outcome);
  const x = designOf([withoutMeans(inProgramme)]);
  const fit = fitLinear({ y, x, names: ["(Intercept)", "treated"] });
  // The means took degrees of freedom too.
  const honest = { ...fit, dfResidual: outcome.length - SCHOOLS - PERIODS };
  const covariance = robustCovariance(honest, { kind: "CR1S", clusters: [unit] });
  return testContrast(honest, covariance, Float64Array.of(0, 1), { level: LEVEL });

  function withoutMeans(values) {
    const bySchool = new Float64Array(SCHOOLS);
    const byPeriod = new Float64Array(PERIODS);
    for (let i = 0; i < values.length; i++) {
      bySchool[unit[i]] += values[i] / PERIODS;
      byPeriod[period[i]] += values[i] / SCHOOLS;
    }
    const mean = bySchool.reduce((sum, own) => sum + own, 0) / SCHOOLS;
    return values.map((value, i) => value - bySchool[unit[i]] - byPeriod[period[i]] + mean);
  }
}
