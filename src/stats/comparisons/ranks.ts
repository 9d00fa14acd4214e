/** Ranks from 1, equal values sharing the mean of theirs, and Σ(t³ − t) over the groups of t equal values. */
export interface Ranks {
  readonly ranks: Float64Array;
  readonly tieSum: number;
}

/** @param values  Numbers, none of them NaN. */
export function midRanks(values: Float64Array): Ranks {
  const order = Int32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  let tieSum = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]] === values[order[from]]) to++;
    for (let place = from; place <= to; place++) ranks[order[place]] = (from + to) / 2 + 1;
    const t = to - from + 1;
    tieSum += t ** 3 - t;
    from = to + 1;
  }
  return { ranks, tieSum };
}
