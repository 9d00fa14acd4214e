import { type Candidates, findCandidates } from "./candidates.ts";
import type { Census } from "./census.ts";
import type { ComparedField } from "./comparedField.ts";
import { type MatchWeights, matchWeights } from "./matchWeights.ts";
import { type ReturnPeople, returnPeople } from "./returnPeople.ts";

/** One step of linkage, over prepared fields. */
export type PeopleStep =
  | { readonly how: "exact"; readonly fields: readonly ComparedField[] }
  | {
      readonly how: "probabilistic";
      readonly compare: readonly ComparedField[];
      readonly blocks: readonly (readonly ComparedField[])[];
      readonly accept: number;
      readonly review: number;
    };

export interface PeopleQuestion {
  readonly rows: number;
  readonly steps: readonly PeopleStep[];
  readonly census: Census;
  readonly oneToOne: boolean;
  /** What people decided: a row is that person, or is not. */
  readonly decided: {
    readonly same: ReadonlyMap<number, number>;
    readonly different: ReadonlyMap<number, ReadonlySet<number>>;
  };
}

/** How a row came to its person: a step by number, a decision, or because another row of the same person did. */
export type LinkedBy = number | "decided" | "anotherRow";

/** A pair somebody must decide. */
export interface ReviewPair {
  readonly row: number;
  readonly person: number;
  /** NaN where no probabilistic step says one. */
  readonly probability: number;
  readonly why: string;
}

export interface PeopleLinks {
  /** Row → person of the census, −1 for none. */
  readonly person: Int32Array;
  readonly by: readonly (LinkedBy | undefined)[];
  /** Probability that the link is right, NaN where it is not known. */
  readonly probability: Float64Array;
  /** For rows without a link, why. */
  readonly reason: readonly string[];
  readonly review: readonly ReviewPair[];
  readonly returned: ReturnPeople;
  readonly weights: MatchWeights | undefined;
  /** Pairs of census people that look like one person. */
  readonly duplicates: readonly (readonly [number, number])[];
}

/** Two claims this close are a tie that nobody but a person can settle. */
const TIE = 0.02;

/**
 * Finds the census person of each row of a return.
 *
 * 1. Decisions come first and win: *same* links the pair, *different* bars it.
 * 2. The exact steps in order: a row is linked when exactly one person agrees on all columns of the step in one census
 *    row. Where several do, the row goes on to the next step. An exact agreement to which the probabilistic step gives
 *    less than `review` is not taken but goes to review.
 * 3. The probabilistic step: `accept` or more is a link, `review` or more is for somebody to decide, less is no link.
 * 4. Rows of one person share a link. Where they point to different people the best keeps it, the others go to review.
 * 5. One to one, between people: where several people of the return claim one of the census, the likeliest has it, and
 *    the others look again without it; a tie (within 0.02, same way) sends all of them to review. Greedy, best first.
 */
export function linkPeople({ rows, steps, census, oneToOne, decided }: PeopleQuestion): PeopleLinks {
  const exact = steps.flatMap((step, k) => (step.how === "exact" ? [{ k, fields: step.fields }] : []));
  const at = steps.findIndex(({ how }) => how === "probabilistic");
  const scored = steps[at] as Extract<PeopleStep, { how: "probabilistic" }> | undefined;
  const blocks = scored?.blocks ?? [];
  const compare = scored?.compare ?? [];
  const candidates = findCandidates(compare, [...exact.map(({ fields }) => fields), ...blocks], census, rows);
  const weights =
    scored === undefined || rows === 0 || census.people === 0
      ? undefined
      : matchWeights(
          compare,
          candidates,
          census,
          rows,
          blocks.map((block, b) => ({
            rule: exact.length + b,
            fields: block.map((field) => compare.indexOf(field)).filter((f) => f >= 0),
          })),
        );
  const everyField = [...new Set(steps.flatMap((step) => (step.how === "exact" ? step.fields : step.compare)))];
  const returned = returnPeople(everyField, rows);
  const settling = new Settling({ rows, exact, scored, at, candidates, weights, census, decided });
  for (let row = 0; row < rows; row++) settling.ask(row);
  settling.joinRows(returned);
  if (oneToOne) settling.oneToOne(returned);
  return settling.links(returned);
}

