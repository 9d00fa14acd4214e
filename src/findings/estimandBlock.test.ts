import { expect, test } from "vitest";
import { invented, type Parts, type Row } from "#testing";
import { estimandBlock } from "./estimandBlock.ts";
import { evaluate } from "./testing/evaluate.ts";

const rows = invented();
function blockOf(own: readonly Row[], parts: Parts = {}) {
  const { study, analysis, sample } = evaluate(own, parts);
  const block = estimandBlock(study, analysis, sample);
  return { ...block, value: (label: string) => block.rows.find((row) => row.label === label)!.value };
}

test("the block names unit, population, contrast, start, horizons and events after the start", () => {
  const block = blockOf(rows);
  expect(block.rows.map(({ label }) => label)).toEqual([
    "Unit",
    "Programme",
    "How it was decided",
    "Contrast",
    "Start (time zero)",
    "Outcomes",
    "Horizons",
    "Events after the start",
    "Estimand",
    "Size",
  ]);
  expect(block.value("Horizons")).toBe("2016/17, 2017/18 (primary: 2017/18)");
  expect(block.value("How it was decided")).toBe("not declared");
  expect(block.value("Estimand")).toBe("average effect on the treated (ATT)");
  expect(block.value("Size")).toBe(
    "40 programme and 40 comparison schools matched (40 comparison schools in effect); programme schools dropped: 0",
  );
  expect(block.describes).toBe("It describes all 40 programme schools that could be compared.");
});

test("when treated units are dropped the estimate is named for those with a counterpart", () => {
  const block = blockOf(rows.map((row) => (Number(row.school.slice(1)) % 10 === 0 ? { ...row, x: undefined } : row)));
  expect(block.value("Estimand")).toBe("average effect on the treated (ATT), for the treated with a counterpart");
  expect(block.describes).toBe(
    "It describes 36 eligible programme schools. It says nothing about the others (fewer than 10), which lack a usable counterpart or a baseline value.",
  );
  // 40 minus 36 would be the number withheld.
  expect(JSON.stringify(block)).not.toMatch(/\b40 (programme|eligible)/);
});

test("a part and its total are both said where neither gives a small number away", () => {
  const gone = (every: number) =>
    blockOf(rows.map((row) => (Number(row.school.slice(1)) % every === 0 ? { ...row, x: undefined } : row))).describes;
  expect(gone(3)).toContain("26 of the 40 eligible programme schools. It says nothing about the others (14)");
});

test("the number in the data is said only where every part of it may be", () => {
  const some = rows.map((row) => (Number(row.school.slice(1)) % 10 === 0 ? { ...row, x: undefined } : row));
  const described = (condition: string, own: readonly Row[]) =>
    blockOf(own, { comparison: `excludeBoth: { size: ${condition} }` }).describes;
  // Of the 40 programme schools ten have 150 or 160 pupils, five have 160.
  expect(described("pupils >= 150", rows)).toContain("Of 40 programme schools in the data, 10 were left out");
  expect(described("pupils = 160", rows)).toContain("Other programme schools (fewer than 10) were left out");
  expect(described("pupils = 160", rows)).not.toContain("40");
  expect(described("pupils >= 150", some)).toContain("Other programme schools (10) were left out");
  expect(described("pupils >= 150", some)).not.toMatch(/40|30/);
});

test("who counts how much is said as it was done", () => {
  expect(blockOf(rows).value("Unit")).toBe("school; each school counts once (school weighted)");
  expect(blockOf(rows, { analysis: ", weights: pupils" }).value("Unit")).toBe(
    "school; each school counts by its pupils at baseline",
  );
});
