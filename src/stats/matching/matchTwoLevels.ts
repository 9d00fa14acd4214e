import { checkLength } from "#math";
import { type DistanceMatches, matchByDistance } from "./matchByDistance.ts";
import { type MatchedSet, matchingWeights } from "./matchedSets.ts";
import { matchNearest, type NearestMatches, type NearestRequest } from "./matchNearest.ts";
import type { PairRules } from "./pairDistances.ts";

export interface TwoLevelRequest {
  /** How schools are matched; `treated` says which schools have the programme. */
  readonly schools: NearestRequest;
  readonly people: PairRules & {
    /** The school of each person, as a row of `schools`. */
    readonly school: Int32Array;
    readonly score: Float64Array;
    /** 1 for a person in the programme. People of comparison schools, and others of programme schools, are 0. */
    readonly treated: Uint8Array;
    readonly neighbours: number;
    /** Whether a person may serve several treated people. */
    readonly replacement: boolean;
    readonly order: "largest" | "smallest" | "data";
    readonly tieRank: Float64Array;
  };
}

export interface TwoLevelMatches {
  readonly schools: NearestMatches;
  /** One per treated person of a matched school, ascending; perhaps without controls. */
  readonly sets: readonly MatchedSet[];
  /** Weights of the people, as `matchingWeights`. */
  readonly weights: Float64Array;
  /** Treated people whose school found no comparison school, ascending. */
  readonly withoutSchool: Int32Array;
  /** Treated people whose school was matched but who found nobody there, ascending. */
  readonly unmatched: Int32Array;
}

/**
 * Matching in two steps: comparison schools for programme schools, then for each treated person the nearest people within
 * the schools matched to their own. Who is compared thus shares the kind of school and is alike in person.
 *
 * Where a comparison school serves several programme schools its people may serve all of them with `replacement`; without,
 * each person serves once over all sets, schools with the lowest tie rank choosing first.
 *
 * @throws ShapeMismatch  the lengths disagree.
 * @throws RangeError     a person's school is no row of `schools`, or `neighbours` is not a whole number above 0.
 * @throws BadScore       a school or person has no score.
 *
 * Source: Stuart and Rubin (2008), Journal of Educational and Behavioral Statistics 33; Zubizarreta and Keele (2017), JASA
 * 112, for designs that match schools and then pupils.
 */
export function matchTwoLevels({ schools, people }: TwoLevelRequest): TwoLevelMatches {
  const n = people.score.length;
  checkLength("school", people.school.length, n);
  checkLength("treated", people.treated.length, n);
  checkLength("tieRank", people.tieRank.length, n);
  const outside = people.school.findIndex((school) => !(school >= 0 && school < schools.score.length));
  if (outside >= 0)
    throw new RangeError(`person ${outside} is in school ${people.school[outside]}, which is not there`);

  const matchedSchools = matchNearest(schools);
  const residents = peopleBySchool(people.school, schools.score.length);
  const sets: MatchedSet[] = [];
  const withoutSchool: number[] = [];
  // 1 for a person who takes no part in the match at hand; those used up stay 1.
  const isUsed = new Uint8Array(n);
  const bySchool = [...matchedSchools.sets].sort((a, b) => schools.tieRank[a.treated] - schools.tieRank[b.treated]);
  const hasSet = new Set(matchedSchools.sets.filter((set) => set.controls.length > 0).map((set) => set.treated));
  for (let person = 0; person < n; person++) {
    if (people.treated[person] === 1 && !hasSet.has(people.school[person])) withoutSchool.push(person);
  }
  for (const { treated: school, controls } of bySchool) {
    if (controls.length === 0) continue;
    const own = residents[school].filter((person) => people.treated[person] === 1);
    const pool = Int32Array.from([...controls].flatMap((other) => [...residents[other]])).filter(
      (person) => people.treated[person] === 0 && isUsed[person] === 0,
    );
    const found = matchWithin(people, own, pool);
    for (const set of found.sets) {
      sets.push(set);
      if (!people.replacement) for (const person of set.controls) isUsed[person] = 1;
    }
  }
  sets.sort((a, b) => a.treated - b.treated);
  return {
    schools: matchedSchools,
    sets,
    weights: matchingWeights(sets, n),
    withoutSchool: Int32Array.from(withoutSchool),
    unmatched: Int32Array.from(sets.filter((set) => set.controls.length === 0).map((set) => set.treated)),
  };
}

function matchWithin(
  people: TwoLevelRequest["people"],
  own: Int32Array,
  pool: Int32Array,
): Pick<DistanceMatches, "sets"> {
  const rows = Int32Array.from([...own, ...pool]);
  const codesOf = (codes: Int32Array) => rows.map((row) => codes[row]);
  const score = Float64Array.from(rows, (row) => people.score[row]);
  const tieRank = Float64Array.from(rows, (row) => people.tieRank[row]);
  const sign = { largest: -1, smallest: 1, data: 0 }[people.order];
  const choosers = Int32Array.from(own, (_, i) => i).sort(
    (a, b) => sign * (score[a] - score[b]) || (sign === 0 ? rows[a] - rows[b] : tieRank[a] - tieRank[b]),
  );
  const found = matchByDistance({
    space: { score },
    treated: Uint8Array.from(rows, (_, i) => Number(i < own.length)),
    neighbours: people.neighbours,
    replacement: people.replacement,
    choosers,
    isDiscarded: new Uint8Array(rows.length),
    tieRank,
    ...(people.caliper !== undefined && { caliper: people.caliper }),
    ...(people.exact !== undefined && { exact: codesOf(people.exact) }),
    ...(people.antiexact !== undefined && { antiexact: people.antiexact.map(codesOf) }),
  });
  return {
    sets: found.sets.map(({ treated, controls }) => ({
      treated: rows[treated],
      controls: controls.map((control) => rows[control]),
    })),
  };
}

function peopleBySchool(school: Int32Array, schools: number): Int32Array[] {
  const lists: number[][] = Array.from({ length: schools }, () => []);
  for (const [person, own] of school.entries()) lists[own].push(person);
  return lists.map((own) => Int32Array.from(own));
}
