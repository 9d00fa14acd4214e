/** A specification asks for something this door does not know, or leaves out something it needs. */
export class BadSpec extends Error {
  override readonly name = "BadSpec";
}

/** The data cannot answer what a case asks: no mistake of the case, and its result. */
export class NotAnswered extends Error {
  override readonly name = "NotAnswered";
}

type Kind<T> = { readonly what: string; readonly is: (value: unknown) => value is T };

const TEXT: Kind<string> = { what: "text", is: (value) => typeof value === "string" };
const NUMBER: Kind<number> = { what: "a number", is: (value) => typeof value === "number" };
const FLAG: Kind<boolean> = { what: "true or false", is: (value) => typeof value === "boolean" };
const TEXTS: Kind<readonly string[]> = {
  what: "a list of texts",
  is: (value): value is readonly string[] => Array.isArray(value) && value.every((own) => typeof own === "string"),
};

/**
 * The `spec` of a case, read key by key. Every key must be asked for by the kind that is computed: `finish` names those that
 * were not, so that no option is ever passed over in silence.
 */
export class Spec {
  readonly kind: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #read = new Set<string>(["kind"]);

  /** @throws BadSpec  it is no object with a text `kind`. */
  constructor(values: unknown) {
    if (typeof values !== "object" || values === null || Array.isArray(values))
      throw new BadSpec("spec must be an object");
    this.#values = values as Record<string, unknown>;
    this.kind = this.text("kind");
  }

  text(key: string): string {
    return this.#needed(key, TEXT);
  }

  number(key: string): number {
    return this.#needed(key, NUMBER);
  }

  texts(key: string): readonly string[] {
    return this.#needed(key, TEXTS);
  }

  optionalText(key: string): string | undefined {
    return this.#get(key, TEXT);
  }

  optionalNumber(key: string): number | undefined {
    return this.#get(key, NUMBER);
  }

  optionalTexts(key: string): readonly string[] | undefined {
    return this.#get(key, TEXTS);
  }

  /** @param otherwise  What the key means when left out; the conventions must say so. */
  flag(key: string, otherwise?: boolean): boolean {
    const value = this.#get(key, FLAG);
    if (value !== undefined) return value;
    if (otherwise === undefined) throw new BadSpec(`spec.${key} is missing; true or false is expected`);
    return otherwise;
  }

  /** One of a few words. */
  choice<T extends string>(key: string, allowed: readonly T[], otherwise?: T): T {
    const value = this.#get(key, TEXT) ?? otherwise;
    if (value === undefined) throw new BadSpec(`spec.${key} is missing; one of ${allowed.join(", ")} is expected`);
    if (!(allowed as readonly string[]).includes(value)) {
      throw new BadSpec(`spec.${key} is "${value}"; known are ${allowed.join(", ")}`);
    }
    return value as T;
  }

  /** The levels of categories, by column, in order; each once. */
  levels(): ReadonlyMap<string, readonly string[]> {
    const raw = this.raw("levels") ?? {};
    if (typeof raw !== "object" || Array.isArray(raw))
      throw new BadSpec("spec.levels must hold lists of levels by column");
    return new Map(
      Object.entries(raw as object).map(([column, levels]) => {
        if (!TEXTS.is(levels) || new Set(levels).size < levels.length) {
          throw new BadSpec(
            `spec.levels.${column} is ${JSON.stringify(levels)}; a list of texts, each once, is expected`,
          );
        }
        return [column, levels];
      }),
    );
  }

  /** Any value, unchecked; undefined when the key is absent. */
  raw(key: string): unknown {
    this.#read.add(key);
    return this.#values[key];
  }

  /** Keys that match, for options with a number in their name. */
  keysLike(pattern: RegExp): readonly string[] {
    return Object.keys(this.#values).filter((key) => pattern.test(key));
  }

  /** @throws BadSpec  naming the keys nothing asked for. */
  finish(): void {
    const unknown = Object.keys(this.#values).filter((key) => !this.#read.has(key));
    if (unknown.length > 0) {
      throw new BadSpec(
        `spec.${unknown.join(", spec.")}: not known for kind "${this.kind}"; known are ${[...this.#read].join(", ")}`,
      );
    }
  }

  #needed<T>(key: string, kind: Kind<T>): T {
    const value = this.#get(key, kind);
    if (value === undefined) throw new BadSpec(`spec.${key} is missing; ${kind.what} is expected`);
    return value;
  }

  #get<T>(key: string, kind: Kind<T>): T | undefined {
    this.#read.add(key);
    const value = this.#values[key];
    if (value === undefined || value === null) return undefined;
    if (!kind.is(value)) throw new BadSpec(`spec.${key} is ${JSON.stringify(value)}; ${kind.what} is expected`);
    return value;
  }
}
