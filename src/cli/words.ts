import { type Choice, type Fault, faultLine } from "#domain";

/** Warnings as lines, each with its place. */
export const warningLines = (warnings: readonly Fault[]): readonly string[] =>
  warnings.map((fault) => `warning: ${faultLine(fault)}`);

/** Every setting on a line: path, value, who decided. */
export function choiceLines(choices: readonly Choice[]): readonly string[] {
  return choices.map(({ path, value, origin }) => `${path}: ${value}  [${originWords(origin)}]`);
}

function originWords(origin: Choice["origin"]): string {
  switch (origin.by) {
    case "declared":
      return `line ${origin.place.line}`;
    case "default":
      return `default ${origin.number}`;
    case "registry":
      return `registry ${origin.id}`;
    case "inherited":
      return `like ${origin.from}`;
    case "preset":
      return `preset ${origin.name}`;
    case "rule":
      return origin.rule;
  }
}
