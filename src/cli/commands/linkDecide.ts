import { decideLink } from "#pipeline";
import { type CommandOptions, type Outcome, UsageFault } from "../outcome.ts";
import { stepOptions } from "../stepOptions.ts";

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const [, pair, decision] = operands as readonly [string, string, string];
  if (decision !== "same" && decision !== "different")
    throw new UsageFault(`The decision is \`same\` or \`different\`; read \`${decision}\`.`);
  const by = options.by?.trim() ?? "";
  const reason = options.reason?.trim() ?? "";
  if (by === "") throw new UsageFault("Say who decides: --by 'A. Person'.");
  if (reason === "") throw new UsageFault("Say why: --reason 'same school, maiden name'.");
  const date = new Date().toISOString().slice(0, 10);
  const { file, isRegistered } = await decideLink(stepOptions(operands, options), pair, decision, { by, reason, date });
  return {
    lines: [
      `${pair}: ${decision}, written to ${file}.`,
      ...(isRegistered ? ["The study is registered: amend it with a reason (`assay amend --reason …`)."] : []),
    ],
    json: { state: "ok", pair, decision, file },
  };
}
