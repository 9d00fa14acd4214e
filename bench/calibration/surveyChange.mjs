// The same people answering ordinal items before and after.
import { normalCdf } from "#math";
import { momentsOf, oneSampleT } from "#stats";
import { LEVEL } from "./analysis.mjs";

const PEOPLE = 60;
/** Thresholds of five answers, per item: some lean to the top, as answers about one's school do. */
const THRESHOLDS = [
  [-2, -1.2, -0.4, 0.8],
  [-1.6, -0.9, 0, 1.2],
  [-2.2, -1.5, -0.8, 0.3],
  [-1.2, -0.3, 0.5, 1.5],
];
const LOADING = 0.7;
const CHANGE = 0.25;
const STABILITY = 0.6;

/** Mean answer, 1 to 5, where the item's trait has this mean and SD 1: 1 + Σ P(above threshold). */
function meanAnswer(thresholds, mean) {
  return thresholds.reduce((sum, threshold) => sum + normalCdf(mean - threshold), 1);
}

export const surveyChange = {
  name: "paired-survey-change",
  design:
    `${PEOPLE} people answer four five-point items twice; the trait behind them moves by ${CHANGE} SD (stability ${STABILITY}, ` +
    `loadings ${LOADING}); paired t interval of the change of the mean score.`,
  shows: "The paired t interval serves mean scores of ordinal items, though no single answer is normal.",
  rules: { "paired t": "ordinary" },
  replicate(random) {
    const changes = Float64Array.from({ length: PEOPLE }, () => {
      const before = random.normal();
      const after = STABILITY * before + Math.sqrt(1 - STABILITY ** 2) * random.normal();
      let change = 0;
      for (const thresholds of THRESHOLDS) {
        change += (answer(random, thresholds, after + CHANGE) - answer(random, thresholds, before)) / THRESHOLDS.length;
      }
      return change;
    });
    const truth = THRESHOLDS.reduce(
      (sum, own) => sum + (meanAnswer(own, LOADING * CHANGE) - meanAnswer(own, 0)) / THRESHOLDS.length,
      0,
    );
    return { truth, intervals: { "paired t": oneSampleT(momentsOf(changes), LEVEL) }, facts: {} };
  },
};

function answer(random, thresholds, trait) {
  const value = LOADING * trait + Math.sqrt(1 - LOADING ** 2) * random.normal();
  return 1 + thresholds.filter((threshold) => value > threshold).length;
}
