import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDate } from "#domain";
import { column, frameOf } from "../testing/tables.ts";
import { readLinks } from "./readLinks.ts";
import { type SchoolLink, schoolSuccession } from "./succession.ts";

const link = (urn: string, successor: string, date?: string, isSplit = false): SchoolLink => ({
  urn,
  successor,
  isSplit,
  ...(date !== undefined && { date: readDate(date)! }),
});
const identities = (links: readonly SchoolLink[], asOf?: string) => {
  const { identityOf } = schoolSuccession(links, asOf === undefined ? undefined : readDate(asOf));
  return Object.fromEntries(identityOf);
};

describe("a school", () => {
  test("that converted, and converted again, is known by its last number", () => {
    expect(identities([link("1", "2"), link("2", "3")])).toEqual({ 1: "3", 2: "3" });
  });

  test("that merged shares the number with the other", () => {
    const found = schoolSuccession([link("1", "3"), link("2", "3")]);
    expect(Object.fromEntries(found.identityOf)).toEqual({ 1: "3", 2: "3" });
    expect(found.merged).toBe(2);
    expect(found.warnings).toEqual([]);
  });

  test("that was split is followed into neither part, and that is said", () => {
    const found = schoolSuccession([link("0", "1"), link("1", "2"), link("1", "3")]);
    expect(Object.fromEntries(found.identityOf)).toEqual({ 0: "1" });
    expect(found.warnings).toEqual(["1 split: followed into none of its parts (1 into 2 and 3)."]);
  });

  test("whose split the publisher names is split also where one part is left in the file", () => {
    expect(identities([link("1", "2", undefined, true)])).toEqual({});
  });

  test("that is followed twice, directly and through another, was not split", () => {
    expect(identities([link("1", "2"), link("1", "3"), link("2", "3")])).toEqual({ 1: "3", 2: "3" });
  });

  test("in a circle has the number of the latest link, with all that lead into it", () => {
    const found = schoolSuccession([link("1", "2", "2012-09-01"), link("2", "1", "2015-09-01"), link("0", "1")]);
    expect(Object.fromEntries(found.identityOf)).toEqual({ 2: "1", 0: "1" });
    expect(found.warnings[0]).toContain("1 in a circle");
  });

  test("whose link lies in the future is not followed yet", () => {
    const found = schoolSuccession([link("1", "2", "2030-01-01")], readDate("2022-03-01"));
    expect(found.identityOf.size).toBe(0);
    expect(found.warnings[0]).toContain("1 to 2 on 2030-01-01");
  });

  test("is not followed into itself", () => {
    expect(identities([link("1", "1")])).toEqual({});
  });

  test("ends, whatever the links: everyone of a chain agrees, and the order of rows does not matter", () => {
    const number = fc.constantFrom(..."123456");
    const links = fc.array(fc.tuple(number, number), { maxLength: 9 });
    fc.assert(
      fc.property(links, fc.integer(), (pairs, turn) => {
        const all = pairs.map(([a, b], i) => link(a, b, `201${i}-09-01`));
        const { identityOf, splits, circles } = schoolSuccession(all);
        const identity = (urn: string) => identityOf.get(urn) ?? urn;
        for (const urn of "123456") expect(identity(identity(urn))).toBe(identity(urn));
        for (const { urn, successor } of all)
          if (splits.length === 0 && circles.length === 0) expect(identity(urn)).toBe(identity(successor));
        const at = all.length === 0 ? 0 : Math.abs(turn) % all.length;
        expect(schoolSuccession([...all.slice(at), ...all.slice(0, at)]).identityOf).toEqual(identityOf);
      }),
    );
  });
});

describe("a table of links", () => {
  test("is read in both of its shapes", () => {
    const simulated = frameOf({ urn: column(["1"]), successor_urn: column(["2"]), link_type: column(["conversion"]) });
    expect(readLinks(simulated)).toEqual([link("1", "2")]);
    const register = frameOf({
      urn: column(["1", "2", "4", "5"]),
      link_urn: column(["2", "1", "6", "7"]),
      link_type: column(["Successor", "Predecessor", "Sixth Form Centre Link", "Successor - Split School"]),
      link_date: column([100, 100, 100, undefined], "date"),
    });
    expect(readLinks(register)).toEqual([
      { urn: "1", successor: "2", isSplit: false, date: 100 },
      { urn: "1", successor: "2", isSplit: false, date: 100 },
      { urn: "5", successor: "7", isSplit: true },
    ]);
  });
});
