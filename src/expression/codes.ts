import type { CodeColumn } from "#table";

/** The text of a row; undefined where there is none. */
export const textAt = (column: CodeColumn, row: number): string | undefined =>
  column.codes[row]! < 0 ? undefined : column.levels[column.codes[row]!];

/** Text made row by row, with its levels sorted so that codes do not depend on the order of rows. */
export function textColumn(values: readonly (string | undefined)[]): CodeColumn {
  const levels = [...new Set(values.filter((value) => value !== undefined))].sort(byCodeUnit);
  const place = new Map(levels.map((level, code) => [level, code]));
  return {
    kind: "code",
    type: "text",
    levels,
    codes: Int32Array.from(values, (value) => (value === undefined ? -1 : place.get(value)!)),
  };
}

/** Text made from each level once, however many rows hold it. */
export function mapLevels(column: CodeColumn, make: (text: string) => string): CodeColumn {
  const made = column.levels.map(make);
  const levels = [...new Set(made)].sort(byCodeUnit);
  const place = new Map(levels.map((level, code) => [level, code]));
  const translation = made.map((text) => place.get(text)!);
  return {
    kind: "code",
    type: "text",
    levels,
    codes: column.codes.map((code) => (code < 0 ? -1 : translation[code]!)),
  };
}

/** Code columns told in one list of levels: of categories in order of appearance, sorted as soon as one is text. */
export function alignCodes(columns: readonly CodeColumn[]): {
  readonly type: CodeColumn["type"];
  readonly levels: readonly string[];
  readonly codes: readonly Int32Array[];
} {
  const type = columns.every((column) => column.type === "category") ? "category" : "text";
  const union = [...new Set(columns.flatMap((column) => column.levels))];
  const levels = type === "category" ? union : union.sort(byCodeUnit);
  const place = new Map(levels.map((level, code) => [level, code]));
  const codes = columns.map((column) => {
    const translation = column.levels.map((level) => place.get(level)!);
    return column.codes.map((code) => (code < 0 ? -1 : translation[code]!));
  });
  return { type, levels, codes };
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
