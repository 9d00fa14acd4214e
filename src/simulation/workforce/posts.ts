import { EVENT } from "./events.ts";
import type { HashedDraws } from "./hashedDraws.ts";
import { MIDDLE, SENIOR } from "./people.ts";
import { SECONDARY } from "./publishedShares.ts";

/** Titles of posts in the census. */
export const POSTS = [
  "Classroom Teacher",
  "Unqualified Teacher",
  "Peripatetic Teacher",
  "Leading Practitioner",
  "Excellent Teacher",
  "Advanced Skills Teacher",
  "Advisory Teacher",
  "Executive Head Teacher",
  "Head Teacher",
  "Deputy Head Teacher",
  "Assistant Head Teacher",
] as const;
const UNQUALIFIED = 1;
const PERIPATETIC = 2;
const LEADING = 3;
const ADVISORY = 6;
const HEAD = 8;

/** The two grades of excellent teacher ended in this year, and leading practitioners began. */
const PAY_REFORM = 2013;

/** Middle leaders whom only their allowance shows, who stand as classroom teachers. */
const BY_ALLOWANCE = 0.86;

/** The title and the yearly allowance, in pounds, under which someone of a role stands in a census. */
export function postOf(
  draws: HashedDraws,
  person: { readonly key: number; readonly role: number; readonly phase: number; readonly qualifiedKnown: boolean },
  year: number,
): { readonly post: number; readonly allowance: number } {
  const u = draws.uniform(person.key, person.role, EVENT.post);
  const v = draws.uniform(person.key, person.role, EVENT.allowance);
  if (person.role === SENIOR) return { post: seniorPost(u, person.phase === SECONDARY), allowance: 0 };
  if (person.role === MIDDLE) {
    if (u < BY_ALLOWANCE)
      return { post: 0, allowance: v < 0.75 ? 2600 + Math.floor(5200 * v) : 7500 + Math.floor(22_000 * (v - 0.75)) };
    if (u > 0.97) return { post: ADVISORY, allowance: 0 };
    return { post: year >= PAY_REFORM ? LEADING : v < 0.3 ? LEADING + 1 : LEADING + 2, allowance: 0 };
  }
  const post = !person.qualifiedKnown && u < 0.35 ? UNQUALIFIED : u > 0.996 ? PERIPATETIC : 0;
  // An allowance for a few weeks, below what makes a middle leader.
  return { post, allowance: v < 0.004 ? 40 + Math.floor(14_000 * v) : 0 };
}

function seniorPost(u: number, isSecondary: boolean): number {
  if (u < 0.012) return HEAD - 1;
  if (u < (isSecondary ? 0.13 : 0.42)) return HEAD;
  return u < (isSecondary ? 0.37 : 0.72) ? HEAD + 1 : HEAD + 2;
}
