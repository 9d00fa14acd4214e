import { type Column, type Frame, isMissing } from "#table";

/** Keys up to this stay exact as one number. */
const LARGEST_KEY = 2 ** 53;

/** For each row of two frames one number that is equal exactly when all the named columns are. */
export interface MeetingKeys {
  /** −1 where a value is missing, or is nowhere in that column of the other frame: it meets none of its rows. */
  readonly ours: Float64Array;
  /** −1 where a value is missing: a missing key never meets another. */
  readonly theirs: Float64Array;
}

/**
 * Keys by which rows of two frames meet. Text meets by its value, each level being looked up once however many rows have
 * it; a code column and a number never meet.
 */
export function meetingKeys(ours: Frame, theirs: Frame, names: readonly string[]): MeetingKeys {
  let own = new Float64Array(ours.rows);
  let other = new Float64Array(theirs.rows);
  let size = 1;
  for (const name of names) {
    const meeting = numbered(ours.columns.get(name)!, theirs.columns.get(name)!);
    if (size * meeting.size > LARGEST_KEY) ({ own, other, size } = packed(own, other));
    for (let row = 0; row < own.length; row++)
      own[row] = own[row]! < 0 || meeting.ours[row]! < 0 ? -1 : own[row]! * meeting.size + meeting.ours[row]!;
    for (let row = 0; row < other.length; row++)
      other[row] = other[row]! < 0 || meeting.theirs[row]! < 0 ? -1 : other[row]! * meeting.size + meeting.theirs[row]!;
    size *= meeting.size;
  }
  return { ours: own, theirs: other };
}

/** The values of two columns numbered alike, from those the other frame has. */
function numbered(ours: Column, theirs: Column): { ours: Int32Array; theirs: Int32Array; size: number } {
  if (ours.kind === "code" && theirs.kind === "code") {
    const place = new Map(theirs.levels.map((level, code) => [level, code]));
    const translation = ours === theirs ? undefined : ours.levels.map((level) => place.get(level) ?? -1);
    const codes =
      translation === undefined ? ours.codes : ours.codes.map((code) => (code < 0 ? -1 : translation[code]!));
    return { ours: codes, theirs: theirs.codes, size: theirs.levels.length + 1 };
  }
  const place = new Map<string | number, number>();
  const valueAt = (column: Column, row: number): string | number =>
    column.kind === "number" ? column.values[row]! : column.levels[column.codes[row]!]!;
  const numbersOf = (column: Column, isNew: boolean): Int32Array => {
    const rows = column.kind === "number" ? column.values.length : column.codes.length;
    const numbers = new Int32Array(rows).fill(-1);
    for (let row = 0; row < rows; row++) {
      if (isMissing(column, row)) continue;
      const value = valueAt(column, row);
      const known = place.get(value);
      if (known !== undefined) numbers[row] = known;
      else if (isNew) {
        numbers[row] = place.size;
        place.set(value, place.size);
      }
    }
    return numbers;
  };
  const other = numbersOf(theirs, true);
  return { ours: numbersOf(ours, false), theirs: other, size: place.size + 1 };
}

/** The same keys as small numbers in a row. */
function packed(
  own: Float64Array,
  other: Float64Array,
): { own: Float64Array<ArrayBuffer>; other: Float64Array<ArrayBuffer>; size: number } {
  const place = new Map<number, number>();
  const packedOther = other.map((key) => {
    if (key < 0) return -1;
    const known = place.get(key) ?? place.size;
    place.set(key, known);
    return known;
  });
  return { own: own.map((key) => (key < 0 ? -1 : (place.get(key) ?? -1))), other: packedOther, size: place.size + 1 };
}
