import type { SchoolYear } from "./schoolHistory.ts";
import type { Sites } from "./schools.ts";

/**
 * Where people who move may go: schools of a phase, in an authority, a region or the country, each as likely as it has posts.
 * Sites stand in order of region and authority, so that every area is one stretch of a running sum of posts.
 */
export class Destinations {
  readonly #sites: Sites;
  readonly #phases: readonly PhaseOrder[];

  constructor(sites: Sites, year: SchoolYear) {
    this.#sites = sites;
    const phases = 1 + sites.phase.reduce((most, phase) => Math.max(most, phase), 0);
    this.#phases = Array.from({ length: phases }, (_, phase) => order(sites, year, phase));
  }

  /** A school of the phase in the authority other than `not`, or −1 when there is none. */
  inAuthority(phase: number, authority: number, not: number, u: number): number {
    const { authorities } = this.#phases[phase];
    return this.#draw(phase, authorities[authority], authorities[authority + 1], not, u);
  }

  inRegion(phase: number, region: number, not: number, u: number): number {
    const { regions } = this.#phases[phase];
    return this.#draw(phase, regions[region], regions[region + 1], not, u);
  }

  anywhere(phase: number, not: number, u: number): number {
    return this.#draw(phase, 0, this.#phases[phase].order.length, not, u);
  }

  #draw(phase: number, from: number, to: number, not: number, u: number): number {
    const { order: inOrder, running } = this.#phases[phase];
    const own = this.#phases[phase].place[not];
    const isInside = own >= from && own < to;
    const left = isInside ? this.#sites.posts[not] : 0;
    const before = from === 0 ? 0 : running[from - 1];
    const whole = (to === 0 ? 0 : running[to - 1]) - before - left;
    if (whole <= 0) return -1;
    let at = before + u * whole;
    if (isInside && at >= running[own] - left) at += left;
    let low = from;
    let high = to - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (running[middle] > at) high = middle;
      else low = middle + 1;
    }
    return inOrder[low];
  }
}

interface PhaseOrder {
  readonly order: Int32Array;
  readonly running: Float64Array;
  /** Where a site stands in the order, −1 for those not in it. */
  readonly place: Int32Array;
  /** Where each authority and region begins. */
  readonly authorities: Int32Array;
  readonly regions: Int32Array;
}

function order(sites: Sites, year: SchoolYear, phase: number): PhaseOrder {
  const own: number[] = [];
  for (let s = 0; s < sites.count; s++) if (sites.phase[s] === phase && year.urn[s] > 0) own.push(s);
  // Authorities are numbered region by region.
  own.sort((a, b) => sites.authority[a] - sites.authority[b] || a - b);
  const running = new Float64Array(own.length);
  const place = new Int32Array(sites.count).fill(-1);
  let sum = 0;
  for (const [i, s] of own.entries()) {
    sum += sites.posts[s];
    running[i] = sum;
    place[s] = i;
  }
  return {
    order: Int32Array.from(own),
    running,
    place,
    authorities: starts(
      own.map((s) => sites.authority[s]),
      sites.authorities,
    ),
    regions: starts(
      own.map((s) => sites.region[s]),
      10,
    ),
  };
}

/** Where each group begins among sorted group numbers, and where the last one ends. */
function starts(sorted: readonly number[], groups: number): Int32Array {
  const result = new Int32Array(groups + 1);
  for (const group of sorted) result[group + 1]++;
  for (let g = 0; g < groups; g++) result[g + 1] += result[g];
  return result;
}
