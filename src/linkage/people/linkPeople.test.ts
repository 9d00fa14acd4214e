import { describe, expect, test } from "vitest";
import { takeRows } from "#table";
import { type InventedReturn, inventCensus, inventReturn } from "../testing/invented.ts";
import { frameOf, column as textColumn } from "../testing/tables.ts";
import { type Census, indexCensus } from "./census.ts";
import { type ComparedAs, type ComparedField, comparedField } from "./comparedField.ts";
import { estimatedFalseMatches, linkPeople, type PeopleLinks, type PeopleStep } from "./linkPeople.ts";

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

/** Rows of a small census or return: number, surname, forename, birth date, school; a person's rows share the first cell. */
type Row = readonly [string, string?, string?, string?, string?, string?];

function smallFrame(rows: readonly Row[]) {
  const at = (i: number) => textColumn(rows.map((row) => (row[i] === "" ? undefined : row[i])));
  const names = ["person_id", "trn", "surname", "forename", "birth_date", "urn"];
  const cells = names.map(
    (name, i) => [name, rows.some((row) => (row[i] ?? "") !== "") ? at(i) : NOTHING(rows.length)] as const,
  );
  return frameOf(Object.fromEntries(cells));
}
const NOTHING = (rows: number) =>
  ({ kind: "code", type: "text", levels: [], codes: new Int32Array(rows).fill(-1) }) as const;

function ask(
  returned: readonly Row[],
  people: readonly Row[],
  options: {
    exact?: readonly (readonly string[])[];
    weights?: boolean;
    same?: readonly (readonly [number, string])[];
    different?: readonly (readonly [number, string])[];
    oneToOne?: boolean;
  } = {},
) {
  const [from, to] = [smallFrame(returned), smallFrame(people)];
  const own = indexCensus(to.columns.get("person_id")!);
  const fields = Object.fromEntries(
    Object.entries(AS).map(([name, as]) => [
      name,
      comparedField({ column: name, as }, from.columns.get(name)!, to.columns.get(name)!),
    ]),
  ) as Record<string, ComparedField>;
  const of = (names: readonly string[]) => names.map((name) => fields[name]!);
  const person = (id: string) => Array.from({ length: own.people }, (_, p) => own.identity(p)).indexOf(id);
  const different = new Map<number, Set<number>>();
  for (const [row, id] of options.different ?? [])
    different.set(row, (different.get(row) ?? new Set()).add(person(id)));
  const exact = options.exact ?? [
    ["trn", "surname", "birth_date"],
    ["trn", "birth_date"],
  ];
  const links = linkPeople({
    rows: returned.length,
    census: own,
    oneToOne: options.oneToOne ?? true,
    decided: { same: new Map((options.same ?? []).map(([row, id]) => [row, person(id)])), different },
    steps: [
      ...exact.map((names) => ({ how: "exact" as const, fields: of(names) })),
      ...(options.weights === true
        ? [
            {
              how: "probabilistic" as const,
              compare: of(["trn", "surname", "forename", "birth_date", "urn"]),
              blocks: [of(["birth_date"]), of(["trn"])],
              accept: 0.95,
              review: 0.8,
            },
          ]
        : []),
    ],
  });
  return { links, found: Array.from(links.person, (one) => (one < 0 ? "none" : own.identity(one))) };
}

const ANN: Row = ["A", "1234567", "Smith", "Ann", "1980-04-03", "100001"];
const BEN: Row = ["B", "2345678", "O'Brien", "Benjamin", "1975-11-20", "100002"];
const returnOf = ([, ...cells]: Row): Row => ["", ...cells];

