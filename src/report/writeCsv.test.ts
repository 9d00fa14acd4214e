import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SafeExhibit } from "#disclosure";
import type { ExhibitCell } from "#findings";
import { writeCsv } from "./writeCsv.ts";

const table = (rows: SafeExhibit["rows"]): SafeExhibit => ({
  kind: "safe",
  id: "x",
  title: "X",
  summary: "",
  columns: [
    { id: "name", label: "Name", align: "left" },
    { id: "n", label: "n", align: "right" },
    { id: "effect", label: "Effect", align: "right" },
  ],
  rows,
  notes: [],
  about: { definition: "", base: "", set: "", date: "", filters: [], model: "", sources: [] },
});

/** Reads RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    rows.at(-1)!.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === "\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

describe("a table as CSV", () => {
  it("gives a number as printed and at full precision, a count as a count, and the reason of a gap", () => {
    const csv = writeCsv(
      table([
        {
          id: "a",
          cells: {
            name: { text: "A" },
            n: { text: "1,234", value: 1234, isCount: true },
            effect: { text: "−0.01", value: -0.0073 },
          },
        },
        {
          id: "b",
          cells: {
            name: { text: "B" },
            n: { text: "c", reason: "withheld" },
            effect: { text: "–", reason: "too few" },
          },
        },
      ]),
    );
    expect(readCsv(csv)).toEqual([
      ["row", "name", "n", "effect", "effect_value", "reasons"],
      ["a", "A", "1234", "−0.01", "-0.0073", ""],
      ["b", "B", "c", "", "", "n: withheld; effect: too few"],
    ]);
  });

  it("lets no name run as a formula, and leaves numbers and intervals as they are", () => {
    const printed = (name: string, effect: ExhibitCell) =>
      readCsv(
        writeCsv(
          table([{ id: "a", cells: { name: { text: name }, n: { text: "1", value: 1, isCount: true }, effect } }]),
        ),
      )[1]!;
    for (const name of ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1"])
      expect(printed(name, { text: "1", value: 1 })[1]).toBe(`'${name}`);
    expect(printed("A=1", { text: "1", value: 1 })[1]).toBe("A=1");
    expect(printed("A", { text: "+0.20", value: 0.2 })[3]).toBe("+0.20");
    expect(printed("A", { text: "+0.20 to +0.40", range: { low: 0.2, high: 0.4 } })[3]).toBe("+0.20 to +0.40");
  });

  it("keeps any name whole", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        fc.pre(name !== "–");
        const read = readCsv(
          writeCsv(
            table([
              {
                id: "a",
                cells: {
                  name: { text: name },
                  n: { text: "1", value: 1, isCount: true },
                  effect: { text: "1", value: 1 },
                },
              },
            ]),
          ),
        );
        expect(read[1]![1]).toBe(/^[=+\-@\t\r]/.test(name) ? `'${name}` : name);
      }),
    );
  });
});
