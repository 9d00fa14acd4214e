import type * as z from "zod";
import type { Place } from "#domain";
import { type FaultList, nearestOf } from "./faultList.ts";
import { entryAt, type Item, itemAt, keysAt, type Path, placeAt, plainOf, withAt } from "./item.ts";
import type { KnownKeys, Said } from "./kinds.ts";

type Issue = z.core.$ZodIssue;

/** Rounds of taking out what is at fault: an entry may fall because something in it did, and so on outwards. */
const MOST_ROUNDS = 12;

/**
 * Puts an item to a schema. What is at fault is said once, then taken out, so that the rest can still be read and its
 * own faults found.
 * @returns what is sound, and the item it was read from; undefined when nothing is left.
 */
export function validate<Schema extends z.ZodType>(
  item: Item,
  schema: Schema,
  faults: FaultList,
  base: Path = [],
): { readonly value: z.output<Schema>; readonly item: Item } | undefined {
  let sound = item;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const result = schema.safeParse(plainOf(sound));
    if (result.success) return { value: result.data, item: sound };
    const issues = result.error.issues.flatMap((issue) => nearestBranch(issue, sound));
    // Later rounds only meet what the first round's cuts have opened.
    if (round === 0) for (const issue of issues) complain(issue, sound, base, faults);
    const mended = issues.reduce((rest, issue) => standIn(rest, issue), sound);
    if (mended !== sound) {
      sound = mended;
      continue;
    }
    const cuts = issues.flatMap((issue) => cutsOf(issue, sound));
    if (cuts.length === 0 || cuts.some((path) => path.length === 0)) return undefined;
    for (const path of cuts.sort(deepestFirst)) sound = withAt(sound, path, undefined);
  }
  return undefined;
}

/** Cutting a list shortens it, so later places go first. */
function deepestFirst(a: Path, b: Path): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (typeof a[i] === "number" && typeof b[i] === "number" && a[i] !== b[i])
      return (b[i] as number) - (a[i] as number);
    if (a[i] !== b[i]) return String(a[i]) < String(b[i]) ? -1 : 1;
  }
  return b.length - a.length;
}

/** A baseline year later than any other, so that nothing is said to come after it. */
export const NO_BASELINE = 9998;

/**
 * Values put where a required one is at fault, so that the faults around it are still found. Nothing is computed from
 * them: a study with a fault is never returned.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  baselineYear: "9998/99",
  better: "neither",
  measure: "not said",
  title: "not said",
  question: "not said",
  is: "school",
  assay: "1",
};
const EMPTY_SECTIONS: readonly string[] = [
  "study",
  "sources",
  "units",
  "design",
  "comparisons",
  "outcomes",
  "analyses",
];

function standIn(item: Item, issue: Issue): Item {
  const path = pathOf(issue);
  const key = path.at(-1);
  const owner = itemAt(item, path.slice(0, -1));
  if (issue.code === "unrecognized_keys" || typeof key !== "string" || owner?.kind !== "mapping") return item;
  const { place } = itemAt(owner, [key]) ?? owner;
  const isSection = EMPTY_SECTIONS.includes(key) && (path.length === 1 || path[0] === "design");
  if (!isSection && !Object.hasOwn(STAND_INS, key)) return item;
  const value = isSection
    ? ({ kind: "mapping", entries: new Map(), place } as const)
    : scalarAt(STAND_INS[key]!, place);
  const entries = new Map(owner.entries).set(key, { keyPlace: place, value, writer: { by: "declared" } });
  return withAt(item, path.slice(0, -1), { ...owner, entries });
}

function scalarAt(text: string, place: Place): Item {
  return {
    kind: "scalar",
    text,
    value: /^\d$/.test(text) ? Number(text) : text,
    isInBraces: false,
    place,
    locate: () => place,
  };
}

const pathOf = (issue: Issue): Path => issue.path.filter((step) => typeof step !== "symbol");

/** Of the forms a value may take, the one it comes nearest to: what that one complains of is what to say. */
function nearestBranch(issue: Issue, root: Item): readonly Issue[] {
  if (issue.code !== "invalid_union" || saidOf(issue) !== undefined || issue.errors.length === 0) return [issue];
  const found = itemAt(root, pathOf(issue));
  const weight = (branch: readonly Issue[]): number => branch.reduce((sum, own) => sum + weightOf(own, found), 0);
  const branches = issue.errors as readonly (readonly Issue[])[];
  const best = branches.reduce((leader, branch) => (weight(branch) < weight(leader) ? branch : leader));
  return best
    .map((own) => ({ ...own, path: [...issue.path, ...own.path] }))
    .flatMap((own) => nearestBranch(own as Issue, root));
}

/** How far an issue is from a value of that form: another kind of value altogether, a key left out, a key too many. */
function weightOf(issue: Issue, item: Item | undefined): number {
  if (issue.code === "unrecognized_keys") return issue.keys.length;
  if (issue.path.length === 0 && issue.code !== "custom") return 1000;
  return isMissing(issue, item) ? 10 : 1;
}