describe("exact steps", () => {
  test("find a person by a writing of the same number, name and date", () => {
    const { found, links } = ask(
      [
        ["", "12/34567", "SMITH", "A", "3.4.80"],
        ["", "RP 23 45678", "O Brien", "Ben", "20/11/1975"],
      ],
      [ANN, BEN],
    );
    expect(found).toEqual(["A", "B"]);
    expect(links.by).toEqual([0, 0]);
  });

  test("find somebody by the version of an earlier year: the name before marriage", () => {
    const later: Row = ["A", "1234567", "Jones", "Ann", "1980-04-03", "100009"];
    expect(ask([returnOf(ANN)], [ANN, later]).found).toEqual(["A"]);
    expect(ask([returnOf(later)], [ANN, later]).links.by).toEqual([0]);
  });

  test("do not put one agreement of one year and one of another together", () => {
    const other: Row = ["A", "7654321", "Smith", "Ann", "1980-04-03"];
    const married: Row = ["A", "1234567", "Jones", "Ann", "1980-04-03"];
    expect(ask([returnOf(ANN)], [other, married], { exact: [["trn", "surname", "birth_date"]] }).found).toEqual([
      "none",
    ]);
  });

  test("leave a row that several people fit to be decided", () => {
    const { found, links } = ask([returnOf(ANN)], [ANN, ["C", ...ANN.slice(1)] as unknown as Row]);
    expect(found).toEqual(["none"]);
    expect(links.reason[0]).toContain("2 people of the census agree exactly");
    expect(links.review.map(({ why }) => why)).toEqual(Array(2).fill(links.review[0]!.why));
  });

  test("never meet on a gap", () => {
    expect(
      ask([["", "", "Smith", "Ann", ""]], [["A", "", "Smith", "Ann", ""]], { exact: [["trn", "birth_date"]] }).found,
    ).toEqual(["none"]);
  });
});

describe("one to one", () => {
  test("two rows of one person share the link, and are one person", () => {
    const { found, links } = ask([returnOf(ANN), ["", "1234567", "Smyth", "", "3/4/80"]], [ANN, BEN]);
    expect(found).toEqual(["A", "A"]);
    expect(links.returned.people).toBe(1);
  });

  test("a row that finds nobody has the link of another row of its person", () => {
    const { found, links } = ask([returnOf(ANN), ["", "1234567", "Smith", "Ann", ""]], [ANN]);
    expect(found).toEqual(["A", "A"]);
    expect(links.by[1]).toBe("anotherRow");
  });

  test("two people with one number are told apart by their names and dates, and the number is said", () => {
    const wrong: Row = ["", "1234567", "Patel", "Priya", "1990-01-02"];
    const { found, links } = ask([returnOf(ANN), wrong], [ANN, ["P", "9999991", "Patel", "Priya", "1990-01-02"]], {
      exact: [
        ["trn", "birth_date"],
        ["surname", "forename", "birth_date"],
      ],
    });
    expect(found).toEqual(["A", "P"]);
    expect(links.returned.sharedNumbers).toBe(1);
  });

  test("twins stay two", () => {
    const { links } = ask(
      [
        ["", "", "Smith", "Ann", "1980-04-03"],
        ["", "", "Smith", "Beth", "1980-04-03"],
      ],
      [ANN],
    );
    expect(links.returned.people).toBe(2);
  });

  test("a tie goes to review for both", () => {
    const twice: readonly Row[] = [
      ["", "", "Smith", "Ann", "1980-04-03"],
      ["", "1111112", "Smith", "Zoe", "1980-04-03"],
    ];
    const { found, links } = ask(twice, [ANN], { exact: [["surname", "birth_date"]] });
    expect(found).toEqual(["none", "none"]);
    expect(links.review.map(({ row }) => row)).toEqual([0, 1]);
    expect(links.reason[0]).toContain("two people of the return fit A equally well");
    expect(ask(twice, [ANN], { exact: [["surname", "birth_date"]], oneToOne: false }).found).toEqual(["A", "A"]);
  });
});

describe("decisions", () => {
  test("`same` links whatever the evidence, `different` bars a link the steps would make", () => {
    const { found, links } = ask([returnOf(ANN), returnOf(BEN)], [ANN, BEN], {
      same: [[0, "B"]],
      different: [[1, "B"]],
      oneToOne: false,
    });
    expect(found).toEqual(["B", "none"]);
    expect(links.by[0]).toBe("decided");
  });

  test("somebody decided keeps a person against a claim by evidence", () => {
    const { found, links } = ask([returnOf(BEN), returnOf(ANN)], [ANN, BEN], { same: [[0, "A"]] });
    expect(found).toEqual(["A", "none"]);
    expect(links.reason[1]).toContain("fits another person of the return better");
  });
});

