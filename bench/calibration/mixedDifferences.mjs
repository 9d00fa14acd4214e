// Difference-in-differences in a mixed logit: teachers in schools over years.
import { fitLogisticMixed, mixedDifference, modelMatrix, randomEffectsOf, readFormula, tInterval } from "#stats";
import { LEVEL } from "./analysis.mjs";
import { happens, logistic, normals } from "./draws.mjs";

const TREATED = 20;
const SCHOOLS = 80;
const TEACHERS = 37;
const YEARS = [-3, -2, -1, 1, 2];
const PRE = ["-3", "-2", "-1"];
const SHIFT = 0.3;
const SCHOOL_SD = 0.5;
const FIXED = "~ treat * factor(year)";
const MODELS = {
  school: readFormula(`${FIXED} + (1 | school)`),
  "school and school-year": readFormula(`${FIXED} + (1 | school) + (1 | school:year)`),
};

/** Rates of schools by year; the programme moves the log-odds of treated schools in the years after. */
function drawYears(random, yearSd) {
  const n = SCHOOLS * YEARS.length;
  const ofSchool = normals(random, SCHOOLS, SCHOOL_SD);
  const columns = { treat: new Float64Array(n), year: new Float64Array(n), school: new Float64Array(n) };
  const y = new Float64Array(n);
  let effect = 0;
  for (let i = 0; i < n; i++) {
    const s = Math.floor(i / YEARS.length);
    const year = YEARS[i % YEARS.length];
    const isTreated = s < TREATED;
    const eta = 1.7 + 0.1 * Number(isTreated) - 0.05 * year + ofSchool[s] + yearSd * random.normal();
    const shift = isTreated && year > 0 ? SHIFT : 0;
    if (isTreated && year === 1) effect += (logistic(eta + shift) - logistic(eta)) / TREATED;
    const chance = logistic(eta + shift);
    for (let t = 0; t < TEACHERS; t++) y[i] += happens(random, chance) / TEACHERS;
    columns.treat[i] = Number(isTreated);
    columns.year[i] = year;
    columns.school[i] = s;
  }
  const data = new Map(Object.entries(columns).map(([name, values]) => [name, { kind: "number", values }]));
  return { data, y, effect };
}

function replicateYears(random, yearSd) {
  const { data, y, effect } = drawYears(random, yearSd);
  const trials = new Float64Array(y.length).fill(TEACHERS);
  const intervals = {};
  const truths = {};
  const facts = {};
  for (const [name, formula] of Object.entries(MODELS)) {
    const { x, names } = modelMatrix(formula, data);
    const fit = fitLogisticMixed({ y, x, names, effects: randomEffectsOf(formula, data), trials });
    if (fit.state === "not estimable") continue;
    const { differences } = mixedDifference({
      fit,
      formula,
      data,
      treat: "treat",
      period: "year",
      pre: PRE,
      post: ["1"],
      trials,
    });
    const [{ onTreated, logOdds }] = differences;
    const normal = Number.POSITIVE_INFINITY;
    intervals[`effect on treated: ${name}`] = tInterval(onTreated.integrated, onTreated.seIntegrated, normal, LEVEL);
    truths[`effect on treated: ${name}`] = effect;
    intervals[`log-odds: ${name}`] = tInterval(logOdds.estimate, logOdds.se, normal, LEVEL);
    truths[`log-odds: ${name}`] = SHIFT;
    if (name !== "school") {
      const place = fit.effects.findIndex(({ group }) => group !== "school");
      facts["school-year SD found"] = Math.sqrt(fit.variances[place].covariance.get(0, 0));
    }
  }
  return { truth: effect, truths, intervals, facts };
}

const DESIGN =
  `${TREATED} programme and ${SCHOOLS - TREATED} other schools, ${TEACHERS} teachers a year, three years before and two after; school ` +
  `SD ${SCHOOL_SD} logit; log-odds move by ${SHIFT}; treatment × year by Laplace's method; the first year after against the mean of those ` +
  "before, intervals with z. No shocks by school and year.";

function differencesStudy(yearSd, shows) {
  const alone = yearSd === 0 ? "ordinary" : "reported";
  return {
    name: `mixed-did-year-sd-${yearSd}`,
    replications: 1000,
    design: yearSd === 0 ? DESIGN : `As mixed-did-year-sd-0, with shocks of SD ${yearSd} logit by school and year.`,
    shows,
    rules: {
      "effect on treated: school and school-year": "ordinary",
      "log-odds: school and school-year": "ordinary",
      "effect on treated: school": alone,
      "log-odds: school": alone,
    },
    replicate: (random) => replicateYears(random, yearSd),
  };
}

export const mixedDifferences = [
  differencesStudy(
    0,
    "Without school-year shocks a school intercept alone is enough, and the further intercept costs little.",
  ),
  differencesStudy(0.2, "A school intercept alone takes the years of a school for more independent than they are."),
  differencesStudy(
    0.3,
    "The larger the school-year shocks, the more a school intercept alone promises; with both intercepts it holds.",
  ),
];
