import { ABSENT, type ParquetColumn, type WholeArray } from "#table";
import { censusDay, FIRST_CENSUS, LAST_CENSUS } from "./calendar.ts";
import { EVENT } from "./events.ts";
import type { MissingReturns } from "./gaps.ts";
import { type HashedDraws, pick } from "./hashedDraws.ts";
import type { Identities } from "./identities.ts";
import { FORENAMES, SURNAMES } from "./names.ts";
import { CLASSROOM, IN, OUT, type People } from "./people.ts";
import { POSTS, postOf } from "./posts.ts";
import type { SchoolHistory } from "./schoolHistory.ts";
import type { Sites } from "./schools.ts";
import { ages } from "./wholeYears.ts";

const ETHNICITIES = [
  "White British",
  "White other",
  "Asian or Asian British",
  "Black or Black British",
  "Mixed",
  "Other",
] as const;
const ETHNICITY_WEIGHTS = [0.81, 0.06, 0.045, 0.024, 0.014, 0.007, 0.04];
const ROWS_MISSING = 0.003;
const ROLE_STARTS_UNKNOWN = 0.07;
const QUALIFIED_UNKNOWN = 0.039;
const IN_PRIVATE_SCHOOLS = 0.02;
const PRIVATE_YEARS = 8;
const TWICE_IN_ONE_CENSUS = 0.4;
const FIRST_PRIVATE_URN = 990_000;
/** Authorities are numbered from here, which no real one is. */
export const FIRST_AUTHORITY = 500;
export const DISTRICT_PREFIX = "X07";

/** Columns of `assay/workforce-census@1`, in their order. */
export const CENSUS_COLUMNS: readonly ParquetColumn[] = [
  { name: "person_id", as: "numbered", prefix: "P", digits: 7, bits: 32 },
  { name: "trn", as: "numbered", prefix: "", digits: 7, bits: 32 },
  { name: "surname", as: "levels", levels: SURNAMES, bits: 16 },
  { name: "forename", as: "levels", levels: FORENAMES, bits: 16 },
  { name: "birth_date", as: "date", bits: 32 },
  { name: "year", as: "whole", bits: 16 },
  { name: "urn", as: "whole", bits: 32 },
  { name: "la_code", as: "numbered", prefix: "", digits: 3, bits: 16 },
  { name: "lad_code", as: "numbered", prefix: DISTRICT_PREFIX, digits: 6, bits: 16 },
  { name: "age", as: "whole", bits: 16 },
  { name: "gender", as: "levels", levels: ["female", "male"], bits: 16 },
  { name: "qualified_date", as: "date", bits: 32 },
  { name: "post", as: "levels", levels: POSTS, bits: 16 },
  { name: "tlr_gbp", as: "whole", bits: 16 },
  { name: "role_start_date", as: "date", bits: 32 },
  { name: "full_time", as: "truth", bits: 16 },
  { name: "ethnicity", as: "levels", levels: ETHNICITIES, bits: 16 },
  { name: "sector", as: "levels", levels: ["state", "private"], bits: 16 },
];

/** The rows of one census, column by column. */
export interface CensusBatch {
  readonly year: number;
  readonly rows: number;
  readonly columns: readonly WholeArray[];
  /** The rows of people in post that were not returned. */
  readonly missing: readonly MissingRow[];
}

/** What a row that was not returned would have said. */
export interface MissingRow {
  /** Number of `person_id`. */
  readonly person: number;
  readonly urn: number;
  readonly age: number;
}

/** How many faults of each kind stand in the censuses, or are missing from them. */
export interface CensusFaults {
  authorityReturnsMissing: number;
  schoolReturnsMissing: number;
  rowsMissingWithAuthority: number;
  rowsMissingWithSchool: number;
  rowsMissingAlone: number;
  /** Of all rows missing, those a later record's role start reveals. */
  rowsRevealedByRoleStart: number;
  /** Missing at the last census, after which no record can reveal them. */
  rowsMissingAtLastCensus: number;
  peopleUnderTwoIds: number;
  /** Of them, in one census under both. */
  peopleTwiceInOneCensus: number;
  rowsWithMistypedNumber: number;
  rowsWithoutQualifiedDate: number;
  rowsWithoutRoleStart: number;
  peopleWhoseSurnameChanged: number;
  rowsOfPrivateSchools: number;
}

