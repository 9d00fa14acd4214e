import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { Faults } from "#domain";
import { readStudyText } from "./readStudy.ts";
import { SMALL } from "./testing/studies.ts";

/** A text either reads or gives faults, each with a place in the file and whole sentences. */
function endsWell(text: string): void {
  try {
    readStudyText(text, "study.yaml");
  } catch (problem) {
    if (!(problem instanceof Faults)) throw problem;
    expect(problem.faults.length).toBeGreaterThan(0);
    const lines = text.split("\n").length;
    for (const fault of problem.faults) {
      expect(fault.code).toMatch(/^[a-z-]+$/);
      expect(fault.message).not.toMatch(/undefined|\[object|NaN|"code":/);
      if (fault.place!.file === "study.yaml") expect(fault.place!.line).toBeLessThanOrEqual(lines + 1);
    }
  }
}

const WORDS =
  "assay study sources units design comparisons outcomes analyses sensitivity like use columns match covariates because from to by __proto__ constructor toString joiners absence change region pupils 2015/16 2016 yes no 0.2".split(
    " ",
  );
const word = fc.constantFrom(...WORDS);
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    word,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.string({ maxLength: 12 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(word, tie("value"), { maxKeys: 4 }),
  ),
}));

describe("no text whatever ends in anything but a study or faults", () => {
  test("random text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), endsWell), { numRuns: 80 });
  });

  test("random YAML of our own words", () => {
    fc.assert(
      fc.property(fc.dictionary(word, anyValue.value, { maxKeys: 8 }), (value) =>
        endsWell(stringify(value, { aliasDuplicateObjects: false })),
      ),
      { numRuns: 120 },
    );
  });

  const lines = SMALL.split("\n");

  test("a good study with one line lost, doubled, cut or moved", () => {
    for (const [i, line] of lines.entries()) {
      const rest = (own: readonly string[]) => [...lines.slice(0, i), ...own, ...lines.slice(i + 1)].join("\n");
      for (const text of [
        rest([]),
        rest([line, line]),
        rest([line.slice(0, line.length / 2)]),
        rest([` ${line}`]),
        rest([line.replace(":", "")]),
      ])
        endsWell(text);
    }
  });

  test("a good study with a piece replaced by something else", () => {
    fc.assert(
      fc.property(
        fc.nat(SMALL.length - 1),
        fc.nat(20),
        fc.oneof(
          word,
          fc.string({ maxLength: 8 }),
          anyValue.value.map((value) => JSON.stringify(value)),
        ),
        (at, length, piece) => endsWell(SMALL.slice(0, at) + piece + SMALL.slice(at + length)),
      ),
      { numRuns: 120 },
    );
  });

  test("a good study with a whole section or entry of another shape", () => {
    const sections = ["study", "sources", "units", "design", "outcomes", "analyses"];
    fc.assert(
      fc.property(fc.constantFrom(...sections), anyValue.value, (section, value) => {
        const others = SMALL.replace(new RegExp(`^${section}:\\n(?: .*\\n)+`, "m"), "");
        endsWell(`${others}${stringify({ [section]: value }, { aliasDuplicateObjects: false })}`);
      }),
      { numRuns: 80 },
    );
  });
});
