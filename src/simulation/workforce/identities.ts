import { FIRST_CENSUS } from "./calendar.ts";
import { EVENT } from "./events.ts";
import type { HashedDraws } from "./hashedDraws.ts";
import { FORENAMES, forenameOf, SINGLE_SURNAMES, SURNAMES, surnameOf } from "./names.ts";
import { ages } from "./wholeYears.ts";

/** Multipliers share no factor with the number of numbers, so that no two people have one number. */
const PERSON_NUMBERS = 9_999_991;
const PERSON_STEP = 7_368_787;
const TEACHER_NUMBERS = 8_999_993;
const TEACHER_STEP = 4_736_113;
const LOWEST_TEACHER_NUMBER = 1_000_000;

/** Share of women whose surname changes while they may be teaching, and of people who come to stand under a second identity. */
const SURNAME_CHANGES = 0.34;
const SECOND_IDENTITIES = 0.0008;
const NUMBERS_MISTYPED = 0.0015;

/** Who people are on paper: all of it follows from the seed and the person's key, so nothing need be kept. */
export class Identities {
  readonly #draws: HashedDraws;

  constructor(draws: HashedDraws) {
    this.#draws = draws;
  }

  /** Number of `person_id` in a census. */
  personNumber(key: number, year: number): number {
    const isSecond = year >= this.secondFrom(key);
    return ((2 * key + (isSecond ? 1 : 0)) * PERSON_STEP + 1_234_567) % PERSON_NUMBERS;
  }

  /** The first census at which the person stands under another `person_id`; far in the future for most. */
  secondFrom(key: number): number {
    if (this.#draws.uniform(key, 0, EVENT.secondIdentity) >= SECOND_IDENTITIES) return 9999;
    return FIRST_CENSUS + 2 + this.#draws.integer(9, key, 0, EVENT.secondIdentityYear);
  }

  /** Teacher reference number, seven digits. */
  teacherNumber(key: number): number {
    return LOWEST_TEACHER_NUMBER + ((key * TEACHER_STEP + 2_345_678) % TEACHER_NUMBERS);
  }

  /** The number as the census of a year has it: now and then mistyped, and always so under a second identity. */
  censusNumber(key: number, year: number): number {
    const number = this.teacherNumber(key);
    const isMistyped = this.#draws.uniform(key, year, EVENT.numberMistyped) < NUMBERS_MISTYPED;
    if (!isMistyped && year < this.secondFrom(key)) return number;
    return mistype(number, this.#draws.uniform(key, isMistyped ? year : 0, EVENT.numberMistypedHow));
  }

  isMistyped(key: number, year: number): boolean {
    return this.censusNumber(key, year) !== this.teacherNumber(key);
  }

  forename(key: number, male: number): number {
    return forenameOf(male, this.#draws.uniform(key, 0, EVENT.forename));
  }

  /** Codes of the surnames before and after a change; the same twice for most. */
  surnames(key: number, male: number): readonly [number, number] {
    const first = surnameOf(this.#draws.uniform(key, 0, EVENT.surname));
    if (male === 1) return [first, first];
    const u = this.#draws.uniform(key, 0, EVENT.marriage);
    if (u >= SURNAME_CHANGES) return [first, first];
    const v = this.#draws.uniform(key, 0, EVENT.secondSurname);
    const isDouble = u < 0.12 * SURNAME_CHANGES;
    return [first, isDouble ? SINGLE_SURNAMES + Math.floor(v * (SURNAMES.length - SINGLE_SURNAMES)) : surnameOf(v)];
  }

  /** Age in whose course a changed surname first shows. */
  changesAt(key: number): number {
    return 24 + Math.floor((15 * this.#draws.uniform(key, 0, EVENT.marriage)) / SURNAME_CHANGES);
  }

  surname(key: number, male: number, birth: number, year: number): number {
    const [first, second] = this.surnames(key, male);
    return first !== second && ages.until(year, birth) >= this.changesAt(key) ? second : first;
  }

  text(code: { readonly forename: number } | { readonly surname: number }): string {
    return "forename" in code ? FORENAMES[code.forename] : SURNAMES[code.surname];
  }
}

/** A seven-digit number with two neighbouring digits exchanged, or one digit wrong where that would change nothing. */
function mistype(number: number, u: number): number {
  const digits = [...String(number)];
  const at = 1 + Math.floor(u * 5);
  if (digits[at] === digits[at + 1]) digits[at] = String((Number(digits[at]) + 1) % 10);
  else [digits[at], digits[at + 1]] = [digits[at + 1], digits[at]];
  return Number(digits.join(""));
}
