import type { CodeColumn, Column } from "#table";

/** People of a census and where their yearly rows are. */
export interface Census {
  /** How many people. */
  readonly people: number;
  readonly rows: number;
  /** Row → person. Rows without an identity have −1 and take no part. */
  readonly personOf: Int32Array;
  /** Rows of person p are `order[start[p]] … order[start[p + 1] − 1]`, in the order of the file. */
  readonly start: Int32Array;
  readonly order: Int32Array;
  readonly identity: (person: number) => string;
}

/** The rows of one person, in the order of the file. */
export const rowsOfPerson = ({ order, start }: Census, person: number): readonly number[] =>
  Array.from(order.subarray(start[person]!, start[person + 1]!));

/** Puts the rows of each person together, by counting. */
export function indexCensus(identity: Column): Census {
  const { codes, levels } = identity.kind === "code" ? identity : codesOfNumbers(identity.values);
  const people = levels.length;
  const start = new Int32Array(people + 1);
  for (const code of codes) if (code >= 0) start[code + 1]!++;
  for (let p = 0; p < people; p++) start[p + 1]! += start[p]!;
  const order = new Int32Array(start[people]!);
  const next = start.slice(0, people);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code >= 0) order[next[code]!++] = row;
  }
  return { people, rows: codes.length, personOf: codes, start, order, identity: (person) => levels[person]! };
}

function codesOfNumbers(values: Float64Array): Pick<CodeColumn, "codes" | "levels"> {
  const places = new Map<number, number>();
  const codes = Int32Array.from(values, (value) => {
    if (Number.isNaN(value)) return -1;
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    return place;
  });
  return { codes, levels: [...places.keys()].map(String) };
}
