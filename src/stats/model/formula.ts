/** Variables multiplied with each other; one alone is a main effect. In the order of the formula. */
export type Term = readonly string[];

/** `(1 + x | group)`: which coefficients vary between groups. */
export interface RandomTerm {
  /** Variables whose combination names a group: one, or several for nested groups (`a/b` gives `b`, `a` and `a`). */
  readonly group: readonly string[];
  readonly hasIntercept: boolean;
  readonly terms: readonly Term[];
  /** False for `(x || group)`: intercept and slopes vary independently of each other. */
  readonly isCorrelated: boolean;
}

/** A model in R's notation, taken apart. */
export interface Formula {
  /** Absent in a one-sided formula. */
  readonly response?: string;
  readonly hasIntercept: boolean;
  /** Fixed terms, main effects before interactions of two, of three, …, each once. */
  readonly terms: readonly Term[];
  readonly random: readonly RandomTerm[];
  /** Variables added with coefficient 1. */
  readonly offsets: readonly string[];
  /** Variables named in `factor(…)`: numbers to be read as categories. */
  readonly factors: readonly string[];
}

/** A formula that cannot be read, with the place where reading stopped. */
export class BadFormula extends Error {
  override readonly name = "BadFormula";
}

/**
 * Reads a formula of R's notation: `y ~ a + b * c + a:d - 1 + offset(log_n) + factor(year) + (1 + x | school)`.
 * Understands `+`, `-`, `*`, `:`, `/`, `^`, `0`, `1`, brackets, `factor()`, `offset()`, and random terms with `|`, `||` and
 * `a/b`. The variables of an interaction stand in the order in which the formula first names them, as in R.
 * @throws BadFormula  something else stands there; other functions are named in the message.
 */
export function readFormula(text: string): Formula {
  return new Reader(text).formula();
}

/** All variables a formula names, each once. */
export function variablesOf(formula: Formula): string[] {
  return [
    ...new Set([
      ...(formula.response === undefined ? [] : [formula.response]),
      ...formula.terms.flat(),
      ...formula.random.flatMap(({ group, terms }) => [...group, ...terms.flat()]),
      ...formula.offsets,
    ]),
  ];
}

interface Sum {
  hasIntercept: boolean;
  terms: Term[];
  random: RandomTerm[];
  offsets: string[];
}

