import { RandomStream } from "#math";
import { CENSUSES } from "./calendar.ts";
import type { SchoolHistory } from "./schoolHistory.ts";
import type { Sites } from "./schools.ts";

const AUTHORITY_GAPS = 0.004;
const SCHOOL_GAPS = 0.004;

/** Returns that never came: whole authorities and single schools, by census. */
export interface MissingReturns {
  /** [census][authority] and [census][site], 1 where missing. */
  readonly authorities: readonly Uint8Array[];
  readonly schools: readonly Uint8Array[];
}

/** Plants missing returns at random over the twelve censuses: at least two authorities and five schools, however small the country. */
export function plantMissingReturns(seed: number, sites: Sites, history: SchoolHistory): MissingReturns {
  const random = new RandomStream(seed, "workforce missing returns");
  const authorities = history.years.map(() => new Uint8Array(sites.authorities));
  const schools = history.years.map(() => new Uint8Array(sites.count));
  const authorityGaps = Math.max(2, Math.round(AUTHORITY_GAPS * sites.authorities * CENSUSES));
  for (let k = 0; k < authorityGaps; k++) authorities[random.integer(CENSUSES)][random.integer(sites.authorities)] = 1;
  const schoolGaps = Math.max(5, Math.round(SCHOOL_GAPS * sites.count * CENSUSES));
  for (let k = 0; k < schoolGaps; k++) schools[random.integer(CENSUSES)][random.integer(sites.count)] = 1;
  return { authorities, schools };
}