describe("what is empty or single", () => {
  test.each([
    ["no return", [], [ANN]],
    ["no census", [returnOf(ANN)], []],
    ["neither", [], []],
    ["one and one", [returnOf(ANN)], [ANN]],
    ["a row with nothing", [["", "", "", "", ""]], [ANN]],
  ] as readonly (readonly [string, readonly Row[], readonly Row[]])[])("%s", (_, returned, people) => {
    const { found } = ask(returned, people, { weights: true });
    expect(found.length).toBe(returned.length);
    expect(found.filter((one) => one !== "none").length).toBeLessThanOrEqual(Math.min(returned.length, people.length));
  });

  test("without weights no rate of wrong links is given", () => {
    expect(estimatedFalseMatches(ask([returnOf(ANN)], [ANN]).links)).toEqual({
      state: "not estimable",
      reason: "no probabilistic step gives the links a probability",
    });
    expect(estimatedFalseMatches(ask([], []).links)).toEqual({ state: "not estimable", reason: "no row was linked" });
  });
});

describe("weights of evidence", () => {
  const returned = inventReturn(census, { people: 200, seed: 11 });
  const links = link(returned, false);

  test("each field's probabilities add up to one, and agreement speaks for a match", () => {
    for (const { m, u } of links.weights!.fields) {
      expect(m.exact + m.near + m.different).toBeCloseTo(1, 9);
      expect(u.exact + u.near + u.different).toBeCloseTo(1, 9);
      expect(m.exact).toBeGreaterThan(u.exact);
      expect(m.different).toBeLessThan(u.different);
    }
  });

  test("the probabilities of one row add up to at most one", () => {
    const { probability } = links.weights!;
    for (const value of probability) expect(value >= 0 && value <= 1).toBe(true);
  });

  test("the same rows in another order are linked alike", () => {
    const order = Int32Array.from({ length: 200 }, (_, row) => (row * 73) % 200);
    const turned = { frame: takeRows(returned.frame, order), truth: returned.truth };
    const again = link(turned, false);
    for (const [row, from] of order.entries()) expect(again.person[row]).toBe(links.person[from]);
  });

  test("one to one between people holds", () => {
    const owners = new Map<number, number>();
    for (const [row, person] of links.person.entries()) {
      if (person < 0) continue;
      const unit = links.returned.personOf[row]!;
      expect(owners.get(person) ?? unit).toBe(unit);
      owners.set(person, unit);
    }
  });

  test("estimates the number of wrong links within a factor of two where people are hard to tell apart", () => {
    const hard = inventCensus({ people: 20_000, years: 3, seed: 5, birthDays: 300 });
    const own = indexCensus(hard.frame.columns.get("person_id")!);
    let [wrong, expected] = [0, 0];
    for (let seed = 1; seed <= 4; seed++) {
      const { frame: rows, truth } = inventReturn(hard, { people: 400, seed, absent: 0.3 });
      const field = (name: string) =>
        comparedField({ column: name, as: AS[name]! }, rows.columns.get(name)!, hard.frame.columns.get(name)!);
      const [surname, forename, birth] = [field("surname"), field("forename"), field("birth_date")];
      const found = linkPeople({
        rows: rows.rows,
        census: own,
        oneToOne: true,
        decided: none,
        steps: [
          {
            how: "probabilistic",
            compare: [surname, forename, birth],
            blocks: [[birth], [surname, forename]],
            accept: 0.7,
            review: 0.5,
          },
        ],
      });
      for (const [row, person] of found.person.entries()) {
        if (person < 0) continue;
        if (person !== truth[row]) wrong++;
        expected += 1 - found.probability[row]!;
      }
    }
    expect(wrong).toBeGreaterThan(10);
    expect(expected / wrong).toBeGreaterThan(0.5);
    expect(expected / wrong).toBeLessThan(2);
  });
});
