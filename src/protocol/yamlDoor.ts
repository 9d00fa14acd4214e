import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type Scalar as YamlScalar,
} from "yaml";
import type { Place } from "#domain";
import type { FaultList } from "./faultList.ts";
import type { Entry, Item, Mapping, Scalar, Writer } from "./item.ts";

/**
 * Reads YAML 1.2 core and less: no anchors, aliases, tags, merge keys, repeated keys or tabs. Every value keeps its
 * place, and its text as written beside what it means.
 * @returns undefined when the file cannot be read at all; the reasons are in `faults`.
 */
export function readYaml(text: string, file: string, writer: Writer, faults: FaultList): Item | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
    lineCounter: lines,
  });
  const door = new Door(text, file, lines, writer, faults);
  for (const error of document.errors.slice(0, 1)) door.unreadable(error.code, error.message, error.pos[0]);
  if (document.errors.length > 0) return undefined;
  if (document.contents === null) {
    door.unreadable("EMPTY", "it is empty", 0);
    return undefined;
  }
  return door.item(document.contents as Node, false);
}

const MEANINGS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "a tab is used to indent",
  MULTIPLE_DOCS: "a second document begins with `---`",
  BAD_INDENT: "its indent does not fit the lines above, or a bracket never closes",
  BLOCK_AS_IMPLICIT_KEY: "a second colon makes it two keys",
  BAD_SCALAR_START: "it begins with a sign that has another meaning in YAML",
  BAD_ALIAS: "`*` and `&` have another meaning in YAML",
  MISSING_CHAR: "a quote or a colon is missing",
};

const HELP: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "Indent by spaces.",
  MULTIPLE_DOCS: "A study is one document: take out the line `---`.",
  BAD_INDENT: "Indent entries of one kind alike, by spaces, and close every bracket.",
  BLOCK_AS_IMPLICIT_KEY: "Put the text in quotes, or on its own line after `>-`.",
  EMPTY: "Begin with `assay: 1`.",
};

class Door {
  readonly #text: string;
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #writer: Writer;
  readonly #faults: FaultList;

  constructor(text: string, file: string, lines: LineCounter, writer: Writer, faults: FaultList) {
    this.#text = text;
    this.#file = file;
    this.#lines = lines;
    this.#writer = writer;
    this.#faults = faults;
  }

  unreadable(code: string, message: string, offset: number): void {
    const cut = this.#cutBefore(offset);
    if (cut !== undefined) {
      this.#cut(cut);
      return;
    }
    const opened = /closing .*quote/i.test(message) ? this.#quoteBefore(offset) : undefined;
    const meaning = MEANINGS[code] ?? message.charAt(0).toLowerCase() + message.slice(1);
    const why = opened === undefined ? meaning : `a quote opened at column ${opened.column} never closes`;
    const help = HELP[code] ?? "Close the quote, or put the text on its own line after `>-`.";
    this.#faults.add("not-yaml", opened ?? this.#place(offset), `This line cannot be read as YAML: ${why}.`, help);
  }

