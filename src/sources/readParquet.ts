import { type Fault, Faults } from "#domain";
import { type Engine, quoteName, quotePath } from "#table";
import type { Delivery } from "./delivery.ts";
import { digestFile, type StoredBytes } from "./fileBytes.ts";
import { noRows } from "./readCsv.ts";
import type { PhysicalColumn } from "./typedCell.ts";

/**
 * Makes a Parquet file readable: each column as the text of its values, so that the same rules check it as any other
 * file, and by its type where that says as much. A number that is not a number (the gap of several programs) is missing.
 *
 * @throws Faults  `parquet-damaged`, `parquet-nested` for a declared column of lists or records, `no-rows`.
 */
export async function readParquet(
  engine: Engine,
  { path, file, wanted }: { readonly path: string; readonly file: string; readonly wanted: readonly string[] },
): Promise<{ delivery: Delivery; stored: StoredBytes }> {
  const stored = await digestFile(path);
  const relation = `read_parquet(${quotePath(path)})`;
  const described = await describe(engine, relation, file);
  const nested = described.filter(
    ({ name, type }) => wanted.includes(name) && /\[\]$|^(STRUCT|MAP|UNION|BLOB)/.test(type),
  );
  if (nested.length > 0)
    throw new Faults(
      file,
      nested.map((column) => isNested(file, column)),
    );
  const records = await engine.number(`SELECT count(*)::INTEGER FROM ${relation}`);
  if (records === 0) throw new Faults(file, [noRows(file)]);
  return {
    delivery: {
      headers: described.map(({ name }) => name),
      records,
      relation,
      columnOf: (header) => asText(described[header]!),
      physicalOf: (header) => described[header]!,
      isTyped: true,
      placeWord: "row",
      locate: async (cells) => cells.map(({ record, field }) => ({ line: record + 1, column: field + 1 })),
    },
    stored,
  };
}

async function describe(engine: Engine, relation: string, file: string): Promise<readonly PhysicalColumn[]> {
  try {
    const rows = await engine.rows(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${relation})`);
    return rows.map(([name, type]) => ({ name: name as string, type: type as string }));
  } catch (problem) {
    const fault: Fault = {
      code: "parquet-damaged",
      severity: "fault",
      message: `${file} cannot be read as Parquet.`,
      suggestion: "Copy the file again, or declare the `format` it has.",
    };
    throw Object.assign(new Faults(file, [fault]), { cause: problem });
  }
}

/** SQL of a column as text: whole values without a decimal point, a moment at midnight as its day. */
function asText({ name, type }: PhysicalColumn): string {
  const column = quoteName(name);
  if (type === "DOUBLE" || type === "FLOAT") {
    const whole = `${column} = trunc(${column}) AND abs(${column}) < 1e15`;
    return `CASE WHEN isnan(${column}) THEN NULL WHEN ${whole} THEN ${column}::BIGINT::VARCHAR ELSE ${column}::VARCHAR END`;
  }
  if (type.startsWith("TIMESTAMP")) return `regexp_replace(${column}::VARCHAR, ' 00:00:00(\\.0+)?(\\+00)?$', '')`;
  return `nullif(${column}::VARCHAR, '')`;
}

function isNested(file: string, { name, type }: PhysicalColumn): Fault {
  return {
    code: "parquet-nested",
    severity: "fault",
    message: `${name} in ${file} holds lists or records (${type.toLowerCase()}), not one value a cell.`,
    suggestion: "Leave the column out, or deliver the file with one value in each cell.",
  };
}
