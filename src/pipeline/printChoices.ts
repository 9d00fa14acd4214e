import type { Choice } from "#domain";
import type { Study } from "#protocol";
import type { PrintedChoice } from "#report";
import type { DesignedStudy } from "./designStudy.ts";

/** Every setting and who made it, with the specifications that were settled by rule at the end; no path of a computer. */
export function printChoices(study: Study, designed: DesignedStudy): readonly PrintedChoice[] {
  return [...study.choices.map(printChoice), ...ruleChoices(designed)];
}

function printChoice(choice: Choice): PrintedChoice {
  const { origin } = choice;
  const said = {
    declared: () => "declared",
    default: () => `default ${"number" in origin ? origin.number : ""}`,
    registry: () => `registry ${"id" in origin ? origin.id : ""}`,
    inherited: () => `inherited from ${"from" in origin ? origin.from : ""}`,
    preset: () => `preset ${"name" in origin ? origin.name : ""}`,
    rule: () => `rule: ${"rule" in origin ? origin.rule : ""}`,
  }[origin.by]();
  return {
    path: choice.path,
    value: choice.value,
    origin: said,
    ...(origin.by === "declared" && { line: origin.place.line }),
    ...(choice.because !== undefined && { because: choice.because }),
  };
}

/** Matching specifications that were settled by rule, not by name. */
function ruleChoices(designed: DesignedStudy): readonly PrintedChoice[] {
  return [...designed.samples.values()]
    .filter(({ comparison }) => "by" in comparison.match.choose)
    .map(({ comparison, chosen }) => ({
      path: `design.comparisons.${comparison.id}.match.choose`,
      value: chosen.tried.specification.id,
      origin: `rule: ${chosen.rule}`,
    }));
}
