// A programme in a few areas: its schools beside schools of other districts.
import { effectiveClusters, wildClusterBootstrap } from "#stats";
import { LEVEL, linearIntervals, matchOnScore } from "./analysis.mjs";
import { members, normals } from "./draws.mjs";

/** Secondary schools of twelve areas, as uneven as places are: effectively 8.3 of them. */
const AREAS = [2, 4, 5, 6, 8, 9, 10, 11, 14, 16, 22, 29];
const DISTRICTS = 150;
const PER_DISTRICT = 8;
const EFFECT = 0.1;
const AREA_SD = 0.15;
const SCHOOL_SD = 0.35;
const DRAWS = 399;

export const fewAreas = {
  name: "places-by-few-areas",
  design:
    `${AREAS.length} treated areas of ${AREAS[0]} to ${AREAS[AREAS.length - 1]} schools beside ${DISTRICTS} districts of ` +
    `${PER_DISTRICT}; three covariates, each shared in part by an area; area SD ${AREA_SD}, school SD ${SCHOOL_SD}; nearest ` +
    `neighbour 3:1 without replacement; linear model with matching weights; bootstrap of ${DRAWS} draws.`,
  shows: "Rows of an area go together: errors that ignore it are far too small, the bias-reduced ones by area hold.",
  rules: {
    "CR2 by area": "few",
    "wild bootstrap by area": "few",
    "CR2 by area and matched set": "reported",
    "CR1S by area, t(G − 1)": "reported",
    "HC2, rows independent": "reported",
  },
  replicate(random) {
    const { area, x, y, treated } = drawPlaces(random);
    const match = matchOnScore(random, { covariates: x, treated, neighbours: 3 });
    const { fit, intervals } = linearIntervals({
      y,
      treated,
      covariates: x,
      weights: match.weights,
      rules: {
        "CR2 by area": { kind: "CR2", clusters: [area] },
        "CR2 by area and matched set": { kind: "CR2", clusters: [area, match.setOf] },
        "CR1S by area, t(G − 1)": { kind: "CR1S", clusters: [area] },
        "HC2, rows independent": { kind: "HC2" },
      },
    });
    const wild = wildClusterBootstrap(fit, {
      clusters: area,
      coefficient: "treated",
      draws: DRAWS,
      level: LEVEL,
      random: random.split("draws"),
    });
    const { estimate } = intervals["CR2 by area"];
    return {
      truth: EFFECT,
      // The bootstrap gives an interval without a standard error.
      intervals: {
        ...intervals,
        ...(wild.state === "estimated"
          ? { "wild bootstrap by area": { estimate, se: Number.NaN, df: Number.NaN, low: wild.low, high: wild.high } }
          : {}),
      },
      facts: {
        "treated kept": match.kept.length,
        "effective treated areas": effectiveClusters(AREAS),
        "areas and districts matched": new Set(area.filter((_, row) => match.weights[row] > 0)).size,
      },
    };
  },
};

/** The effect is the same for all, so that the truth does not depend on who is kept. */
function drawPlaces(random) {
  const sizes = [...AREAS, ...new Array(DISTRICTS).fill(PER_DISTRICT)];
  const area = members(sizes);
  const treated = Uint8Array.from(area, (own) => Number(own < AREAS.length));
  const shared = Array.from({ length: 3 }, () => normals(random, sizes.length, 0.6));
  const shock = normals(random, sizes.length, AREA_SD);
  const shift = [0.5, 0.3, 0];
  const x = shared.map((own, j) => Float64Array.from(area, (g, i) => own[g] + shift[j] * treated[i] + random.normal()));
  const y = Float64Array.from(area, (g, i) => {
    const mean = -0.25 * x[0][i] + 0.15 * x[1][i] + 0.1 * x[2][i];
    return mean + EFFECT * treated[i] + shock[g] + SCHOOL_SD * random.normal();
  });
  return { area, x, y, treated };
}
