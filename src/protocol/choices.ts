import type { Choice, ChoiceOrigin } from "#domain";
import type { Entry, Item } from "./item.ts";

/** Settings the file leaves to Assay, gathered while it is resolved. */
export class Defaults {
  readonly #found: Choice[] = [];

  add(path: string, value: string, number: string): void {
    this.#found.push({ path, value, origin: { by: "default", number } });
  }

  get all(): readonly Choice[] {
    return this.#found;
  }
}

/** Sections in the order in which the report tells them. */
const SECTIONS = [
  "study",
  "simulation",
  "sources",
  "linkage",
  "units",
  "design",
  "outcomes",
  "analyses",
  "sensitivity",
  "disclosure",
  "report",
];

/** Keys that say something about the study and set nothing. */
const PROSE: ReadonlySet<string> = new Set(
  "title question because label contacts caveats context programme evaluator funder confirm attribution licence registeredWith approvals changes timeline requests archive".split(
    " ",
  ),
);

/**
 * Every resolved setting and who made it: what the file says, line by line, then what the defaults add, entry by entry
 * in the order of the file. Columns of a described file count as one choice.
 */
export function choicesOf(study: Item, defaults: readonly Choice[]): readonly Choice[] {
  const declared: Choice[] = [];
  if (study.kind === "mapping") {
    for (const [section, entry] of study.entries) if (SECTIONS.includes(section)) collect(section, entry, declared);
  }
  const groups = new Map<string, Choice[]>();
  for (const choice of [...declared, ...defaults]) {
    const group = groupOf(choice.path);
    groups.set(group, [...(groups.get(group) ?? []), choice]);
  }
  const rank = (group: string): number => SECTIONS.indexOf(group.split(".")[0]!);
  return [...groups.keys()].sort((a, b) => rank(a) - rank(b)).flatMap((group) => groups.get(group)!);
}

/** One entry of a section: `design.comparisons.joiners`, `outcomes.absence`, `disclosure`. */
function groupOf(path: string): string {
  const steps = path.split(".");
  const depth = steps[0] === "design" ? 3 : ["study", "simulation", "disclosure", "report"].includes(steps[0]!) ? 1 : 2;
  return steps.slice(0, depth).join(".");
}

function collect(path: string, entry: Entry, into: Choice[]): void {
  const { value, writer } = entry;
  if (value.kind === "mapping" && value.entries.size > 0) {
    const because = becauseOf(value);
    const fromRegistry = [...value.entries].filter(([, own]) => own.writer.by === "registry");
    if (path.endsWith(".columns") && fromRegistry.length > 0) {
      const origin = fromRegistry[0]![1].writer as ChoiceOrigin;
      into.push({ path, value: `${fromRegistry.length} columns as described`, origin });
    }
    const isColumns = path.endsWith(".columns");
    for (const [key, own] of value.entries) {
      if (PROSE.has(key) || (own.writer.by === "registry" && (isColumns || key === "breaks"))) continue;
      // What stands inside an inherited or described value was written where the value was.
      const inner = writer.by === "declared" || own.writer.by !== "declared" ? own : { ...own, writer };
      const before = into.length;
      collect(`${path}.${key}`, inner, into);
      if (because !== undefined)
        for (const [i, choice] of into.entries())
          if (i >= before && choice.because === undefined) into[i] = { ...choice, because };
    }
    return;
  }
  const origin: ChoiceOrigin =
    writer.by === "declared"
      ? { by: "declared", place: value.kind === "scalar" ? value.place : entry.keyPlace }
      : writer;
  into.push({ path, value: textOf(value), origin });
}

function becauseOf(item: Item): string | undefined {
  const because = item.kind === "mapping" ? item.entries.get("because")?.value : undefined;
  return because?.kind === "scalar" ? because.text : undefined;
}

/** A value as one line: lists and small mappings are told by their parts. */
function textOf(item: Item): string {
  if (item.kind === "scalar") return item.text;
  if (item.kind === "list") return item.items.length === 0 ? "none" : item.items.map(textOf).join(", ");
  if (item.entries.size === 0) return "none";
  return [...item.entries]
    .filter(([key]) => key !== "because")
    .map(([key, entry]) => `${key}: ${textOf(entry.value)}`)
    .join("; ");
}
