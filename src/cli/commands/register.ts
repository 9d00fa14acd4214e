import { registerStudy, studyFile } from "#pipeline";
import { readStudy } from "#protocol";
import type { CommandOptions, Outcome } from "../outcome.ts";
import { registrantOf, stepOptions } from "../stepOptions.ts";

/** The code of the study as it is now; registers nothing and opens no data. */
function printCode(operands: readonly string[]): Outcome {
  const { meaning } = readStudy(studyFile(operands[0] ?? "."));
  return { lines: [meaning.whole], json: { state: "ok", code: meaning.whole, sections: meaning.sections } };
}

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  if (options.print === true) return printCode(operands);
  const { record, isNew } = await registerStudy(stepOptions(operands, options), registrantOf(options));
  const code = record.meaning.whole;
  return {
    lines: [
      isNew
        ? `Registered as record ${record.number} on ${record.statement.when.slice(0, 10)}.`
        : `Already registered and unchanged: record ${record.number} of ${record.statement.when.slice(0, 10)}.`,
      ...record.design.map(
        (one) => `  ${one.comparison}: ${one.treated} and ${one.comparisonUnits} units by ${one.chosen}`,
      ),
      ...(isNew && record.outcomesSeen
        ? ["Outcomes had been opened before: this is a retrospective registration, and page one will say so."]
        : []),
      `Code for a public registry: ${code}`,
    ],
    json: {
      state: "ok",
      number: record.number,
      when: record.statement.when,
      code,
      isNew,
      outcomesSeen: record.outcomesSeen,
    },
  };
}
