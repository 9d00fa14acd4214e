import { type ColumnDeclaration, type Fault, Faults, nearestName, type SourceDeclaration } from "#domain";

/** A declared column and where the file holds it. */
export interface FoundColumn {
  readonly column: ColumnDeclaration;
  /** Its place among the headers. */
  readonly field: number;
}

/**
 * Finds each declared column by its header, wherever it stands.
 * @throws Faults  `header-changed` for a header that is not there, `header-repeated` for one that is there twice.
 */
export function findColumns(source: SourceDeclaration, headers: readonly string[]): readonly FoundColumn[] {
  const missing = source.columns.filter((column) => !headers.includes(column.from));
  const faults: Fault[] =
    missing.length === source.columns.length && headers.length === 1 && source.format === "csv"
      ? [oneHeader(source, headers[0]!)]
      : missing.map((column) => lacks(source, column, headers));
  for (const column of source.columns) {
    const count = headers.filter((header) => header === column.from).length;
    if (count > 1) faults.push(repeated(source, column, count));
  }
  if (faults.length > 0) throw new Faults(source.file, faults);
  return source.columns.map((column) => ({ column, field: headers.indexOf(column.from) }));
}

const at = (source: SourceDeclaration) =>
  source.format === "csv" ? { place: { file: source.file, line: 1, column: 1 } } : {};

function lacks(source: SourceDeclaration, column: ColumnDeclaration, headers: readonly string[]): Fault {
  const nearest = nearestHeader(column.from, headers);
  const instead = nearest === undefined ? undeclared(source, headers) : `; the nearest header is ${nearest}`;
  const edition = source.registry === undefined ? "" : ` ${source.registry} describes another edition, perhaps.`;
  return {
    code: "header-changed",
    severity: "fault",
    ...at(source),
    message: `${source.file} lacks ${column.from}${column.name === column.from ? "" : ` (column ${column.name})`}${instead}.${edition}`,
    suggestion:
      nearest === undefined
        ? "Leave the column out, or declare `from:` with the header the file has."
        : `If that is the column, declare \`from: ${nearest}\`.`,
  };
}

/** Headers that no column is declared for: a renamed one is among them. */
function undeclared(source: SourceDeclaration, headers: readonly string[]): string {
  const declared = new Set(source.columns.map((column) => column.from));
  const others = headers.filter((header) => header !== "" && !declared.has(header));
  if (others.length === 0) return "";
  return `; its headers that are not declared: ${others.slice(0, MOST_HEADERS).join(", ")}${others.length > MOST_HEADERS ? ", …" : ""}`;
}

const MOST_HEADERS = 8;

/** A header that only gained or lost an ending, as editions do (`P8MEA_18`), or the closest by letters. */
function nearestHeader(written: string, headers: readonly string[]): string | undefined {
  const own = written.toLowerCase();
  const named = headers.filter((header) => header !== "");
  return (
    named.find((header) => header.toLowerCase().startsWith(own)) ??
    nearestName(written, named) ??
    named.find((header) => header.length > 2 && own.startsWith(header.toLowerCase()))
  );
}

function repeated(source: SourceDeclaration, column: ColumnDeclaration, count: number): Fault {
  return {
    code: "header-repeated",
    severity: "fault",
    ...at(source),
    message: `${source.file} has ${count} columns headed ${column.from}, so ${column.name} could be any of them.`,
    suggestion: "Rename all but one in a copy of the file, or leave the column out.",
  };
}

function oneHeader(source: SourceDeclaration, header: string): Fault {
  const delimiter = [";", "\t", "|", ","].find((mark) => mark !== source.delimiter && header.includes(mark));
  const shown = delimiter === "\t" ? "tabs" : `\`${delimiter}\``;
  return {
    code: "header-changed",
    severity: "fault",
    ...at(source),
    message: `${source.file} has one column only, headed "${header.slice(0, 80)}"; none of the ${source.columns.length} declared is there.`,
    suggestion:
      delimiter === undefined
        ? "Check that this is the file meant."
        : `It seems to be divided by ${shown}: declare \`delimiter: "${delimiter === "\t" ? "\\t" : delimiter}"\`.`,
  };
}
