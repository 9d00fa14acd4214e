/** Starting years of the twelve November censuses, 2010/11 to 2021/22. */
export const FIRST_CENSUS = 2010;
export const LAST_CENSUS = 2021;
export const CENSUSES = LAST_CENSUS - FIRST_CENSUS + 1;

const MS_PER_DAY = 86_400_000;

/** Days since 1 January 1970. @param month  1 to 12. */
export const day = (year: number, month: number, dayOfMonth: number): number =>
  Date.UTC(year, month - 1, dayOfMonth) / MS_PER_DAY;

/** The day of a census: 1 November stands for the first Thursday. */
export const censusDay = (year: number): number => day(year, 11, 1);
