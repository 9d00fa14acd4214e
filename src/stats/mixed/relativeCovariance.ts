import type { RandomEffects } from "./randomEffects.ts";
import type { RandomStructure } from "./randomStructure.ts";

/** What lme4 calls the parameters: `group.column` on the diagonal of Λ, `group.row.column` below it. */
export function thetaNames(effects: readonly RandomEffects[]): string[] {
  return effects.flatMap(({ group, columns }) =>
    columns.flatMap((column, l) =>
      columns.slice(l).map((row, below) => (below === 0 ? `${group}.${column}` : `${group}.${row}.${column}`)),
    ),
  );
}

/**
 * The terms with their columns divided by their root mean square (so that a search may start anywhere at 1) and, where
 * given, every row multiplied by the root of its weight.
 */
export function scaledEffects(
  effects: readonly RandomEffects[],
  root?: Float64Array,
): { readonly effects: RandomEffects[]; readonly size: readonly Float64Array[] } {
  const size = effects.map(({ z }) =>
    Float64Array.from(z, (column) => {
      let squares = 0;
      for (let i = 0; i < column.length; i++) squares += column[i] * column[i];
      return squares > 0 ? Math.sqrt(squares / column.length) : 1;
    }),
  );
  const scaled = effects.map((own, t) => ({
    ...own,
    z: own.z.map((column, c) => {
      const by = 1 / size[t][c];
      return root === undefined ? column.map((value) => value * by) : column.map((value, i) => value * by * root[i]);
    }),
  }));
  return { effects: scaled, size };
}

/** What turns θ of scaled columns into θ of the columns themselves. */
export function thetaScale(structure: RandomStructure, size: readonly Float64Array[]): Float64Array {
  const scale: number[] = [];
  for (const [t, { width }] of structure.terms.entries()) {
    for (let c = 0; c < width; c++) for (let k = c; k < width; k++) scale.push(1 / size[t][k]);
  }
  return Float64Array.from(scale);
}

/** θ with no negative diagonal: turning the sign of a column of Λ leaves ΛΛᵀ as it is. */
export function canonicalTheta(structure: RandomStructure, theta: Float64Array): Float64Array {
  const result = theta.slice();
  for (const { width, thetaOffset } of structure.terms) {
    for (let c = 0, at = thetaOffset; c < width; at += width - c, c++) {
      if (result[at] < 0) for (let k = at; k < at + width - c; k++) result[k] = -result[k];
    }
  }
  return result.map((value) => value + 0);
}
