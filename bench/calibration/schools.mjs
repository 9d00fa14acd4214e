// Schools in a programme beside a pool of schools, matched on their propensity score.
import { abadieImbens, asRiskRatio, eValue, Matrix, robustnessValue } from "#stats";
import { linearIntervals, matchOnScore } from "./analysis.mjs";
import { happens, logistic, meanOf, normals } from "./draws.mjs";

const SCHOOLS = 600;
const EFFECT = 0.15;

/**
 * 600 schools with four covariates; about 60 join, more likely the worse their results and the poorer their intake. The
 * outcome is linear in the covariates with school variance; the effect grows a little with the second covariate.
 * @param hidden    How strongly something nobody recorded moves both joining and outcome; 0 for not at all.
 * @param isCurved  Whether the outcome bends with the covariates where the evaluator's model is straight.
 */
function drawSchools(random, { hidden = 0, isCurved = false }) {
  const x = Array.from({ length: 4 }, () => normals(random, SCHOOLS));
  for (let i = 0; i < SCHOOLS; i++) x[1][i] = 0.5 * x[0][i] + Math.sqrt(0.75) * x[1][i];
  const unseen = normals(random, SCHOOLS);
  const treated = new Uint8Array(SCHOOLS);
  const y = new Float64Array(SCHOOLS);
  const effect = new Float64Array(SCHOOLS);
  for (let i = 0; i < SCHOOLS; i++) {
    const [a, b, c, d] = x.map((column) => column[i]);
    treated[i] = happens(random, logistic(-2.6 + 0.6 * a + 0.4 * b - 0.3 * c + hidden * unseen[i]));
    effect[i] = EFFECT + 0.03 * b;
    const bend = isCurved ? 0.15 * (a * a - 1) + 0.15 * a * b + 0.1 * Math.exp(c / 2) : 0;
    y[i] = -0.3 * a + 0.2 * b + 0.1 * c + 0.1 * d + bend + 0.3 * hidden * unseen[i] + 0.4 * random.normal();
    y[i] += treated[i] * effect[i];
  }
  return { x, y, treated, effect };
}

function replicateMatched(random, options) {
  const world = drawSchools(random, options);
  const { x, y, treated, effect } = world;
  const match = matchOnScore(random, { covariates: x, treated, neighbours: 3, caliperSd: 0.2 });
  const { fit, intervals } = linearIntervals({
    y,
    treated,
    covariates: x,
    weights: match.weights,
    rules: {
      "CR2 by matched set": { kind: "CR2", clusters: [match.setOf] },
      "HC2, rows independent": { kind: "HC2" },
      model: { kind: "model" },
    },
  });
  const own = intervals["CR2 by matched set"];
  return {
    truth: meanOf(effect, match.kept),
    intervals,
    facts: {
      "treated schools": treated.reduce((sum, arm) => sum + arm, 0),
      "treated kept": match.kept.length,
      ...(options.hidden ? sensitivity(own, fit) : {}),
    },
  };
}

/** What the report prints beside the estimate: how strong a confounder would have to be. */
function sensitivity({ estimate, se }, fit) {
  const t = estimate / se;
  const sd = Math.sqrt(meanOf(fit.residuals.map((e) => e * e)));
  return {
    "robustness value": robustnessValue({ t, df: fit.dfResidual }),
    "robustness value at 5%": robustnessValue({ t, df: fit.dfResidual, alpha: 0.05 }),
    "E-value": eValue(asRiskRatio("standardised difference", estimate / sd).riskRatio),
  };
}

const RULES = { "CR2 by matched set": "ordinary", "HC2, rows independent": "reported", model: "reported" };
const UNGATED = { "CR2 by matched set": "reported", "HC2, rows independent": "reported", model: "reported" };

export const matchedSchools = {
  name: "matched-schools",
  design:
    "600 schools, about 60 of them in the programme by four covariates; propensity nearest neighbour 3:1 without " +
    "replacement, caliper 0.2 SD; linear model of the four covariates with matching weights.",
  shows: "The default design for schools keeps its promise; with a sound model the matched sets add little.",
  rules: RULES,
  replicate: (random) => replicateMatched(random, {}),
};

export const unobservedSelection = {
  name: "unobserved-selection",
  design:
    "As matched schools, but something nobody recorded moves joining (0.5 logit per SD) and outcome (0.15 per SD) alike.",
  shows: "No standard error mends a missing confounder: bias shown, not gated, with what the report prints beside it.",
  rules: UNGATED,
  replicate: (random) => replicateMatched(random, { hidden: 0.5 }),
};

export const curvedOutcome = {
  name: "curved-outcome",
  design: "As matched schools, but the outcome bends with the covariates (square, product, exponential).",
  shows:
    "Close matching carries what a straight model gets wrong, and errors by matched set see that rows of a set go alike.",
  rules: UNGATED,
  replicate: (random) => replicateMatched(random, { isCurved: true }),
};

export const nearestWithReplacement = {
  name: "nearest-with-replacement",
  design: "As matched schools, but each treated school has its three nearest with replacement, no caliper.",
  shows:
    "Abadie and Imbens' error serves neighbours used several times (it takes the score as known, on the safe side here).",
  rules: { "Abadie-Imbens, bias-corrected": "ordinary", "Abadie-Imbens, uncorrected": "reported" },
  replicate(random) {
    const { x, y, treated, effect } = drawSchools(random, {});
    const match = matchOnScore(random, { covariates: x, treated, neighbours: 3, replacement: true });
    const request = { y, treated, sets: match.sets, space: { score: match.score }, neighbours: 3, level: 0.95 };
    const intervals = {
      "Abadie-Imbens, bias-corrected": abadieImbens({ ...request, correctWith: Matrix.fromColumns(x) }),
      "Abadie-Imbens, uncorrected": abadieImbens(request),
    };
    return {
      truth: meanOf(effect, match.kept),
      intervals: Object.fromEntries(
        Object.entries(intervals).map(([rule, own]) => [rule, { ...own, df: Number.POSITIVE_INFINITY }]),
      ),
      facts: { "treated kept": match.kept.length },
    };
  },
};
