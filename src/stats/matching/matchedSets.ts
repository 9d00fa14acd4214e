/** A treated row and the controls it is matched with, perhaps none. */
export interface MatchedSet {
  readonly treated: number;
  readonly controls: Int32Array;
}

/**
 * 1 for a treated row with controls. A control has the sum over its sets of 1/(controls in the set), times the factor that
 * makes the weights of the controls used 1 on average. Else 0.
 */
export function matchingWeights(sets: readonly MatchedSet[], rows: number): Float64Array {
  const weights = new Float64Array(rows);
  let matched = 0;
  const used = new Set<number>();
  for (const { treated, controls } of sets) {
    if (controls.length === 0) continue;
    weights[treated] = 1;
    matched++;
    for (const row of controls) {
      weights[row] += 1 / controls.length;
      used.add(row);
    }
  }
  for (const row of used) weights[row] *= used.size / matched;
  return weights;
}

/** Number of the set per row, counted from 0 over the treated rows with controls in the order of the sets; −1 for none. */
export function setNumbers(sets: readonly MatchedSet[], rows: number): Int32Array {
  const numbers = new Int32Array(rows).fill(-1);
  let next = 0;
  for (const { treated, controls } of sets) {
    if (controls.length === 0) continue;
    numbers[treated] = next;
    for (const row of controls) numbers[row] = next;
    next++;
  }
  return numbers;
}
