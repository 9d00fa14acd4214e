import { expect, test } from "vitest";
import { studySchema } from "./schema.ts";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly anyOf?: readonly { readonly required: readonly string[] }[];
  readonly enum?: readonly string[];
}

const schema = studySchema() as Schema;
const entryOf = (section: string): Schema => schema.properties![section]!.additionalProperties as Schema;

test("is one JSON Schema that names the sections and allows no others", () => {
  expect(schema.required).toEqual(["assay", "study", "sources", "units", "design", "outcomes", "analyses"]);
  expect(schema.additionalProperties).toBe(false);
  expect(entryOf("outcomes").properties!.better!.enum).toEqual(["higher", "lower", "neither"]);
});

test("an entry that starts from another may leave its required keys to it", () => {
  expect(entryOf("outcomes").anyOf).toEqual([{ required: ["unit", "measure", "better"] }, { required: ["like"] }]);
  expect(entryOf("sources").anyOf).toEqual([
    { required: ["file", "columns"] },
    { required: ["like"] },
    { required: ["use"] },
  ]);
  expect(entryOf("outcomes").required).toBeUndefined();
});

test("can be written down", () => {
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
});
