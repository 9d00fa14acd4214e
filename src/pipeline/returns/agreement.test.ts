import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Faults } from "#domain";
import { checkReturn, RETURN_FILES } from "#programme";
import { describedSource } from "#protocol";
import { openSource, readWritten } from "#sources";
import { registryText } from "#standards";
import { returnFile } from "./openReturn.ts";
import { TestFolder } from "./testing/folder.ts";

const here = Object.values(RETURN_FILES).every(({ edition }) => registryText(edition) !== undefined);
const EXAMPLES = [
  "",
  "yes",
  "NO",
  "1",
  "maybe",
  "2018-09-14",
  "2018-9-14",
  "14/09/2018",
  "2018-02-30",
  "137654",
  "137654 ",
  "0137654",
  "4012",
  "1e5",
  "12.0",
  "-1",
  "+3",
  "0",
  " x",
  "x\u00a0",
  "n/a",
  "-",
];
const FIELDS = ["urn", "recruited", "withdrawn", "surname", "mi_row"] as const;

describe.skipIf(!here)(
  "what the check lets pass, the reader of a study reads (skipped where the editions are not held)",
  () => {
    it("in every cell of the participants file", async () => {
      using folder = new TestFolder();
      const template = returnFile("participants");
      const example = (name: string) => template.fields.find((one) => one.name === name)!.example;
      const any = fc.oneof(
        fc.constantFrom(...EXAMPLES),
        fc.string({ maxLength: 12 }).filter((text) => !/[\r\n\0]/.test(text)),
      );
      const cells = fc.sample(fc.tuple(fc.constantFrom(...FIELDS), any), { numRuns: 600, seed: 5 });
      const quoted = (text: string) => (text === "" ? "" : `"${text.replaceAll('"', '""')}"`);
      const lines = cells.map(([changed, text], i) =>
        template.columns
          .map(({ name }) => quoted(name === changed ? text : name === "mi_row" ? `row${i}` : example(name)))
          .join(","),
      );
      folder.write(
        "mi_participants.csv",
        `${template.columns.map(({ from }) => from).join(",")}\n${lines.join("\n")}\n`,
      );

      const table = await readWritten("mi_participants.csv", { folder: folder.path });
      const { remarks } = checkReturn({ table, template, key: template.key }, undefined, { asAt: 30_000 });
      const faulty = new Set(remarks.filter(({ kind }) => kind === "fault").map(({ line }) => line));
      const declared = describedSource(template.edition, "mi_participants.csv");
      const refused = await openSource(declared, { dataFolder: folder.path }).then(
        async (source) => {
          source.close();
          return [];
        },
        (problem: unknown) => {
          if (!(problem instanceof Faults) || !("cells" in problem)) throw problem;
          return problem.cells as readonly { readonly row: number; readonly column: string; readonly value: string }[];
        },
      );
      expect(refused.length).toBeGreaterThan(50);
      expect(refused.filter(({ row }) => !faulty.has(row))).toEqual([]);
    });
  },
);
