import { describe, expect, test } from "vitest";
import { type InventedReturn, inventCensus, inventReturn } from "../testing/invented.ts";
import { type Census, indexCensus } from "./census.ts";
import { type ComparedAs, type ComparedField, comparedField } from "./comparedField.ts";
import { linkPeople, type PeopleLinks, type PeopleStep } from "./linkPeople.ts";

const AS: Readonly<Record<string, ComparedAs>> = {
  trn: "number",
  surname: "name",
  forename: "name",
  birth_date: "date",
  urn: "text",
};
const census = inventCensus({ people: 30_000, years: 6, seed: 3 });
const index: Census = indexCensus(census.frame.columns.get("person_id")!);

function steps(frame: InventedReturn["frame"], withExact = true): readonly PeopleStep[] {
  const fields = Object.fromEntries(
    Object.entries(AS).map(([column, as]) => [
      column,
      comparedField({ column, as }, frame.columns.get(column)!, census.frame.columns.get(column)!),
    ]),
  ) as Record<string, ComparedField>;
  const of = (...names: readonly string[]) => names.map((name) => fields[name]!);
  const exact = [
    ["trn", "surname", "birth_date"],
    ["trn", "birth_date"],
    ["surname", "forename", "birth_date"],
  ];
  return [
    ...(withExact ? exact.map((names) => ({ how: "exact" as const, fields: of(...names) })) : []),
    {
      how: "probabilistic",
      compare: of("trn", "surname", "forename", "birth_date", "urn"),
      blocks: [of("birth_date"), of("urn", "surname"), of("trn")],
      accept: 0.95,
      review: 0.8,
    },
  ];
}

const none = { same: new Map(), different: new Map() };
const link = (returned: InventedReturn, withExact = true): PeopleLinks =>
  linkPeople({
    rows: returned.frame.rows,
    steps: steps(returned.frame, withExact),
    census: index,
    oneToOne: true,
    decided: none,
  });

function score({ truth }: InventedReturn, links: PeopleLinks) {
  let [right, wrong, present] = [0, 0, 0];
  for (const [row, person] of links.person.entries()) {
    if (truth[row]! >= 0) present++;
    if (person < 0) continue;
    if (truth[row] === person) right++;
    else wrong++;
  }
  return { right, wrong, present };
}

describe("linkage of a return to a census", () => {
  test("finds nearly everybody and hardly anybody wrong, and estimates m near the truth", () => {
    let total = { right: 0, wrong: 0, present: 0 };
    for (let seed = 1; seed <= 5; seed++) {
      const returned = inventReturn(census, { people: 400, seed });
      const links = link(returned);
      const own = score(returned, links);
      total = { right: total.right + own.right, wrong: total.wrong + own.wrong, present: total.present + own.present };
      const { fields, present, converged } = links.weights!;
      expect(converged).toBe(true);
      expect(present).toBeGreaterThan(0.92);
      for (const field of fields.filter(({ column }) => column !== "urn"))
        expect(field.m.exact, field.column).toBeCloseTo(0.94, 1);
    }
    expect(total.right / (total.right + total.wrong)).toBeGreaterThanOrEqual(0.995);
    expect(total.right / total.present).toBeGreaterThanOrEqual(0.97);
  });
});
