import { describe, expect, test } from "vitest";
import { FIRST_CENSUS } from "./calendar.ts";
import { CENSUS_COLUMNS } from "./censusRows.ts";
import { inventWorkforce } from "./inventWorkforce.ts";
import { settle } from "./options.ts";
import { playSchools } from "./schoolHistory.ts";
import { inventSites } from "./schools.ts";

/** The smallest workforce. Under this seed a school was once about to end in the year in which another merged into it. */
const SMALL = { seed: 20, teachers: 14_000 };
const columnOf = (name: string) => CENSUS_COLUMNS.findIndex((column) => column.name === name);

describe("schools that merge", () => {
  test.each([20, 23, 43, 48])("go into one that is open at the census after (seed %i)", (seed) => {
    const { years, mergesInto, endsAt } = playSchools(seed, inventSites(seed, settle({ ...SMALL, seed })));
    let merged = 0;
    for (const [site, into] of mergesInto.entries()) {
      if (into < 0) continue;
      merged++;
      expect(endsAt[into]).toBeGreaterThan(endsAt[site]!);
      expect(years[endsAt[site]!]!.urn[into]).toBeGreaterThan(0);
    }
    expect(merged).toBeGreaterThan(3);
  });

  test("leave every census row in a school of that year, or in a private one", async () => {
    const world = settle(SMALL);
    const { years } = playSchools(world.seed, inventSites(world.seed, world));
    const open = years.map(({ urn }) => new Set(urn.filter((own) => own > 0)));
    const [urns, sectors] = [columnOf("urn"), columnOf("sector")];
    let homeless = 0;
    await inventWorkforce(SMALL, ({ year, rows, columns }) => {
      for (let row = 0; row < rows; row++) {
        const urn = columns[urns]![row]!;
        const isPrivate = columns[sectors]![row] === 1;
        if (isPrivate ? urn < 990_000 : !open[year - FIRST_CENSUS]!.has(urn)) homeless++;
      }
    });
    expect(homeless).toBe(0);
  });
});
