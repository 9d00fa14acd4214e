/** One reason why units of one count are missing from another. */
export interface Reason<Unit> {
  readonly id: string;
  /** To follow a number: `withdrew`, `were not found in the census`. */
  readonly label: string;
  readonly holds: (unit: Unit) => boolean;
}

export interface ReasonCount {
  readonly id: string;
  readonly label: string;
  readonly count: number;
}

/** A count taken from another, unit by unit. `from = to + Σ reasons + unexplained − added`. */
export interface Reconciled {
  readonly from: number;
  readonly to: number;
  /** Each unit under the first reason that holds of it; reasons of nobody are left out. */
  readonly reasons: readonly ReasonCount[];
  /** Units missing from the second count for which no reason holds. */
  readonly unexplained: number;
  /** Units of the second count that the first does not have. */
  readonly added: number;
}

/**
 * Says of every unit that one count has and another has not why it is missing.
 * @param reasons  In order: a unit is counted under the first that holds, so no unit is explained twice.
 * @param added    How many units the second count has besides.
 */
export function reconcileUnits<Unit>(
  units: readonly Unit[],
  isIn: (unit: Unit) => boolean,
  reasons: readonly Reason<Unit>[],
  added = 0,
): Reconciled {
  const counts = new Map<string, number>();
  let unexplained = 0;
  let kept = 0;
  for (const unit of units) {
    if (isIn(unit)) {
      kept++;
      continue;
    }
    const reason = reasons.find(({ holds }) => holds(unit));
    if (reason === undefined) unexplained++;
    else counts.set(reason.id, (counts.get(reason.id) ?? 0) + 1);
  }
  return {
    from: units.length,
    to: kept + added,
    reasons: reasons.flatMap(({ id, label }) => {
      const count = counts.get(id) ?? 0;
      return count === 0 ? [] : [{ id, label, count }];
    }),
    unexplained,
    added,
  };
}

/**
 * Two totals whose units nobody can compare. `agrees`: they are equal. `would be explained by`: numbers of the return add
 * up to the difference, which may be chance and is to be asked. `not explained`: none do.
 * `from = to + Σ parts + unexplained`.
 */
export interface ComparedTotals {
  readonly state: "agrees" | "would be explained by" | "not explained";
  readonly from: number;
  readonly to: number;
  readonly difference: number;
  readonly parts: readonly ReasonCount[];
  /** Other sets of as few numbers that add up to it as well: then it is open which is meant. */
  readonly others: readonly (readonly ReasonCount[])[];
  readonly unexplained: number;
}

const MOST_PARTS = 2;

/**
 * Compares a total with one stated elsewhere. Of the numbers known of the return, the fewest that add up to exactly the
 * difference are named; more than two would fit almost anything, so they are not tried.
 */
export function compareTotals(from: number, to: number, known: readonly ReasonCount[]): ComparedTotals {
  const difference = from - to;
  const compared = { from, to, difference };
  if (difference === 0) return { ...compared, state: "agrees", parts: [], others: [], unexplained: 0 };
  const candidates = known.filter(({ count }) => count !== 0);
  for (let size = 1; size <= MOST_PARTS; size++) {
    const [parts, ...others] = subsets(candidates, size).filter(
      (set) => set.reduce((sum, { count }) => sum + count, 0) === difference,
    );
    if (parts !== undefined) return { ...compared, state: "would be explained by", parts, others, unexplained: 0 };
  }
  return { ...compared, state: "not explained", parts: [], others: [], unexplained: difference };
}

function subsets<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}
