// A trial of few schools, analysed by a linear mixed model.
import { fitLinearMixed, kenwardRoger, satterthwaiteDegrees, tInterval } from "#stats";
import { designOf, LEVEL } from "./analysis.mjs";
import { members, normals } from "./draws.mjs";

const SCHOOLS = 12;
const PUPILS = 20;
const SCHOOL_SD = 0.4;
const EFFECT = 0.2;

export const clusterTrial = {
  name: "clustered-trial",
  replications: 1000,
  design:
    `${SCHOOLS} schools of ${PUPILS} pupils, half of them in the programme by lot; a covariate of the pupil and one of the school; school SD ` +
    `${SCHOOL_SD}, pupil SD 0.9; linear mixed model by REML.`,
  shows: "With twelve schools the normal promises too much; both small-sample rules hold.",
  rules: { "Kenward-Roger": "few", Satterthwaite: "few", z: "reported" },
  replicate(random) {
    const school = members(new Array(SCHOOLS).fill(PUPILS));
    const lots = Int32Array.from({ length: SCHOOLS }, (_, s) => s);
    random.shuffle(lots);
    const shock = normals(random, SCHOOLS, SCHOOL_SD);
    const ofSchool = normals(random, SCHOOLS);
    const treated = Float64Array.from(school, (s) => Number(lots[s] < SCHOOLS / 2));
    const prior = normals(random, school.length);
    const level = Float64Array.from(school, (s) => ofSchool[s]);
    const y = Float64Array.from(
      school,
      (s, i) => EFFECT * treated[i] + 0.4 * prior[i] + 0.2 * level[i] + shock[s] + 0.9 * random.normal(),
    );
    const x = designOf([treated, prior, level]);
    const names = ["(Intercept)", "treated", "prior", "level"];
    const levels = Array.from({ length: SCHOOLS }, (_, s) => `${s}`);
    const effect = { group: "school", codes: school, levels, columns: ["(Intercept)"], z: [x.column(0)] };
    const fit = fitLinearMixed({ y, x, names, effects: [effect] });
    if (fit.state === "not estimable") return { truth: EFFECT, intervals: {}, facts: {} };
    const place = fit.names.indexOf("treated");
    const estimate = fit.beta[place];
    const se = Math.sqrt(fit.covariance.get(place, place));
    const adjusted = kenwardRoger(fit);
    return {
      truth: EFFECT,
      intervals: {
        ...(adjusted.state === "estimated"
          ? { "Kenward-Roger": tInterval(estimate, adjusted.se[place], adjusted.df[place], LEVEL) }
          : {}),
        Satterthwaite: tInterval(estimate, se, satterthwaiteDegrees(fit)[place], LEVEL),
        z: tInterval(estimate, se, Number.POSITIVE_INFINITY, LEVEL),
      },
      facts: { "share of replications with school variance 0": Number(fit.isSingular) },
    };
  },
};
