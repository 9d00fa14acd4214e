import type { ColumnRead } from "#expression";
import { BASELINE_YEAR, type UnitDeclaration } from "#protocol";

/** What the designs of one study ask for alike, made once: presets start from the rows of the comparison they vary. */
export class MadeTables {
  readonly #made = new Map<string, Promise<unknown>>();

  /** @param about  All that the answer depends on, beside the study and its files. */
  once<T>(what: string, about: readonly unknown[], make: () => Promise<T>): Promise<T> {
    const key = JSON.stringify([what, ...about]);
    const known = (this.#made.get(key) as Promise<T> | undefined) ?? make();
    this.#made.set(key, known);
    return known;
  }
}

/** What tells a unit apart from another version of it: who it follows, and which columns it has. */
export const unitInKey = ({ id, identity, columns }: UnitDeclaration): readonly unknown[] => [
  id,
  identity,
  columns.map(({ name }) => name),
];

/** What is read of the data, each name and moment once: the baseline year is read of no file. */
export function readsInKey(reads: readonly ColumnRead[]): readonly string[] {
  const delivered = reads.filter(({ name }) => name !== BASELINE_YEAR);
  const texts = new Set(delivered.map(({ name, moment }) => JSON.stringify([name, moment])));
  return [...texts].sort((a, b) => (a < b ? -1 : 1));
}
