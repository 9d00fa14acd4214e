import { Matrix } from "./matrix.ts";
import { symmetricEigen } from "./symmetricEigen.ts";

/** Places and weights of a sum that stands for an integral. */
export interface QuadratureRule {
  /** Ascending, symmetric about 0. */
  readonly nodes: Float64Array;
  /** One per node. */
  readonly weights: Float64Array;
}

/**
 * Gauss-Hermite quadrature for a standard normal variable: Σₖ wₖ f(zₖ) is the mean of f(Z), exact for polynomials of degree
 * up to 2·count − 1.
 *
 * The nodes are eigenvalues of the symmetric matrix with √1, √2, … beside its diagonal, polished by Newton's method on the
 * orthonormal Hermite polynomial; wₖ = 1/(count · h²) with h that polynomial's predecessor at the node.
 *
 * @param count  A whole number from 1 to 200.
 * @throws RangeError  it is not.
 *
 * Source: Golub and Welsch (1969), Mathematics of Computation 23(106).
 */
export function gaussHermite(count: number): QuadratureRule {
  if (!(Number.isInteger(count) && count >= 1 && count <= 200)) {
    throw new RangeError(`quadrature needs a whole number of points from 1 to 200, not ${count}`);
  }
  const jacobi = new Matrix(count, count);
  for (let i = 1; i < count; i++) {
    jacobi.set(i, i - 1, Math.sqrt(i));
    jacobi.set(i - 1, i, Math.sqrt(i));
  }
  const nodes = symmetricEigen(jacobi).values.sort();
  const weights = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    for (let step = 0; step < 3; step++) {
      const { own, before } = hermite(nodes[k], count);
      nodes[k] -= own / (Math.sqrt(count) * before);
    }
    weights[k] = 1 / (count * hermite(nodes[k], count).before ** 2);
  }
  // Symmetry to the last bit: odd functions integrate to 0.
  for (let k = 0; 2 * k < count; k++) {
    const other = count - 1 - k;
    const node = (nodes[other] - nodes[k]) / 2;
    nodes[k] = -node;
    nodes[other] = node;
    weights[k] = weights[other] = (weights[k] + weights[other]) / 2;
  }
  return { nodes, weights };
}

/** The orthonormal Hermite polynomials of degree `count` and one below it. */
function hermite(x: number, count: number): { own: number; before: number } {
  let before = 0;
  let own = 1;
  for (let degree = 1; degree <= count; degree++) {
    const next = (x * own - Math.sqrt(degree - 1) * before) / Math.sqrt(degree);
    before = own;
    own = next;
  }
  return { own, before };
}
