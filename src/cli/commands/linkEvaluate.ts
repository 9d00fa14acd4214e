import { Faults } from "#domain";
import { evaluateOnWorkforce } from "#pipeline";
import { numberOf } from "../numberOption.ts";
import { type CommandOptions, type Outcome, UsageFault } from "../outcome.ts";
import { terminalProgress } from "../terminalProgress.ts";

export async function run(_operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const returns = numberOf("--returns", options.returns) ?? 20;
  const seed = numberOf("--seed", options.seed) ?? 1;
  if (!Number.isInteger(returns) || returns < 1) throw new UsageFault("--returns is a whole number of at least 1.");
  const done = terminalProgress().begin(`linking ${returns} invented returns`);
  const evaluation = await evaluateOnWorkforce(options.workforce!, { returns, seed });
  done(`${evaluation.seconds.toFixed(2)} s each`);
  const { score, gates } = evaluation;
  const lines = [
    `${returns} returns of ${Math.round(score.rows / returns)} people: ${score.linked} automatic links, ${score.right} right, ${score.linked - score.right} wrong; ${score.present - score.right} people of the census not found; ${score.review} rows sent to review`,
    ...gates.map(({ name, state, words }) => `${name}: ${state}. ${words}.`),
  ];
  if (gates.some(({ state }) => state === "missed")) {
    throw new Faults(
      "linkage",
      gates
        .filter(({ state }) => state === "missed")
        .map(({ name, words }) => ({ code: "gate-missed", severity: "fault" as const, message: `${name}: ${words}.` })),
    );
  }
  return { lines, json: { state: "ok", ...evaluation } };
}
