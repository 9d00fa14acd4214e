import type { RandomEffects } from "./randomEffects.ts";

/** One random term inside the vector of all random effects. */
export interface TermLayout {
  /** Coefficients per group. */
  readonly width: number;
  readonly groups: number;
  /** Where the term begins among all random effects; group g, coefficient c lies at offset + g·width + c. */
  readonly offset: number;
  /** Where its parameters begin in θ: the lower triangle of its relative covariance factor, column by column. */
  readonly thetaOffset: number;
}

/** Two terms, finer one first, and which of their groups meet in some row. */
export interface Meeting {
  readonly fine: number;
  readonly coarse: number;
  /** Meeting m joins group fineGroup[m] with group coarseGroup[m]. */
  readonly fineGroup: Int32Array;
  readonly coarseGroup: Int32Array;
  /** The meeting of each row. */
  readonly ofRow: Int32Array;
  /** Where, behind the diagonal block in the columns of the finer group, the coarser group's rows begin. */
  readonly rowPlace: Int32Array;
}

/** Which groups of a finer and a coarser term meet in some row, in order of first appearance. */
export function findMeetings(
  effects: readonly RandomEffects[],
  fine: number,
  coarse: number,
): { fineGroup: Int32Array; coarseGroup: Int32Array; ofRow: Int32Array; partnersOf: Int32Array[] } {
  const a = effects[fine];
  const b = effects[coarse];
  const place = new Map<number, number>();
  const fineGroup: number[] = [];
  const coarseGroup: number[] = [];
  const partners: number[][] = a.levels.map(() => []);
  const ofRow = new Int32Array(a.codes.length);
  // Neighbouring rows mostly share their groups.
  let lastKey = -1;
  let last = -1;
  for (let i = 0; i < ofRow.length; i++) {
    const key = a.codes[i] * b.levels.length + b.codes[i];
    if (key !== lastKey) {
      const known = place.get(key);
      if (known === undefined) {
        last = fineGroup.length;
        place.set(key, last);
        fineGroup.push(a.codes[i]);
        coarseGroup.push(b.codes[i]);
        partners[a.codes[i]].push(b.codes[i]);
      } else last = known;
      lastKey = key;
    }
    ofRow[i] = last;
  }
  return {
    fineGroup: Int32Array.from(fineGroup),
    coarseGroup: Int32Array.from(coarseGroup),
    ofRow,
    partnersOf: partners.map((own) => Int32Array.from(own).sort()),
  };
}

/** The lower triangle of A by column, and each meeting's place in it. */
export function sparsePattern(
  terms: readonly TermLayout[],
  partners: readonly Int32Array[][][],
  meetings: readonly Meeting[],
): { columnStart: Int32Array; rowIndex: Int32Array } {
  const starts = [0];
  const rows: number[] = [];
  const places = new Map<string, Map<number, number>>();
  for (const { fine, coarse } of meetings) places.set(`${fine} ${coarse}`, new Map());
  for (const [s, { width, groups, offset }] of terms.entries()) {
    for (let g = 0; g < groups; g++) {
      const first = offset + g * width;
      const below: number[] = [];
      for (let t = s + 1; t < terms.length; t++) {
        const other = terms[t];
        const place = places.get(`${s} ${t}`)!;
        for (const partner of partners[s][t][g]) {
          place.set(g * other.groups + partner, below.length);
          for (let k = 0; k < other.width; k++) below.push(other.offset + partner * other.width + k);
        }
      }
      for (let c = 0; c < width; c++) {
        for (let k = c; k < width; k++) rows.push(first + k);
        for (const row of below) rows.push(row);
        starts.push(rows.length);
      }
    }
  }
  for (const { fine, coarse, fineGroup, coarseGroup, rowPlace } of meetings) {
    const place = places.get(`${fine} ${coarse}`)!;
    const groups = terms[coarse].groups;
    for (let m = 0; m < fineGroup.length; m++) rowPlace[m] = place.get(fineGroup[m] * groups + coarseGroup[m])!;
  }
  return { columnStart: Int32Array.from(starts), rowIndex: Int32Array.from(rows) };
}
