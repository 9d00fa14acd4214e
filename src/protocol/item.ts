import type { Place } from "#domain";

/** Who wrote an entry: the study itself, a registry entry, or the sibling that `like` names. */
export type Writer =
  | { readonly by: "declared" }
  | { readonly by: "registry"; readonly id: string }
  | { readonly by: "inherited"; readonly from: string };

/** A value of the file that knows where it stands. */
export type Item = Scalar | List | Mapping;

export interface Scalar {
  readonly kind: "scalar";
  /** As a text, whatever else it may mean: `2016`, `yes`, `0.2 sd`. */
  readonly text: string;
  readonly value: string | number | boolean | null;
  /** Inside `{ }` or `[ ]` and not quoted, where a comma would have ended it. */
  readonly isInBraces: boolean;
  readonly place: Place;
  /** The place of an offset of `text`, also where the text is folded over lines. */
  readonly locate: (offset: number) => Place;
}

export interface List {
  readonly kind: "list";
  readonly items: readonly Item[];
  readonly place: Place;
}

export interface Mapping {
  readonly kind: "mapping";
  readonly entries: ReadonlyMap<string, Entry>;
  readonly place: Place;
}

export interface Entry {
  readonly keyPlace: Place;
  readonly value: Item;
  readonly writer: Writer;
}

export type Path = readonly (string | number)[];

/** What stands at a path; undefined where nothing does. */
export function itemAt(item: Item | undefined, path: Path): Item | undefined {
  let found = item;
  for (const step of path) {
    if (found === undefined) return undefined;
    found =
      typeof step === "number" ? (found.kind === "list" ? found.items[step] : undefined) : entryAt(found, step)?.value;
  }
  return found;
}

export function entryAt(item: Item | undefined, key: string): Entry | undefined {
  return item?.kind === "mapping" ? item.entries.get(key) : undefined;
}

/** The place of what stands at a path; of the nearest thing around it where nothing does. */
export function placeAt(item: Item, path: Path): Place {
  for (let length = path.length; length > 0; length--) {
    const found = itemAt(item, path.slice(0, length));
    if (found !== undefined) return found.place;
  }
  return item.place;
}

/** The keys of a mapping in the order of the file; none for anything else. */
export function keysAt(item: Item | undefined): readonly string[] {
  return item?.kind === "mapping" ? [...item.entries.keys()] : [];
}

/** An item as plain values, for the schema. */
export function plainOf(item: Item): unknown {
  if (item.kind === "scalar") return item.value;
  if (item.kind === "list") return item.items.map(plainOf);
  return Object.fromEntries([...item.entries].map(([key, entry]) => [key, plainOf(entry.value)]));
}

/** A copy of an item in which what stands at a path is replaced, or taken out where `value` is undefined. */
export function withAt(item: Item, path: Path, value: Item | undefined): Item {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? item;
  if (item.kind === "list" && typeof step === "number") {
    const own = item.items[step];
    if (own === undefined) return item;
    const replaced = rest.length === 0 ? value : withAt(own, rest, value);
    const items = item.items.flatMap((other, i) => (i !== step ? [other] : replaced === undefined ? [] : [replaced]));
    return { ...item, items };
  }
  if (item.kind !== "mapping" || typeof step !== "string") return item;
  const entry = item.entries.get(step);
  if (entry === undefined) return item;
  const entries = new Map(item.entries);
  const replaced = rest.length === 0 ? value : withAt(entry.value, rest, value);
  if (replaced === undefined) entries.delete(step);
  else entries.set(step, { ...entry, value: replaced });
  return { ...item, entries };
}
