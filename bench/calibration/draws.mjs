// What the worlds of the studies are drawn from.

/** n standard normal numbers times `sd`. */
export function normals(random, n, sd = 1) {
  return Float64Array.from({ length: n }, () => sd * random.normal());
}

/** 1 with the chance given, else 0. */
export function happens(random, chance) {
  return Number(random.uniform() < chance);
}

/** 1/(1 + e^−η). */
export function logistic(eta) {
  return 1 / (1 + Math.exp(-eta));
}

/** Mean of some numbers, or of those at the places given. */
export function meanOf(values, places) {
  let sum = 0;
  if (places === undefined) {
    for (let i = 0; i < values.length; i++) sum += values[i];
    return sum / values.length;
  }
  for (const place of places) sum += values[place];
  return sum / places.length;
}

/** Members of groups of the sizes given: for each member the number of its group, from `first`. */
export function members(sizes, first = 0) {
  return Int32Array.from(sizes.flatMap((size, group) => new Array(size).fill(first + group)));
}

/**
 * As many whole numbers of 1 or more as asked for, as uneven as an exponential distribution (SD as large as the mean), that
 * sum to `total`: quantiles of that distribution, the largest taking up the rounding.
 */
export function unevenSizes(count, total) {
  const mean = total / count;
  const sizes = Array.from({ length: count }, (_, i) =>
    Math.max(1, Math.round(-mean * Math.log(1 - (i + 0.5) / count))),
  );
  sizes[count - 1] += total - sizes.reduce((sum, size) => sum + size, 0);
  return sizes;
}
