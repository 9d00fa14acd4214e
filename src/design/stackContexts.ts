import { stateCode } from "#domain";
import { alignCodes, type EvaluationContext, type Moment } from "#expression";
import { type CodeColumn, type Column, isMissing, type NumberColumn } from "#table";

/**
 * Several lists of units read as one, the rows of the first before those of the second. Each list keeps its own clock and
 * its own sealed table: what one of them may not show, the whole does not show either.
 */
export function stackContexts(contexts: readonly EvaluationContext[]): EvaluationContext {
  if (contexts.length === 1) return contexts[0]!;
  const rows = contexts.reduce((sum, context) => sum + context.rows, 0);
  const known = new Map<string, Column>();
  return {
    rows,
    column: (name, moment) => {
      const key = JSON.stringify([name, moment]);
      const column =
        known.get(key) ??
        stack(
          contexts.map((context) => context.column(name, moment)),
          rows,
        );
      known.set(key, column);
      return column;
    },
    exists: (moment: Moment | undefined) =>
      stack(
        contexts.map((context) => context.exists(moment)),
        rows,
      ) as NumberColumn,
  };
}

function stack(parts: readonly Column[], rows: number): Column {
  const [first] = parts;
  const states = parts.some((part) => part.states !== undefined) ? { states: statesOf(parts, rows) } : {};
  if (first!.kind === "number") {
    const values = new Float64Array(rows);
    fill(
      values,
      parts.map((part) => (part as NumberColumn).values),
    );
    return { kind: "number", type: first!.type, values, ...states };
  }
  const { type, levels, codes } = alignCodes(parts as readonly CodeColumn[]);
  const all = new Int32Array(rows);
  fill(all, codes);
  return { kind: "code", type, levels, codes: all, ...states };
}

/** Why there is no value; where a part gives no reasons its gaps are plainly missing. */
function statesOf(parts: readonly Column[], rows: number): Uint8Array {
  const states = new Uint8Array(rows);
  let at = 0;
  for (const part of parts) {
    const length = part.kind === "number" ? part.values.length : part.codes.length;
    if (part.states !== undefined) states.set(part.states, at);
    else for (let row = 0; row < length; row++) states[at + row] = isMissing(part, row) ? stateCode("missing") : 0;
    at += length;
  }
  return states;
}

function fill<T extends Float64Array | Int32Array>(into: T, parts: readonly T[]): void {
  let at = 0;
  for (const part of parts) {
    into.set(part, at);
    at += part.length;
  }
}