const TOKEN = /\s*(?:(`[^`]+`|[\p{L}.][\p{L}\p{N}._]*)|(\d+)|(\|\||[~+\-*:()|/^]))/uy;

class Reader {
  readonly #text: string;
  readonly #tokens: { readonly text: string; readonly isName: boolean; readonly at: number }[] = [];
  readonly #factors = new Set<string>();
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    TOKEN.lastIndex = 0;
    const end = text.trimEnd().length;
    while (TOKEN.lastIndex < end) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (match === null) throw new BadFormula(`formula "${text}": "${text.slice(at).trim()}" cannot be read`);
      const own = match[1] ?? match[2] ?? match[3];
      this.#tokens.push({ text: own.replaceAll("`", ""), isName: match[1] !== undefined, at });
    }
  }

  formula(): Formula {
    const hasResponse =
      this.#tokens.some(({ text, isName }) => !isName && text === "~") && this.#tokens[0]?.text !== "~";
    const response = hasResponse ? this.#name("a response") : undefined;
    this.#expect("~");
    const { hasIntercept, terms, random, offsets } = this.#sum();
    if (this.#peek() !== undefined) this.#fail("the end of the formula");
    const order = new Map<string, number>();
    for (const name of terms.flat()) if (!order.has(name)) order.set(name, order.size);
    const inOrder = (term: Term): Term => [...term].sort((a, b) => order.get(a)! - order.get(b)!);
    return {
      ...(response === undefined ? {} : { response }),
      hasIntercept,
      terms: byOrder(terms.map(inOrder)),
      random,
      offsets,
      factors: [...this.#factors],
    };
  }

  #sum(): Sum {
    const sum: Sum = { hasIntercept: true, terms: [], random: [], offsets: [] };
    let sign = "+";
    if (this.#peek() === "-" || this.#peek() === "+") {
      sign = this.#peek()!;
      this.#next++;
    }
    for (;;) {
      this.#summand(sum, sign);
      const next = this.#peek();
      if (next !== "+" && next !== "-") return sum;
      sign = next;
      this.#next++;
    }
  }

  #summand(sum: Sum, sign: string): void {
    const next = this.#peek();
    if (next === "0" || next === "1") {
      this.#next++;
      sum.hasIntercept = (next === "1") === (sign === "+");
      return;
    }
    if (next === "(" && this.#isRandomBracket()) {
      sum.random.push(...this.#randomTerm());
      return;
    }
    if (next === "offset" && this.#tokens[this.#next + 1]?.text === "(") {
      this.#next += 2;
      sum.offsets.push(this.#name("a variable"));
      this.#expect(")");
      return;
    }
    const product = this.#product();
    if (sign === "+") sum.terms.push(...product);
    else {
      const gone = new Set(product.map(keyOf));
      sum.terms = sum.terms.filter((term) => !gone.has(keyOf(term)));
    }
  }

  /** Factors joined by `*` (each alone and together), `/` (the second within the first) or `:` (together). */
  #product(): Term[] {
    let left = this.#interaction();
    for (let sign = this.#peek(); sign === "*" || sign === "/"; sign = this.#peek()) {
      this.#next++;
      const right = this.#interaction();
      const within = [left.flat()];
      left = sign === "*" ? [...left, ...right, ...crossed(left, right)] : [...left, ...crossed(within, right)];
    }
    return left;
  }

  #interaction(): Term[] {
    let left = this.#power();
    while (this.#peek() === ":") {
      this.#next++;
      left = crossed(left, this.#power());
    }
    return left;
  }

  /** `(a + b)^2`: all products of up to that many. */
  #power(): Term[] {
    const base = this.#atom();
    if (this.#peek() !== "^") return base;
    this.#next++;
    const degree = Number(this.#peek());
    if (!(Number.isInteger(degree) && degree >= 1)) this.#fail("a whole number");
    this.#next++;
    let all = base;
    for (let k = 1; k < degree; k++) all = [...all, ...crossed(all, base)];
    return byOrder(all);
  }

  #atom(): Term[] {
    if (this.#peek() === "(") {
      this.#next++;
      const inside = this.#sum();
      this.#expect(")");
      return inside.terms;
    }
    const name = this.#name("a variable");
    if (this.#peek() !== "(") return [[name]];
    if (name !== "factor") {
      throw new BadFormula(
        `formula "${this.#text}": the function "${name}" is not known here; make a column of its values and name that`,
      );
    }
    this.#next++;
    const variable = this.#name("a variable");
    this.#expect(")");
    this.#factors.add(variable);
    return [[variable]];
  }

  #isRandomBracket(): boolean {
    let depth = 0;
    for (let i = this.#next; i < this.#tokens.length; i++) {
      const { text } = this.#tokens[i];
      if (text === "(") depth++;
      if (text === ")" && --depth === 0) return false;
      if (depth === 1 && (text === "|" || text === "||")) return true;
    }
    return false;
  }

  #randomTerm(): RandomTerm[] {
    this.#expect("(");
    const { hasIntercept, terms } = this.#sum();
    const bar = this.#peek();
    if (bar !== "|" && bar !== "||") this.#fail('"|"');
    this.#next++;
    const group = [this.#name("a grouping variable")];
    let isNested = false;
    while (this.#peek() === "/" || this.#peek() === ":") {
      isNested ||= this.#peek() === "/";
      this.#next++;
      group.push(this.#name("a grouping variable"));
    }
    this.#expect(")");
    const own = { hasIntercept, terms: byOrder(terms), isCorrelated: bar === "|" };
    // lme4 puts the finer group first, and in its name the finer variable: a/b is b:a and a.
    if (!isNested) return [{ ...own, group }];
    const inward = group.toReversed();
    return inward.map((_, i) => ({ ...own, group: inward.slice(i) }));
  }

  #peek(): string | undefined {
    return this.#tokens[this.#next]?.text;
  }

  #name(what: string): string {
    const token = this.#tokens[this.#next];
    if (token === undefined || !token.isName) this.#fail(what);
    this.#next++;
    return token!.text;
  }

  #expect(text: string): void {
    if (this.#peek() !== text) this.#fail(`"${text}"`);
    this.#next++;
  }

  #fail(wanted: string): never {
    const found = this.#peek();
    throw new BadFormula(
      `formula "${this.#text}": ${wanted} expected, ${found === undefined ? "but it ends there" : `found "${found}"`}`,
    );
  }
}

const keyOf = (term: Term): string => [...term].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join("\n");

function crossed(left: readonly Term[], right: readonly Term[]): Term[] {
  return left.flatMap((a) => right.map((b) => [...new Set([...a, ...b])]));
}

/** Each term once, those of fewer variables first. */
function byOrder(terms: readonly Term[]): Term[] {
  const once = new Map<string, Term>();
  for (const term of terms) if (!once.has(keyOf(term))) once.set(keyOf(term), term);
  return [...once.values()].sort((a, b) => a.length - b.length);
}
