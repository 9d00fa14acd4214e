import type { TextRow } from "#table";

const LF = 10;
const CR = 13;
const QUOTE = 34;

/** A field as it stands in the file: 1-based line and column of its first character, quotes included. */
export interface FieldPlace {
  readonly line: number;
  readonly column: number;
}

/**
 * Reads delimited text that `CsvScan` has found sound, piece by piece: the way for files whose line ends are mixed, whose
 * encoding the engine does not know, and for finding where a cell stands.
 *
 * An empty field is null. A quote counts only at the start of a field; any of the three line ends ends a record.
 */
export class CsvText {
  readonly #delimiter: number;
  readonly #onRecord: (fields: TextRow, places: readonly FieldPlace[]) => void;
  readonly #withPlaces: boolean;
  #field = "";
  #fields: (string | null)[] = [];
  #places: FieldPlace[] = [];
  #state: "start" | "unquoted" | "quoted" | "afterQuote" = "start";
  #afterCr = false;
  #line = 1;
  #column = 0;

  /** @param onRecord  Called for each record but empty lines between records, the header being the first. */
  constructor(
    delimiter: string,
    onRecord: (fields: TextRow, places: readonly FieldPlace[]) => void,
    withPlaces = false,
  ) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#onRecord = onRecord;
    this.#withPlaces = withPlaces;
  }

  push(text: string): void {
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      this.#column++;
      if (this.#state === "quoted") {
        if (code === LF) {
          this.#line++;
          this.#column = 0;
        } else if (code === QUOTE) {
          this.#field += text.slice(from, i);
          from = i + 1;
          this.#state = "afterQuote";
        }
        continue;
      }
      if (this.#state === "start") {
        if (code === LF && this.#afterCr) {
          this.#afterCr = false;
          this.#column = 0;
          from = i + 1;
          continue;
        }
        this.#afterCr = false;
        if (this.#withPlaces) this.#places.push({ line: this.#line, column: this.#column });
        from = i;
        if (code === QUOTE) {
          this.#state = "quoted";
          from = i + 1;
          continue;
        }
        this.#state = "unquoted";
      }
      if (code === QUOTE && this.#state === "afterQuote") {
        // The second of two quotes stands for one and begins the rest of the value.
        this.#state = "quoted";
        from = i;
      } else if (code === this.#delimiter) {
        this.#endField(text.slice(from, i));
      } else if (code === LF || code === CR) {
        this.#endField(text.slice(from, i));
        this.#endRecord();
        this.#afterCr = code === CR;
        this.#line++;
        this.#column = 0;
      }
    }
    if (this.#state === "unquoted" || this.#state === "quoted") this.#field += text.slice(from);
  }

  end(): void {
    if (this.#state === "start" && this.#fields.length === 0) return;
    if (this.#state === "start" && this.#withPlaces) this.#places.push({ line: this.#line, column: this.#column + 1 });
    this.#endField("");
    this.#endRecord();
  }

  #endField(rest: string): void {
    const value = this.#state === "afterQuote" ? this.#field : this.#field + rest;
    this.#fields.push(value === "" ? null : value);
    this.#field = "";
    this.#state = "start";
  }

  #endRecord(): void {
    this.#onRecord(this.#fields, this.#places);
    this.#fields = [];
    this.#places = [];
  }
}
