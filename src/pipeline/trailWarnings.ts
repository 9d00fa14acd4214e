import type { Fault } from "#domain";
import { plural } from "#findings";
import type { SourceTrail } from "#sources";

/**
 * What is odd about a file without being a fault: another number of rows than was expected, keys that repeat.
 * @param minimum  Above 0 no key is given as an example.
 */
export function trailWarnings(trail: SourceTrail, minimum: number): readonly Fault[] {
  const found: Fault[] = [];
  const n = (value: number) => value.toLocaleString("en-GB");
  if (trail.expectedRows !== undefined && trail.expectedRows !== trail.rowsInFile) {
    found.push({
      code: "rows-differ",
      severity: "warning",
      message: `${trail.file} holds ${n(trail.rowsInFile)} rows; ${n(trail.expectedRows)} were expected.`,
      suggestion: "Ask the provider which is right; the file was used as it is.",
    });
  }
  if (trail.keyGaps > 0) {
    found.push({
      code: "key-missing",
      severity: "warning",
      message: `${trail.file}: ${plural(trail.keyGaps, "row")} without a value in the key: they are left out, and whoever they are of looks as if they had not been there.`,
      suggestion: "Ask the provider for the missing identities; in a census they count as leaving.",
    });
  }
  const examples = minimum > 0 ? "" : `, for example ${trail.repeatedKeys.examples.slice(0, 3).join(", ")}`;
  if (trail.repeatedKeys.count > 0) {
    found.push({
      code: "key-repeated",
      severity: "warning",
      message: `${trail.file}: ${plural(trail.repeatedKeys.count, "row")} repeat a key${examples}.`,
      suggestion: "Keep one of them with `where`.",
    });
  }
  return found;
}