/** Writes each November census as it was returned: some returns and rows missing, some cells empty or wrong. */
export class CensusWriter {
  readonly faults: CensusFaults = {
    authorityReturnsMissing: 0,
    schoolReturnsMissing: 0,
    rowsMissingWithAuthority: 0,
    rowsMissingWithSchool: 0,
    rowsMissingAlone: 0,
    rowsRevealedByRoleStart: 0,
    rowsMissingAtLastCensus: 0,
    peopleUnderTwoIds: 0,
    peopleTwiceInOneCensus: 0,
    rowsWithMistypedNumber: 0,
    rowsWithoutQualifiedDate: 0,
    rowsWithoutRoleStart: 0,
    peopleWhoseSurnameChanged: 0,
    rowsOfPrivateSchools: 0,
  };
  readonly #sites: Sites;
  readonly #history: SchoolHistory;
  readonly #draws: HashedDraws;
  readonly #identities: Identities;
  readonly #missing: MissingReturns;
  #columns: WholeArray[] = [];
  /** By slot: the first census of the present run of missing ones, 0 when there is none; and the last code of the surname. */
  #missingSince = new Int16Array(0);
  #surname = new Int16Array(0);
  #lastRow = new Int16Array(0);

  constructor(world: {
    readonly sites: Sites;
    readonly history: SchoolHistory;
    readonly draws: HashedDraws;
    readonly identities: Identities;
    readonly missing: MissingReturns;
  }) {
    this.#sites = world.sites;
    this.#history = world.history;
    this.#draws = world.draws;
    this.#identities = world.identities;
    this.#missing = world.missing;
    for (const set of world.missing.authorities) for (const is of set) this.faults.authorityReturnsMissing += is;
  }

