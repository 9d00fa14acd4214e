/** Arrays that should describe the same rows or columns have different lengths: a caller's mistake. */
export class ShapeMismatch extends Error {
  override readonly name = "ShapeMismatch";
}

/** Throws `ShapeMismatch` unless `what` has the length it should have. */
export function checkLength(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new ShapeMismatch(`${what} has length ${actual}, expected ${expected}`);
}
