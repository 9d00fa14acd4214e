import { reportReturn } from "#pipeline";
import type { CommandOptions, Outcome } from "../outcome.ts";
import { minimumOf, returnOptions } from "../returnOptions.ts";
import { tableLines } from "../tableLines.ts";

const DEFAULT_MINIMUM = "10";
const SHOWN_TITLES = 10;

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const minimum = minimumOf("--minimum", options.minimum ?? DEFAULT_MINIMUM);
  const schoolMinimum = minimumOf("--school-minimum", options.schoolMinimum ?? String(minimum));
  const reported = await reportReturn({
    ...returnOptions(operands, options),
    minimum,
    schoolMinimum,
    ...(options.out !== undefined && { out: options.out }),
  });
  const { title, lines, exhibits, unsortedTitles, files } = reported;
  const titles = unsortedTitles.slice(0, SHOWN_TITLES).map((one) => `"${one}"`);
  const more = unsortedTitles.length > SHOWN_TITLES ? ", …" : "";
  return {
    lines: [
      title,
      ...lines,
      ...(titles.length === 0 ? [] : [`Titles no rule sorts: ${titles.join(", ")}${more}`]),
      ...exhibits.flatMap((exhibit) => ["", ...tableLines(exhibit)]),
      ...(files.length === 0 ? [] : ["", ...files.map((file) => `wrote ${file}`)]),
    ],
    json: { state: "ok", title, lines, exhibits, unsortedTitles, files },
  };
}
