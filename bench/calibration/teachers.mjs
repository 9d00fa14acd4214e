// Teachers in a programme, several to a school, beside teachers of other schools: outcomes are yes or no.
import { gaussHermite } from "#math";
import { effectiveClusters, readFormula } from "#stats";
import { logisticIntervals, matchOnScore } from "./analysis.mjs";
import { happens, logistic, meanOf, members, normals, unevenSizes } from "./draws.mjs";

const PARTICIPANTS = unevenSizes(50, 283);
const POOL_SCHOOLS = 300;
const PER_SCHOOL = 25;
const SCHOOL_SD = 0.5;
/** The same interval, held against the effect on people like the treated kept in schools like theirs. */
const OVER_SCHOOLS = "CR2 by school, truth over schools like theirs";
const QUADRATURE = gaussHermite(15);
const FORMULA = readFormula("~ treated + x1 + x2 + x3 + x4");

/**
 * 283 participants in 50 schools and 7,500 teachers of 300 other schools. Two covariates and a yes-or-no one of the
 * person, one of the school; participants differ in all of them. Log-odds linear in them with a school intercept.
 */
function drawTeachers(random, { intercept, shift, isCurved }) {
  const sizes = [...PARTICIPANTS, ...new Array(POOL_SCHOOLS).fill(PER_SCHOOL)];
  const school = members(sizes);
  const n = school.length;
  const treated = Uint8Array.from(school, (own) => Number(own < PARTICIPANTS.length));
  const ofSchool = normals(random, sizes.length);
  const shock = normals(random, sizes.length, SCHOOL_SD);
  const x = [
    Float64Array.from({ length: n }, (_, i) => 0.4 * treated[i] + random.normal()),
    Float64Array.from({ length: n }, (_, i) => -0.2 * treated[i] + random.normal()),
    Float64Array.from({ length: n }, (_, i) => happens(random, treated[i] === 1 ? 0.6 : 0.45)),
    Float64Array.from(school, (own, i) => ofSchool[own] + 0.3 * treated[i]),
  ];
  const without = new Float64Array(n);
  const withIt = new Float64Array(n);
  const ofPerson = new Float64Array(n);
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const [a, b, c, d] = x.map((column) => column[i]);
    const bend = isCurved ? 0.25 * (a * a - 1) + 0.25 * a * d : 0;
    ofPerson[i] = intercept + 0.4 * a - 0.3 * b + 0.3 * c - 0.2 * d + bend;
    without[i] = logistic(ofPerson[i] + shock[school[i]]);
    withIt[i] = logistic(ofPerson[i] + shock[school[i]] + shift);
    y[i] = happens(random, treated[i] === 1 ? withIt[i] : without[i]);
  }
  return { school, treated, x, y, without, withIt, ofPerson };
}

/** The effect on someone with these log-odds, averaged over schools as they might have been drawn. */
function effectOverSchools(eta, shift) {
  return QUADRATURE.weights.reduce((sum, weight, k) => {
    const own = eta + SCHOOL_SD * QUADRATURE.nodes[k];
    return sum + weight * (logistic(own + shift) - logistic(own));
  }, 0);
}

function replicateTeachers(random, setting) {
  const { school, treated, x, y, without, withIt, ofPerson } = drawTeachers(random, setting);
  const match = matchOnScore(random, { covariates: x, treated, neighbours: 10 });
  const { intervals } = logisticIntervals({
    y,
    treated,
    covariates: x,
    weights: match.weights,
    formula: FORMULA,
    rules: {
      "CR2 by school": { kind: "CR2", clusters: [school] },
      ...(setting.isTwoWay
        ? { "CR2 by school and matched set": { kind: "CR2", clusters: [school, match.setOf] } }
        : {}),
      "CR1 by school, z": { kind: "CR1", clusters: [school], z: true },
      "HC1, teachers independent": { kind: "HC1" },
      model: { kind: "model", z: true },
    },
  });
  const base = meanOf(without, match.kept);
  return {
    truth: meanOf(withIt, match.kept) - base,
    truths: { [OVER_SCHOOLS]: meanOf(match.kept.map((row) => effectOverSchools(ofPerson[row], setting.shift))) },
    intervals: { ...intervals, [OVER_SCHOOLS]: intervals["CR2 by school"] },
    facts: {
      "treated kept": match.kept.length,
      "rate without the programme": base,
      "effective treated schools": effectiveClusters(PARTICIPANTS),
    },
  };
}

const RULES = {
  "CR2 by school": "ordinary",
  [OVER_SCHOOLS]: "ordinary",
  "CR1 by school, z": "reported",
  "HC1, teachers independent": "reported",
  model: "reported",
};
const DESIGN =
  `283 participants in 50 schools (1 to ${Math.max(...PARTICIPANTS)} in each) beside 7,500 teachers of 300 schools; school SD ` +
  "0.5 logit; nearest neighbour 10:1 without replacement; logistic model with matching weights and the matching covariates; " +
  "effect on the treated kept in probability. No effect.";

function teachersStudy(name, setting, shows, { rules = RULES, more = "", remark } = {}) {
  return {
    name,
    design: setting.shift === 0 ? DESIGN : `As teachers-no-effect, with log-odds moved by ${setting.shift}.${more}`,
    shows,
    rules,
    ...(remark === undefined ? {} : { remark }),
    replicate: (random) => replicateTeachers(random, setting),
  };
}

export const teachersNoEffect = teachersStudy(
  "teachers-no-effect",
  { intercept: 1.6, shift: 0, isTwoWay: true },
  "Errors that take teachers as independent are too small; the normal with clusters falls short; CR2 holds, and matched sets beside schools add nothing.",
  { rules: { ...RULES, "CR2 by school and matched set": "reported" } },
);
export const teachersThreePoints = teachersStudy(
  "teachers-three-points",
  { intercept: 1.6, shift: 0.28 },
  "The same with an effect of the size programmes have.",
);
export const teachersSixPoints = teachersStudy(
  "teachers-six-points",
  { intercept: 1.6, shift: 0.66 },
  "Near the ceiling the interval speaks of schools like these, not of these very schools.",
  {
    remark:
      "Against the truth over the treated's own schools the error is too small; it is the question that differs, not the estimator. The " +
      "fitted mean of the treated is their observed rate p1, so the error holds what their own schools would have had without the " +
      "programme, p0. A school's shock moves p0 by p0(1 − p0) and p1 by p1(1 − p1), which is smaller near the ceiling, and the " +
      "clustered error sees the treated's p1 alone. Against the effect over schools like theirs the same interval is judged in the " +
      "second row. With a rare outcome that grows it is the other way round.",
  },
);
export const teachersRareOutcome = teachersStudy(
  "teachers-rare-outcome",
  { intercept: -3.15, shift: 0.4 },
  "The same with few events.",
);
export const teachersCurved = teachersStudy(
  "teachers-curved",
  { intercept: 1.6, shift: 0.28, isCurved: true },
  "The model leaves out a bend and leans a little; what errors leave out matters more. Reported, not gated.",
  {
    rules: Object.fromEntries(Object.keys(RULES).map((rule) => [rule, "reported"])),
    more: " The log-odds also hold a square and a product of covariates that the model leaves out.",
  },
);