const isMissing = (issue: Issue, item: Item | undefined): boolean => itemAt(item, pathOf(issue)) === undefined;

function saidOf(issue: Issue): Said | KnownKeys | undefined {
  const text = issue.code === "invalid_key" ? issue.issues[0]?.message : issue.message;
  if (text === undefined || !text.startsWith("{")) return undefined;
  return JSON.parse(text) as Said | KnownKeys;
}

function cutsOf(issue: Issue, root: Item): readonly Path[] {
  const path = pathOf(issue);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => [...path, key]);
  return [itemAt(root, path) === undefined ? path.slice(0, -1) : path];
}

function complain(issue: Issue, root: Item, base: Path, faults: FaultList): void {
  const said = saidOf(issue);
  const path = pathOf(issue);
  if (said?.code === "unknown-keys") {
    for (const key of (issue as { keys?: readonly string[] }).keys ?? [])
      unknownKey(said as KnownKeys, key, itemAt(root, path), faults);
    return;
  }
  const { code, needs, says, message, suggestion } = (said ?? {}) as Said;
  const found = itemAt(root, path);
  const place = issue.code === "invalid_key" ? keyPlace(root, path) : placeAt(root, path);
  const key = String(path.at(-1) ?? "the file");
  if (found === undefined || code === "required-key") {
    const owner = nounOf([...base, ...path.slice(0, -1)]);
    const how = `Add \`${key}: ${(said as Said | undefined)?.example ?? "…"}\`.`;
    faults.add("required-key", place, `${owner} does not say ${says ?? key}: \`${key}\` is missing.`, how);
  } else if (code === "unit-missing") {
    faults.add(code, place, `\`${key}: ${readOf(found)}\` has no unit.`, suggestion);
  } else if (message !== undefined) {
    faults.add(code ?? "wrong-kind", place, message, suggestion);
  } else {
    const what =
      typeof path.at(-1) === "number"
        ? `An entry of \`${String(path.at(-2))}\``
        : path.length === 0
          ? "The file"
          : `\`${key}\``;
    faults.add("wrong-kind", place, `${what} needs ${needs ?? "something else"}; read ${describe(found)}.`, suggestion);
  }
}

function keyPlace(root: Item, path: Path): Place {
  const parent = itemAt(root, path.slice(0, -1));
  return entryAt(parent, String(path.at(-1)))?.keyPlace ?? placeAt(root, path);
}

function unknownKey(known: KnownKeys, key: string, owner: Item | undefined, faults: FaultList): void {
  const entry = entryAt(owner, key);
  if (entry === undefined) return;
  const later = Object.hasOwn(known.later, key) ? known.later[key] : undefined;
  if (later !== undefined) {
    faults.add("not-supported-yet", entry.keyPlace, `\`${key}\` of ${known.noun} is not supported yet.`, later);
    return;
  }
  faults.add(
    "unknown-key",
    entry.keyPlace,
    `\`${key}\` is not a key of ${known.noun}.`,
    nearestOf(key, known.known) ?? `Its keys: ${known.known.map((own) => `\`${own}\``).join(", ")}.`,
  );
}

const SECTIONS: readonly { readonly path: readonly string[]; readonly noun: string }[] = [
  { path: ["sources"], noun: "source" },
  { path: ["linkage"], noun: "linkage" },
  { path: ["units"], noun: "unit" },
  { path: ["design", "comparisons"], noun: "comparison" },
  { path: ["outcomes"], noun: "outcome" },
  { path: ["analyses"], noun: "analysis" },
  { path: ["sensitivity"], noun: "sensitivity" },
];

/** `outcome absence`, `specification nearest-3 of comparison joiners`: how a fault names what lacks a key. */
function nounOf(path: Path): string {
  if (path.length === 0) return "The study";
  const section = SECTIONS.find((known) => known.path.every((step, i) => path[i] === step));
  if (section === undefined || path.length <= section.path.length)
    return `\`${path.filter((step) => typeof step === "string").join(".")}\``;
  const entry = `${section.noun} ${String(path[section.path.length])}`;
  const inner = path.slice(section.path.length + 1);
  if (inner.length === 0) return entry;
  if (inner[0] === "columns" && inner.length > 1) return `Column ${String(inner[1])} of ${entry}`;
  if (inner.includes("specifications") && inner.length > 2) return `specification ${String(inner[2])} of ${entry}`;
  return `\`${inner.filter((step) => typeof step === "string").join(".")}\` of ${entry}`;
}

function readOf(item: Item): string {
  return item.kind === "scalar" ? item.text : describe(item);
}

function describe(item: Item): string {
  if (item.kind === "list") return "a list";
  if (item.kind === "mapping")
    return keysAt(item).length === 0 ? "an empty mapping" : `a mapping (\`${keysAt(item)[0]}: …\`)`;
  if (item.value === null) return "nothing";
  const kind = typeof item.value === "number" ? "the number" : "the text";
  const shown = item.text.length > 60 ? `${item.text.slice(0, 60)}…` : item.text;
  return typeof item.value === "number" ? `${kind} ${shown}` : `${kind} "${shown}"`;
}
