/** A number that must be finite is not: a caller's mistake. */
export class NotFinite extends Error {
  override readonly name = "NotFinite";
}

/**
 * @param rows  Places that must be finite; all when left out.
 * @throws NotFinite  naming what holds it, and where.
 */
export function checkFinite(what: string, values: ArrayLike<number>, rows?: Int32Array): void {
  const n = rows?.length ?? values.length;
  for (let i = 0; i < n; i++) {
    const place = rows === undefined ? i : rows[i];
    if (!Number.isFinite(values[place])) {
      throw new NotFinite(`${what} is ${values[place]} in row ${place}: a finite number is needed`);
    }
  }
}
