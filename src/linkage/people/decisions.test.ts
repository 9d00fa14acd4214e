import { describe, expect, test } from "vitest";
import { Faults } from "#domain";
import { readDecisions, writeDecisions } from "./decisions.ts";

const KEY = { rowKey: ["mi_row"], identity: "person_id" };
const read = (text: string) => readDecisions(text, "linkage/decisions.csv", KEY);
const HEADER = "mi_row,person_id,decision,by,date,reason\n";

function faultsOf(text: string): readonly (readonly [number | undefined, string])[] {
  try {
    read(text);
  } catch (problem) {
    if (problem instanceof Faults) return problem.faults.map(({ place, message }) => [place?.line, message]);
  }
  return [];
}

describe("a file of decisions", () => {
  test("is read with the line of each, and written as it was", () => {
    const text = `${HEADER}17,P1,same,A. Person,2026-01-02,"married name, same school"\n18,P2,different,B,2026-01-03,\n`;
    const decisions = read(text);
    expect(decisions[0]).toEqual({
      row: { mi_row: "17" },
      identity: "P1",
      decision: "same",
      by: "A. Person",
      date: "2026-01-02",
      reason: "married name, same school",
      line: 2,
    });
    expect(writeDecisions(decisions, KEY)).toBe(text);
  });

  test("may be empty, or not there yet", () => {
    expect(read("")).toEqual([]);
    expect(read(HEADER)).toEqual([]);
  });

  test("names every line that cannot be taken in", () => {
    expect(faultsOf(`${HEADER}1,P1,sane,A,,\n2,,same,A,,\n3,P3,same,,,\n`)).toEqual([
      [2, "The decision is `sane`."],
      [3, "No person_id is given."],
      [4, "Nobody is named who decided."],
    ]);
    expect(faultsOf("mi_row,person,decision\n")).toEqual([
      [1, "linkage/decisions.csv lacks person_id, by, date, reason."],
    ]);
  });

  test("may not contradict itself", () => {
    expect(faultsOf(`${HEADER}1,P1,same,A,,\n1,P1,different,A,,\n`)).toEqual([
      [3, "Line 2 decides `same` about the same pair."],
    ]);
    expect(faultsOf(`${HEADER}1,P1,same,A,,\n1,P2,same,A,,\n`)).toEqual([[3, "Line 2 says that this row is P1."]]);
    expect(faultsOf(`${HEADER}1,P1,same,A,,\n1,P2,different,A,,\n1,P1,same,B,,again\n`)).toEqual([]);
  });
});
