/** One variable of a model, with as many values as the data has rows. */
export type Variable =
  /** NaN where there is none. */
  | { readonly kind: "number"; readonly values: Float64Array }
  /** A category by its place in `levels`, −1 where there is none. The first level is the reference. */
  | { readonly kind: "factor"; readonly codes: Int32Array; readonly levels: readonly string[] };

/** Variables by name, all of one length. */
export type ModelData = ReadonlyMap<string, Variable>;

/** A formula names a variable the data does not hold, or uses one in a way its kind does not allow. */
export class UnknownVariable extends Error {
  override readonly name = "UnknownVariable";
}

/**
 * A variable by name.
 * @throws UnknownVariable  naming those there are.
 */
export function variableOf(data: ModelData, name: string): Variable {
  const found = data.get(name);
  if (found === undefined)
    throw new UnknownVariable(`there is no variable "${name}"; there are ${[...data.keys()].join(", ")}`);
  return found;
}

/** The values of a variable that must be numbers. */
export function numbersOf(data: ModelData, name: string): Float64Array {
  const variable = variableOf(data, name);
  if (variable.kind === "factor") throw new UnknownVariable(`"${name}" holds categories where numbers are needed`);
  return variable.values;
}

/** How many rows the data has. */
export function rowsOf(data: ModelData): number {
  for (const variable of data.values())
    return variable.kind === "number" ? variable.values.length : variable.codes.length;
  return 0;
}

/** Numbers as categories, their levels in ascending order. */
export function asFactor(variable: Variable): Variable & { kind: "factor" } {
  if (variable.kind === "factor") return variable;
  const values = [...new Set(variable.values)].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const place = new Map(values.map((value, i) => [value, i]));
  return {
    kind: "factor",
    codes: Int32Array.from(variable.values, (value) => place.get(value) ?? -1),
    levels: values.map(String),
  };
}

/** The combinations of several categories as one, its levels joined by ":" and those that occur only. */
export function crossFactors(data: ModelData, names: readonly string[]): Variable & { kind: "factor" } {
  const [first, ...others] = names.map((name) => asFactor(variableOf(data, name)));
  return others.reduce((left, right) => {
    // Doubles hold the product of any two numbers of levels; whole numbers of 32 bits do not.
    const keys = Float64Array.from(left.codes, (code, i) =>
      code < 0 || right.codes[i] < 0 ? -1 : code * right.levels.length + right.codes[i],
    );
    const used = [...new Set(keys)].filter((key) => key >= 0).sort((a, b) => a - b);
    const place = new Map(used.map((key, i) => [key, i]));
    return {
      kind: "factor",
      codes: Int32Array.from(keys, (key) => place.get(key) ?? -1),
      levels: used.map(
        (key) => `${left.levels[Math.floor(key / right.levels.length)]}:${right.levels[key % right.levels.length]}`,
      ),
    };
  }, first);
}

/** The rows in which every one of the variables has a value, ascending. */
export function completeRows(data: ModelData, names: readonly string[]): Int32Array {
  const variables = names.map((name) => variableOf(data, name));
  const rows: number[] = [];
  for (let i = 0; i < rowsOf(data); i++) {
    if (variables.every((own) => (own.kind === "number" ? !Number.isNaN(own.values[i]) : own.codes[i] >= 0)))
      rows.push(i);
  }
  return Int32Array.from(rows);
}

/** The same variables for some of the rows. */
export function takeRows(data: ModelData, rows: Int32Array): ModelData {
  return new Map(
    [...data].map(([name, own]) => [
      name,
      own.kind === "number"
        ? { kind: "number", values: Float64Array.from(rows, (row) => own.values[row]) }
        : { kind: "factor", levels: own.levels, codes: rows.map((row) => own.codes[row]) },
    ]),
  );
}

/**
 * The data with one variable set to the same value in all rows: a number, or a level of a category.
 * @throws UnknownVariable  there is no such variable or level.
 */
export function withValue(data: ModelData, name: string, value: number | string): ModelData {
  const own = variableOf(data, name);
  if (own.kind === "number") {
    if (typeof value !== "number") throw new UnknownVariable(`"${name}" holds numbers, and "${value}" is none`);
    return new Map(data).set(name, { kind: "number", values: new Float64Array(own.values.length).fill(value) });
  }
  const code = own.levels.indexOf(String(value));
  if (code < 0) throw new UnknownVariable(`"${value}" is no level of "${name}"; there are ${own.levels.join(", ")}`);
  return new Map(data).set(name, { ...own, codes: new Int32Array(own.codes.length).fill(code) });
}
