/** One record of a short list: its line in the file, and its fields by header. */
export interface ListRecord {
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** A short list as somebody keeps it in a spreadsheet: comma-separated text with a header. */
export interface ShortList {
  readonly headers: readonly string[];
  readonly records: readonly ListRecord[];
  /** The line of a quote that never closes: what follows it cannot be told apart. */
  readonly unclosedAt?: number;
}

/**
 * Reads a short list (RFC 4180): quoted fields may hold commas, line ends and doubled quotes; any line end; semicolons or
 * tabs in the place of commas, where the header has no comma; a byte order mark is passed over; empty lines are left out. Headers are small letters without outer spaces, fields are trimmed.
 * Meant for decisions and dictionaries of a few thousand lines; files of data go through `sources`.
 */
export function readShortList(text: string): ShortList {
  const { rows, unclosedAt } = recordsOf(text.replace(/^\uFEFF/, ""));
  const [header, ...rest] = rows.filter(({ fields }) => fields.some((field) => field.trim() !== ""));
  const headers = (header?.fields ?? []).map((name) => name.trim().toLowerCase());
  const records = rest.map(({ line, fields }) => ({
    line,
    fields: Object.fromEntries(headers.map((name, i) => [name, (fields[i] ?? "").trim()])),
  }));
  return { headers, records, ...(unclosedAt !== undefined && { unclosedAt }) };
}

/** What divides the first line: a comma, unless only a semicolon or a tab does, as office programs of some countries write. */
function delimiterOf(text: string): string {
  const [first] = text.split(/[\r\n]/, 1);
  return [",", ";", "\t"].find((one) => first!.includes(one)) ?? ",";
}

function recordsOf(text: string): {
  readonly rows: readonly { readonly line: number; readonly fields: readonly string[] }[];
  readonly unclosedAt: number | undefined;
} {
  const rows: { line: number; fields: string[] }[] = [];
  const delimiter = delimiterOf(text);
  let [field, fields, line, start] = ["", [] as string[], 1, 1];
  let isQuoted = false;
  let quotedAt = 1;
  const endField = (): void => {
    fields.push(field);
    field = "";
  };
  for (let i = 0; i <= text.length; i++) {
    const letter = text[i];
    if (isQuoted && letter !== undefined) {
      if (letter !== '"') field += letter;
      else if (text[i + 1] === '"') field += text[i++];
      else isQuoted = false;
      if (letter === "\n") line++;
    } else if (letter === '"' && field.trim() === "") {
      field = "";
      isQuoted = true;
      quotedAt = line;
    } else if (letter === delimiter) endField();
    else if (letter === undefined || letter === "\n" || letter === "\r") {
      endField();
      rows.push({ line: start, fields });
      fields = [];
      if (letter === "\r" && text[i + 1] === "\n") i++;
      start = ++line;
    } else field += letter;
  }
  return { rows, unclosedAt: isQuoted ? quotedAt : undefined };
}

/** A short list as text, each field quoted where it must be. */
export function writeShortList(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const quoted = (field: string) => (/[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
  return `${[headers, ...rows].map((row) => row.map(quoted).join(",")).join("\n")}\n`;
}
