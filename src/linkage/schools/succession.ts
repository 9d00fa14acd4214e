import { printDate } from "#domain";

/** One school record followed by another: a conversion, a merger, or one part of a split. */
export interface SchoolLink {
  readonly urn: string;
  readonly successor: string;
  /** Days since 1970; left out where the file does not say. */
  readonly date?: number;
  /** The publisher says that the school was split. */
  readonly isSplit: boolean;
}

/** One identity for each school through its changes of number. */
export interface Succession {
  /** Only numbers whose identity is another number: every other school is its own. */
  readonly identityOf: ReadonlyMap<string, string>;
  /** Numbers that share an identity with another because schools were merged into it. */
  readonly merged: number;
  readonly splits: readonly { readonly urn: string; readonly successors: readonly string[] }[];
  readonly circles: readonly (readonly string[])[];
  /** Links dated after the day the file speaks of. */
  readonly future: readonly SchoolLink[];
  /** What was done about each of these, in words. */
  readonly warnings: readonly string[];
}

/**
 * Follows schools from record to record: the identity of a school is the number of the last record of its chain.
 *
 * - **Merged** schools share the identity of the school they became.
 * - A **split** school is followed into none of its parts: its chain ends with it, and each part is a school of its own.
 *   Where one of several successors leads to another, the school was not split but followed twice.
 * - In a **circle** (A becomes B, B becomes A) all share one identity: the number that the latest dated link leads to,
 *   the highest of them where dates do not tell.
 * - A link dated **after** `asOf` has not happened yet and is not followed.
 *
 * @param asOf  Days since 1970; without it every link counts.
 */
export function schoolSuccession(links: readonly SchoolLink[], asOf?: number): Succession {
  const future = links.filter(({ date }) => asOf !== undefined && date !== undefined && date > asOf);
  const past = links.filter((link) => !future.includes(link) && link.urn !== link.successor);
  const linksOf = new Map<string, Map<string, SchoolLink>>();
  const saidSplit = new Set<string>();
  for (const link of past) {
    const own = linksOf.get(link.urn) ?? new Map<string, SchoolLink>();
    const known = own.get(link.successor);
    if (known === undefined || (link.date ?? 0) > (known.date ?? 0)) own.set(link.successor, link);
    linksOf.set(link.urn, own);
    if (link.isSplit) saidSplit.add(link.urn);
  }

  const next = new Map<string, SchoolLink>();
  const splits: { urn: string; successors: readonly string[] }[] = [];
  for (const [urn, own] of [...linksOf].sort(([a], [b]) => byText(a, b))) {
    const direct = [...own.values()].filter(
      ({ successor }) =>
        own.size === 1 ||
        ![...own.keys()].some((other) => other !== successor && leadsTo(linksOf, other, successor, urn)),
    );
    if (direct.length === 1 && !saidSplit.has(urn)) next.set(urn, direct[0]!);
    else splits.push({ urn, successors: [...own.keys()].sort(byText) });
  }

  const identityOf = new Map<string, string>();
  const circles: string[][] = [];
  for (const urn of next.keys()) {
    const path = [urn];
    const seen = new Set(path);
    let last = urn;
    for (;;) {
      const link = next.get(last);
      if (link === undefined) break;
      if (seen.has(link.successor)) {
        const circle = path.slice(path.indexOf(link.successor)).sort(byText);
        if (!circles.some((known) => known[0] === circle[0])) circles.push(circle);
        last = endOfCircle(circle, next);
        break;
      }
      last = link.successor;
      path.push(last);
      seen.add(last);
    }
    if (last !== urn) identityOf.set(urn, last);
  }
  const merged = countMerged(next);
  return { identityOf, merged, splits, circles, future, warnings: inWords({ splits, circles, future }) };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function leadsTo(
  links: ReadonlyMap<string, ReadonlyMap<string, SchoolLink>>,
  from: string,
  to: string,
  without: string,
): boolean {
  const seen = new Set([without]);
  const open = [from];
  for (let urn = open.pop(); urn !== undefined; urn = open.pop()) {
    if (urn === to) return true;
    if (seen.has(urn)) continue;
    seen.add(urn);
    open.push(...(links.get(urn)?.keys() ?? []));
  }
  return false;
}

function endOfCircle(circle: readonly string[], next: ReadonlyMap<string, SchoolLink>): string {
  const links = circle.map((urn) => next.get(urn)!);
  const latest = Math.max(...links.map(({ date }) => date ?? Number.NEGATIVE_INFINITY));
  const ends = links
    .filter(({ date }) => (date ?? Number.NEGATIVE_INFINITY) === latest)
    .map(({ successor }) => successor);
  return ends.sort(byText).at(-1)!;
}

function countMerged(next: ReadonlyMap<string, SchoolLink>): number {
  const predecessors = new Map<string, number>();
  for (const { successor } of next.values()) predecessors.set(successor, (predecessors.get(successor) ?? 0) + 1);
  return [...predecessors.values()].filter((count) => count > 1).reduce((sum, count) => sum + count, 0);
}

function inWords({ splits, circles, future }: Pick<Succession, "splits" | "circles" | "future">): readonly string[] {
  const some = (all: readonly string[]) => all.slice(0, 5).join("; ") + (all.length > 5 ? "; …" : "");
  return [
    ...(splits.length === 0
      ? []
      : [
          `${splits.length} split: followed into none of its parts (${some(splits.map(({ urn, successors }) => `${urn} into ${successors.join(" and ")}`))}).`,
        ]),
    ...(circles.length === 0
      ? []
      : [
          `${circles.length} in a circle: given one identity, that of the latest link (${some(circles.map((circle) => circle.join(" ↔ ")))}).`,
        ]),
    ...(future.length === 0
      ? []
      : [
          `${future.length} dated after the day the file speaks of: not followed (${some(future.map(({ urn, successor, date }) => `${urn} to ${successor} on ${printDate(date!)}`))}).`,
        ]),
  ];
}
