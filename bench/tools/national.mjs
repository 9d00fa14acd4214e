import { RandomStream } from "#stats";

/** Eleven categories with 33 columns besides their reference levels, shares roughly those of a national workforce. */
const FACTORS = {
  sex: [0.74, 0.26],
  age: [0.21, 0.17, 0.16, 0.14, 0.12, 0.11, 0.09],
  role: [0.72, 0.2, 0.06, 0.02],
  hours: [0.79, 0.21],
  experience: [0.24, 0.23, 0.19, 0.18, 0.16],
  phase: [0.48, 0.46, 0.06],
  region: [0.15, 0.14, 0.13, 0.12, 0.11, 0.1, 0.09, 0.09, 0.07],
  ofsted: [0.62, 0.2, 0.12, 0.05, 0.01],
  disadvantage: [0.4, 0.35, 0.25],
  year: [0.5, 0.5],
  type: [0.7, 0.3],
};

/** 436,144 people, 316 of them treated, by a known logistic model; two levels that no treated person has. */
export function nationalWorkforce(rows = 436_144, treatedCount = 316) {
  const random = new RandomStream(7, "national workforce");
  const data = new Map();
  const score = new Float64Array(rows);
  for (const [name, shares] of Object.entries(FACTORS)) {
    const codes = new Int32Array(rows);
    const effects = shares.map(() => 0.6 * random.normal());
    // Nobody of the last region or of the worst grade was treated.
    if (name === "region" || name === "ofsted") effects[shares.length - 1] = -60;
    for (let i = 0; i < rows; i++) {
      let left = random.uniform();
      let code = 0;
      while (code < shares.length - 1 && left >= shares[code]) left -= shares[code++];
      codes[i] = code;
      score[i] += effects[code];
    }
    data.set(name, { kind: "factor", codes, levels: shares.map((_, level) => `${level}`) });
  }
  // Efraimidis and Spirakis: the treated are drawn with chances proportional to exp(score).
  const keys = score.map((own) => -Math.log(random.uniform() + 2 ** -54) / Math.exp(own));
  const bound = Float64Array.from(keys).sort()[treatedCount - 1];
  const treated = keys.map((key) => Number(key <= bound));
  return { data, treated, names: Object.keys(FACTORS) };
}
