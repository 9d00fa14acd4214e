// Weighting in place of matching: people in schools, treated by school.
import { augmentedWeighting, entropyBalance, Matrix, weightedOutcomeModel } from "#stats";
import { designOf, LEVEL } from "./analysis.mjs";
import { happens, logistic, meanOf, members, normals } from "./draws.mjs";

const SCHOOLS = 200;
const PER_SCHOOL = 10;
const SCHOOL_SD = 0.2;
const EFFECT = 0.2;

function drawSchools(random) {
  const school = members(new Array(SCHOOLS).fill(PER_SCHOOL));
  const ofSchool = normals(random, SCHOOLS);
  const shock = normals(random, SCHOOLS, SCHOOL_SD);
  const isIn = Uint8Array.from(ofSchool, (z) => happens(random, logistic(-1.3 + 0.5 * z)));
  const x = [
    Float64Array.from(school, (s) => ofSchool[s]),
    Float64Array.from(school, (s) => 0.3 * ofSchool[s] + random.normal()),
    Float64Array.from(school, (s) => 0.3 * isIn[s] + random.normal()),
  ];
  const treated = Uint8Array.from(school, (s) => isIn[s]);
  const effect = x[1].map((value) => EFFECT + 0.05 * value);
  const y = Float64Array.from(school, (s, i) => {
    const mean = 0.3 * x[0][i] + 0.4 * x[1][i] - 0.2 * x[2][i];
    return mean + treated[i] * effect[i] + shock[s] + 0.8 * random.normal();
  });
  return { school, x, treated, effect, y };
}

export const weighting = {
  name: "doubly-robust",
  design:
    `${SCHOOLS} schools of ${PER_SCHOOL}, about 45 of them in the programme by a school covariate; two covariates of the person; effect growing with ` +
    `one of them; school SD ${SCHOOL_SD}; effect on the treated.`,
  shows: "Both doubly robust ways serve, clustered by school.",
  rules: {
    "AIPW, influence by school, t(G − 1)": "ordinary",
    "entropy balance and outcome model, CR2 by school": "ordinary",
    "AIPW, people independent": "reported",
  },
  replicate(random) {
    const { school, x, treated, effect, y } = drawSchools(random);
    const request = { y, treated, x: designOf(x), estimand: "ATT", outcomeModel: "linear", level: LEVEL };
    const columns = Matrix.fromColumns(x);
    const balance = entropyBalance({ x: columns, treated });
    const intervals = {
      "AIPW, influence by school, t(G − 1)": augmentedWeighting({ ...request, clusters: school }),
      "AIPW, people independent": augmentedWeighting(request),
    };
    if (balance.state === "balanced") {
      const { weights } = balance;
      intervals["entropy balance and outcome model, CR2 by school"] = weightedOutcomeModel({
        y,
        treated,
        x: columns,
        weights,
        clusters: school,
        level: LEVEL,
      });
    }
    const rows = [...treated.keys()].filter((row) => treated[row] === 1);
    return { truth: meanOf(effect, rows), intervals, facts: { "treated schools": rows.length / PER_SCHOOL } };
  },
};
