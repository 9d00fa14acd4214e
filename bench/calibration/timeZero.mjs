// Recruitment in spring and a programme without effect: what the choice of time zero alone makes of it.
import { readFormula } from "#stats";
import { logisticIntervals, matchOnScore } from "./analysis.mjs";
import { happens, logistic, members, normals } from "./draws.mjs";

const PROGRAMME_SCHOOLS = 60;
const POOL_SCHOOLS = 300;
const PER_SCHOOL = 25;
const SCHOOL_SD = 0.3;
const FORMULA = readFormula("~ treated + x1 + x2");

/**
 * Teachers in post at the November census before recruitment. Some leave by spring; in the programme schools some of those
 * still there are recruited; some leave by the next November, and by the one after. Who leaves depends on two covariates,
 * the school, and something of the person that nobody records. The programme changes nothing.
 */
function drawCareers(random) {
  const school = members(new Array(PROGRAMME_SCHOOLS + POOL_SCHOOLS).fill(PER_SCHOOL));
  const n = school.length;
  const shock = normals(random, PROGRAMME_SCHOOLS + POOL_SCHOOLS, SCHOOL_SD);
  const x = [normals(random, n), normals(random, n)];
  const [inSpring, nextCensus, yearAfter, treated] = Array.from({ length: 4 }, () => new Uint8Array(n));
  for (let i = 0; i < n; i++) {
    const leaning = 0.4 * x[0][i] - 0.3 * x[1][i] + shock[school[i]] + 0.5 * random.normal();
    inSpring[i] = 1 - happens(random, logistic(-3.2 + leaning));
    nextCensus[i] = inSpring[i] * (1 - happens(random, logistic(-2.4 + leaning)));
    yearAfter[i] = nextCensus[i] * (1 - happens(random, logistic(-2 + leaning)));
    const isRecruited = happens(random, logistic(-1.6 - 0.3 * x[0][i] + 0.2 * x[1][i]));
    treated[i] = school[i] < PROGRAMME_SCHOOLS ? inSpring[i] * isRecruited : 0;
  }
  return { school, x, treated, nextCensus, yearAfter };
}

/** The comparison of those who count at time zero: participants, and teachers of the other schools. */
function compare(random, { school, x, treated }, isIn, outcome) {
  const rows = [...school.keys()].filter(
    (row) => isIn[row] === 1 && (treated[row] === 1 || school[row] >= PROGRAMME_SCHOOLS),
  );
  const take = (values) => values.constructor.from(rows, (row) => values[row]);
  const own = { covariates: x.map(take), treated: take(treated) };
  const { weights, kept } = matchOnScore(random, { ...own, neighbours: 5 });
  const { intervals } = logisticIntervals({
    ...own,
    y: Float64Array.from(rows, (row) => outcome[row]),
    weights,
    formula: FORMULA,
    rules: { only: { kind: "CR2", clusters: [take(school)] } },
  });
  return { interval: intervals.only, kept: kept.length };
}

export const timeZero = {
  name: "time-zero",
  design:
    `Teachers of ${PROGRAMME_SCHOOLS} programme and ${POOL_SCHOOLS} other schools, ${PER_SCHOOL} in each; recruitment in spring among those still in ` +
    "post; the programme has no effect on staying; nearest neighbour 5:1, logistic model, CR2 by school. With recruitment in " +
    "spring the presets yearOfRecruitment and censusBefore both start at the November before it.",
  shows:
    "Participants cannot have left before recruitment, so starting at the census before it shows an effect that is none; " +
    "the first census on or after recruitment does not.",
  rules: { "first census in post (default)": "ordinary", "census before recruitment (presets)": "reported" },
  replicate(random) {
    const world = drawCareers(random);
    const everyone = new Uint8Array(world.school.length).fill(1);
    const byDefault = compare(random, world, world.nextCensus, world.yearAfter);
    const byPreset = compare(random, world, everyone, world.nextCensus);
    return {
      truth: 0,
      intervals: {
        "first census in post (default)": byDefault.interval,
        "census before recruitment (presets)": byPreset.interval,
      },
      facts: { participants: byPreset.kept, "participants at time zero of the default": byDefault.kept },
    };
  },
};
