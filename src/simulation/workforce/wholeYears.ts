import { day } from "./calendar.ts";

const FROM = day(1930, 1, 1);
const TO = day(2023, 1, 1);

/**
 * Completed years from a date to one day of a year, 1 November or 1 September: the years since the first such day on or after
 * the date. Looked up, since it is asked for millions of times.
 */
export class WholeYears {
  readonly #first = new Int16Array(TO - FROM);

  /** @param month  1 to 12, of the day counted to. */
  constructor(month: number, dayOfMonth: number) {
    for (let year = 2023; year >= 1930; year--) {
      const last = Math.min(TO - 1, day(year, month, dayOfMonth));
      for (let date = last; date >= FROM && date > day(year - 1, month, dayOfMonth); date--)
        this.#first[date - FROM] = year;
    }
  }

  /** @param date  Days since 1970, from 1930 to 2022. */
  until(year: number, date: number): number {
    return year - this.#first[date - FROM];
  }
}

/** Age at the census of a year. */
export const ages = new WholeYears(11, 1);
/** Years since qualifying at the start of the school year. */
export const experience = new WholeYears(9, 1);