interface Parts {
  readonly rows: number;
  readonly exact: readonly { readonly k: number; readonly fields: readonly ComparedField[] }[];
  readonly scored: Extract<PeopleStep, { how: "probabilistic" }> | undefined;
  readonly at: number;
  readonly candidates: Candidates;
  readonly weights: MatchWeights | undefined;
  readonly census: Census;
  readonly decided: PeopleQuestion["decided"];
}

/** The state of all rows while claims are settled. */
class Settling {
  readonly #parts: Parts;
  readonly #person: Int32Array;
  readonly #by: (LinkedBy | undefined)[];
  readonly #probability: Float64Array;
  readonly #reason: string[];
  readonly #review = new Map<number, ReviewPair[]>();
  /** Person pairs by their codes. */
  readonly #duplicates = new Map<string, readonly [number, number]>();
  readonly #barred = new Map<number, Set<number>>();
  /** Row → where its candidates begin. */
  readonly #from: Int32Array;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#person = new Int32Array(parts.rows).fill(-1);
    this.#by = new Array(parts.rows).fill(undefined);
    this.#probability = new Float64Array(parts.rows).fill(Number.NaN);
    this.#reason = new Array(parts.rows).fill("");
    this.#from = new Int32Array(parts.rows + 1);
    for (let c = 0; c < parts.candidates.count; c++) this.#from[parts.candidates.row[c]! + 1]!++;
    for (let row = 0; row < parts.rows; row++) this.#from[row + 1]! += this.#from[row]!;
    for (const [row, people] of parts.decided.different) this.#barred.set(row, new Set(people));
  }

  /** Gives a row the person its best evidence points to, or the reason why there is none. */
  ask(row: number): void {
    const { decided, exact, scored, at, candidates, weights } = this.#parts;
    this.#person[row] = -1;
    this.#by[row] = undefined;
    this.#probability[row] = Number.NaN;
    this.#review.delete(row);
    const same = decided.same.get(row);
    if (same !== undefined) {
      this.#link(row, same, "decided", Number.NaN);
      return;
    }
    const own: number[] = [];
    for (let c = this.#from[row]!; c < this.#from[row + 1]!; c++)
      if (this.#barred.get(row)?.has(candidates.person[c]!) !== true) own.push(c);
    const probability = this.#probabilities(own);
    let several = "";
    for (const [rule, { k }] of exact.entries()) {
      const met = own.map((_, one) => one).filter((one) => (candidates.rules[own[one]!]! & (1 << rule)) !== 0);
      if (met.length > 1) {
        several = `${met.length} people of the census agree exactly (step ${k + 1})`;
        for (const j of met) this.#suggest(row, candidates.person[own[j]!]!, probability[j]!, several);
      }
      if (met.length !== 1) continue;
      const [j] = met as [number];
      const person = candidates.person[own[j]!]!;
      if (scored !== undefined && weights !== undefined && probability[j]! < scored.review) {
        several = `agrees exactly on step ${k + 1}, but the other fields speak against it`;
        this.#suggest(row, person, probability[j]!, several);
        continue;
      }
      this.#link(row, person, k, probability[j]!);
      return;
    }
    if (scored === undefined || weights === undefined) {
      this.#reason[row] = several === "" ? "nobody in the census agrees on any step" : `awaits a decision: ${several}`;
      return;
    }
    this.#noteDuplicates(own);
    const order = own.map((_, j) => j).sort((a, b) => probability[b]! - probability[a]!);
    const [top] = order;
    if (top !== undefined && probability[top]! >= scored.accept) {
      this.#link(row, candidates.person[own[top]!]!, at, probability[top]!);
      return;
    }
    const together = probability.reduce((sum, one) => sum + one, 0);
    const share = (p: number) => `${Math.floor(p * 100)}%`;
    if (top !== undefined && (probability[top]! >= scored.review || together >= scored.review)) {
      const why =
        probability[top]! >= scored.review
          ? `likely, not certain (${share(probability[top]!)})`
          : "several people of the census fit about equally";
      for (const j of order.filter((one) => probability[one]! >= Math.min(scored.review, 0.1)).slice(0, 5))
        this.#suggest(row, candidates.person[own[j]!]!, probability[j]!, why);
      this.#reason[row] = `awaits a decision: ${why}`;
    } else if (several !== "") this.#reason[row] = `awaits a decision: ${several}`;
    else if (top === undefined) this.#reason[row] = "nobody in the census agrees on any step or block";
    else this.#reason[row] = `the nearest person of the census is unlikely (${share(probability[top]!)})`;
  }

  /** Rows of one person share their link. */
  joinRows({ personOf, people }: ReturnPeople): void {
    for (const rows of rowsByPerson(personOf, people)) {
      const claimed = rows.filter((row) => this.#person[row]! >= 0).sort((a, b) => this.#compare(a, b));
      const [best] = claimed;
      if (best === undefined || rows.length === 1) continue;
      for (const row of rows) {
        const person = this.#person[best]!;
        if (this.#person[row] === person) continue;
        if (this.#barred.get(row)?.has(person) === true) continue;
        if (this.#person[row]! >= 0) {
          const why = `another row of the same person is linked to ${this.#parts.census.identity(person)}`;
          if (this.#by[row] === "decided") continue;
          this.#suggest(row, this.#person[row]!, this.#probability[row]!, why);
          this.#unlink(row, `awaits a decision: ${why}`);
        } else {
          this.#review.delete(row);
          this.#link(row, person, "anotherRow", this.#probability[best]!);
        }
      }
    }
  }

  /** No census person for two people of the return. Each round settles the clashes there are; losers look again. */
  oneToOne(returned: ReturnPeople): void {
    const rowsOf = rowsByPerson(returned.personOf, returned.people);
    for (let round = 0; round < rowsOf.length + 1; round++) {
      const claims = new Map<number, number[]>();
      for (const [unit, rows] of rowsOf.entries()) {
        for (const person of new Set(rows.map((row) => this.#person[row]!).filter((one) => one >= 0)))
          claims.set(person, [...(claims.get(person) ?? []), unit]);
      }
      const clashes = [...claims].filter(([, units]) => units.length > 1);
      if (clashes.length === 0) return;
      for (const [person, units] of clashes) this.#settle(person, units, rowsOf);
    }
  }

  #settle(person: number, units: readonly number[], rowsOf: readonly (readonly number[])[]): void {
    const bestRow = (unit: number): number =>
      rowsOf[unit]!.filter((row) => this.#person[row] === person).sort((a, b) => this.#compare(a, b))[0]!;
    const order = units.map(bestRow).sort((a, b) => this.#compare(a, b));
    const [winner, second] = order as [number, number];
    const isTie =
      this.#by[winner] === this.#by[second] &&
      this.#by[winner] !== "decided" &&
      !(Math.abs(this.#probability[winner]! - this.#probability[second]!) > TIE);
    const identity = this.#parts.census.identity(person);
    for (const unit of units) {
      const isWinner = bestRow(unit) === winner;
      if (isWinner && !isTie) continue;
      for (const row of rowsOf[unit]!.filter((one) => this.#person[one] === person)) {
        if (this.#by[row] === "decided") continue;
        const probability = this.#probability[row]!;
        this.#bar(row, person);
        this.ask(row);
        if (this.#person[row]! >= 0) continue;
        const why = isTie
          ? `two people of the return fit ${identity} equally well`
          : `${identity} fits another person of the return better`;
        if (isTie) this.#suggest(row, person, probability, why);
        this.#reason[row] = isTie ? `awaits a decision: ${why}` : why;
      }
    }
  }

  links(returned: ReturnPeople): PeopleLinks {
    const review = [...this.#review.values()].flat().filter(({ row }) => this.#person[row]! < 0);
    return {
      person: this.#person,
      by: this.#by,
      probability: this.#probability,
      reason: this.#reason,
      review: review.sort((a, b) => a.row - b.row || b.probability - a.probability || a.person - b.person),
      returned,
      weights: this.#parts.weights,
      duplicates: [...this.#duplicates.values()],
    };
  }

  /** Probabilities of some pairs of one row, given that the person is none of those left out. */
  #probabilities(own: readonly number[]): Float64Array {
    const { weights, census } = this.#parts;
    const probability = new Float64Array(own.length).fill(Number.NaN);
    if (weights === undefined || own.length === 0) return probability;
    const prior = Math.log(weights.present / census.people);
    const logs = own.map((c) => prior + weights.best.logRatio[c]!);
    const none = Math.log(1 - weights.present);
    const top = Math.max(none, ...logs);
    const total = logs.reduce((sum, log) => sum + Math.exp(log - top), Math.exp(none - top));
    return Float64Array.from(logs, (log) => Math.exp(log - top) / total);
  }

  /** Two candidates of one row, each of whom would be accepted if the other were not there. */
  #noteDuplicates(own: readonly number[]): void {
    const { weights, scored, candidates } = this.#parts;
    const alone = own.filter((c) => this.#probabilities([c])[0]! >= scored!.accept);
    for (const [k, b] of alone.entries()) {
      for (const a of alone.slice(0, k)) {
        const pair = [candidates.person[a]!, candidates.person[b]!] as const;
        if (weights !== undefined) this.#duplicates.set(pair.join(" "), pair);
      }
    }
  }

  /** The better founded claim first: decided, then likelier, then the earlier step, then the earlier row. */
  #compare(a: number, b: number): number {
    const rank = (row: number): number => {
      const by = this.#by[row];
      return by === "decided" ? -1 : typeof by === "number" ? by : 1000;
    };
    const decided = Number(this.#by[b] === "decided") - Number(this.#by[a] === "decided");
    const likelier = this.#probability[b]! - this.#probability[a]!;
    return decided || (Math.abs(likelier) > 1e-12 ? likelier : 0) || rank(a) - rank(b) || a - b;
  }

  #link(row: number, person: number, by: LinkedBy, probability: number): void {
    this.#person[row] = person;
    this.#by[row] = by;
    this.#probability[row] = probability;
    this.#reason[row] = "";
  }

  #unlink(row: number, reason: string): void {
    this.#person[row] = -1;
    this.#by[row] = undefined;
    this.#probability[row] = Number.NaN;
    this.#reason[row] = reason;
  }

  #suggest(row: number, person: number, probability: number, why: string): void {
    const known = (this.#review.get(row) ?? []).filter((pair) => pair.person !== person);
    this.#review.set(row, [...known, { row, person, probability, why }]);
  }

  #bar(row: number, person: number): void {
    this.#barred.set(row, (this.#barred.get(row) ?? new Set()).add(person));
  }
}

function rowsByPerson(personOf: Int32Array, people: number): readonly number[][] {
  const rows: number[][] = Array.from({ length: people }, () => []);
  for (const [row, person] of personOf.entries()) rows[person]!.push(row);
  return rows;
}

/** The share of automatic links expected to be wrong: the mean of one minus their probability. */
export function estimatedFalseMatches(
  links: Pick<PeopleLinks, "by" | "probability">,
):
  | { readonly state: "estimated"; readonly rate: number; readonly links: number }
  | { readonly state: "not estimable"; readonly reason: string } {
  let [sum, count] = [0, 0];
  for (const [row, by] of links.by.entries()) {
    if (by === undefined || by === "decided") continue;
    if (Number.isNaN(links.probability[row]!))
      return { state: "not estimable", reason: "no probabilistic step gives the links a probability" };
    sum += 1 - links.probability[row]!;
    count++;
  }
  return count === 0
    ? { state: "not estimable", reason: "no row was linked" }
    : { state: "estimated", rate: sum / count, links: count };
}