  /** The batch's arrays are used again for the next census. */
  census(people: People, year: number): CensusBatch {
    this.#makeRoom(people.count);
    const { faults } = this;
    const census = year - FIRST_CENSUS;
    const schoolYear = this.#history.years[census];
    const draws = this.#draws;
    const schoolsMissed = new Set<number>();
    const missing: MissingRow[] = [];
    let row = 0;
    for (let slot = 0; slot < people.count; slot++) {
      const status = people.status[slot];
      const key = people.key[slot];
      const isPrivate = status !== IN;
      if (isPrivate && !this.#isInPrivateSchool(people, slot, year)) continue;
      const site = people.site[slot];
      const roleStartKnown =
        draws.uniform(key, people.arrived[slot] * 4 + people.role[slot], EVENT.roleStartUnknown) >= ROLE_STARTS_UNKNOWN;
      if (!isPrivate) {
        const isWithAuthority = this.#missing.authorities[census][this.#sites.authority[site]] === 1;
        const isWithSchool = this.#missing.schools[census][site] === 1;
        const isAlone = draws.uniform(key, year, EVENT.rowMissing) < ROWS_MISSING;
        if (isWithAuthority || isWithSchool || isAlone) {
          if (isWithAuthority) faults.rowsMissingWithAuthority++;
          else if (isWithSchool) {
            faults.rowsMissingWithSchool++;
            schoolsMissed.add(site);
          } else faults.rowsMissingAlone++;
          if (year === LAST_CENSUS) faults.rowsMissingAtLastCensus++;
          if (this.#missingSince[slot] === 0) this.#missingSince[slot] = year;
          missing.push({
            person: this.#identities.personNumber(key, year),
            urn: schoolYear.urn[site],
            age: ages.until(year, people.birth[slot]),
          });
          continue;
        }
        for (let gap = this.#missingSince[slot]; gap > 0 && gap < year; gap++)
          if (roleStartKnown && people.roleStart[slot] <= censusDay(gap)) faults.rowsRevealedByRoleStart++;
      }
      this.#missingSince[slot] = 0;
      const urn = isPrivate ? this.#privateUrn(key) : schoolYear.urn[site];
      const from = this.#identities.secondFrom(key);
      if (this.#lastRow[slot] > 0 && this.#lastRow[slot] < from && from <= year) {
        faults.peopleUnderTwoIds++;
        if (draws.uniform(key, 1, EVENT.secondIdentity) < TWICE_IN_ONE_CENSUS) {
          faults.peopleTwiceInOneCensus++;
          this.#write(people, slot, { year, row: row++, identityYear: from - 1, isPrivate, roleStartKnown, urn });
        }
      }
      this.#lastRow[slot] = year;
      this.#write(people, slot, { year, row: row++, identityYear: year, isPrivate, roleStartKnown, urn });
    }
    faults.schoolReturnsMissing += schoolsMissed.size;
    return { year, rows: row, columns: this.#columns, missing };
  }

  #write(
    people: People,
    slot: number,
    now: {
      readonly year: number;
      readonly row: number;
      /** The census whose identity is written. */
      readonly identityYear: number;
      readonly isPrivate: boolean;
      readonly roleStartKnown: boolean;
      readonly urn: number;
    },
  ): void {
    const { year, row } = now;
    const { faults } = this;
    const draws = this.#draws;
    const identities = this.#identities;
    const key = people.key[slot];
    const male = people.male[slot];
    const birth = people.birth[slot];
    const site = people.site[slot];
    const surname = identities.surname(key, male, birth, year);
    const number = identities.censusNumber(key, now.identityYear);
    const qualifiedKnown = draws.uniform(key, 0, EVENT.qualifiedUnknown) >= QUALIFIED_UNKNOWN;
    const role = now.isPrivate ? CLASSROOM : people.role[slot];
    const { post, allowance } = postOf(draws, { key, role, phase: this.#sites.phase[site], qualifiedKnown }, year);
    const ethnicity = pick(ETHNICITY_WEIGHTS, draws.uniform(key, 0, EVENT.ethnicity));
    if (number !== identities.teacherNumber(key)) faults.rowsWithMistypedNumber++;
    if (!qualifiedKnown) faults.rowsWithoutQualifiedDate++;
    if (!now.roleStartKnown) faults.rowsWithoutRoleStart++;
    if (now.isPrivate) faults.rowsOfPrivateSchools++;
    if (this.#surname[slot] > 0 && this.#surname[slot] !== surname + 1) faults.peopleWhoseSurnameChanged++;
    this.#surname[slot] = surname + 1;
    const columns = this.#columns;
    columns[0][row] = identities.personNumber(key, now.identityYear);
    columns[1][row] = number;
    columns[2][row] = surname;
    columns[3][row] = identities.forename(key, male);
    columns[4][row] = birth;
    columns[5][row] = year;
    columns[6][row] = now.urn;
    columns[7][row] = FIRST_AUTHORITY + this.#sites.authority[site];
    columns[8][row] = this.#sites.district[site] + 1;
    columns[9][row] = ages.until(year, birth);
    columns[10][row] = male;
    columns[11][row] = qualifiedKnown ? people.qualified[slot] : ABSENT[32];
    columns[12][row] = post;
    columns[13][row] = allowance;
    columns[14][row] = now.roleStartKnown ? people.roleStart[slot] : ABSENT[32];
    columns[15][row] = people.fullTime[slot];
    columns[16][row] = ethnicity < ETHNICITIES.length ? ethnicity : ABSENT[16];
    columns[17][row] = now.isPrivate ? 1 : 0;
  }

  /** A few of those who left teach in private schools, which send a return too. */
  #isInPrivateSchool(people: People, slot: number, year: number): boolean {
    return (
      people.status[slot] === OUT &&
      year - people.left[slot] <= PRIVATE_YEARS &&
      this.#draws.uniform(people.key[slot], 0, EVENT.privateSector) < IN_PRIVATE_SCHOOLS
    );
  }

  #privateUrn(key: number): number {
    return FIRST_PRIVATE_URN + this.#draws.integer(2000, key, 0, EVENT.privateSchool);
  }

  #makeRoom(people: number): void {
    if (this.#columns.length === 0 || this.#columns[0].length < people) {
      const room = Math.ceil(people * 1.1);
      this.#columns = CENSUS_COLUMNS.map(({ bits }) => (bits === 16 ? new Int16Array(room) : new Int32Array(room)));
    }
    if (this.#missingSince.length >= people) return;
    const grown = (from: Int16Array) => {
      const into = new Int16Array(Math.ceil(people * 1.1));
      into.set(from);
      return into;
    };
    this.#missingSince = grown(this.#missingSince);
    this.#surname = grown(this.#surname);
    this.#lastRow = grown(this.#lastRow);
  }
}
