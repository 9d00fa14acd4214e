import { type Items, type Matrix, type ModelData, type NotEstimable, numbersOf } from "#stats";

export function itemsOf(data: ModelData, names: readonly string[]): Items {
  return { names, columns: names.map((name) => numbersOf(data, name)) };
}

export const byName = (names: readonly string[], values: ArrayLike<number>): Record<string, number> =>
  Object.fromEntries(names.map((name, i) => [name, values[i]]));

/** A matrix as an object of rows, each an object of columns. */
export function byRow(
  matrix: Matrix,
  rows: readonly string[],
  columns: readonly string[],
): Record<string, Record<string, number>> {
  return Object.fromEntries(
    rows.map((row, i) => [row, Object.fromEntries(columns.map((column, j) => [column, matrix.get(i, j)]))]),
  );
}

/**
 * A result that must be there.
 * @throws Error  with the reason when the data cannot give it.
 */
export function estimated<T extends { readonly state: "estimated" }>(found: T | NotEstimable): T {
  if (found.state === "not estimable") throw new Error(`not estimable: ${found.reason}`);
  return found;
}
