// Whether what was put in comes out again: loadings, alpha, latent and scored change from simulated answers of known truth.
// Gate: mean errors within 3 Monte Carlo standard errors of 0; the paired-t interval of the mean scored change covers its
// truth in 93 to 97% of 2,000 draws. Under a minute.
import { normalCdf } from "#math";
import { correlateItems, cronbachAlpha, factorAnalysis, RandomStream, tInterval, waveInvariance } from "#stats";
import { record } from "./tools/record.mjs";

const LOADINGS = [0.8, 0.7, 0.6, 0.75, 0.65];
const SLOPES = [1.2, 0.9, 1.1, 0.8, 1.3];
const CENTRES = [4.2, 4.8, 4.5, 5.1, 4.0];
const LATENT_CHANGE = 0.3;
const started = performance.now();
let failures = 0;

loadingsAndAlpha();
latentChange();
scoredChange();
record("measurement: recovery of known truth", (performance.now() - started) / 1000);
if (failures > 0) process.exitCode = 1;

/** 1,000 people, one factor: loadings by minres and maximum likelihood, and raw alpha. */
function loadingsAndAlpha() {
  const errors = { minres: [], ml: [], alpha: [] };
  const sum = LOADINGS.reduce((total, own) => total + own, 0);
  const common = sum ** 2 - LOADINGS.reduce((total, own) => total + own ** 2, 0);
  const p = LOADINGS.length;
  const alpha = (p / (p - 1)) * (common / (common + p));
  for (let draw = 0; draw < 400; draw++) {
    const random = new RandomStream(draw, "loadings");
    const columns = LOADINGS.map(() => new Float64Array(1000));
    for (let row = 0; row < 1000; row++) {
      const factor = random.normal();
      for (const [j, loading] of LOADINGS.entries()) {
        columns[j][row] = loading * factor + Math.sqrt(1 - loading ** 2) * random.normal();
      }
    }
    const items = { names: LOADINGS.map((_, j) => `q${j}`), columns };
    const correlations = correlateItems(items);
    for (const method of ["minres", "ml"]) {
      const { loadings } = factorAnalysis(correlations, { factors: 1, method, rotation: { kind: "none" } });
      errors[method].push(LOADINGS.reduce((total, own, j) => total + loadings.get(j, 0) - own, 0) / p);
    }
    errors.alpha.push(cronbachAlpha(items).raw - alpha);
  }
  gate("mean loading, minres", errors.minres);
  gate("mean loading, maximum likelihood", errors.ml);
  gate("alpha", errors.alpha);
}

/** 500 people twice, uniquenesses that go together: the latent mean change of the scalar model. */
function latentChange() {
  const errors = [];
  let covered = 0;
  const draws = 300;
  for (let draw = 0; draw < draws; draw++) {
    const { before, after } = people(new RandomStream(draw, "latent"), 500);
    const names = SLOPES.map((_, j) => `q${j}`);
    const found = waveInvariance({
      waves: [
        { name: "before", items: { names, columns: before } },
        { name: "after", items: { names, columns: after } },
      ],
    });
    if (found.state !== "estimated") throw new Error(found.reason);
    const [{ mean, se }] = found.latentMeans;
    errors.push(mean - LATENT_CHANGE);
    if (Math.abs(mean - LATENT_CHANGE) <= 1.96 * se) covered++;
  }
  gate("latent change", errors);
  console.log(`latent change: the robust interval covers ${((100 * covered) / draws).toFixed(1)}% of ${draws}`);
}

/** 120 people twice on eight-point items: the mean change of the mean score, and its paired-t interval. */
function scoredChange() {
  const truth =
    SLOPES.reduce(
      (total, slope, j) => total + meanScore(CENTRES[j] + slope * LATENT_CHANGE, slope) - meanScore(CENTRES[j], slope),
      0,
    ) / SLOPES.length;
  const errors = [];
  let covered = 0;
  const draws = 2000;
  for (let draw = 0; draw < draws; draw++) {
    const { before, after } = people(new RandomStream(draw, "scored"), 120);
    const differences = Float64Array.from(
      { length: 120 },
      (_, row) =>
        SLOPES.reduce((total, _slope, j) => total + eightPoint(after[j][row]) - eightPoint(before[j][row]), 0) /
        SLOPES.length,
    );
    const mean = differences.reduce((total, own) => total + own, 0) / 120;
    const variance = differences.reduce((total, own) => total + (own - mean) ** 2, 0) / 119;
    const { low, high } = tInterval(mean, Math.sqrt(variance / 120), 119, 0.95);
    errors.push(mean - truth);
    if (low <= truth && truth <= high) covered++;
  }
  gate("scored change", errors);
  const share = covered / draws;
  const isGood = share >= 0.93 && share <= 0.97;
  if (!isGood) failures++;
  console.log(
    `${isGood ? "ok    " : "FAILED"} scored change: the paired-t interval covers ${(100 * share).toFixed(1)}% of ${draws}`,
  );
}

function people(random, n) {
  const before = SLOPES.map(() => new Float64Array(n));
  const after = SLOPES.map(() => new Float64Array(n));
  for (let row = 0; row < n; row++) {
    const first = random.normal();
    const second = LATENT_CHANGE + 0.6 * first + 0.8 * random.normal();
    for (const [j, slope] of SLOPES.entries()) {
      const own = 0.5 * random.normal();
      before[j][row] = CENTRES[j] + slope * first + own + 0.7 * random.normal();
      after[j][row] = CENTRES[j] + slope * second + own + 0.7 * random.normal();
    }
  }
  return { before, after };
}

function eightPoint(value) {
  return Math.max(1, Math.min(8, Math.round(value)));
}

/** The mean of an eight-point answer: 1 + Σ P(answer above k). */
function meanScore(centre, slope) {
  const sd = Math.sqrt(slope ** 2 + 0.5 ** 2 + 0.7 ** 2);
  let mean = 1;
  for (let k = 1; k < 8; k++) mean += normalCdf((centre - (k + 0.5)) / sd);
  return mean;
}

function gate(what, errors) {
  const mean = errors.reduce((total, own) => total + own, 0) / errors.length;
  const variance = errors.reduce((total, own) => total + (own - mean) ** 2, 0) / (errors.length - 1);
  const se = Math.sqrt(variance / errors.length);
  const isGood = Math.abs(mean) <= 3 * se;
  if (!isGood) failures++;
  console.log(
    `${isGood ? "ok    " : "FAILED"} ${what}: mean error ${mean.toFixed(5)}, Monte Carlo error ${se.toFixed(5)} over ${errors.length}`,
  );
}
