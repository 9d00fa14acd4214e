// A national pool as the published evaluation had it: 316 treated and 435,828 potential comparison rows with its margins.
import { RandomStream } from "#math";
import { Engine, quotePath } from "#table";

/** Percentages of the treated and of the potential comparison rows, level by level; suppressed ones are shared out. */
const MARGINS = {
  gender: { male: [30.7, 23.7], female: [69.3, 76.3] },
  age_band: { "under 30": [9.5, 23], "30 to 49": [74.1, 60.1], "50 or older": [16.5, 16.8] },
  experience: {
    "under 5": [6, 23.5],
    "5 to 9": [20.9, 20.1],
    "10 to 19": [42.4, 31.3],
    "20 or more": [28.2, 21.1],
    unknown: [2.5, 4],
  },
  role: { classroom: [32, 68.9], middle: [8.2, 17.4], senior: [59.8, 13.7] },
  hours: { full: [93, 77.4], part: [7, 22.6] },
  ofsted: { good: [23.4, 77.8], "requires improvement": [47.8, 14.5], inadequate: [15.5, 4.4], unknown: [13.3, 3.3] },
  phase: { primary: [54.1, 54.2], secondary: [45.9, 45.8] },
  fsm: { 1: [57, 24.2], 2: [22.5, 23.8], 3: [12.3, 20.7], 4: [5.5, 17.5], 5: [0, 13.1], unknown: [2.7, 0.7] },
  attainment: {
    highest: [3.2, 32.8],
    middle: [18.7, 24.2],
    "middle-lowest": [42.1, 25.4],
    lowest: [31.3, 10.2],
    unknown: [4.7, 7.4],
  },
  region: {
    "East of England": [0, 12.5],
    "East Midlands": [11.1, 17],
    "West Midlands": [15.2, 17.3],
    "North East": [0, 2.5],
    "North West": [29.7, 18],
    "South East": [7.9, 13.7],
    "South West": [0, 1.8],
    Yorkshire: [36.1, 17.1],
  },
  entry: { 2017: [35.8, 33.5], 2018: [57.9, 33.2], 2019: [6.3, 33.4] },
};
const SIZES = [435_828, 316];
/** Schools of either arm. */
const SCHOOLS = [20_000, 50];
export const NAMES = Object.keys(MARGINS);

/** The levels of one column, the reference first. */
export function levelsOf(name) {
  return Object.keys(MARGINS[name]);
}

/**
 * Draws every column of every row independently, by arm, and writes them as Parquet, with a school for each.
 * @param outcomes  How many columns of yes and no stand beside: `kept_1`, … , more often yes in the programme.
 */
export async function writePool(path, outcomes = 0) {
  const rows = SIZES[0] + SIZES[1];
  const random = new RandomStream(7, "national pool");
  const arrays = NAMES.map((name) => {
    const shares = Object.values(MARGINS[name]);
    const codes = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const arm = row < SIZES[1] ? 0 : 1;
      let left = random.uniform() * shares.reduce((sum, share) => sum + share[arm], 0);
      let code = 0;
      while (code < shares.length - 1 && left >= shares[code][arm]) left -= shares[code++][arm];
      codes[row] = code;
    }
    return codes;
  });
  const arms = Array.from({ length: rows }, (_, row) => (row < SIZES[1] ? 1 : 0));
  const schools = Int32Array.from(arms, (arm) => 20_000 * arm + random.integer(SCHOOLS[arm]));
  const kept = Array.from({ length: outcomes }, (_, i) => {
    const shares = [0.6 + 0.02 * i, 0.64 + 0.02 * i];
    return Int32Array.from(arms, (arm) => Number(random.uniform() < shares[arm]));
  });
  const keptNames = kept.map((_, i) => `kept_${i + 1}`);
  const engine = await Engine.open();
  const columns = NAMES.map((name) => `${name} INTEGER`).join(", ");
  const others = ["place", "school", ...keptNames].map((name) => `${name} INTEGER`).join(", ");
  await engine.run(`CREATE TABLE pool (${columns}, ${others})`);
  const places = Int32Array.from({ length: rows }, (_, row) => row);
  await engine.appendWholes("pool", [...arrays, places, schools, ...kept], rows);
  const texts = NAMES.map(
    (name) =>
      `[${levelsOf(name)
        .map((level) => `'${level}'`)
        .join(", ")}][${name} + 1] AS ${name}`,
  );
  await engine.run(
    `COPY (SELECT 'T' || (1000000 + place) AS teacher, place < ${SIZES[1]} AS programme, 'S' || school AS school, 1.0::DOUBLE AS stayed, ${[...texts, ...keptNames.map((name) => `${name} = 1 AS ${name}`)].join(", ")} FROM pool)
     TO ${quotePath(path)} (FORMAT parquet)`,
  );
  engine.close();
}
