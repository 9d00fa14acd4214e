import { type Fault, Faults, type SourceDeclaration } from "#domain";
import { checkExpression, type Expression, parseExpression, typeOfColumn } from "#expression";
import { type OpenOptions, openSource } from "../openSource.ts";
import type { Seal, TidyTable } from "../tidyTable.ts";
import { declare } from "./declare.ts";
import type { TestFolder } from "./folder.ts";

/** A condition over the columns of a source, as the study reader makes it. */
export function condition(source: SourceDeclaration, text: string): Expression {
  const parsed = parseExpression(text, { file: "study.yaml", line: 1, column: 1 });
  if (parsed.state === "faulty") throw new Faults("study.yaml", [parsed.fault]);
  const columns = new Map(source.columns.map((column) => [column.name, { type: typeOfColumn(column) }]));
  const checked = checkExpression(parsed.parsed, { name: source.id, columns, moments: "none", wants: "truth" });
  if (checked.state === "faulty") throw new Faults("study.yaml", checked.faults);
  return checked.expression;
}

/** Opens a file made for a test and looks at it once. */
export async function look(
  folder: TestFolder,
  file: string,
  yaml: string,
  changes: Partial<SourceDeclaration> & { readonly condition?: string } = {},
  seal?: Seal,
): Promise<TidyTable> {
  const { condition: text, ...rest } = changes;
  const declared = declare(yaml, file, rest);
  const where = text === undefined ? {} : { where: condition(declared, text) };
  const source = await openSource({ ...declared, ...where }, { dataFolder: folder.path });
  try {
    return await source.view(seal);
  } finally {
    source.close();
  }
}

/** The faults that opening a file ends with. */
export async function faultsOf(
  folder: TestFolder,
  file: string,
  yaml: string,
  changes: Partial<SourceDeclaration> = {},
  options: Partial<OpenOptions> = {},
): Promise<readonly Fault[]> {
  return (await problemOf(folder, file, yaml, changes, options)).faults;
}

/** The problem that opening a file ends with. */
export async function problemOf(
  folder: TestFolder,
  file: string,
  yaml: string,
  changes: Partial<SourceDeclaration> = {},
  options: Partial<OpenOptions> = {},
): Promise<Faults> {
  try {
    const source = await openSource(declare(yaml, file, changes), { dataFolder: folder.path, ...options });
    source.close();
  } catch (problem) {
    if (problem instanceof Faults) return problem;
    throw problem;
  }
  throw new Error(`${file} was opened without a fault`);
}

/** Values of a column as a person would read them, null where there is none. */
export function valuesOf(table: TidyTable, name: string): readonly (string | number | null)[] {
  const column = table.frame.columns.get(name);
  if (column === undefined) throw new Error(`no column ${name}`);
  return column.kind === "number"
    ? Array.from(column.values, (value) => (Number.isNaN(value) ? null : value))
    : Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code]!));
}
