import { describe, expect, it } from "vitest";
import { describedSource } from "#protocol";
import { registryText } from "#standards";
import { checkReturn } from "./checkReturn.ts";
import { remarkLine } from "./remark.ts";
import { RETURN_FILES, type ReturnFile } from "./returnFields.ts";
import { returnSheets, returnTemplate } from "./returnTemplate.ts";
import { AS_AT } from "./testing/example.ts";

const here = Object.values(RETURN_FILES).every(({ edition }) => registryText(edition) !== undefined);

describe.skipIf(!here)("the template and the registry (skipped where the editions are not held)", () => {
  const described = (which: "participants" | "schools"): ReturnFile & { readonly key: readonly string[] } => {
    const file = RETURN_FILES[which]!;
    const { columns, key } = describedSource(file.edition, file.file);
    return { ...file, columns, key };
  };
  const both = () => [described("participants"), described("schools")];

  it("speak of the same columns, in the same order", () => {
    for (const { columns, fields } of both())
      expect(columns.map(({ name }) => name)).toEqual(fields.map(({ name }) => name));
  });

  it("agree: the examples of the template pass the check without a remark", () => {
    const tables = both().map((template) => ({
      template,
      key: template.key,
      table: {
        file: template.file,
        headers: template.columns.map(({ from }) => from),
        rows: [
          {
            line: 2,
            cells: template.columns.map(({ name }) => template.fields.find((one) => one.name === name)!.example),
          },
        ],
        placeWord: "line" as const,
        faults: [],
        sha256: "",
      },
    }));
    const { remarks } = checkReturn(tables[0]!, tables[1]!, { asAt: AS_AT + 365 });
    expect(remarks.map(remarkLine)).toEqual([]);
  });

  it("publish headers alone, and a page that says everything of every field", () => {
    const [people, schools, page] = returnTemplate(both());
    expect(people!.content).toBe(
      "mi_row,project,provider,trn,surname,forename,birth_date,urn,role_text,recruited,start_date,end_date,withdrawn\n",
    );
    expect(schools!.content).toBe("urn,project,cohort,agreed,withdrawn\n");
    for (const { fields } of both()) {
      for (const { name, what, example, why, emptyWhen } of fields) {
        const line = page!.content.split("\n").find((one) => one.startsWith(`| \`${name}\``) && one.includes(what))!;
        for (const part of [`\`${example}\``, why, emptyWhen === undefined ? "| no |" : `yes, when ${emptyWhen}`])
          expect(line).toContain(part);
      }
    }
  });

  it("make sheets to fill in, named after the files", () => {
    expect(returnSheets(both()).map(({ name }) => name)).toEqual(["mi_participants", "mi_schools", "how_to_fill_in"]);
  });
});
