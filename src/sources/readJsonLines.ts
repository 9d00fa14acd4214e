import { StringDecoder } from "node:string_decoder";
import { type Fault, Faults } from "#domain";
import { type Engine, quoteName, type TextRow } from "#table";
import type { Delivery } from "./delivery.ts";
import { passBytes, type StoredBytes } from "./fileBytes.ts";
import { noRows } from "./readCsv.ts";
import { Utf8Check } from "./utf8.ts";

const BATCH_ROWS = 8192;
const MAX_FAULTS = 20;

/**
 * Makes a file of one JSON object a line readable. A key that a line leaves out is missing there; a key no line has
 * counts as a header that is not there.
 *
 * @throws Faults  `json-line` for a line that is no object, that has a key twice, or whose declared value is a list or
 *                 an object;
 *                 `encoding-wrong`, `gzip-damaged`, `no-rows`.
 */
export async function readJsonLines(
  engine: Engine,
  { path, file, wanted }: { readonly path: string; readonly file: string; readonly wanted: readonly string[] },
): Promise<{ delivery: Delivery; stored: StoredBytes }> {
  const lines = new JsonLines(file, wanted);
  const decoder = new StringDecoder("utf8");
  const utf8 = new Utf8Check();
  const stored = await passBytes({ path, file }, (chunk) => {
    utf8.push(chunk);
    lines.push(decoder.write(chunk));
  });
  utf8.end();
  lines.push(`${decoder.end()}\n`);
  if (utf8.firstBad !== undefined) throw new Faults(file, [notUtf8(file, utf8.firstBad)]);
  if (lines.faults.length > 0) throw new Faults(file, lines.faults);
  if (lines.lineOf.length === 0) throw new Faults(file, [noRows(file)]);

  await engine.createTextTable(
    "delivered",
    wanted.map((_, c) => `c${c}`),
    lines.batches(),
  );
  const present = wanted.map((name, c) => ({ name, c })).filter(({ name }) => lines.keys.has(name));
  const others = [...lines.keys].filter((key) => !wanted.includes(key));
  return {
    delivery: {
      headers: [...present.map(({ name }) => name), ...others],
      records: lines.lineOf.length,
      relation: quoteName("delivered"),
      columnOf: (header) => quoteName(`c${present[header]!.c}`),
      isTyped: true,
      placeWord: "line",
      locate: async (cells) => cells.map(({ record }) => ({ line: lines.lineOf[record]!, column: 1 })),
    },
    stored,
  };
}

/** Takes text in pieces and keeps the wanted values of each line as text. */
class JsonLines {
  readonly #file: string;
  readonly #wanted: readonly string[];
  readonly keys = new Set<string>();
  readonly faults: Fault[] = [];
  /** The line of each record. */
  readonly lineOf: number[] = [];
  #rest = "";
  #line = 0;
  readonly #rows: TextRow[] = [];

  constructor(file: string, wanted: readonly string[]) {
    this.#file = file;
    this.#wanted = wanted;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) {
      this.#line++;
      const bare = (this.#line === 1 ? line.replace(/^\ufeff/, "") : line).trim();
      if (bare !== "") this.#read(bare);
    }
  }

  *batches(): Generator<readonly TextRow[]> {
    for (let at = 0; at < this.#rows.length; at += BATCH_ROWS) yield this.#rows.slice(at, at + BATCH_ROWS);
  }

  #read(text: string): void {
    const record = parseObject(text);
    if (record === undefined) {
      this.#fault("is not a JSON object", "Each line must be one object in { }.");
      return;
    }
    const keys = Object.keys(record);
    for (const key of keys) this.keys.add(key);
    const written = keysWritten(text);
    if (written.length > keys.length) {
      const twice = written.find((key, i) => written.indexOf(key) < i)!;
      this.#fault(`has the key ${twice} twice`, "Deliver each key once: which value is meant cannot be told.");
    }
    const row = this.#wanted.map((key) => {
      const value = Object.hasOwn(record, key) ? record[key] : undefined;
      if (value === undefined || value === null || value === "") return null;
      if (typeof value === "object") {
        this.#fault(`holds a list or an object under ${key}`, "Leave the column out, or deliver one value in each.");
        return null;
      }
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        this.#fault(
          `has a number under ${key} with more digits than a number can hold`,
          "Write it in quotes, as text.",
        );
      }
      return String(value);
    });
    this.#rows.push(row);
    this.lineOf.push(this.#line);
  }

  #fault(what: string, suggestion: string): void {
    if (this.faults.length >= MAX_FAULTS) return;
    this.faults.push({
      code: "json-line",
      severity: "fault",
      place: { file: this.#file, line: this.#line, column: 1 },
      message: `Line ${this.#line} of ${this.#file} ${what}.`,
      suggestion,
    });
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The keys of an object as its text gives them, repeated ones too: parsing keeps only the last. */
function keysWritten(text: string): readonly string[] {
  const keys: string[] = [];
  let depth = 0;
  let string = "";
  for (let i = 0; i < text.length; i++) {
    const mark = text[i]!;
    if (mark === '"') {
      const from = i++;
      while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
      string = text.slice(from, i + 1);
    } else if (mark === "{" || mark === "[") depth++;
    else if (mark === "}" || mark === "]") depth--;
    else if (mark === ":" && depth === 1) keys.push(JSON.parse(string) as string);
  }
  return keys;
}

function notUtf8(file: string, byte: number): Fault {
  return {
    code: "encoding-wrong",
    severity: "fault",
    message: `${file} is not UTF-8: byte ${(byte + 1).toLocaleString("en-GB")} starts no character.`,
    suggestion: "JSON is always UTF-8: deliver it so.",
  };
}
