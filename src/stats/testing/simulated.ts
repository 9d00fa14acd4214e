import { RandomStream } from "#math";
import type { ModelData } from "../model/index.ts";

/** Invented rows for tests: numbers, a category, clusters, and outcomes of each family. */
export interface SimulatedRows {
  readonly data: ModelData;
  readonly n: number;
  readonly treat: Float64Array;
  readonly cluster: Int32Array;
  readonly yes: Float64Array;
  readonly count: Float64Array;
  readonly score: Float64Array;
  readonly weights: Float64Array;
}

export function simulatedRows(seed: number, n = 120): SimulatedRows {
  const random = new RandomStream(seed, "simulated rows");
  const numbers = (draw: (i: number) => number): Float64Array => Float64Array.from({ length: n }, (_, i) => draw(i));
  const treat = numbers(() => Number(random.uniform() < 0.4));
  const x = numbers(() => random.normal());
  const codes = Int32Array.from({ length: n }, () => random.integer(3));
  const cluster = Int32Array.from({ length: n }, (_, i) => i % Math.max(4, Math.floor(n / 8)));
  const eta = numbers((i) => -0.2 + 0.5 * treat[i] + 0.4 * x[i] + 0.3 * codes[i] * treat[i]);
  const yes = eta.map((own) => Number(random.uniform() < 1 / (1 + Math.exp(-own))));
  const count = eta.map((own) => Math.floor(Math.exp(own) + random.uniform() * 3));
  const score = eta.map((own) => 10 + 3 * own + random.normal());
  const weights = numbers(() => 0.2 + 2 * random.uniform());
  const data: ModelData = new Map([
    ["treat", { kind: "number", values: treat }],
    ["x", { kind: "number", values: x }],
    ["phase", { kind: "factor", codes, levels: ["a", "b", "c"] }],
    ["yes", { kind: "number", values: yes }],
    ["count", { kind: "number", values: count }],
    ["score", { kind: "number", values: score }],
  ]);
  return { data, n, treat, cluster, yes, count, score, weights };
}
