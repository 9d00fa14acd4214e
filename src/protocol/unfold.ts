import { registryIds, registryText } from "#standards";
import { type FaultList, nearestOf } from "./faultList.ts";
import { type Entry, entryAt, type Item, itemAt, type Mapping, type Path, withAt } from "./item.ts";
import { readYaml } from "./yamlDoor.ts";

/** Where entries stand under names of the study, and what one of them is called. */
const NAMED: readonly { readonly path: Path; readonly what: string }[] = [
  { path: ["sources"], what: "source" },
  { path: ["linkage"], what: "linkage" },
  { path: ["units"], what: "unit" },
  { path: ["design", "comparisons"], what: "comparison" },
  { path: ["outcomes"], what: "outcome" },
  { path: ["analyses"], what: "analysis" },
  { path: ["sensitivity"], what: "sensitivity" },
];

/** A study in full, and the entries that could not be completed: what they lack is said already. */
export interface Unfolded {
  readonly whole: Item;
  readonly broken: readonly Path[];
}

/**
 * A study in full: every `like` replaced by the copy it asks for, every `use` by the described file. Keys written in an
 * entry replace whole values of what it started from; columns of a described file are replaced one by one.
 */
export function unfold(study: Item, faults: FaultList): Unfolded {
  let full = study;
  const broken: Path[] = [];
  for (const { path, what } of NAMED) full = unfoldAt(full, path, what, faults, broken);
  for (const id of namesAt(full, ["design", "comparisons"])) {
    full = unfoldAt(full, ["design", "comparisons", id, "match", "specifications"], "specification", faults, broken);
  }
  for (const id of namesAt(full, ["sources"])) {
    const source = itemAt(full, ["sources", id]);
    if (source?.kind !== "mapping") continue;
    const started = startFromRegistry(source, faults);
    if (started === undefined) broken.push(["sources", id]);
    else full = withAt(full, ["sources", id], started);
  }
  return { whole: full, broken };
}

function namesAt(item: Item, path: Path): readonly string[] {
  const found = itemAt(item, path);
  return found?.kind === "mapping" ? [...found.entries.keys()] : [];
}

function unfoldAt(study: Item, path: Path, what: string, faults: FaultList, broken: Path[]): Item {
  const entries = itemAt(study, path);
  if (entries?.kind !== "mapping") return study;
  return withAt(
    study,
    path,
    unfoldSiblings(entries, what, faults, (name) => broken.push([...path, name])),
  );
}

function unfoldSiblings(siblings: Mapping, what: string, faults: FaultList, isBroken: (name: string) => void): Mapping {
  const done = new Map<string, Item>();
  const visit = (name: string, trail: readonly string[]): Item | undefined => {
    const known = done.get(name);
    if (known !== undefined) return known;
    const own = siblings.entries.get(name)!.value;
    const full = own.kind === "mapping" ? copyOf(own, name, trail) : own;
    done.set(name, full);
    return full;
  };
  const copyOf = (own: Mapping, name: string, trail: readonly string[]): Mapping => {
    const like = entryAt(own, "like")?.value;
    if (like?.kind !== "scalar") return own;
    const rest = without(own, "like");
    const from = like.text;
    const circle = [...trail, name];
    if (!siblings.entries.has(from) || circle.includes(from)) for (const one of circle) isBroken(one);
    if (!siblings.entries.has(from)) {
      faults.unknownName(
        what,
        from,
        [...siblings.entries.keys()].filter((other) => other !== name),
        like.place,
      );
      return rest;
    }
    if (circle.includes(from)) {
      const shown = [...circle.slice(circle.indexOf(from)), from].map((other) => `\`${other}\``).join(" → ");
      faults.add(
        "circular",
        like.place,
        `${shown} are copies of each other.`,
        "Break the circle at one of these lines.",
      );
      return rest;
    }
    const original = visit(from, circle);
    return original?.kind === "mapping" ? inherit(rest, original, from) : rest;
  };
  const entries = new Map<string, Entry>();
  for (const [name, entry] of siblings.entries) entries.set(name, { ...entry, value: visit(name, []) ?? entry.value });
  return { ...siblings, entries };
}

function without(mapping: Mapping, key: string): Mapping {
  const entries = new Map(mapping.entries);
  entries.delete(key);
  return { ...mapping, entries };
}

function inherit(own: Mapping, original: Mapping, from: string): Mapping {
  const entries = new Map<string, Entry>();
  for (const [key, entry] of original.entries) entries.set(key, { ...entry, writer: { by: "inherited", from } });
  for (const [key, entry] of own.entries) entries.set(key, entry);
  return { ...own, entries };
}

/** Undefined when no such description is held. */
function startFromRegistry(source: Mapping, faults: FaultList): Mapping | undefined {
  const use = entryAt(source, "use")?.value;
  if (use?.kind !== "scalar") return source;
  const described = registryText(use.text);
  if (described === undefined) {
    const nearest = nearestOf(use.text, registryIds());
    faults.add(
      "edition-unknown",
      use.place,
      `No described file called ${use.text} is held.`,
      `${nearest === undefined ? "" : `${nearest} `}Held: ${registryIds().join(", ")}.`,
    );
    return undefined;
  }
  const text = readYaml(described.text, described.file, { by: "registry", id: described.id }, faults);
  if (text?.kind !== "mapping") return source;
  const entries = new Map(text.entries);
  for (const [key, entry] of source.entries) {
    const theirs = text.entries.get(key)?.value;
    const isByColumn = key === "columns" && entry.value.kind === "mapping" && theirs?.kind === "mapping";
    entries.set(key, isByColumn ? { ...entry, value: overColumns(entry.value as Mapping, theirs as Mapping) } : entry);
  }
  return { ...source, entries };
}

/** Columns of the study over those of the registry, one by one; the publisher's header is kept where the study gives none. */
function overColumns(own: Mapping, theirs: Mapping): Mapping {
  const entries = new Map(theirs.entries);
  for (const [name, entry] of own.entries) {
    const header = entryAt(theirs.entries.get(name)?.value, "from");
    const needsHeader = header !== undefined && entry.value.kind === "mapping" && !entry.value.entries.has("from");
    const value = needsHeader
      ? { ...entry.value, entries: new Map([["from", header] as const, ...(entry.value as Mapping).entries]) }
      : entry.value;
    entries.set(name, { ...entry, value: value as Item });
  }
  return { ...own, entries };
}
