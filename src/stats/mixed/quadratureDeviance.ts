import { type Evaluation, gaussHermite } from "#math";
import type { ConditionalModes, ModePoint } from "./conditionalModes.ts";

/**
 * −2 ln of the likelihood of a model with one random coefficient per group, integrated by adaptive Gauss-Hermite
 * quadrature: nodes uₖ = û + zₖ·A^−½ around each group's mode,
 *
 *     ln L_g = −½ ln A + ln Σₖ wₖ·exp(zₖ²/2 + ℓ_g(uₖ) − uₖ²/2),
 *
 * without the binomial constant, and its exact slope in (θ, γ), the movement of the nodes included. One node is Laplace's
 * method.
 *
 * Source: Pinheiro and Chao (2006), Journal of Computational and Graphical Statistics 15(1).
 */
export class QuadratureDeviance {
  readonly #nodes: Float64Array;
  readonly #logWeights: Float64Array;
  readonly #modes: ConditionalModes;
  /** Rows ordered by group: those of group g are `order[start[g] … start[g + 1] − 1]`. */
  readonly #order: Int32Array;
  readonly #start: Int32Array;

  constructor(modes: ConditionalModes, points: number) {
    const { nodes, weights } = gaussHermite(points);
    this.#nodes = nodes;
    this.#logWeights = weights.map((weight, k) => Math.log(weight) + (nodes[k] * nodes[k]) / 2);
    this.#modes = modes;
    const { codes, levels } = modes.structure.effects[0];
    const start = new Int32Array(levels.length + 1);
    for (const code of codes) start[code + 1]++;
    for (let g = 0; g < levels.length; g++) start[g + 1] += start[g];
    const next = start.slice();
    this.#order = new Int32Array(codes.length);
    for (let i = 0; i < codes.length; i++) this.#order[next[codes[i]]++] = i;
    this.#start = start;
  }

  /** @param point  The modes found last. */
  at(point: ModePoint): Evaluation {
    const { structure, likelihood, products } = this.#modes;
    const z = structure.effects[0].z[0];
    const lambda = point.lambda[0][0];
    const { u, eta, score, observed, expected, expectedSlope } = point;
    const nodes = this.#nodes;
    const count = nodes.length;
    const order = this.#order;
    const byRow = new Float64Array(structure.rows);
    let value = 0;
    let slope = 0;
    for (let g = 0; g < u.length; g++) {
      const from = this.#start[g];
      const size = this.#start[g + 1] - from;
      let a = 1;
      let aObserved = 1;
      let pull = 0;
      let squares = 0;
      let crossObserved = 0;
      let scoreSum = 0;
      for (let m = 0; m < size; m++) {
        const i = order[from + m];
        const square = z[i] * z[i];
        squares += square * expected[i];
        crossObserved += square * observed[i];
        pull += square * z[i] * expectedSlope[i];
        scoreSum += z[i] * score[i];
      }
      a += lambda * lambda * squares;
      aObserved += lambda * lambda * crossObserved;
      const width = 1 / Math.sqrt(a);

      const scores = new Float64Array(count * size);
      const exponents = new Float64Array(count);
      for (let k = 0; k < count; k++) {
        const step = nodes[k] * width;
        const own = u[g] + step;
        let sum = this.#logWeights[k] - (own * own) / 2;
        for (let m = 0; m < size; m++) {
          const i = order[from + m];
          const one = likelihood.one(i, eta[i] + lambda * step * z[i]);
          sum += one.logLik;
          scores[k * size + m] = one.score;
        }
        exponents[k] = sum;
      }
      const most = exponents.reduce((largest, own) => Math.max(largest, own), Number.NEGATIVE_INFINITY);
      let total = 0;
      for (let k = 0; k < count; k++) total += Math.exp(exponents[k] - most);
      value += Math.log(a) - 2 * (most + Math.log(total));

      // Shares of the nodes, and the slope along u at them.
      let alongMode = 0;
      let alongWidth = 0;
      let direct = 0;
      const mean = new Float64Array(size);
      for (let k = 0; k < count; k++) {
        const share = Math.exp(exponents[k] - most) / total;
        const own = u[g] + nodes[k] * width;
        let sum = 0;
        for (let m = 0; m < size; m++) {
          const one = scores[k * size + m];
          mean[m] += share * one;
          sum += z[order[from + m]] * one;
        }
        const along = lambda * sum - own;
        alongMode += share * along;
        alongWidth += share * nodes[k] * along;
        direct += share * own * sum;
      }
      const byA = -0.5 * width * width * (1 + alongWidth * width);
      const byMode = alongMode + byA * lambda ** 3 * pull;
      for (let m = 0; m < size; m++) {
        const i = order[from + m];
        byRow[i] =
          mean[m] +
          byA * lambda * lambda * z[i] * z[i] * expectedSlope[i] -
          (byMode * lambda * z[i] * observed[i]) / aObserved;
      }
      slope +=
        direct +
        byA * (2 * lambda * squares + lambda * lambda * u[g] * pull) +
        (byMode * (scoreSum - lambda * u[g] * crossObserved)) / aObserved;
    }
    const fixed = products.transposedTimes(byRow);
    const gradient = new Float64Array(1 + fixed.length);
    gradient[0] = -2 * slope;
    for (let j = 0; j < fixed.length; j++) gradient[j + 1] = -2 * fixed[j];
    return { value, gradient };
  }
}
