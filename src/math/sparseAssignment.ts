import { checkLength } from "./shapeMismatch.ts";

/** An assignment problem in which a row may take only some of the columns. */
export interface AssignmentProblem {
  readonly columns: number;
  /** For each row the list of columns it may take; rows that may take the same share one. */
  readonly listOf: Int32Array;
  /** List l holds `column[start[l]] … column[start[l + 1] − 1]`, each with its `cost`. */
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly cost: Float64Array;
  /** What a row costs that takes no column; infinite where it must take one. */
  readonly alone: Float64Array;
}

/** No set of columns gives every row that must have one its own. */
export class NoAssignment extends Error {
  override readonly name = "NoAssignment";
}

/**
 * The cheapest assignment of rows to columns, each column taken once at most: for each row its column, or −1 when it stays
 * alone. Exact.
 *
 * Rows come in one after the other; each time the shortest augmenting path is found by Dijkstra's method on reduced costs
 * c − u − v, and the potentials u, v are raised along it. Rows of one list are searched from once only for the same price.
 * Near rows × edges in the worst case, far less where columns are plenty. Of equally cheap answers the one is returned that
 * the order of rows and columns leads to.
 *
 * @throws ShapeMismatch  the lengths disagree.
 * @throws NoAssignment   a row that must have a column can get none.
 *
 * Source: Jonker and Volgenant (1987), Computing 38; Ahuja, Magnanti and Orlin (1993), Network Flows, section 12.4.
 */
export function minimumCostAssignment(problem: AssignmentProblem): Int32Array {
  const { columns, listOf, start, column, cost, alone } = problem;
  const rows = listOf.length;
  checkLength("alone", alone.length, rows);
  checkLength("cost", cost.length, column.length);

  const u = new Float64Array(rows);
  const v = new Float64Array(columns);
  const columnOf = new Int32Array(rows).fill(-1);
  const rowOf = new Int32Array(columns).fill(-1);
  const distance = new Float64Array(columns);
  const from = new Int32Array(columns);
  // Round in which a column was reached or settled, and in which a list was searched and for what price.
  const reached = new Int32Array(columns).fill(-1);
  const settled = new Int32Array(columns).fill(-1);
  const searched = new Int32Array(start.length).fill(-1);
  const price = new Float64Array(start.length);
  const heap = new Heap();

  for (let current = 0; current < rows; current++) {
    heap.clear();
    const visited: number[] = [current];
    const scanned: number[] = [];
    let end = Number.POSITIVE_INFINITY;
    // Where the path ends: in a free column, or with a row that stays alone.
    let freeColumn = -1;
    let lonelyRow = -1;
    let row = current;
    let so = 0;
    for (;;) {
      const base = so - u[row];
      if (base + alone[row] < end) {
        end = base + alone[row];
        lonelyRow = row;
        freeColumn = -1;
      }
      const list = listOf[row];
      if (searched[list] !== current || base < price[list]) {
        searched[list] = current;
        price[list] = base;
        for (let e = start[list]; e < start[list + 1]; e++) {
          const j = column[e];
          if (settled[j] === current) continue;
          const d = base + cost[e] - v[j];
          if (d >= end || (reached[j] === current && d >= distance[j])) continue;
          reached[j] = current;
          distance[j] = d;
          from[j] = row;
          if (rowOf[j] < 0) {
            end = d;
            freeColumn = j;
            lonelyRow = -1;
          } else heap.push(d, j);
        }
      }
      let next = heap.pop();
      while (next >= 0 && (settled[next] === current || heap.lastKey > distance[next])) next = heap.pop();
      if (next < 0 || heap.lastKey >= end) break;
      settled[next] = current;
      scanned.push(next);
      so = distance[next];
      row = rowOf[next];
      visited.push(row);
    }
    if (end === Number.POSITIVE_INFINITY) throw new NoAssignment(`row ${current} can get no column`);

    u[current] += end;
    for (let i = 1; i < visited.length; i++) u[visited[i]] += end - distance[columnOf[visited[i]]];
    for (const j of scanned) v[j] -= end - distance[j];

    let j = freeColumn;
    if (lonelyRow >= 0) {
      j = columnOf[lonelyRow];
      columnOf[lonelyRow] = -1;
      if (lonelyRow === current) continue;
    }
    for (;;) {
      const taker = from[j];
      const left = columnOf[taker];
      rowOf[j] = taker;
      columnOf[taker] = j;
      if (taker === current) break;
      j = left;
    }
  }
  return columnOf;
}

/** Columns by their distance, the nearest first, the lower column first at equal distance. */
class Heap {
  #keys: number[] = [];
  #items: number[] = [];
  /** The distance of the column popped last. */
  lastKey = 0;

  clear(): void {
    this.#keys.length = 0;
    this.#items.length = 0;
  }

  push(key: number, item: number): void {
    const keys = this.#keys;
    const items = this.#items;
    let at = keys.length;
    keys.push(key);
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent] < key || (keys[parent] === key && items[parent] <= item)) break;
      keys[at] = keys[parent];
      items[at] = items[parent];
      at = parent;
    }
    keys[at] = key;
    items[at] = item;
  }

  /** −1 when it is empty. */
  pop(): number {
    const keys = this.#keys;
    const items = this.#items;
    if (keys.length === 0) return -1;
    const first = items[0];
    this.lastKey = keys[0];
    const key = keys.pop()!;
    const item = items.pop()!;
    const n = keys.length;
    if (n === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= n) break;
      const right = child + 1;
      if (right < n && (keys[right] < keys[child] || (keys[right] === keys[child] && items[right] < items[child])))
        child = right;
      if (keys[child] > key || (keys[child] === key && items[child] >= item)) break;
      keys[at] = keys[child];
      items[at] = items[child];
      at = child;
    }
    keys[at] = key;
    items[at] = item;
    return first;
  }
}
