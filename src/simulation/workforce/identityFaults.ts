import { printDate } from "#domain";
import type { RandomStream } from "#math";
import { FORENAMES, NICKNAMES, SURNAMES } from "./names.ts";

/** A person as the census knows them. */
export interface Identity {
  readonly teacherNumber: number;
  readonly surname: string;
  /** The surname before or after a change, where there was one. */
  readonly otherSurname?: string;
  readonly forename: string;
  /** Days since 1970. */
  readonly birth: number;
}

/** The same person as a school's office wrote them down. */
export interface WrittenIdentity {
  readonly trn: string;
  readonly surname: string;
  readonly forename: string;
  readonly birth_date: string;
  /** `field:kind` of each fault; how something is written, upper case say, is no fault. */
  readonly faults: readonly string[];
}

const IDENTITY_FIELDS = ["trn", "surname", "forename", "birth_date"] as const;
type Field = (typeof IDENTITY_FIELDS)[number];

const FAULT_RATE = 0.05;
/** Share of records with two faults besides. */
const DOUBLE_RATE = 0.02;

/** Every kind of fault, by field. */
export const IDENTITY_FAULTS = {
  trn: ["exchanged digits", "wrong digit", "missing"],
  surname: ["other surname", "wrong letter", "half of a double name"],
  forename: ["nickname", "initial", "wrong letter"],
  birth_date: ["day and month exchanged", "wrong year", "wrong day"],
} as const;

/**
 * Writes a person down as returns do: each field wrong with chance 5%, on its own, and two fields wrong in a further 2% of
 * records; dates in several styles; some names in capitals, without accents or with a space too many.
 */
export function writeIdentity(random: RandomStream, identity: Identity): WrittenIdentity {
  const isWrong = IDENTITY_FIELDS.map(() => random.uniform() < FAULT_RATE);
  if (random.uniform() < DOUBLE_RATE) {
    const first = random.integer(4);
    isWrong[first] = true;
    isWrong[(first + 1 + random.integer(3)) % 4] = true;
  }
  const faults: string[] = [];
  const fault = (field: Field, kind: string) => faults.push(`${field}:${kind}`);
  const trn = isWrong[0] ? wrongNumber(random, identity, fault) : String(identity.teacherNumber);
  const surname = isWrong[1] ? wrongSurname(random, identity, fault) : identity.surname;
  const forename = isWrong[2] ? wrongForename(random, identity, fault) : identity.forename;
  const birth = isWrong[3] ? wrongBirth(random, identity, fault) : partsOf(identity.birth);
  return {
    trn,
    ...styled(random, surname, forename),
    birth_date: dateText(random, birth),
    faults,
  };
}

type Say = (field: Field, kind: string) => void;

function wrongNumber(random: RandomStream, { teacherNumber }: Identity, say: Say): string {
  const digits = [...String(teacherNumber)];
  const u = random.uniform();
  const at = random.integer(6);
  if (u < 0.2) {
    say("trn", "missing");
    return "";
  }
  if (u < 0.65 && digits[at] !== digits[at + 1] && (at > 0 || digits[1] !== "0")) {
    say("trn", "exchanged digits");
    [digits[at], digits[at + 1]] = [digits[at + 1], digits[at]];
  } else {
    say("trn", "wrong digit");
    digits[at + 1] = String((Number(digits[at + 1]) + 1 + random.integer(9)) % 10);
  }
  return digits.join("");
}

function wrongSurname(random: RandomStream, { surname, otherSurname }: Identity, say: Say): string {
  const u = random.uniform();
  if (surname.includes("-") && u < 0.4) {
    say("surname", "half of a double name");
    return surname.split("-")[random.integer(2)];
  }
  if (u < 0.5) {
    say("surname", "other surname");
    return otherSurname ?? SURNAMES[random.integer(900)];
  }
  say("surname", "wrong letter");
  return misspell(random, surname);
}

function wrongForename(random: RandomStream, { forename }: Identity, say: Say): string {
  const nicknames = NICKNAMES[forename];
  if (nicknames !== undefined && random.uniform() < 0.7) {
    say("forename", "nickname");
    return nicknames[random.integer(nicknames.length)];
  }
  if (random.uniform() < 0.45) {
    say("forename", "initial");
    return forename.slice(0, 1);
  }
  say("forename", "wrong letter");
  return misspell(random, forename);
}

/** One letter left out, doubled, or changed with its neighbour. */
function misspell(random: RandomStream, name: string): string {
  const at = 1 + random.integer(name.length - 2);
  const how = random.integer(3);
  if (how === 0 || (how === 2 && name[at] === name[at + 1])) return name.slice(0, at) + name.slice(at + 1);
  if (how === 1) return name.slice(0, at) + name[at] + name.slice(at);
  return name.slice(0, at) + name[at + 1] + name[at] + name.slice(at + 2);
}

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function partsOf(days: number): Parts {
  const [year, month, day] = printDate(days).split("-").map(Number);
  return { year, month, day };
}

function wrongBirth(random: RandomStream, { birth }: Identity, say: Say): Parts {
  const parts = partsOf(birth);
  const u = random.uniform();
  if (parts.day <= 12 && parts.day !== parts.month && u < 0.6) {
    say("birth_date", "day and month exchanged");
    return { year: parts.year, month: parts.day, day: parts.month };
  }
  if (u < 0.8) {
    say("birth_date", "wrong year");
    return { ...parts, day: Math.min(28, parts.day), year: parts.year + [-10, -1, 1, 10][random.integer(4)] };
  }
  say("birth_date", "wrong day");
  return { ...parts, day: 1 + ((parts.day + random.integer(27)) % 28) };
}

const MONTHS = "January February March April May June July August September October November December".split(" ");

/** 03/04/1980, 3.4.80, 1980-04-03, 3 April 1980, 3-Apr-80. */
function dateText(random: RandomStream, { year, month, day }: Parts): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const u = random.uniform();
  if (u < 0.62) return `${two(day)}/${two(month)}/${year}`;
  if (u < 0.72) return `${day}.${month}.${two(year % 100)}`;
  if (u < 0.84) return `${year}-${two(month)}-${two(day)}`;
  if (u < 0.94) return `${day} ${MONTHS[month - 1]} ${year}`;
  return `${day}-${MONTHS[month - 1].slice(0, 3)}-${two(year % 100)}`;
}

const withoutAccents = (name: string): string => name.normalize("NFD").replaceAll(/\p{Mn}/gu, "");

/** How names are written: as they are, in capitals, without accents or hyphens, with a middle initial or a space too many. */
function styled(random: RandomStream, surname: string, forename: string): { surname: string; forename: string } {
  const u = random.uniform();
  let [s, f] = [surname, forename];
  if (random.uniform() < 0.5) [s, f] = [withoutAccents(s), withoutAccents(f)];
  if (random.uniform() < 0.4) [s, f] = [s.replaceAll("-", " "), f.replaceAll("-", " ")];
  if (u < 0.06) s = s.toUpperCase();
  else if (u < 0.08) [s, f] = [s.toUpperCase(), f.toUpperCase()];
  else if (u < 0.1) [s, f] = [s.toLowerCase(), f.toLowerCase()];
  else if (u < 0.13) f = `${f} ${FORENAMES[random.integer(FORENAMES.length)].slice(0, 1)}`;
  if (random.uniform() < 0.25) [s, f] = [s.replaceAll(" ", "  "), f.replaceAll(" ", "  ")];
  return { surname: s, forename: f };
}
