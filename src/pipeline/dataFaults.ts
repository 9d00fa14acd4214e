import { Faults } from "#domain";
import { type FaultyCell, ValueFaults } from "#sources";

/** Faults of several files said at once, with every faulty cell of each. */
export class DataFaults extends Faults {
  readonly cells: readonly FaultyCell[];

  constructor(thrown: readonly Faults[]) {
    super(
      "the data",
      thrown.flatMap((faults) => faults.faults),
    );
    this.cells = thrown.flatMap(cellsOf);
  }
}

const cellsOf = (faults: Faults): readonly FaultyCell[] =>
  faults instanceof ValueFaults || faults instanceof DataFaults ? faults.cells : [];

/** First line of a list of faulty cells. */
export const FAULTS_HEADER = "file,row,column,header,value,expected";

/** Every faulty cell as CSV: file, row, column, header, value (its shape where sealed), expected. Undefined when there is none. */
export function faultsAsCsv(faults: Faults): string | undefined {
  const cells = cellsOf(faults);
  if (cells.length === 0) return undefined;
  const field = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = cells.map(({ file, row, column, header, value, expected }) =>
    [field(file), row, ...[column, header, value, expected].map(field)].join(","),
  );
  return `${FAULTS_HEADER}\n${lines.join("\n")}\n`;
}
