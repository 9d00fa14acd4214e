import { printDate } from "#domain";
import { RandomStream } from "#math";
import type { CodeColumn, Column, Frame } from "#table";

/** A census of invented teachers, and what a provider would return about some of them. */
export interface InventedCensus {
  readonly frame: Frame;
  readonly people: number;
  /** Days over which births are spread. */
  readonly birthDays: number;
  /** Census frame rows of each person lie together; the first of each. */
  readonly firstRow: Int32Array;
}

const SYLLABLES =
  "ba be bo da den dor fa fen gar ha hol kin la len lin mar mor nel nor pa pen ra ren ro sal sher sor ta ten tor wal wen win".split(
    " ",
  );
const FORENAMES =
  "Elizabeth Sarah Robert Michael Katherine James Susan David Margaret Thomas Rebecca William Jennifer Andrew Emma Daniel Laura Peter Helen Mohammed Priya Zofia José Anne-Marie Siobhán Kwame Yusuf Ingrid Fatima Chloe Olivia Jack Harry Amelia George Charlotte Alexander Samantha Christopher Victoria Nicholas Patricia Stephen Deborah Matthew Rachel Jonathan Amanda Benjamin Hannah".split(
    " ",
  );

/** Surnames of which few are common and most are rare, as surnames are. */
export const SURNAMES: readonly string[] = SYLLABLES.flatMap((a) =>
  SYLLABLES.flatMap((b) => [`${a}${b}`, `${a}${b}ton`, `${a}${b}son`, `O'${a}${b}`]),
).map((name) => name.replace(/(^|')([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase()));

function pickName(random: RandomStream): number {
  // Zipf-like: place k with a density of about 1/(k + 20).
  return Math.min(SURNAMES.length - 1, Math.floor(20 * ((SURNAMES.length / 20 + 1) ** random.uniform() - 1)));
}

/** One column of text from small codes. */
const text = (codes: Int32Array, levels: readonly string[]): CodeColumn => ({
  kind: "code",
  type: "text",
  codes,
  levels,
});

/**
 * Teachers over some years: about a tenth leave each year, one in fifty changes surname, one in ten moves school.
 */
export function inventCensus(options: {
  /** Days over which births are spread: fewer make people harder to tell apart. */
  birthDays?: number;
  people: number;
  years: number;
  seed: number;
  schools?: number;
}): InventedCensus {
  const { people, years, seed, schools = 22_000, birthDays = 15_000 } = options;
  const random = new RandomStream(seed, "invented census");
  const most = people * years;
  const columns = {
    person: new Int32Array(most),
    surname: new Int32Array(most),
    forename: new Int32Array(most),
    urn: new Int32Array(most),
  };
  const year = new Float64Array(most);
  const birth = new Float64Array(most);
  const trn: string[] = [];
  const firstRow = new Int32Array(people);
  let at = 0;
  for (let p = 0; p < people; p++) {
    trn.push(String(((p * 7_919 + 1_000_003) % 9_000_000) + 1_000_000));
    firstRow[p] = at;
    let [surname, urn] = [pickName(random), random.integer(schools)];
    const forename = random.integer(FORENAMES.length);
    const born = Math.floor(-7300 + random.uniform() * birthDays);
    const from = random.integer(years);
    const stays = 1 + random.integer(years);
    for (let y = from; y < Math.min(years, from + stays); y++, at++) {
      if (y > from && random.uniform() < 0.02) surname = pickName(random);
      if (y > from && random.uniform() < 0.1) urn = random.integer(schools);
      columns.person[at] = p;
      columns.surname[at] = surname;
      columns.forename[at] = forename;
      columns.urn[at] = urn;
      year[at] = 2010 + y;
      birth[at] = born;
    }
  }
  const cut = (codes: Int32Array) => codes.slice(0, at);
  const number = (values: Float64Array, type: "date" | "academicYear"): Column => ({
    kind: "number",
    type,
    values: values.slice(0, at),
  });
  const person = cut(columns.person);
  const frame: Frame = {
    rows: at,
    columns: new Map<string, Column>([
      [
        "person_id",
        text(
          person,
          Array.from({ length: people }, (_, p) => `P${p}`),
        ),
      ],
      ["trn", text(person, trn)],
      ["surname", text(cut(columns.surname), SURNAMES)],
      ["forename", text(cut(columns.forename), FORENAMES)],
      ["birth_date", number(birth, "date")],
      [
        "urn",
        text(
          cut(columns.urn),
          Array.from({ length: schools }, (_, s) => String(100_000 + s)),
        ),
      ],
      ["year", number(year, "academicYear")],
    ]),
  };
  return { frame, people, firstRow, birthDays };
}

/** A provider's return: its rows, and who each row really is (−1 for somebody the census does not hold). */
export interface InventedReturn {
  readonly frame: Frame;
  readonly truth: Int32Array;
}

const NICK: Readonly<Record<string, string>> = {
  Elizabeth: "Liz",
  Robert: "Bob",
  Michael: "Mike",
  Katherine: "Kate",
  James: "Jim",
  Susan: "Sue",
  David: "Dave",
  Margaret: "Maggie",
  Thomas: "Tom",
  Rebecca: "Becky",
  William: "Bill",
  Jennifer: "Jen",
  Christopher: "Chris",
  Victoria: "Vicky",
  Nicholas: "Nick",
  Deborah: "Debbie",
};

/**
 * Returns people with the faults of methods.md, section 15: each of number, surname, forename and birth date is faulty
 * in 5% of rows; 2% of rows have two more faulty fields; 3% of people are absent from the census.
 */
export function inventReturn(
  census: InventedCensus,
  options: { people: number; seed: number; faulty?: number; double?: number; absent?: number },
): InventedReturn {
  const { people, seed, faulty = 0.05, double = 0.02, absent = 0.03 } = options;
  const random = new RandomStream(seed, "invented return");
  const { frame } = census;
  const cell = (name: string, row: number): string => {
    const column = frame.columns.get(name) as CodeColumn;
    return column.levels[column.codes[row]!]!;
  };
  const truth = new Int32Array(people);
  const rows: Record<string, string | undefined>[] = [];
  const taken = new Set<number>();
  for (let i = 0; i < people; i++) {
    let person = random.integer(census.people);
    while (taken.has(person)) person = random.integer(census.people);
    taken.add(person);
    const isAbsent = random.uniform() < absent;
    truth[i] = isAbsent ? -1 : person;
    const last = (census.firstRow[person + 1] ?? frame.rows) - census.firstRow[person]!;
    const row = census.firstRow[person]! + random.integer(last);
    const birth = frame.columns.get("birth_date") as Column & { kind: "number" };
    const own: Record<string, string | undefined> = isAbsent
      ? {
          trn: String(1_000_000 + random.integer(9_000_000)),
          surname: SURNAMES[pickName(random)]!,
          forename: FORENAMES[random.integer(FORENAMES.length)]!,
          birth_date: written(Math.floor(-7300 + random.uniform() * census.birthDays), random),
          urn: String(100_000 + random.integer(22_000)),
        }
      : {
          trn: cell("trn", row),
          surname: cell("surname", row),
          forename: cell("forename", row),
          birth_date: written(birth.values[row]!, random),
          urn: cell("urn", row),
        };
    const names = ["trn", "surname", "forename", "birth_date"];
    const wrong = new Set(names.filter(() => random.uniform() < faulty));
    if (random.uniform() < double) for (let k = 0; k < 2; k++) wrong.add(names[random.integer(4)]!);
    for (const name of wrong) own[name] = spoil(name, own[name]!, random);
    rows.push({ mi_row: String(i + 1), ...own });
  }
  const columns = new Map<string, Column>();
  for (const name of ["mi_row", "trn", "surname", "forename", "birth_date", "urn"]) {
    const values = rows.map((row) => row[name]);
    const levels = [...new Set(values.filter((value) => value !== undefined))].sort((a, b) => (a < b ? -1 : 1));
    const place = new Map(levels.map((level, k) => [level, k]));
    columns.set(
      name,
      text(
        Int32Array.from(values, (value) => (value === undefined ? -1 : place.get(value)!)),
        levels,
      ),
    );
  }
  return { frame: { rows: people, columns }, truth };
}

function written(days: number, random: RandomStream): string {
  const [year, month, day] = printDate(days).split("-") as [string, string, string];
  const way = random.integer(4);
  if (way === 0) return `${year}-${month}-${day}`;
  if (way === 1) return `${Number(day)}.${Number(month)}.${year.slice(2)}`;
  return `${day}/${month}/${year}`;
}

function spoil(name: string, value: string, random: RandomStream): string | undefined {
  const slip = (from: string, letters: string): string => {
    const at = random.integer(from.length - 1);
    return random.uniform() < 0.5
      ? from.slice(0, at) + from[at + 1]! + from[at]! + from.slice(at + 2)
      : from.slice(0, at) + letters[random.integer(letters.length)]! + from.slice(at + 1);
  };
  if (name === "trn") return random.uniform() < 0.3 ? undefined : slip(value, "0123456789");
  if (name === "birth_date") {
    const parts = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(value);
    if (random.uniform() < 0.2) return undefined;
    if (parts !== null && random.uniform() < 0.3) return `${parts[2]}/${parts[1]}/${parts[3]}`;
    return slip(value, "0123456789");
  }
  if (name === "surname" && random.uniform() < 0.3) return SURNAMES[pickName(random)]!;
  if (name === "forename" && random.uniform() < 0.5) return NICK[value] ?? value.slice(0, 1);
  return slip(value, "abcdefghijklmnopqrstuvwxyz");
}
