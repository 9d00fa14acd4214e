import type { NearestRules } from "./matchNearest.ts";
import { sortRows } from "./sortRows.ts";

/** What a treated row finds: a control, none left, or only some beyond the caliper. */
export type Found = number | "none left" | "outside caliper";

/** The possible controls by exact group and score: those alike in both form a queue. Holds for every order of ties. */
export interface SortedControls {
  /** Controls, queue after queue. */
  readonly controls: Int32Array;
  /** Queue b holds places `start[b] … start[b + 1] − 1`. */
  readonly start: Int32Array;
  /** The queue of each row that is a control. */
  readonly queueOf: Int32Array;
}

export function sortControls({ score, treated, exact }: NearestRules, isDiscarded: Uint8Array): SortedControls {
  const controls = sortRows(rowsOfControls(treated, isDiscarded), [...(exact ? [exact] : []), score]);
  const start = new Int32Array(controls.length + 1);
  const queueOf = new Int32Array(score.length);
  let queues = 0;
  for (let place = 0; place < controls.length; place++) {
    const row = controls[place];
    const last = controls[place - 1];
    if (place === 0 || score[row] !== score[last] || (exact !== undefined && exact[row] !== exact[last]))
      start[queues++] = place;
    queueOf[row] = queues - 1;
  }
  start[queues] = controls.length;
  return { controls, start: start.slice(0, queues + 1), queueOf };
}

/** Queues of controls alike in exact group and score; those of the lowest tie rank stand first. */
export class ControlQueues {
  readonly #score: Float64Array;
  readonly #tieRank: Float64Array;
  readonly #exact: Int32Array | undefined;
  readonly #caliper: number;
  /** Controls, queue after queue. */
  readonly #controls: Int32Array;
  /** Queue b holds controls `start[b] … start[b + 1] − 1`. */
  readonly #start: Int32Array;
  /** Next control of each queue; at the next queue's start when it is empty. */
  readonly #next: Int32Array;
  /** Nearest queue that is not empty, itself or further on; one past the end when there is none. Shifted by 1. */
  readonly #after: Int32Array;
  readonly #before: Int32Array;

  constructor(
    { score, exact, caliper }: NearestRules,
    { controls, start, queueOf }: SortedControls,
    tieRank: Float64Array,
  ) {
    this.#score = score;
    this.#tieRank = tieRank;
    this.#exact = exact;
    this.#caliper = caliper ?? Number.POSITIVE_INFINITY;
    const queues = start.length - 1;
    this.#controls = new Int32Array(controls.length);
    const next = start.slice();
    for (const row of sortRows(controls, [tieRank])) this.#controls[next[queueOf[row]]++] = row;
    this.#start = start;
    this.#next = start.slice(0, queues);
    this.#after = new Int32Array(queues + 2);
    for (let b = 0; b < this.#after.length; b++) this.#after[b] = b;
    this.#before = this.#after.slice();
  }

  /** Takes the nearest control left, for good. */
  take(row: number): Found {
    const split = this.#firstAtOrAbove(row);
    const above = this.#find(this.#after, split + 1) - 1;
    const below = this.#find(this.#before, split) - 1;
    const queue = this.#nearer(row, this.#inGroup(row, below) ? below : -1, this.#inGroup(row, above) ? above : -1);
    if (queue < 0) return "none left";
    const control = this.#controls[this.#next[queue]];
    if (this.#distance(row, control) > this.#caliper) return "outside caliper";
    this.#next[queue]++;
    if (this.#next[queue] === this.#start[queue + 1]) {
      this.#after[queue + 1] = queue + 2;
      this.#before[queue + 1] = queue;
    }
    return control;
  }

  /** The nearest controls of all, none of them taken away. */
  nearest(row: number, neighbours: number): { controls: number[]; isTurnedAway: boolean } {
    const controls: number[] = [];
    const split = this.#firstAtOrAbove(row);
    let above = split;
    let below = split - 1;
    // Places inside the two queues.
    let inAbove = 0;
    let inBelow = 0;
    while (controls.length < neighbours) {
      const left = this.#inGroup(row, below) ? this.#controls[this.#start[below] + inBelow] : -1;
      const right = this.#inGroup(row, above) ? this.#controls[this.#start[above] + inAbove] : -1;
      const control = this.#better(row, left, right);
      if (control < 0) return { controls, isTurnedAway: false };
      if (this.#distance(row, control) > this.#caliper) return { controls, isTurnedAway: true };
      controls.push(control);
      if (control === right) {
        inAbove++;
        if (this.#start[above] + inAbove === this.#start[above + 1]) {
          above++;
          inAbove = 0;
        }
      } else {
        inBelow++;
        if (this.#start[below] + inBelow === this.#start[below + 1]) {
          below--;
          inBelow = 0;
        }
      }
    }
    return { controls, isTurnedAway: false };
  }

  #distance(row: number, control: number): number {
    return Math.abs(this.#score[row] - this.#score[control]);
  }

  #inGroup(row: number, queue: number): boolean {
    if (queue < 0 || queue >= this.#next.length) return false;
    return this.#exact === undefined || this.#exact[this.#controls[this.#start[queue]]] === this.#exact[row];
  }

  /** The queue whose first control is nearer, or of lower tie rank at equal distance; −1 when both are. */
  #nearer(row: number, below: number, above: number): number {
    const left = below < 0 ? -1 : this.#controls[this.#next[below]];
    const right = above < 0 ? -1 : this.#controls[this.#next[above]];
    const control = this.#better(row, left, right);
    if (control < 0) return -1;
    return control === left ? below : above;
  }

  #better(row: number, left: number, right: number): number {
    if (left < 0 || right < 0) return Math.max(left, right);
    const difference = this.#distance(row, left) - this.#distance(row, right);
    return difference < 0 || (difference === 0 && this.#tieRank[left] < this.#tieRank[right]) ? left : right;
  }

  /** The first queue of the row's group with a score at or above its own, or the place where it would be. */
  #firstAtOrAbove(row: number): number {
    let low = 0;
    let high = this.#next.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const control = this.#controls[this.#start[middle]];
      const group = this.#exact === undefined ? 0 : this.#exact[control] - this.#exact[row];
      if (group < 0 || (group === 0 && this.#score[control] < this.#score[row])) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Follows the links to the nearest queue that is not empty, and shortens them on the way. */
  #find(links: Int32Array, from: number): number {
    let end = from;
    while (links[end] !== end) end = links[end];
    let at = from;
    while (links[at] !== end) {
      const following = links[at];
      links[at] = end;
      at = following;
    }
    return end;
  }
}

function rowsOfControls(treated: Uint8Array, isDiscarded: Uint8Array): Int32Array {
  const rows = new Int32Array(treated.length);
  let count = 0;
  for (let row = 0; row < treated.length; row++) if (treated[row] === 0 && isDiscarded[row] === 0) rows[count++] = row;
  return rows.subarray(0, count);
}
