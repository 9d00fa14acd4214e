import type { DeclaredTarget, StatedValue } from "#domain";
import { type CountedReturn, countPart } from "./counting.ts";
import type { SchoolTraits } from "./records.ts";

export type TargetVerdict = "met" | "missed" | "exceeded";

/**
 * How a stated value stands on the day of the return: `in force`, `replaced` by a later one, or `not yet stated`.
 * Values in force that differ contradict each other, and each is judged.
 */
export type Standing = "in force" | "replaced" | "not yet stated";

export interface JudgedValue {
  readonly stated: StatedValue;
  readonly standing: Standing;
  /** Left out where nothing could be measured. */
  readonly verdict?: TargetVerdict;
}

/** What was reached of a target: a number, or the reason why there is none. */
export type Reached =
  | { readonly state: "counted"; readonly value: number; readonly base?: number; readonly withoutWithdrawn: number }
  | { readonly state: "not measured"; readonly reason: string };

export interface JudgedTarget {
  readonly target: DeclaredTarget;
  readonly reached: Reached;
  readonly values: readonly JudgedValue[];
  /** Two or more values are in force, and they differ. */
  readonly isContradictory: boolean;
}

/** Categories of achieving excellence areas that are priority areas: 5 and 6 of 6. */
const PRIORITY_AEA = new Set(["5", "6"]);

/**
 * Holds what was reached against every value a target was ever given. Nothing is overwritten: a value that was replaced
 * is judged too and says so. A value without a date cannot be put in order and stays in force.
 * @param asAt  Day of the return, in days since 1970.
 */
export function judgeTarget(target: DeclaredTarget, reached: Reached, asAt: number): JudgedTarget {
  const inTime = target.values.flatMap(({ stated }) => (stated !== undefined && stated <= asAt ? [stated] : []));
  const latest = inTime.length === 0 ? undefined : Math.max(...inTime);
  const values = target.values.map((stated): JudgedValue => {
    const verdict = reached.state === "counted" ? verdictOf(reached.value, stated.value) : undefined;
    return { stated, standing: standingOf(stated, latest, asAt), ...(verdict !== undefined && { verdict }) };
  });
  const inForce = new Set(values.filter(({ standing }) => standing === "in force").map(({ stated }) => stated.value));
  return { target, reached, values, isContradictory: inForce.size > 1 };
}

function standingOf({ stated }: StatedValue, latest: number | undefined, asAt: number): Standing {
  if (stated === undefined || stated === latest) return "in force";
  return stated > asAt ? "not yet stated" : "replaced";
}

export function verdictOf(reached: number, target: number): TargetVerdict {
  if (reached === target) return "met";
  return reached > target ? "exceeded" : "missed";
}

/** Counts what a target asks for. Those who withdrew are counted, as targets count recruitment; the rest is said beside. */
export function reachedOf(
  target: DeclaredTarget,
  counted: CountedReturn,
  register: ReadonlyMap<string, SchoolTraits> | undefined,
): Reached {
  const { measure, cohorts, roles } = target;
  if (measure === "statement") return { state: "not measured", reason: "it is a statement, not a number" };
  if (cohorts !== undefined && !counted.schools.some((school) => school.cohorts.length > 0))
    return { state: "not measured", reason: "the return has no cohorts: the schools file says which they are" };
  const part = countPart(counted, target);
  if (measure === "participants") {
    if (roles !== undefined && part.people.every(({ roleLevel }) => roleLevel === undefined))
      return { state: "not measured", reason: "no job title could be sorted into a role level" };
    const people = part.people.filter(
      ({ roleLevel }) => roles === undefined || (roleLevel !== undefined && roles.includes(roleLevel)),
    );
    return {
      state: "counted",
      value: people.length,
      withoutWithdrawn: people.filter(({ withdrew }) => !withdrew).length,
    };
  }
  const { schools } = part;
  const remaining = schools.filter(({ withdrew }) => !withdrew);
  if (measure === "schools") return { state: "counted", value: schools.length, withoutWithdrawn: remaining.length };
  const percentOf = (some: readonly { readonly urn: string }[]) => {
    const known = some.flatMap(({ urn }) => register?.get(urn)?.aea ?? []);
    return { base: known.length, value: (100 * known.filter((aea) => PRIORITY_AEA.has(aea)).length) / known.length };
  };
  const all = percentOf(schools);
  if (all.base === 0) return { state: "not measured", reason: "no register says in which area the schools are" };
  const { value: withoutWithdrawn } = percentOf(remaining);
  return { state: "counted", ...all, withoutWithdrawn };
}
