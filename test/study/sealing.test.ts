import { describe, expect, it } from "vitest";
import { assay, smallPanel, Workshop } from "../support/workshop.ts";

const isLater = (year: string) => Number(year) > 2016;

async function designOf(
  panel: string,
  bend: (shop: Workshop) => void = () => {},
): Promise<{ design: string; sample: string; out: string }> {
  using shop = new Workshop({ panel });
  bend(shop);
  const said = await assay("design", shop.folder);
  expect(said.err).not.toContain("fault");
  expect(said.code).toBe(0);
  return { design: shop.read("out", "design.json"), sample: shop.read("out", "samples", "main.csv"), out: said.out };
}

describe("sealing by cell", () => {
  it("does not let a planted value in a sealed cell change the output of design by a byte", async () => {
    const plain = await designOf(smallPanel());
    const planted = await designOf(
      smallPanel((row) => (isLater(row.year) ? { ...row, mark: row.programme === "1" ? "999" : "-999" } : row)),
    );
    expect(planted).toEqual(plain);
  });

  it("does not let a missingness pattern in sealed cells change it either, nor units that are gone", async () => {
    const plain = await designOf(smallPanel());
    const emptied = await designOf(
      smallPanel((row) => (isLater(row.year) && row.programme === "1" ? { ...row, mark: "SUPP" } : row)),
    );
    const gone = await designOf(smallPanel((row) => (isLater(row.year) && row.programme === "0" ? undefined : row)));
    expect(emptied).toEqual(plain);
    expect(gone).toEqual(plain);
  });

  it("still sees an earlier year of the same column", async () => {
    const plain = await designOf(smallPanel());
    const moved = await designOf(
      smallPanel((row) => (row.year === "2016" && row.school === "S001" ? { ...row, mark: "140" } : row)),
    );
    expect(moved.design).not.toBe(plain.design);
  });

  it("shows the shape of a faulty value in a sealed cell, never the value", async () => {
    using shop = new Workshop({
      panel: smallPanel((row) => (row.school === "S003" && row.year === "2018" ? { ...row, mark: "12.3.4" } : row)),
    });
    const said = await assay("design", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain("number with two points");
    expect(said.err).not.toContain("12.3.4");
  });

  it("refuses a covariate read after baseline, with its place", async () => {
    using shop = new Workshop();
    shop.editStudy(["mark at baseline, fsm", "mark at baseline + 2, fsm"]);
    const said = await assay("design", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toMatch(/study\.yaml:26:\d+ {2}looks-ahead/);
  });

  /** Ways to read a later outcome under another name: each must be refused, or give the same bytes whatever it holds. */
  const routes: readonly (readonly [name: string, source: string, column: string])[] = [
    [
      "a second source over the same file without a year, summarised",
      "again: { file: panel.csv, columns: { school: { type: text }, again_mark: { from: mark, type: number, unit: points, codes: { SUPP: suppressed } } } }",
      "leak: { summary: mean, of: again, on: [school], value: again_mark }",
    ],
    [
      "the year declared as a plain number",
      "again: { file: panel.csv, where: yr = 2018, columns: { school: { type: text }, yr: { from: year, type: whole, unit: year }, again_mark: { from: mark, type: number, unit: points, codes: { SUPP: suppressed } } } }",
      "leak: { summary: mean, of: again, on: [school], value: again_mark }",
    ],
    [
      "a summary that only asks where",
      "again: { file: panel.csv, columns: { school: { type: text }, again_mark: { from: mark, type: number, unit: points, codes: { SUPP: suppressed } } } }",
      "leak: { summary: count, of: again, on: [school], where: again_mark > 100 }",
    ],
    [
      "two years and no key",
      "again: { file: panel.csv, columns: { school: { type: text }, y1: { from: year, type: academicYear, written: end }, y2: { from: year, type: academicYear, written: end }, again_mark: { from: mark, type: number, unit: points, codes: { SUPP: suppressed } } } }",
      "leak: { summary: mean, of: again, on: [school], value: again_mark }",
    ],
  ];
  it.each(routes)("is not got round by %s", async (_, source, column) => {
    const outcomes: string[] = [];
    for (const later of ["100.00", "7.00"]) {
      using shop = new Workshop({
        panel: smallPanel((row) =>
          row.year === "2018" ? { ...row, mark: row.programme === "1" ? later : row.mark } : row,
        ),
      });
      shop.editStudy(
        ["units:\n", `  ${source}\nunits:\n`],
        [
          "identity: school, year: year }",
          `identity: school, year: year, columns: { ${column.replace(/^(\w+): /, "$1: ")} } }`,
        ],
        ["covariates: [mark at baseline,", "covariates: [leak at baseline, mark at baseline,"],
      );
      const said = await assay("design", shop.folder);
      expect(said.err).not.toContain("mistake of its own");
      outcomes.push(said.code === 0 ? shop.read("out", "design.json") : `refused ${said.code}`);
    }
    expect(outcomes[0]).toBe(outcomes[1]);
    expect(outcomes[0]).toBe("refused 1");
  });

  it("is not got round by a second unit without years, or a comparison with a later baseline", async () => {
    using unit = new Workshop();
    unit.editStudy(
      ["design:\n", "  later: { is: school, from: panel, identity: school, where: year = 2017/18 }\ndesign:\n"],
      [
        "outcomes:\n",
        "    peek: { unit: later, treated: programme = yes, baselineYear: 2015/16, match: { covariates: [mark], missing: completeCase } }\noutcomes:\n",
      ],
    );
    const byUnit = await assay("design", unit.folder);
    expect(byUnit.code).toBe(1);
    expect(byUnit.err).not.toContain("mistake of its own");

    using baseline = new Workshop();
    baseline.editStudy(["outcomes:\n", "    peek: { like: main, baselineYear: 2017/18 }\noutcomes:\n"]);
    const byYear = await assay("design", baseline.folder);
    expect(byYear.code).toBe(1);
    expect(byYear.err).toContain("baselines-differ");
  });

  it.each([["exclude: { late-one: late = 'a' }"], ["pool: late = 'b'"], ["excludeBoth: { late-one: late = 'a' }"]])(
    "refuses a derived column that looks ahead in `%s`",
    async (line) => {
      using shop = new Workshop();
      shop.editStudy(
        [
          "identity: school, year: year }",
          "identity: school, year: year, columns: { late: { expression: \"if mark at 2017/18 > 100 then 'a' else 'b'\", reference: a } } }",
        ],
        ["      assignedBy: district\n", `      assignedBy: district\n      ${line}\n`],
      );
      const said = await assay("design", shop.folder);
      expect(said.err).not.toContain("mistake of its own");
      expect(said.code).toBe(1);
      expect(said.err).toContain("looks-ahead");
    },
  );

  it("shows only the shape of a faulty sealed value when the outcome is an expression, or read under another name", async () => {
    const panel = smallPanel((row) =>
      row.school === "S003" && row.year === "2018" ? { ...row, mark: "SECRET1" } : row,
    );
    using shop = new Workshop({ panel });
    shop.editStudy(["column: mark,", "expression: mark at 2017/18 - mark at 2015/16,"]);
    const said = await assay("check", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).not.toContain("SECRET1");
  });

  it("is not got round by another year column, a contradicting `measured`, or the same file under another name", async () => {
    const source = (columns: string, rest = "") =>
      `  again: { file: panel.csv, ${rest}columns: { school: { type: text }, ${columns} } }\nunits:\n`;
    const mark =
      "again_mark: { from: mark, type: number, unit: points, codes: { SUPP: suppressed }, measured: 2015/16 }";
    const others = [
      [source(`opened: { from: pupils, type: academicYear, written: start }, ${mark}`), "year-unclear"],
      [source(`yr: { from: year, type: whole, unit: year }, ${mark}`, "where: yr = 2018, "), "looks-ahead"],
    ] as const;
    for (const [declared, code] of others) {
      using shop = new Workshop();
      shop.editStudy(
        ["units:\n", declared],
        [
          "identity: school, year: year }",
          "identity: school, year: year, join: [{ source: again, on: [school], columns: [again_mark] }] }",
        ],
        ["covariates: [mark at baseline,", "covariates: [again_mark, mark at baseline,"],
      );
      const said = await assay("design", shop.folder);
      expect(said.err).not.toContain("mistake of its own");
      expect(said.code).toBe(1);
      expect(said.err).toContain(code);
    }
    using copied = new Workshop();
    copied.writeData("copy.csv", copied.read("data", "panel.csv"));
    copied.editStudy(["units:\n", "  again: { file: copy.csv, columns: { school: { type: text } } }\nunits:\n"]);
    const said = await assay("design", copied.folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain("copy.csv (again) is the same file as panel.csv (panel), under another name.");
  });

  it.each([["exclude: { late: now > 100 }"], ["pool: now < 200"], ["baselineOf: { mark: now }"]])(
    "refuses a column that says it was measured later in `%s`",
    async (line) => {
      const panel = smallPanel()
        .split("\n")
        .map((text, i) => (i === 0 ? `${text},now` : text === "" ? "" : `${text},${i}`))
        .join("\n");
      using shop = new Workshop({ panel });
      shop.editStudy(
        ["      mark: {", "      now: { type: number, unit: points, measured: 2017/18 }\n      mark: {"],
        ["      assignedBy: district\n", `      assignedBy: district\n      ${line}\n`],
      );
      const said = await assay("design", shop.folder);
      expect(said.code).toBe(1);
      expect(said.err).toContain("covariate-after-treatment");
    },
  );

  it("does not let `where` of a source tell how many later outcomes there are", async () => {
    using shop = new Workshop();
    shop.editStudy(["    key: [school, year]\n", "    key: [school, year]\n    where: mark > 95\n"]);
    const said = await assay("check", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain("sealed-in-where");
    expect(said.err).not.toContain("rows kept");
  });
});
