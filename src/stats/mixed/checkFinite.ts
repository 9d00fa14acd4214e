/** A number that must be finite is not: a caller's mistake. */
export class NotFinite extends Error {
  override readonly name = "NotFinite";
}

/** @throws NotFinite  naming what holds it, and where. */
export function checkFinite(what: string, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new NotFinite(`${what} holds ${values[i]} at place ${i}`);
  }
}
