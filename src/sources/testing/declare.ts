import { parse } from "yaml";
import {
  type ColumnDeclaration,
  type Measured,
  readAcademicYear,
  readDate,
  type SeriesBreak,
  type SourceDeclaration,
} from "#domain";

interface WrittenColumn {
  readonly type: ColumnDeclaration["type"];
  readonly from?: string;
  readonly measured?: string;
  readonly stable?: string | boolean;
  readonly codes?: ColumnDeclaration["codes"];
}

interface WrittenSource {
  readonly key?: readonly string[];
  readonly format?: SourceDeclaration["format"];
  readonly columns: Readonly<Record<string, WrittenColumn | ColumnDeclaration["type"]>>;
  readonly codes?: ColumnDeclaration["codes"];
  readonly breaks?: readonly (Omit<SeriesBreak, "from"> & { readonly from: string })[];
}

/** A source declaration from short YAML, without the checks of the study reader: for tests of reading files. */
export function declare(text: string, file: string, changes: Partial<SourceDeclaration> = {}): SourceDeclaration {
  const written = parse(text) as WrittenSource;
  const columns = Object.entries(written.columns).map(([name, spec]): ColumnDeclaration => {
    const { measured, stable, codes, ...rest } = typeof spec === "string" ? { type: spec } : spec;
    return {
      from: name,
      ...rest,
      name,
      codes: { ...written.codes, ...codes },
      ...(measured !== undefined && { measured: readMeasured(measured) }),
      ...(stable !== undefined && { stable: stable === "yes" || stable === true }),
    };
  });
  const breaks = (written.breaks ?? []).map((entry) => ({ ...entry, from: readAcademicYear(entry.from)! }));
  return {
    id: "example",
    file,
    format: written.format ?? "csv",
    encoding: "utf-8",
    delimiter: ",",
    key: written.key ?? [],
    columns,
    confirm: [],
    breaks,
    ...changes,
  };
}

function readMeasured(text: string): Measured {
  if (text === "row year") return { when: "rowYear" };
  const year = readAcademicYear(text);
  if (year !== undefined) return { when: "year", year };
  const days = readDate(text);
  if (days === undefined) throw new RangeError(`not a moment: ${text}`);
  return { when: "date", days };
}
