import { join } from "node:path";
import { readPublication, studyFile, type Trace, trace } from "#pipeline";
import type { CommandOptions, Outcome } from "../outcome.ts";

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const [figure = "", study = "."] = operands;
  const folder = options.out ?? join(studyFile(study), "..", "out");
  const found = trace(readPublication(folder), figure);
  return { lines: linesOf(found), json: { state: "ok", ...found } };
}

function linesOf(found: Trace): readonly string[] {
  const { cell } = found;
  const exact = cell?.value === undefined ? "" : ` (${cell.value})`;
  return [
    `${found.exhibit}: ${found.title}`,
    ...(found.row === undefined ? [] : [`row: ${found.row}`]),
    ...(cell === undefined
      ? []
      : [`${found.column}: ${cell.text}${exact}${cell.reason === undefined ? "" : `, because: ${cell.reason}`}`]),
    `definition: ${found.definition}`,
    `base: ${found.base}`,
    `set: ${found.set}`,
    `date: ${found.date}`,
    ...found.filters.map((filter) => `filter: ${filter}`),
    `model: ${found.model}`,
    ...found.inputs.map((input) => `input: ${input.file} (${input.source}), ${input.rows}, SHA-256 ${input.sha256}`),
    `registration: ${found.registration}`,
    `program: ${found.program}`,
    found.keys.length === 0 ? "units: not shown for this figure" : `units, for example: ${found.keys.join(", ")}`,
  ];
}
