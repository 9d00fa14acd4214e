// Tables in memory in the place of files: what a step of the product asks of its inputs, answered from frames.
import { takeRows } from "#table";

/** A column of text from codes, every level in order. */
export const text = (codes, levels) => ({ kind: "code", type: "text", levels, codes: Int32Array.from(codes) });

/** A column of numbers of a type. */
export const numbers = (values, type = "number") => ({ kind: "number", type, values: Float64Array.from(values) });

/** Names in the order of their numbers and of their text alike. */
export const named = (prefix, count) =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(7, "0")}`);

/** @param frames  By source; columns by name. */
export function inMemory(frames) {
  const tables = new Map(
    Object.entries(frames).map(([id, columns]) => {
      const [first] = Object.values(columns);
      const rows = (first.values ?? first.codes).length;
      return [id, { rows, columns: new Map(Object.entries(columns)) }];
    }),
  );
  const known = new Map();
  const seen = (id, seal, since) => {
    const key = JSON.stringify([id, seal, since]);
    if (!known.has(key)) known.set(key, { id, frame: sealed(tables.get(id), seal, since) });
    return Promise.resolve(known.get(key));
  };
  return {
    view: (id, seal) => seen(id, seal),
    columnsOf: (id) => seen(id),
    rowsOf: (id, seal, { since }) => seen(id, seal, since),
    /** Every table, without a seal. */
    all: () => new Map([...tables].map(([id, frame]) => [id, { id, frame }])),
  };
}

/** Rows up to the year a seal shows, from the year asked for. */
function sealed(frame, seal, since) {
  const yearColumn = seal?.yearColumn;
  const shown = new Map([...frame.columns].filter(([name]) => !(seal?.without ?? []).includes(name)));
  if (yearColumn === undefined) return { rows: frame.rows, columns: shown };
  const { values } = frame.columns.get(yearColumn);
  const from = since?.year ?? Number.NEGATIVE_INFINITY;
  const rows = Int32Array.from(values.keys()).filter((row) => values[row] <= seal.upTo && values[row] >= from);
  return takeRows({ rows: frame.rows, columns: shown }, rows);
}
