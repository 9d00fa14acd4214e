import { describe, expect, it } from "vitest";
import type { PrintedChoice, Publication, Standing } from "./publication.ts";
import { writeHtml } from "./writeHtml.ts";

const STANDING: Standing = {
  registered: true,
  exploratory: false,
  registration: { number: 1, meaning: "abc" },
  retrospective: false,
  amendments: [],
};
const EXPLORATORY: Standing = { registered: false, exploratory: true, retrospective: false, amendments: [] };

/** The words of the page of a publication without results. */
function wordsOf(bend: Partial<Publication>): string {
  const page = writeHtml({
    format: "assay-findings/1",
    program: { name: "Assay", version: "1", grammar: 1, defaults: 1 },
    study: { title: "T", question: "Q?", seed: 1, context: [] },
    standing: STANDING,
    firstLines: [],
    findings: [],
    estimands: [],
    warnings: [],
    sections: [],
    exhibits: [],
    results: [],
    choices: [],
    sources: [],
    protocol: "",
    ...bend,
  });
  return page.replaceAll(/<[^>]*>/g, "");
}

describe("what a page says of its standing", () => {
  it("claims that the comparison was frozen first only where it was registered before any result was opened", () => {
    expect(wordsOf({})).toContain("settled and frozen first");
    const exploratory = wordsOf({ standing: EXPLORATORY });
    expect(exploratory).not.toContain("frozen first");
    expect(exploratory).toContain("Nothing was frozen beforehand");
    const late = wordsOf({ standing: { ...STANDING, retrospective: true } });
    expect(late).not.toContain("frozen first");
    expect(late).toContain("results had been opened before it");
  });

  it("dates the first record and names those that amended it", () => {
    expect(wordsOf({})).toContain("before Assay opened any result (record 1).");
    const amendment = (number: number) => ({ number, reason: "r", changes: [], outcomesSeen: false });
    const amended = wordsOf({ standing: { ...STANDING, amendments: [amendment(2), amendment(3)] } });
    expect(amended).toContain("before Assay opened any result (record 1, amended by records 2 and 3).");
    expect(amended).toContain("Registered: record 1, amended by records 2 and 3. Digest");
  });

  it("promises units behind a figure only where they may be shown", () => {
    expect(wordsOf({})).toContain("the units behind it where they may be shown");
  });
});

describe("the first page", () => {
  it("tells two analyses of one outcome apart in what to keep in mind", () => {
    const of = (analysis: string, caveat: string) => ({
      analysis,
      comparison: "c",
      outcome: "stayed",
      label: "Staying",
      horizon: "1 year",
      isPrimary: true,
      claim: "no clear difference" as const,
      headline: "h",
      howSure: "s",
      caveats: [caveat],
    });
    const both = wordsOf({ findings: [of("people", "First."), of("places", "Second.")] });
    expect(both).toContain("Staying (people)First.");
    expect(both).toContain("Staying (places)Second.");
    const one = wordsOf({ findings: [of("people", "First."), { ...of("people", "Second."), label: "Rising" }] });
    expect(one).toContain("StayingFirst.");
  });

  const choice = (origin: string, by: PrintedChoice["by"]): PrintedChoice => ({ path: "x", value: "1", origin, by });

  it("counts choices by who made them, not by how that is worded", () => {
    const choices = [
      choice("declared", "declared"),
      choice("standard D-19", "default"),
      choice("default by declaration", "declared"),
      choice("rule: least bias", "rule"),
    ];
    expect(wordsOf({ choices })).toContain(
      "rests on 4 settings: the protocol made 2, 1 is a default of Assay, 1 was settled by a declared rule",
    );
  });

  it("says how many warnings there are", () => {
    const warning = { code: "a", message: "b" };
    expect(wordsOf({ warnings: [warning] })).toContain("Assay raised one warning.");
    expect(wordsOf({ warnings: [warning, warning] })).toContain("Assay raised 2 warnings.");
  });
});
