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
});
