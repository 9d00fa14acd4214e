import { type Fault, Faults } from "#domain";

/** `fault`: this cannot be used as it stands. `query`: it can, and only the provider knows whether it is meant. */
export type RemarkKind = "fault" | "query";

/** One thing noticed about a return: where, what was found, what was expected, what to do. */
export interface Remark {
  readonly kind: RemarkKind;
  readonly code: string;
  readonly file: string;
  /** Line of a text file, row of a sheet. */
  readonly line: number;
  /** The header of the column; empty where the remark is about the whole row or file. */
  readonly column: string;
  /** As it stands in the file. */
  readonly found: string;
  /** Sentences. */
  readonly message: string;
  readonly expected: string;
  readonly advice: string;
}

/** Gathers the remarks about one file. */
export class RemarkList {
  readonly #file: string;
  readonly #found: Remark[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  add(remark: Omit<Remark, "file">): void {
    this.#found.push({ file: this.#file, ...remark });
  }

  /** Faults of the file itself, said by whoever read it. */
  addFault(fault: Fault): void {
    this.add({
      kind: "fault",
      code: fault.code,
      line: fault.place?.line ?? 1,
      column: "",
      found: "",
      message: fault.message,
      expected: "",
      advice: fault.suggestion ?? "",
    });
  }

  /** In the order of the file. */
  get all(): readonly Remark[] {
    return [...this.#found].sort((a, b) => a.line - b.line);
  }
}

/** `mi_participants.csv:7  date-unreadable  end_date: "soon" is not a date. Expected … Write …` */
export function remarkLine({ file, line, column, code, message, expected, advice }: Remark): string {
  const where = column === "" ? "" : `${column}: `;
  const wanted = expected === "" ? "" : ` Expected: ${ended(expected)}`;
  return `${file}:${line}  ${code}  ${where}${ended(message)}${wanted} ${ended(advice)}`.trimEnd();
}

const ended = (sentence: string): string => (sentence === "" || /[.?!]$/.test(sentence) ? sentence : `${sentence}.`);

export const REMARKS_HEADER = "kind,file,row,column,code,found,message,expected,what to do";

/** Every remark as CSV. What a spreadsheet would take for a formula stands behind an apostrophe. */
export function remarksAsCsv(remarks: readonly Remark[]): string {
  const lines = remarks.map(({ kind, file, line, column, code, found, message, expected, advice }) =>
    [kind, file, line, column, code, found, message, expected, advice].map((cell) => field(String(cell))).join(","),
  );
  return `${[REMARKS_HEADER, ...lines].join("\n")}\n`;
}

function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const SHOWN_ALIKE = 5;

/** The remarks of one kind as lines; of many alike the first few are shown, and how many more there are. */
export function remarkLines(remarks: readonly Remark[], kind: RemarkKind): readonly string[] {
  const alike = new Map<string, Remark[]>();
  for (const remark of remarks.filter((one) => one.kind === kind)) {
    const key = `${remark.file}\n${remark.code}\n${remark.column}`;
    const known = alike.get(key);
    if (known === undefined) alike.set(key, [remark]);
    else known.push(remark);
  }
  return [...alike.values()].flatMap((group) => {
    const more = group.length - SHOWN_ALIKE;
    return [
      ...group.slice(0, SHOWN_ALIKE).map(remarkLine),
      ...(more > 0
        ? [`  … and ${more.toLocaleString("en-GB")} more of \`${group[0]!.code}\`; --faults FILE lists every one.`]
        : []),
    ];
  });
}

/** A return that cannot be used as it stands. */
export class ReturnFaults extends Faults {
  readonly remarks: readonly Remark[];

  constructor(file: string, remarks: readonly Remark[]) {
    super(file, remarks.map(asFault));
    this.remarks = remarks;
  }

  override forAnalyst(): string {
    const [faults, queries] = [remarkLines(this.remarks, "fault"), remarkLines(this.remarks, "query")];
    return [
      "Faults: this cannot be used as it stands.",
      ...faults,
      ...(queries.length === 0 ? [] : ["Queries: ask the provider.", ...queries]),
    ].join("\n");
  }

  override forHeadTeacher(): string {
    const [faults, queries] = (["fault", "query"] as const).map(
      (kind) => this.remarks.filter((remark) => remark.kind === kind).length,
    );
    const also = queries === 0 ? "" : `, and ${counted(queries!, "query", "queries")} for the provider`;
    return `${counted(faults!, "fault", "faults")}${also}. Each line says where it is and what to do. Nothing was changed.`;
  }
}

export const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

/** A remark as every other fault is said. A query is a warning. */
function asFault(remark: Remark): Fault {
  const { kind, code, file, line, column, message, expected, advice } = remark;
  return {
    code,
    severity: kind === "fault" ? "fault" : "warning",
    place: { file, line, column: 1 },
    message: `${column === "" ? "" : `${column}: `}${ended(message)}${expected === "" ? "" : ` Expected: ${ended(expected)}`}`,
    ...(advice !== "" && { suggestion: ended(advice) }),
  };
}
