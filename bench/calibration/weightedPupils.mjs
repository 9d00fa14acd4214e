// Pupils of few schools, weighted, with more school covariates than the number of schools can well bear.
import { linearIntervals } from "./analysis.mjs";
import { members, normals } from "./draws.mjs";

const TREATED = 14;
const COMPARISON = 41;
const PUPILS = 30;
const COVARIATES = 9;
const SCHOOL_SD = 0.3;
const EFFECT = 0.1;
const G = TREATED + COMPARISON;

export const weightedPupils = {
  name: "weighted-pupils",
  title: "Weighted pupils, 14 v 41 schools",
  design:
    `${PUPILS} pupils in each of ${TREATED} programme and ${COMPARISON} other schools; nine school covariates; school SD ` +
    `${SCHOOL_SD}, pupil SD .95; comparison schools weighted by their true odds of being in the programme given three of the covariates.`,
  shows:
    "With 14 schools, nine covariates and weights the usual clustered interval is far too narrow; CR2 holds at few degrees of freedom.",
  rules: {
    "CR2 by school": "few",
    "CR1S by school, t(54)": "reported",
    "CR1S by school, z": "reported",
    "HC2, pupils independent": "reported",
  },
  replicate(random) {
    const school = members(new Array(G).fill(PUPILS));
    const ofSchool = Array.from({ length: COVARIATES }, () => normals(random, G));
    for (let s = 0; s < TREATED; s++) for (let j = 0; j < 3; j++) ofSchool[j][s] += 0.4;
    const shock = normals(random, G, SCHOOL_SD);
    // Of normal covariates with shifted means the log of the odds is linear: .4 for each of the three.
    const odds = Float64Array.from({ length: G }, (_, s) =>
      s < TREATED ? 1 : Math.exp(0.4 * (ofSchool[0][s] + ofSchool[1][s] + ofSchool[2][s])),
    );
    const treated = Uint8Array.from(school, (s) => Number(s < TREATED));
    const y = Float64Array.from(school, (s, i) => {
      let mean = EFFECT * treated[i] + shock[s];
      for (let j = 0; j < COVARIATES; j++) mean += 0.05 * (j + 1) * ofSchool[j][s] * (j % 2 ? -1 : 1);
      return mean + 0.95 * random.normal();
    });
    const by = { clusters: [school] };
    const { intervals } = linearIntervals({
      y,
      treated,
      covariates: ofSchool.map((own) => Float64Array.from(school, (s) => own[s])),
      weights: Float64Array.from(school, (s) => odds[s]),
      rules: {
        "CR2 by school": { kind: "CR2", ...by },
        "CR1S by school, t(54)": { kind: "CR1S", ...by },
        "CR1S by school, z": { kind: "CR1S", ...by, z: true },
        "HC2, pupils independent": { kind: "HC2" },
      },
    });
    return { truth: EFFECT, intervals, facts: {} };
  },
};
