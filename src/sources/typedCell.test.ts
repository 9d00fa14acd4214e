import { expect, it } from "vitest";
import { Engine } from "#table";
import { TestFolder } from "./testing/folder.ts";
import { look, problemOf, valuesOf } from "./testing/open.ts";
import type { ValueFaults } from "./valueFaults.ts";

const DECLARATIONS = [
  "type: number",
  "type: number, range: { min: 2, max: 200 }",
  "type: whole",
  "type: proportion",
  "type: percent",
  "type: truth",
  "type: date",
  "type: date, range: { min: 0, max: 20000 }",
  "type: date, written: dd/mm/yyyy",
  "type: academicYear, written: start",
  "type: academicYear, written: end",
  "type: academicYear, written: run",
  "type: academicYear",
  "type: urn",
  "type: ofstedGrade",
  "type: laCode",
  'type: category, levels: ["1", "202"]',
  "type: text",
];

const WHOLES = ["0", "1", "2", "4", "5", "-1", "99", "100"];
const LARGER = ["202", "999", "2015", "3000", "99999", "100000", "999999", "1000000", "201516", "201517", "199900"];
const DOUBLES = [
  "0.5",
  "-0.0::DOUBLE",
  "1e15",
  "1e16",
  "1e-7",
  "1e300",
  "0.1",
  "2.7",
  "123456.789",
  "1234567890123456.0",
];

const PHYSICAL: readonly (readonly [type: string, values: readonly string[]])[] = [
  ["TINYINT", WHOLES],
  ["UTINYINT", WHOLES.filter((value) => value !== "-1")],
  ["SMALLINT", [...WHOLES, "202", "2015", "3000"]],
  ["INTEGER", [...WHOLES, ...LARGER]],
  ["BIGINT", [...WHOLES, ...LARGER, "9007199254740993", "9223372036854775807"]],
  ["UBIGINT", ["1", "202", "18446744073709551615"]],
  ["HUGEINT", [...WHOLES, "170141183460469231731687303715884105727"]],
  ["DOUBLE", [...WHOLES, ...LARGER, ...DOUBLES, "'nan'", "'inf'", "'-inf'"]],
  ["FLOAT", ["0.1", "2", "202", "'nan'", "1e20"]],
  ["DECIMAL(18,2)", ["0.1", "2", "202.50"]],
  ["BOOLEAN", ["true", "false"]],
  ["DATE", ["'2016-09-01'", "'1970-01-01'", "'1969-12-31'", "'0044-03-15 (BC)'", "'12345-01-01'", "'infinity'"]],
  ["TIMESTAMP", ["'2016-09-01 00:00:00'", "'2016-09-01 10:00:00'"]],
  ["VARCHAR", ["'1'", "'202'", "''", "'2016-09-01'", "' x'", "'x'"]],
];

/** Every declaration over the same cells. A code that nobody wrote makes a column be read as text. */
const declared = (isAsText: boolean): string =>
  `columns: { ${DECLARATIONS.map((one, i) => `d${i}: { ${one}${isAsText ? ", codes: { NOBODY: missing }" : ""} }`).join(", ")} }`;

async function write(
  folder: TestFolder,
  file: string,
  type: string,
  rows: readonly (readonly string[])[],
): Promise<void> {
  const engine = await Engine.open();
  const columns = DECLARATIONS.map((_, i) => `d${i}`).join(", ");
  const cells = rows.map((row) => `(${row.map((cell) => `(${cell})::${type}`).join(", ")})`).join(", ");
  await engine.run(
    `COPY (SELECT * FROM (VALUES ${cells}) AS t(${columns})) TO '${folder.path}/${file}' (FORMAT parquet)`,
  );
  engine.close();
}

it.each(PHYSICAL)("cells of type %s are refused and read as their text is", async (type, values) => {
  using folder = new TestFolder();
  const rows = [...values, "NULL"].map((value) => DECLARATIONS.map(() => value));
  await write(folder, "all.parquet", type, rows);
  const options = { format: "parquet" } as const;
  const byType = (await problemOf(folder, "all.parquet", declared(false), options)) as ValueFaults;
  const byText = (await problemOf(folder, "all.parquet", declared(true), options)) as ValueFaults;
  expect(byType.cells).toEqual(byText.cells);
  expect(byType.cells.length).toBeGreaterThan(0);

  const wrong = new Set(byText.cells.map(({ row, column }) => `${row} ${column}`));
  const right = rows.map((row, r) => row.map((cell, c) => (wrong.has(`${r + 1} d${c}`) ? "NULL" : cell)));
  await write(folder, "right.parquet", type, right);
  const typed = await look(folder, "right.parquet", declared(false), options);
  const written = await look(folder, "right.parquet", declared(true), options);
  for (const i of DECLARATIONS.keys()) expect(valuesOf(typed, `d${i}`)).toEqual(valuesOf(written, `d${i}`));
});
