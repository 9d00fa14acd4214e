import { dirname, join } from "node:path";
import { inputNow, readPublication, studyFile, type Trace, trace } from "#pipeline";
import type { CommandOptions, Outcome } from "../outcome.ts";

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const [figure = "", study = "."] = operands;
  const home = dirname(studyFile(study));
  const found = trace(readPublication(options.out ?? join(home, "out")), figure);
  const data = options.data ?? join(home, "data");
  const inputs = await Promise.all(found.inputs.map(async (input) => ({ ...input, now: await inputNow(data, input) })));
  return { lines: linesOf({ ...found, inputs }), json: { state: "ok", ...found, inputs } };
}

type Compared = Omit<Trace, "inputs"> & {
  readonly inputs: readonly (Trace["inputs"][number] & { readonly now: string })[];
};

function linesOf(found: Compared): readonly string[] {
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
    ...found.inputs.map(
      (input) => `input: ${input.file} (${input.source}), ${input.rows}, SHA-256 ${input.sha256}, ${input.now}`,
    ),
    `registration: ${found.registration}`,
    `program: ${found.program}`,
    found.keys.length === 0
      ? "units: withheld by the disclosure rules of the study"
      : `units, for example: ${found.keys.join(", ")}`,
  ];
}
