/** How many equal clusters carry as much as these: (Σn)² / Σn². 0 without clusters. */
export function effectiveClusters(sizes: ArrayLike<number>): number {
  return kish(sizes);
}

/** How many rows of equal weight carry as much as these: (Σw)² / Σw². 0 without weight. */
export function effectiveSampleSize(weights: ArrayLike<number>): number {
  return kish(weights);
}

function kish(values: ArrayLike<number>): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
    squares += values[i] * values[i];
  }
  return squares === 0 ? 0 : (sum * sum) / squares;
}
