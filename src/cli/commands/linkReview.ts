import { linkReview } from "#pipeline";
import { linkLines } from "../linkWords.ts";
import type { CommandOptions, Outcome } from "../outcome.ts";
import { stepOptions } from "../stepOptions.ts";

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const decider = { by: options.by?.trim() ?? "", date: new Date().toISOString().slice(0, 10) };
  const { records, files, taken, isRegistered } = await linkReview(
    stepOptions(operands, options),
    decider,
    options.read,
  );
  const lines = [
    ...(options.read === undefined
      ? []
      : [`${taken === 1 ? "1 decision" : `${taken} decisions`} taken in from ${options.read}.`]),
    ...(taken > 0 && isRegistered
      ? ["The study is registered: amend it with a reason (`assay amend --reason …`)."]
      : []),
    ...records.flatMap(linkLines),
    ...files.map(
      (file) => `wrote ${file}: enter \`same\` or \`different\` in its decision column, then \`--read ${file}\``,
    ),
  ];
  return { lines, json: { state: "ok", records, files, taken } };
}
