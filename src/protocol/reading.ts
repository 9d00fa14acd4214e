import { checkExpression, type Expression, parseExpression, type Scope } from "#expression";
import type { Defaults } from "./choices.ts";
import type { FaultList } from "./faultList.ts";
import { type Item, itemAt, keysAt, type Path, placeAt } from "./item.ts";

/** A study in the middle of being read: its values with their places, and where faults and defaults go. */
export interface Reading {
  /** The study in full, with what is at fault still in it: the names it declares. */
  readonly whole: Item;
  /** The study in full without what is at fault. */
  readonly sound: Item;
  readonly faults: FaultList;
  readonly defaults: Defaults;
}

/** Names declared at a path, also those whose entry is at fault. */
export function declaredAt(reading: Reading, path: Path): readonly string[] {
  return keysAt(itemAt(reading.whole, path));
}

/** Reads and checks the expression at a path of an item. Undefined where it is at fault, which is said. */
export function expressionAt(
  reading: Reading,
  item: Item | undefined,
  path: Path,
  scope: Scope,
): Expression | undefined {
  const found = item === undefined ? undefined : itemAt(item, path);
  if (found?.kind !== "scalar") return undefined;
  const result = parseExpression(found.text, found.place, { locate: found.locate, isInBraces: found.isInBraces });
  if (result.state === "faulty") return reading.faults.addAll([result.fault]);
  const checked = checkExpression(result.parsed, scope);
  if (checked.state === "faulty") return reading.faults.addAll(checked.faults);
  return checked.expression;
}

/** Whether a name is among those declared; says so where it is not. */
export function isDeclared(reading: Reading, what: string, name: string, path: Path, item: Item, at: Path): boolean {
  const known = declaredAt(reading, path);
  // Where the whole section is missing, that is what is wrong.
  if (known.includes(name) || itemAt(reading.whole, path)?.kind !== "mapping") return true;
  reading.faults.unknownName(what, name, known, placeAt(item, at));
  return false;
}

/** The same object without keys whose value is undefined, which `exactOptionalPropertyTypes` tells apart from absent ones. */
export function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}

type Present<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};
