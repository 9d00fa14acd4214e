/** Answers to the items of a questionnaire, one column per item and one row per respondent; NaN where there is none. */
export interface Items {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
}

/** How respondents with missing answers are used: each pair of items on its own rows, or complete respondents only. */
export type MissingAnswers = "pairwise" | "listwise";

/** The table of items is not one: a caller's mistake. */
export class BadItems extends Error {
  override readonly name = "BadItems";
}

/** @throws BadItems  no items, two of one name, columns of different length, an infinite answer. */
export function checkItems({ names, columns }: Items): void {
  if (names.length === 0) throw new BadItems("there are no items");
  if (names.length !== columns.length)
    throw new BadItems(`${names.length} names are given for ${columns.length} columns`);
  for (const [j, column] of columns.entries()) {
    if (names.indexOf(names[j]) !== j) throw new BadItems(`two items are called "${names[j]}"`);
    if (column.length !== columns[0].length) {
      throw new BadItems(`"${names[j]}" has ${column.length} answers, "${names[0]}" ${columns[0].length}`);
    }
    for (let i = 0; i < column.length; i++) {
      if (Math.abs(column[i]) === Number.POSITIVE_INFINITY) throw new BadItems(`"${names[j]}", row ${i + 1}: infinite`);
    }
  }
}

/** The respondents who answered every item. */
export function completeAnswers({ names, columns }: Items): Items {
  const rows = columns[0].length;
  const isComplete = new Uint8Array(rows).fill(1);
  for (const column of columns) for (let i = 0; i < rows; i++) if (Number.isNaN(column[i])) isComplete[i] = 0;
  return { names, columns: columns.map((column) => column.filter((_, i) => isComplete[i] === 1)) };
}

/** How many respondents answered at least one item. */
export function answeredRows({ columns }: Items): number {
  const rows = columns[0].length;
  let answered = 0;
  for (let i = 0; i < rows; i++) if (columns.some((column) => !Number.isNaN(column[i]))) answered++;
  return answered;
}

/**
 * Some of the items, in the order asked for.
 * @throws BadItems  one is not there.
 */
export function chooseItems(items: Items, names: readonly string[]): Items {
  return {
    names,
    columns: names.map((name) => {
      const at = items.names.indexOf(name);
      if (at < 0) throw new BadItems(`there is no item "${name}"; there are ${items.names.join(", ")}`);
      return items.columns[at];
    }),
  };
}
