import type { Fault } from "#domain";
import { Utf8Check } from "./utf8.ts";

const NUL = 0;
const LF = 10;
const CR = 13;
const QUOTE = 34;

/** Where the scan stands within a record. */
const AT_START = 0;
const UNQUOTED = 1;
const QUOTED = 2;
/** Just after a quote inside quotes: the field is over, or the quote was doubled. */
const AFTER_QUOTE = 3;

const MAX_EXAMPLES = 20;

/** What a scan learns of a delimited file. */
export interface CsvStructure {
  /** Bytes of the first record, without its line end. */
  readonly header: Buffer;
  /** Records after the header. */
  readonly records: number;
  readonly longestRecord: number;
  readonly hasLineBreakInQuotes: boolean;
  /** What ends records; with several kinds, one of them. */
  readonly lineEnd: "\n" | "\r\n" | "\r";
  /** One kind of line end throughout and quotes only around whole fields: any strict reader reads it as we do. */
  readonly isRegular: boolean;
  readonly faults: readonly Fault[];
}

/**
 * Walks over the bytes of a delimited file once and says what is wrong with its structure, with physical lines: records
 * with too many or too few fields, quotes that never close, NUL bytes, bytes that are not UTF-8. Holds no row.
 */
export class CsvScan {
  readonly #file: string;
  readonly #delimiter: number;
  readonly #utf8: Utf8Check | undefined;

  #state = AT_START;
  #fields = 1;
  #isEmptyRecord = true;
  #afterCr = false;
  #line = 1;
  #recordLine = 1;
  #quoteLine = 1;
  #offset = 0;
  #recordOffset = 0;
  #records = -1;
  #expected = 0;
  #longest = 0;
  #header: Buffer[] | undefined = [];
  #headerBytes: Buffer = Buffer.alloc(0);
  #lineBreakInQuotes = false;
  #endsLf = 0;
  #endsCrLf = 0;
  #endsCr = 0;
  #isOddQuoting = false;
  #blankLines: number[] = [];
  #blankCount = 0;
  readonly #ragged: { line: number; fields: number }[] = [];
  #raggedCount = 0;
  readonly #misplaced: number[] = [];
  #misplacedCount = 0;
  #nulLine: number | undefined;
  #nulCount = 0;
  #badByteLine = 1;

  constructor(options: {
    readonly file: string;
    readonly delimiter: string;
    readonly encoding: "utf-8" | "windows-1252";
  }) {
    this.#file = options.file;
    this.#delimiter = options.delimiter.charCodeAt(0);
    this.#utf8 = options.encoding === "utf-8" ? new Utf8Check() : undefined;
  }

