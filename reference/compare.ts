/** How far a result may be from what is expected: one number, or a default and exceptions by name. */
export type Tolerance = number | Readonly<Record<string, number>>;

/** The worst number of a case, as a multiple of nothing: its own relative error beside what it was allowed. */
export interface Comparison {
  readonly compared: number;
  /** Largest relative error over its tolerance; above 1 fails. */
  readonly worstShare: number;
  readonly worstError: number;
  readonly worstPath: string;
  /** Keys that are missing, of another kind, or a value where none is defined. */
  readonly faults: readonly string[];
}

/** Tolerances from here on mean "not compared". */
const NOT_COMPARED = 1e6;

/**
 * Compares a result with the expected one, key by key. The error of a number is |own − expected| over the larger of
 * |expected| and a thousandth of the largest number in the same object. Keys of the result that are not expected are left.
 */
export function compare(result: unknown, expected: unknown, tolerance: Tolerance): Comparison {
  const state = { compared: 0, worstShare: 0, worstError: 0, worstPath: "", faults: [] as string[] };
  walk(result, expected, [], 0);
  return state;

  function walk(own: unknown, wanted: unknown, path: readonly string[], largest: number): void {
    const allowed = allowedAt(tolerance, path);
    if (allowed >= NOT_COMPARED || path.at(-1) === "note") return;
    const say = (what: string) => state.faults.push(`${path.join(".")}: ${what}`);
    if (wanted === null) {
      state.compared++;
      if (own !== null) say(`not defined is expected, found ${brief(own)}`);
    } else if (typeof wanted === "number") {
      state.compared++;
      if (typeof own !== "number") say(`${wanted} is expected, found ${brief(own)}`);
      else
        record(Math.abs(own - wanted) / Math.max(Math.abs(wanted), 0.001 * largest, Number.MIN_VALUE), allowed, path);
    } else if (typeof wanted === "object") {
      if (typeof own !== "object" || own === null || Array.isArray(own) !== Array.isArray(wanted)) {
        say(`${Array.isArray(wanted) ? "a list" : "an object"} is expected, found ${brief(own)}`);
        return;
      }
      if (Array.isArray(wanted) && wanted.length !== (own as unknown[]).length) {
        say(`${wanted.length} entries are expected, found ${(own as unknown[]).length}`);
        return;
      }
      const numbers = Object.values(wanted as object).filter((value) => typeof value === "number");
      const largestHere = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      for (const [key, value] of Object.entries(wanted as object)) {
        walk((own as Record<string, unknown>)[key], value, [...path, key], largestHere);
      }
    } else if (own !== wanted) say(`${brief(wanted)} is expected, found ${brief(own)}`);
  }

  function record(error: number, allowed: number, path: readonly string[]): void {
    const share = error === 0 ? 0 : Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / allowed;
    if (share < state.worstShare) return;
    state.worstShare = share;
    state.worstError = error;
    state.worstPath = path.join(".");
  }
}

/**
 * The tolerance that governs a place: that of the deepest segment of the path that a name equals, or starts with (names of
 * four letters or more); of several names for one segment the equal one, then the longest.
 */
function allowedAt(tolerance: Tolerance, path: readonly string[]): number {
  if (typeof tolerance === "number") return tolerance;
  for (const segment of path.toReversed()) {
    const whole = tolerance[segment];
    if (segment !== "default" && whole !== undefined) return whole;
    const [longest] = Object.keys(tolerance)
      .filter((name) => name.length >= 4 && name !== "default" && segment.startsWith(name))
      .sort((one, other) => other.length - one.length);
    if (longest !== undefined) return tolerance[longest];
  }
  return tolerance.default ?? 0;
}

function brief(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
