import { identity, Matrix, multiply, solveLinear, transpose, transposeMultiply } from "#math";
import { kaiserNormalised, scaleRows } from "./kaiserNormalised.ts";
import type { Rotation, RotationStop } from "./rotation.ts";
import { varimax } from "./varimax.ts";

/**
 * Promax: the varimax solution is drawn towards its own loadings raised to a power (signs kept), which makes small ones
 * vanish; the factors may correlate.
 *
 *     U = (L′L)⁻¹L′Q with qᵢⱼ = lᵢⱼ·|lᵢⱼ|^(power − 1), its columns scaled so that diag (U′U)⁻¹ = 1;  Φ = (U′U)⁻¹
 *
 * All of it works on rows scaled to length 1, scaled back at the end.
 *
 * @returns undefined when the varimax loadings are of less than full rank.
 *
 * Source: Hendrickson and White (1964), British Journal of Statistical Psychology 17; with Kaiser's normalisation as in
 * SAS and psych's `kaiser`.
 */
export function promax(loadings: Matrix, power: number, stop: RotationStop = "exact"): Rotation | undefined {
  const { scaled, lengths } = kaiserNormalised(loadings);
  const start = varimax(scaled, false, stop);
  const target = new Matrix(loadings.rows, loadings.columns);
  for (let i = 0; i < target.data.length; i++) {
    const own = start.loadings.data[i];
    target.data[i] = own * Math.abs(own) ** (power - 1);
  }
  const square = transposeMultiply(start.loadings, start.loadings);
  const turn = solveLinear(square, transposeMultiply(start.loadings, target));
  if (turn === undefined) return undefined;
  const inverse = solveLinear(transposeMultiply(turn, turn), identity(turn.columns));
  if (inverse === undefined) return undefined;
  for (let j = 0; j < turn.columns; j++) {
    const factor = Math.sqrt(inverse.get(j, j));
    const column = turn.column(j);
    for (let i = 0; i < column.length; i++) column[i] *= factor;
  }
  const back = solveLinear(turn, identity(turn.columns));
  if (back === undefined) return undefined;
  return {
    loadings: scaleRows(multiply(start.loadings, turn), lengths),
    factorCorrelations: multiply(back, transpose(back)),
    steps: start.steps,
    stopped: start.stopped,
  };
}