  #cut(place: Place): void {
    const message = "This expression ends in the middle: a comma inside { } split it.";
    this.#faults.add("expression-cut", place, message, "Quote it, or give it its own line.");
  }

  /** Where a value of `{ }` or `[ ]` began whose round bracket is still open at an offset of the same line. */
  #cutBefore(offset: number): Place | undefined {
    const start = this.#text.lastIndexOf("\n", offset - 1) + 1;
    const line = this.#text.slice(start, offset);
    if (!/[{[]/.test(line) || !isOpen(line)) return undefined;
    const value = /(?:[:,{[]\s+|[{[])(?=[^:,{}[\]\s][^:,{}[\]]*\([^()]*$)/g;
    const found = [...line.matchAll(value)].at(-1);
    return found === undefined ? undefined : this.#place(start + found.index + found[0].length);
  }

  /** Where a value began with a quote that is still open at an offset. */
  #quoteBefore(offset: number): Place | undefined {
    const found = [...this.#text.slice(0, offset).matchAll(/(?:[:[{,-]\s+|^\s*)(["'])/gm)].at(-1);
    return found === undefined ? undefined : this.#place(found.index + found[0].length - 1);
  }

  item(node: Node | null, isInBraces: boolean): Item | undefined {
    if (node === null) return undefined;
    const place = this.#place(node.range?.[0] ?? 0);
    if (isAlias(node)) return this.#tooClever(place);
    if (node.anchor !== undefined || node.tag !== undefined) this.#tooClever(place);
    if (isScalar(node)) return this.#scalar(node, isInBraces);
    const isFlow = isInBraces || (node as { flow?: boolean }).flow === true;
    if (isSeq(node)) {
      const items = node.items.flatMap((part) => this.item(part as Node, isFlow) ?? []);
      return { kind: "list", items, place };
    }
    return isMap(node) ? this.#mapping(node, isFlow, place) : undefined;
  }

  #tooClever(place: Place): undefined {
    return this.#faults.add(
      "yaml-too-clever",
      place,
      "Anchors, aliases and tags are not used in a protocol.",
      "Use `like: other-name`.",
    );
  }

  #mapping(node: YAMLMap, isFlow: boolean, place: Place): Mapping {
    const entries = new Map<string, Entry>();
    let before: Scalar | undefined;
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const keyPlace = this.#place(pair.key.range?.[0] ?? 0);
      if (!isScalar(pair.key)) {
        this.#tooClever(keyPlace);
        continue;
      }
      const key = textOf(pair.key);
      // `{ x: max(a, b) }`: the comma ended the value, and its rest reads as a key without a value.
      if (isFlow && pair.value === null && before !== undefined && isOpen(before.text)) {
        this.#cut(before.place);
        continue;
      }
      const entry = this.#entry(pair, key, keyPlace, isFlow, entries);
      if (entry === undefined) continue;
      entries.set(key, entry);
      before = entry.value.kind === "scalar" ? entry.value : undefined;
    }
    return { kind: "mapping", entries, place };
  }

  #entry(
    pair: Pair<Node, Node | null>,
    key: string,
    keyPlace: Place,
    isFlow: boolean,
    known: ReadonlyMap<string, Entry>,
  ): Entry | undefined {
    const anchor = (pair.key as { anchor?: string }).anchor;
    if (anchor !== undefined || pair.key.tag !== undefined || key === "<<") return this.#tooClever(keyPlace);
    const twin = known.get(key);
    if (twin !== undefined) {
      return this.#faults.add(
        "repeated-key",
        keyPlace,
        `\`${key}\` appears twice (lines ${twin.keyPlace.line} and ${keyPlace.line}).`,
        "Keep one; earlier keys would be lost.",
      );
    }
    if (key === "__proto__") return this.#faults.add("unknown-key", keyPlace, "`__proto__` cannot be a name.");
    const value = pair.value === null ? this.#nothing(keyPlace, isFlow) : this.item(pair.value, isFlow);
    return value === undefined ? undefined : { keyPlace, value, writer: this.#writer };
  }

  #nothing(place: Place, isInBraces: boolean): Scalar {
    return { kind: "scalar", text: "", value: null, isInBraces, place, locate: () => place };
  }

  #scalar(node: YamlScalar, isInBraces: boolean): Scalar {
    const [start, end] = node.range ?? [0, 0];
    const text = textOf(node);
    const isPlain = node.type === "PLAIN";
    const offsets = (): readonly number[] => alignOffsets(text, this.#text.slice(start, end), node.type ?? "PLAIN");
    let aligned: readonly number[] | undefined;
    const locate = (offset: number): Place => {
      aligned ??= offsets();
      const within = aligned[offset] ?? (aligned.at(-1) ?? -1) + 1 + Math.max(0, offset - text.length);
      return this.#place(start + within);
    };
    const place = isPlain ? this.#place(start) : locate(0);
    return {
      kind: "scalar",
      text,
      value: isPlain ? meaningOf(text) : text,
      isInBraces: isInBraces && isPlain,
      place,
      locate,
    };
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function textOf(node: YamlScalar): string {
  if (node.type === "PLAIN") return node.source ?? "";
  return String(node.value ?? "");
}

/** What a plain scalar means in the core schema; forms nobody writes by hand (octal, infinity) stay text. */
function meaningOf(text: string): Scalar["value"] {
  if (text === "" || text === "null" || text === "~") return null;
  if (text === "true" || text === "false") return text === "true";
  return /^[-+]?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** An opening bracket without its closing one. */
function isOpen(text: string): boolean {
  return (text.match(/\(/g) ?? []).length > (text.match(/\)/g) ?? []).length;
}

/**
 * For each character of a scalar's text, its offset in the source. Folding and quoting change only white space, quotes
 * and what stands in front of the text, so the other characters meet in order.
 */
function alignOffsets(text: string, source: string, type: string): readonly number[] {
  let at = type.startsWith("BLOCK") ? source.indexOf("\n") + 1 : type.startsWith("QUOTE") ? 1 : 0;
  const offsets: number[] = [];
  for (const unit of text.split("")) {
    const found = /\s/.test(unit) ? -1 : source.indexOf(unit, at);
    offsets.push(found < 0 ? at : found);
    if (found >= 0) at = found + 1;
  }
  return offsets;
}
