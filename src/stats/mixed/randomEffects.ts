import {
  asFactor,
  BadFormula,
  crossFactors,
  type Formula,
  type ModelData,
  modelMatrix,
  type RandomTerm,
  rowsOf,
  variableOf,
} from "../model/index.ts";

/** Coefficients that vary together between the groups of one factor: one random term, ready for a fit. */
export interface RandomEffects {
  /** The grouping factor, as lme4 writes it: `school`, `class:school`, `pupil:(class:school)`. */
  readonly group: string;
  /** The group of each row, as a place in `levels`. Every level occurs. */
  readonly codes: Int32Array;
  readonly levels: readonly string[];
  /** What varies: `(Intercept)`, a slope, a level of a category. */
  readonly columns: readonly string[];
  /** One array of n values per column. */
  readonly z: readonly Float64Array[];
}

/**
 * The random terms of a formula as arrays, in the order in which lme4 keeps them: by number of groups, the most first.
 * `(x || g)` becomes one term per coefficient.
 * @throws BadFormula       a term varies nothing, or a row has no group.
 * @throws UnknownVariable  a variable is not there.
 */
export function randomEffectsOf(formula: Pick<Formula, "random" | "factors">, data: ModelData): RandomEffects[] {
  const effects = formula.random.flatMap((term) =>
    independentParts(term).map((part) => {
      const { codes, levels } = grouping(part.group, data);
      const { x, names } = modelMatrix({ ...part, factors: formula.factors }, data);
      if (names.length === 0) throw new BadFormula(`nothing varies between the groups of "${nameOf(part.group)}"`);
      const z = Array.from(names, (_, j) => x.column(j));
      return { group: nameOf(part.group), codes, levels, columns: names, z };
    }),
  );
  return inOrderOfSize(effects);
}

function independentParts(term: RandomTerm): RandomTerm[] {
  if (term.isCorrelated) return [term];
  const intercept = term.hasIntercept ? [{ ...term, terms: [] }] : [];
  return [...intercept, ...term.terms.map((own) => ({ ...term, hasIntercept: false, terms: [own] }))];
}

function grouping(names: readonly string[], data: ModelData): { codes: Int32Array; levels: readonly string[] } {
  const { codes, levels } = names.length === 1 ? asFactor(variableOf(data, names[0])) : crossFactors(data, names);
  const isUsed = new Uint8Array(levels.length);
  for (const [row, code] of codes.entries()) {
    if (code < 0) throw new BadFormula(`row ${row + 1} has no group of "${nameOf(names)}"`);
    isUsed[code] = 1;
  }
  const place = new Int32Array(levels.length);
  const used = levels.filter((_, code) => isUsed[code] === 1);
  let next = 0;
  for (let code = 0; code < levels.length; code++) place[code] = isUsed[code] === 1 ? next++ : -1;
  return { codes: Int32Array.from({ length: rowsOf(data) }, (_, row) => place[codes[row]]), levels: used };
}

function nameOf(group: readonly string[]): string {
  return group.length <= 2 ? group.join(":") : `${group[0]}:(${nameOf(group.slice(1))})`;
}

/** lme4 sorts only what is out of order, and then puts the later of two terms of one size first. */
export function inOrderOfSize(effects: readonly RandomEffects[]): RandomEffects[] {
  const isSorted = effects.every((own, t) => t === 0 || own.levels.length <= effects[t - 1].levels.length);
  if (isSorted) return [...effects];
  return effects.toReversed().sort((a, b) => b.levels.length - a.levels.length);
}

/** One name per term: the grouping factor, and `g.1`, `g.2` where it has further terms. */
export function termLabels(effects: readonly RandomEffects[]): string[] {
  const used = new Map<string, number>();
  return effects.map(({ group }) => {
    const earlier = used.get(group) ?? 0;
    used.set(group, earlier + 1);
    return earlier === 0 ? group : `${group}.${earlier}`;
  });
}

/** The terms for some of the rows, without the groups that are left empty. */
export function effectsOfRows(effects: readonly RandomEffects[], rows: Int32Array): RandomEffects[] {
  return effects.map((own) => {
    const isUsed = new Uint8Array(own.levels.length);
    for (const row of rows) isUsed[own.codes[row]] = 1;
    let next = 0;
    const place = Int32Array.from(isUsed, (used) => (used === 1 ? next++ : -1));
    return {
      ...own,
      codes: Int32Array.from(rows, (row) => place[own.codes[row]]),
      levels: own.levels.filter((_, g) => isUsed[g] === 1),
      z: own.z.map((column) => Float64Array.from(rows, (row) => column[row])),
    };
  });
}
