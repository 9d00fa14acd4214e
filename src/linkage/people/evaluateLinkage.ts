import type { LinkageStep } from "#protocol";
import type { Frame } from "#table";
import { indexCensus } from "./census.ts";
import { type ComparedColumn, type ComparedField, comparedField } from "./comparedField.ts";
import { linkPeople, type PeopleStep } from "./linkPeople.ts";

/** A return of which it is known who everybody is. */
export interface KnownReturn {
  readonly frame: Frame;
  /** For each row the identities that are right; none for somebody the census does not hold. */
  readonly truth: readonly (readonly string[])[];
}

/** Counts of one return, or of several together. */
export interface LinkageScore {
  readonly rows: number;
  /** Rows whose person is in the census. */
  readonly present: number;
  readonly linked: number;
  readonly right: number;
  /** Pairs sent to review: rows. */
  readonly review: number;
  /** Expected number of wrong links, by the probabilities of the links themselves. */
  readonly expectedWrong: number;
}

/** The steps over prepared columns; a column compared in the same way by several steps is prepared once. */
export function preparedSteps(
  steps: readonly LinkageStep[],
  from: Frame,
  to: Frame,
): { readonly steps: readonly PeopleStep[]; readonly fields: readonly ComparedField[] } {
  const fields = new Map<string, ComparedField>();
  const fieldOf = (declared: ComparedColumn): ComparedField => {
    const key = `${declared.column} ${declared.as}`;
    const known =
      fields.get(key) ?? comparedField(declared, from.columns.get(declared.column)!, to.columns.get(declared.column)!);
    fields.set(key, known);
    return known;
  };
  const prepared = steps.map(
    (step): PeopleStep =>
      step.how === "exact"
        ? { how: "exact", fields: step.columns.map(fieldOf) }
        : {
            how: "probabilistic",
            compare: step.compare.map(fieldOf),
            blocks: step.blocks.map((block) => block.map(fieldOf)),
            accept: step.accept,
            review: step.review,
          },
  );
  return { steps: prepared, fields: [...fields.values()] };
}

/**
 * Links returns of known people and counts: automatic links only, thresholds as declared, the truth looked at afterwards.
 * Source: `methods.md`, section 15.
 */
export function evaluateLinkage(
  returns: readonly KnownReturn[],
  census: Frame,
  identity: string,
  steps: readonly LinkageStep[],
): readonly LinkageScore[] {
  const index = indexCensus(census.columns.get(identity)!);
  return returns.map(({ frame, truth }) => {
    const links = linkPeople({
      rows: frame.rows,
      steps: preparedSteps(steps, frame, census).steps,
      census: index,
      oneToOne: true,
      decided: { same: new Map(), different: new Map() },
    });
    let [present, linked, right, expectedWrong] = [0, 0, 0, 0];
    for (const [row, identities] of truth.entries()) {
      if (identities.length > 0) present++;
      const person = links.person[row]!;
      if (person < 0) continue;
      linked++;
      if (identities.includes(index.identity(person))) right++;
      expectedWrong += 1 - links.probability[row]!;
    }
    const review = new Set(links.review.map(({ row }) => row)).size;
    return { rows: frame.rows, present, linked, right, review, expectedWrong };
  });
}

/** Several scores as one. */
export function pooledScore(scores: readonly LinkageScore[]): LinkageScore {
  const sum = (of: (score: LinkageScore) => number) => scores.reduce((total, score) => total + of(score), 0);
  return {
    rows: sum(({ rows }) => rows),
    present: sum(({ present }) => present),
    linked: sum(({ linked }) => linked),
    right: sum(({ right }) => right),
    review: sum(({ review }) => review),
    expectedWrong: sum(({ expectedWrong }) => expectedWrong),
  };
}
