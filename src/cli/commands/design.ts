import { design } from "#pipeline";
import type { CommandOptions, Outcome } from "../outcome.ts";
import { stepOptions } from "../stepOptions.ts";

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const { records, designed } = await design(stepOptions(operands, options));
  const lines = [...designed.samples.values()].flatMap((sample) => {
    const record = records.find((one) => one.comparison === sample.comparison.id)!;
    const worst = Math.max(
      ...sample.balance.map((row) => Math.abs(row.percentBias)).filter((bias) => !Number.isNaN(bias)),
    );
    return [
      `${record.comparison}: ${record.treated} programme and ${record.comparisonUnits} comparison ${sample.candidates.unit.noun}s, by ${record.chosen} (${record.rule}); largest bias ${worst.toFixed(1)}%`,
      ...sample.preTrends.map((trend) => `  ${trend.outcome}: ${trend.sentence}`),
      ...sample.warnings.map((warning) => `  warning: ${warning.message}`),
    ];
  });
  return { lines, json: { state: "ok", comparisons: records } };
}
