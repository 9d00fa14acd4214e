import type { EvaluationContext } from "#expression";
import { type NumberColumn, takeColumn } from "#table";
import type { Candidates } from "./candidates.ts";

/**
 * Some of the candidates, in their order.
 * @param rows  Which, ascending.
 */
export function takeCandidates(candidates: Candidates, rows: Int32Array): Candidates {
  const { keys, identities, treated, context, entry } = candidates;
  return {
    ...candidates,
    keys: Array.from(rows, (row) => keys[row]!),
    identities: Array.from(rows, (row) => identities[row]!),
    treated: Uint8Array.from(rows, (row) => treated[row]!),
    context: takeContext(context, rows),
    ...(entry !== undefined && {
      entry: { ...entry, baseline: Float64Array.from(rows, (row) => entry.baseline[row]!) },
    }),
  };
}

function takeContext(context: EvaluationContext, rows: Int32Array): EvaluationContext {
  return {
    rows: rows.length,
    column: (name, moment) => takeColumn(context.column(name, moment), rows),
    exists: (moment) => takeColumn(context.exists(moment), rows) as NumberColumn,
  };
}