  push(bytes: Buffer): void {
    if (this.#utf8 !== undefined && this.#utf8.firstBad === undefined) {
      this.#utf8.push(bytes);
      if (this.#utf8.firstBad !== undefined) {
        this.#badByteLine = this.#line + countLines(bytes, this.#utf8.firstBad - this.#offset);
      }
    }
    const delimiter = this.#delimiter;
    const ordinary = Math.max(delimiter, QUOTE);
    let state = this.#state;
    let headerFrom = 0;
    let i = 0;
    if (this.#offset === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      i = 3;
      headerFrom = 3;
    }
    for (; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (state === QUOTED) {
        if (byte === QUOTE) state = AFTER_QUOTE;
        else if (byte === LF) {
          this.#line++;
          this.#lineBreakInQuotes = true;
        } else if (byte === NUL) this.#nul();
        continue;
      }
      if (byte > ordinary) {
        if (state === AT_START) {
          if (this.#afterCr) this.#loneCr();
          state = UNQUOTED;
          this.#isEmptyRecord = false;
        } else if (state === AFTER_QUOTE) {
          this.#misplacedQuote();
          state = UNQUOTED;
        }
        continue;
      }
      if (byte === LF) {
        if (this.#afterCr) {
          this.#afterCr = false;
          this.#endsCrLf++;
          this.#recordOffset = this.#offset + i + 1;
          headerFrom = i + 1;
          continue;
        }
        this.#endsLf++;
        this.#line++;
        this.#endRecord(bytes, headerFrom, i);
        headerFrom = i + 1;
        state = AT_START;
      } else if (byte === CR) {
        if (this.#afterCr) this.#loneCr();
        this.#line++;
        this.#endRecord(bytes, headerFrom, i);
        headerFrom = i + 1;
        state = AT_START;
        this.#afterCr = true;
      } else {
        if (this.#afterCr) this.#loneCr();
        if (byte === delimiter) {
          this.#fields++;
          this.#isEmptyRecord = false;
          state = AT_START;
        } else if (byte === QUOTE) {
          if (state === AT_START) {
            state = QUOTED;
            this.#quoteLine = this.#line;
            this.#isEmptyRecord = false;
          } else if (state === AFTER_QUOTE) state = QUOTED;
          else this.#isOddQuoting = true;
        } else {
          if (byte === NUL) this.#nul();
          if (state === AFTER_QUOTE) this.#misplacedQuote();
          state = UNQUOTED;
          this.#isEmptyRecord = false;
        }
      }
    }
    if (this.#header !== undefined) this.#header.push(Buffer.from(bytes.subarray(headerFrom)));
    this.#state = state;
    this.#offset += bytes.length;
  }

  end(): CsvStructure {
    if (this.#afterCr) this.#loneCr();
    this.#utf8?.end();
    const faults: Fault[] = [];
    if (this.#state === QUOTED) faults.push(this.#unclosedQuote());
    else if (!this.#isEmptyRecord || this.#fields > 1) this.#endRecord(Buffer.alloc(0), 0, 0);
    const kinds = [this.#endsLf, this.#endsCrLf, this.#endsCr].filter((count) => count > 0).length;
    return {
      header: this.#header === undefined ? this.#headerBytes : Buffer.concat(this.#header),
      records: Math.max(0, this.#records),
      longestRecord: this.#longest,
      hasLineBreakInQuotes: this.#lineBreakInQuotes,
      lineEnd: this.#endsCrLf > 0 ? "\r\n" : this.#endsCr > 0 ? "\r" : "\n",
      // With one column an empty line is a record, or is none: readers differ.
      isRegular: kinds <= 1 && !this.#isOddQuoting && this.#expected > 1,
      faults: [...this.#contentFaults(), ...faults],
    };
  }

  #endRecord(bytes: Buffer, from: number, to: number): void {
    const recordEnd = this.#offset + to;
    if (this.#header !== undefined) {
      this.#headerBytes = Buffer.concat([...this.#header, bytes.subarray(from, to)]);
      this.#header = undefined;
      this.#expected = this.#fields;
      this.#records = 0;
    } else if (this.#isEmptyRecord && this.#expected > 1) {
      this.#blankCount++;
      if (this.#blankLines.length < MAX_EXAMPLES) this.#blankLines.push(this.#recordLine);
    } else {
      this.#blankLinesWereInside();
      if (this.#fields !== this.#expected) this.#note(this.#recordLine, this.#fields);
      this.#records++;
    }
    this.#longest = Math.max(this.#longest, recordEnd - this.#recordOffset);
    this.#recordOffset = recordEnd + 1;
    this.#recordLine = this.#line;
    this.#fields = 1;
    this.#isEmptyRecord = true;
  }

  /** Empty lines at the end of a file are common and harmless; between records they are not. */
  #blankLinesWereInside(): void {
    if (this.#blankCount === 0) return;
    for (const line of this.#blankLines) this.#note(line, 0);
    this.#raggedCount += this.#blankCount - this.#blankLines.length;
    this.#blankLines = [];
    this.#blankCount = 0;
  }

  #note(line: number, fields: number): void {
    this.#raggedCount++;
    if (this.#ragged.length < MAX_EXAMPLES) this.#ragged.push({ line, fields });
  }

  #misplacedQuote(): void {
    this.#misplacedCount++;
    if (this.#misplaced.length < MAX_EXAMPLES) this.#misplaced.push(this.#line);
  }

  #nul(): void {
    this.#nulLine ??= this.#line;
    this.#nulCount++;
  }

  #loneCr(): void {
    this.#afterCr = false;
    this.#endsCr++;
  }

  #unclosedQuote(): Fault {
    return {
      code: "quote-unclosed",
      severity: "fault",
      place: { file: this.#file, line: this.#quoteLine, column: 1 },
      message: `A quote opened in line ${this.#quoteLine} of ${this.#file} never closes.`,
      suggestion: 'Close it; a quote inside a quoted value is written twice (`""`).',
    };
  }

  #contentFaults(): Fault[] {
    const faults: Fault[] = [];
    const say = (code: string, line: number, message: string, suggestion: string) =>
      faults.push({ code, severity: "fault", place: { file: this.#file, line, column: 1 }, message, suggestion });
    if (this.#utf8?.firstBad !== undefined) {
      say(
        "encoding-wrong",
        this.#badByteLine,
        `${this.#file} is not UTF-8: byte ${(this.#utf8.firstBad + 1).toLocaleString("en-GB")} (line ${this.#badByteLine}) starts no character.`,
        "Declare `encoding: windows-1252` if it was saved by older office software, or save it as UTF-8.",
      );
    }
    if (this.#nulLine !== undefined) {
      say(
        "nul-byte",
        this.#nulLine,
        `${this.#file} holds ${this.#nulCount === 1 ? "a NUL byte" : `${this.#nulCount} NUL bytes`}, first in line ${this.#nulLine}: it is UTF-16, or damaged.`,
        "Save it as UTF-8, or copy it again.",
      );
    }
    if (this.#misplacedCount > 0) {
      const lines = this.#misplaced.slice(0, 5).join(", ");
      say(
        "quote-misplaced",
        this.#misplaced[0]!,
        `Text follows a closing quote without a delimiter in ${plural(this.#misplacedCount, "place")} of ${this.#file} (line ${lines}).`,
        'A quote inside a quoted value is written twice (`""`).',
      );
    }
    for (const { line, fields } of this.#ragged) {
      const found = fields === 0 ? "is empty" : `has ${plural(fields, "field")}`;
      say(
        "row-ragged",
        line,
        `Line ${line} of ${this.#file} ${found}; the header has ${this.#expected}.`,
        "A value that holds the delimiter must stand in quotes; check `delimiter`, and that no line was cut.",
      );
    }
    if (this.#raggedCount > this.#ragged.length) {
      const last = faults.at(-1)!;
      const rest = this.#raggedCount - this.#ragged.length;
      faults[faults.length - 1] = {
        ...last,
        message: `${last.message} ${rest.toLocaleString("en-GB")} more lines are like it.`,
      };
    }
    return faults;
  }
}

const plural = (count: number, noun: string): string =>
  `${count.toLocaleString("en-GB")} ${noun}${count === 1 ? "" : "s"}`;

function countLines(bytes: Buffer, before: number): number {
  let lines = 0;
  for (let i = 0; i < before; i++) if (bytes[i] === LF) lines++;
  return lines;
}
