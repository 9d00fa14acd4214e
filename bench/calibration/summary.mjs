// What the replications of one study add up to, and whether that is good enough.

const COVERAGE = { ordinary: [0.93, 0.97], few: [0.91, 0.99] };
const LARGEST_BIAS = 0.1;
const ERROR_RATIO = [0.93, 1.1];
/** With fewer replications chance alone fails sound rules: the Monte Carlo error of bias / SD is 1/√n. */
const FEWEST = 500;

/**
 * One rule of one study over all replications. The empirical SD is that of the errors, estimate less truth, because the truth
 * (the mean effect on the treated kept) differs a little between replications.
 *
 * Beside the mean SE stands the root of the mean squared SE, which is what an unbiased variance has equal to the SD: with few
 * degrees of freedom, or designs of different precision from one replication to the next, the mean SE lies below it.
 *
 * @param replications  Each `{ truth, truths?, intervals }` or `{ reason }`; without an interval of the rule it is `missing`.
 * @returns             `biasInSd` and `errorRatio` are NaN with fewer than two answers; `errorRatio` also without errors.
 */
export function summarise(replications, rule) {
  const found = replications.filter((own) => isAnswer(own.intervals?.[rule]));
  const n = found.length;
  const truths = found.map(({ truth, truths: own }) => own?.[rule] ?? truth);
  const intervals = found.map((own) => own.intervals[rule]);
  const estimate = mean(intervals.map((own) => own.estimate));
  const errors = intervals.map((own, i) => own.estimate - truths[i]);
  const sd = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean(errors)) ** 2, 0) / (n - 1));
  const coverage = mean(intervals.map((own, i) => Number(own.low <= truths[i] && truths[i] <= own.high)));
  return {
    rule,
    truth: mean(truths),
    estimate,
    biasInSd: mean(errors) / sd,
    errorRatio: mean(intervals.map((own) => own.se)) / sd,
    rootMeanSquareRatio: Math.sqrt(mean(intervals.map((own) => own.se ** 2))) / sd,
    coverage,
    coverageError: Math.sqrt((coverage * (1 - coverage)) / n),
    df: mean(intervals.map((own) => own.df)),
    replications: n,
    missing: replications.length - n,
  };
}

function isAnswer(interval) {
  return interval !== undefined && Number.isFinite(interval.low) && Number.isFinite(interval.high);
}

/** Means of the facts that replications leave beside their intervals. */
export function meanFacts(replications) {
  const names = new Set(replications.flatMap(({ facts = {} }) => Object.keys(facts)));
  return Object.fromEntries(
    [...names].map((name) => [name, mean(replications.flatMap(({ facts }) => facts?.[name] ?? []))]),
  );
}

/**
 * The verdict on a rule: pass, fail with what failed, reported, or not judged with too few replications.
 * @param gate  `ordinary`: coverage 93 to 97%; `few`: 91 to 99%, with fewer than 15 treated clusters; `reported`: none.
 *              Coverage above the range is said, never failed. A rule without standard errors is not judged on them.
 */
export function verdictOf(gate, { biasInSd, errorRatio, coverage, replications }) {
  if (gate === "reported") return "reported, not gated";
  if (replications < FEWEST) return `not judged: fewer than ${FEWEST} replications`;
  const faults = [];
  const [low, high] = COVERAGE[gate];
  if (coverage < low) faults.push(`coverage below ${100 * low}%`);
  if (!(Math.abs(biasInSd) < LARGEST_BIAS)) faults.push(`bias above ${LARGEST_BIAS} SD`);
  if (errorRatio < ERROR_RATIO[0] || errorRatio > ERROR_RATIO[1]) {
    faults.push(`SE / SD outside ${ERROR_RATIO[0]} to ${ERROR_RATIO[1].toFixed(2)}`);
  }
  if (faults.length > 0) return `fail: ${faults.join(", ")}`;
  return coverage > high ? `pass (covers more than ${100 * high}%)` : "pass";
}

function mean(values) {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
