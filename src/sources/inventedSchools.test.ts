import { expect, it } from "vitest";
import { simulateSchools } from "#simulation";
import { registryText } from "#standards";
import { openSource } from "./openSource.ts";
import { declare } from "./testing/declare.ts";
import { TestFolder } from "./testing/folder.ts";

it("reads the invented schools under their registry entry, key and all", async () => {
  using folder = new TestFolder();
  folder.write("panel.csv", simulateSchools({ seed: 1 }).panelCsv);
  const said: string[] = [];
  const declared = declare(registryText("assay/invented-schools@1")!.text, "panel.csv");
  await using source = await openSource(declared, { dataFolder: folder.path, onProgress: (text) => said.push(text) });
  const { frame, trail } = await source.view();
  expect(trail).toMatchObject({ rowsInFile: 3720, rowsKept: 3720, repeatedKeys: { count: 0 } });
  expect(frame.columns.size).toBe(12);
  // Small cohorts are suppressed, which is not the same as missing.
  expect(new Set(frame.columns.get("reading_score")!.states)).toEqual(new Set([0, 1, 2]));
  expect(said).toEqual(["example: reading panel.csv", "example: checking every cell of panel.csv"]);
});
