// A programme offered by lot that not everybody takes up.
import { complierEffect } from "#stats";
import { LEVEL, linearIntervals } from "./analysis.mjs";
import { members, normals } from "./draws.mjs";

const SCHOOLS = 60;
const PUPILS = 20;
const SCHOOL_SD = 0.3;
const EFFECT = 0.25;

export const complier = {
  name: "complier-effect",
  design:
    `${SCHOOLS} schools of ${PUPILS} pupils, half of them offered the programme by lot; 60% take it up when offered, 10% without, and those ` +
    `inclined to would do better in any case; school SD ${SCHOOL_SD}; effect on those the offer brings in.`,
  shows: "The offer stands in for taking part, so that those who choose to take part do not flatter the programme.",
  rules: {
    "two-stage least squares, CR1S by school": "ordinary",
    "effect of the offer, CR1S by school": "ordinary",
    "by who takes part, CR1S by school": "reported",
  },
  replicate(random) {
    const school = members(new Array(SCHOOLS).fill(PUPILS));
    const lots = Int32Array.from({ length: SCHOOLS }, (_, s) => s);
    random.shuffle(lots);
    const shock = normals(random, SCHOOLS, SCHOOL_SD);
    const n = school.length;
    const [offered, takesPart, outcome, prior] = Array.from({ length: 4 }, () => new Float64Array(n));
    let brought = 0;
    for (let i = 0; i < n; i++) {
      const kind = random.uniform();
      // One in ten always takes part, half when offered, the rest never.
      const isAlways = kind < 0.1;
      const isComplier = kind >= 0.1 && kind < 0.6;
      brought += Number(isComplier) / n;
      offered[i] = Number(lots[school[i]] < SCHOOLS / 2);
      takesPart[i] = Number(isAlways || (isComplier && offered[i] === 1));
      prior[i] = random.normal();
      const without = 0.5 * prior[i] + (isAlways ? 0.5 : isComplier ? 0.3 : 0) + shock[school[i]];
      outcome[i] = without + EFFECT * takesPart[i] + 0.8 * random.normal();
    }
    const found = complierEffect({
      outcome,
      takesPart,
      offered,
      covariates: [prior],
      clusters: [school],
      level: LEVEL,
    });
    const byTakingPart = linearIntervals({
      y: outcome,
      treated: takesPart,
      covariates: [prior],
      rules: { only: { kind: "CR1S", clusters: [school] } },
    });
    return {
      truth: EFFECT,
      truths: { "effect of the offer, CR1S by school": EFFECT * brought },
      intervals: {
        "two-stage least squares, CR1S by school": found.effect,
        "effect of the offer, CR1S by school": found.offer,
        "by who takes part, CR1S by school": byTakingPart.intervals.only,
      },
      facts: { "first-stage F": found.instrumentF, "share brought in": brought },
    };
  },
};
