// A covariate that is missing more often among low outcomes.
import { chainedImputation, poolContrasts } from "#stats";
import { LEVEL, linearIntervals } from "./analysis.mjs";
import { happens, logistic, members, normals } from "./draws.mjs";

const SCHOOLS = 40;
const PUPILS = 15;
const SCHOOL_SD = 0.2;
const EFFECT = 0.3;
const IMPUTATIONS = 10;

export const missingCovariate = {
  name: "missing-covariate",
  design:
    `${SCHOOLS} schools of ${PUPILS} pupils, half of the schools in the programme; prior attainment, which differs between the arms, is missing ` +
    `for about 30%, more often in the programme and where outcomes are low; school SD ${SCHOOL_SD}; ${IMPUTATIONS} imputations, CR2 by school, ` +
    "pooled by Rubin's rules.",
  shows: "Imputation uses what the outcome says of the gap; complete cases lose the low outcomes and lean.",
  remark:
    "It passes, but narrowly: with seed 31 and 1,000 replications SE / SD was 0.92 and coverage 92.9%, a fail; all other gated rules " +
    "gave the same verdicts with that seed. The likely reason is that the imputation takes rows of one school as independent: beside " +
    "complete cases in the same worlds (seed 7, 1,500 to 2,000 replications) SE / SD was lower by 0.00, 0.03 and 0.04 at school SDs of " +
    "0, 0.2 and 0.5.",
  rules: { "imputed and pooled, CR2 by school": "ordinary", "complete cases, CR2 by school": "reported" },
  replicate(random) {
    const school = members(new Array(SCHOOLS).fill(PUPILS));
    const shock = normals(random, SCHOOLS, SCHOOL_SD);
    const treated = Uint8Array.from(school, (s) => s % 2);
    const prior = Float64Array.from(treated, (arm) => 0.3 * arm + random.normal());
    const other = prior.map((value) => 0.5 * value + Math.sqrt(0.75) * random.normal());
    const y = Float64Array.from(
      school,
      (s, i) => EFFECT * treated[i] + 0.5 * prior[i] + 0.2 * other[i] + shock[s] + 0.7 * random.normal(),
    );
    const seen = prior.map((value, i) =>
      happens(random, logistic(-1.2 + 0.6 * treated[i] - 0.8 * y[i])) === 1 ? Number.NaN : value,
    );
    const answer = (own) =>
      linearIntervals({ ...own, rules: { only: { kind: "CR2", clusters: [own.school] } } }).intervals.only;
    const { draw } = chainedImputation({
      columns: [
        { name: "prior", kind: "number", values: seen },
        { name: "other", kind: "number", values: other },
        { name: "treated", kind: "number", values: Float64Array.from(treated) },
        { name: "y", kind: "number", values: y },
      ],
      seed: random.integer(2 ** 31),
      draws: IMPUTATIONS,
    });
    const completed = Array.from({ length: IMPUTATIONS }, (_, i) =>
      answer({ y, treated, covariates: [draw(i)[0].values, other], school }),
    );
    const rows = Int32Array.from(seen.keys()).filter((row) => !Number.isNaN(seen[row]));
    const take = (values) => values.constructor.from(rows, (row) => values[row]);
    const complete = { y: take(y), treated: take(treated), covariates: [seen, other].map(take), school: take(school) };
    return {
      truth: EFFECT,
      intervals: {
        "imputed and pooled, CR2 by school": poolContrasts(completed, LEVEL),
        "complete cases, CR2 by school": answer(complete),
      },
      facts: { "share missing": 1 - rows.length / seen.length },
    };
  },
};
