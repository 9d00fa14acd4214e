import { Matrix, normalTail } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { checkItems, completeAnswers, type Items } from "../measurement/items.ts";

export type KappaWeights = "none" | "linear" | "quadratic";

export interface CohenKappa {
  readonly state: "estimated";
  readonly kappa: number;
  /** Units coded by both. */
  readonly n: number;
  readonly categories: readonly number[];
  /** Agreement seen and expected by chance, weighted. */
  readonly observed: number;
  readonly expected: number;
  /** Large-sample standard error, and κ ± 1.96 of it. */
  readonly se: number;
  readonly low: number;
  readonly high: number;
  /** κ over its standard error if the two were independent, and the two-sided p; NaN where that error is 0. */
  readonly z: number;
  readonly p: number;
}

const Z_95 = 1.959963984540054;

/**
 * Cohen's kappa of two coders over the units both have coded,
 *
 *     κ = (p_o − p_e)/(1 − p_e),   p_o = Σ w_ij p_ij,   p_e = Σ w_ij p_i· p_·j
 *
 * with w = 1 on the diagonal and elsewhere 0 (`none`), 1 − |i − j|/(c − 1) (`linear`) or 1 − (i − j)²/(c − 1)²
 * (`quadratic`), i and j being places in the order of categories.
 *
 * @param codes       Two columns; NaN for no code.
 * @param categories  All categories in order, so that one nobody used counts for distances; those in use when left out.
 * @returns not estimable when no unit has both codes, or chance agreement is complete (one category).
 * @throws BadItems    see `checkItems`.
 * @throws RangeError  there are not two coders, or a code is in no category given.
 *
 * Source: Cohen (1968), Psychological Bulletin 70(4); standard errors of Fleiss, Cohen and Everitt (1969), Psychological
 * Bulletin 72(5).
 */
export function cohenKappa(
  codes: Items,
  { weights = "none", categories }: { readonly weights?: KappaWeights; readonly categories?: readonly number[] } = {},
): CohenKappa | NotEstimable {
  checkItems(codes);
  if (codes.columns.length !== 2) throw new RangeError(`Cohen's kappa is of two coders, not ${codes.columns.length}`);
  const [first, second] = completeAnswers(codes).columns;
  const n = first.length;
  if (n === 0) return notEstimable("no unit was coded by both");
  const order = categories ?? [...new Set([...first, ...second])].sort((a, b) => a - b);
  const places = new Map(order.map((category, place) => [category, place]));
  const c = order.length;
  const shares = new Matrix(c, c);
  for (let i = 0; i < n; i++) {
    const row = places.get(first[i]);
    const column = places.get(second[i]);
    if (row === undefined || column === undefined) {
      throw new RangeError(`${row === undefined ? first[i] : second[i]} is none of the categories ${order.join(", ")}`);
    }
    shares.set(row, column, shares.get(row, column) + 1 / n);
  }
  const weight = weightsOf(weights, c);
  return statistics(shares, weight, n, order);
}

function weightsOf(kind: KappaWeights, c: number): Matrix {
  const weight = new Matrix(c, c);
  for (let i = 0; i < c; i++) {
    for (let j = 0; j < c; j++) {
      const apart = Math.abs(i - j) / (c - 1);
      weight.set(i, j, i === j ? 1 : kind === "none" ? 0 : kind === "linear" ? 1 - apart : 1 - apart * apart);
    }
  }
  return weight;
}

function statistics(
  shares: Matrix,
  weight: Matrix,
  n: number,
  categories: readonly number[],
): CohenKappa | NotEstimable {
  const c = categories.length;
  const rowShare = new Float64Array(c);
  const columnShare = new Float64Array(c);
  for (let i = 0; i < c; i++) {
    for (let j = 0; j < c; j++) {
      rowShare[i] += shares.get(i, j);
      columnShare[j] += shares.get(i, j);
    }
  }
  // Mean weight a code of one coder has against the codes of the other.
  const rowWeight = new Float64Array(c);
  const columnWeight = new Float64Array(c);
  let observed = 0;
  let expected = 0;
  for (let i = 0; i < c; i++) {
    for (let j = 0; j < c; j++) {
      rowWeight[i] += weight.get(i, j) * columnShare[j];
      columnWeight[j] += weight.get(i, j) * rowShare[i];
      observed += weight.get(i, j) * shares.get(i, j);
      expected += weight.get(i, j) * rowShare[i] * columnShare[j];
    }
  }
  if (!(expected < 1 - 1e-12))
    return notEstimable("both coders used one category only, so chance agreement is complete");
  let underChance = -expected * expected;
  let own = -((observed * expected - 2 * expected + observed) ** 2);
  for (let i = 0; i < c; i++) {
    for (let j = 0; j < c; j++) {
      const sum = rowWeight[i] + columnWeight[j];
      underChance += rowShare[i] * columnShare[j] * (weight.get(i, j) - sum) ** 2;
      own += shares.get(i, j) * (weight.get(i, j) * (1 - expected) - sum * (1 - observed)) ** 2;
    }
  }
  const kappa = (observed - expected) / (1 - expected);
  const se = Math.sqrt(Math.max(own, 0) / n) / (1 - expected) ** 2;
  const chanceSe = Math.sqrt(Math.max(underChance, 0) / n) / (1 - expected);
  const z = chanceSe > 0 ? kappa / chanceSe : Number.NaN;
  return {
    state: "estimated",
    kappa,
    n,
    categories,
    observed,
    expected,
    se,
    low: kappa - Z_95 * se,
    high: kappa + Z_95 * se,
    z,
    p: Number.isNaN(z) ? Number.NaN : 2 * normalTail(Math.abs(z)),
  };
}
