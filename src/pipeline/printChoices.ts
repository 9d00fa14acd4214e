import type { Choice, ChoiceOrigin } from "#domain";
import type { Study } from "#protocol";
import type { PrintedChoice } from "#report";
import type { DesignedStudy } from "./designStudy.ts";

/** Every setting and who made it, with the specifications that were settled by rule at the end; no path of a computer. */
export function printChoices(study: Study, designed: DesignedStudy): readonly PrintedChoice[] {
  return [...study.choices.map(printChoice), ...ruleChoices(designed)];
}

function printChoice(choice: Choice): PrintedChoice {
  const { origin } = choice;
  return {
    path: choice.path,
    value: choice.value,
    by: origin.by,
    origin: inWords(origin),
    ...(origin.by === "declared" && { line: origin.place.line }),
    ...(choice.because !== undefined && { because: choice.because }),
  };
}

function inWords(origin: ChoiceOrigin): string {
  switch (origin.by) {
    case "declared":
      return "declared";
    case "default":
      return `default ${origin.number}`;
    case "registry":
      return `registry ${origin.id}`;
    case "inherited":
      return `inherited from ${origin.from}`;
    case "preset":
      return `preset ${origin.name}`;
    case "rule":
      return `rule: ${origin.rule}`;
  }
}

/** Matching specifications that were settled by rule, not by name. */
function ruleChoices(designed: DesignedStudy): readonly PrintedChoice[] {
  return [...designed.samples.values()]
    .filter(({ comparison }) => "by" in comparison.match.choose)
    .map(({ comparison, chosen }) => ({
      path: `design.comparisons.${comparison.id}.match.choose`,
      value: chosen.tried.specification.id,
      by: "rule" as const,
      origin: `rule: ${chosen.rule}`,
    }));
}
