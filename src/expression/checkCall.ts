import { nearestName } from "#domain";
import type { Checker } from "./check.ts";
import { mergeTypes, type Typed } from "./checkTypes.ts";
import type { FunctionRecord, Wanted } from "./functionRecord.ts";
import { FUNCTIONS } from "./functions.ts";
import type { NodeOf } from "./tree.ts";
import { describeType, type ValueType } from "./valueType.ts";

/** A call: the function is known, has as many arguments as it takes, and each is of the type it takes. */
export function checkCall(checker: Checker, node: NodeOf<"call">, given: readonly Typed[]): ValueType | undefined {
  if (node.name === "district") {
    return checker.complain(
      node,
      "not-supported-yet",
      "`district(postcode)` needs a declared look-up of postcodes, which is not supported yet.",
      "Leave it out, and read the district from a column of the source.",
    );
  }
  const known = FUNCTIONS.get(node.name);
  if (known === undefined) {
    const nearest = nearestName(node.name, FUNCTIONS.keys());
    return checker.complain(
      node,
      "unknown-name",
      `There is no function \`${node.name}\`.`,
      nearest === undefined ? undefined : `Nearest: \`${FUNCTIONS.get(nearest)!.shape}\`.`,
    );
  }
  if (!hasRightCount(known, given.length)) {
    const least = known.takesMore === true ? `${known.takes.length} or more` : String(known.takes.length);
    return checker.complain(
      node,
      "expression-syntax",
      `\`${known.shape}\` takes ${least} argument${least === "1" ? "" : "s"}; ${given.length} given.`,
    );
  }
  const before = checker.faults.length;
  for (const [i, argument] of given.entries())
    checkArgument(checker, known, argument, known.takes[i] ?? known.takes.at(-1)!);
  if (checker.faults.length > before || given.some(({ type }) => type === undefined)) return undefined;
  if (known.isAlike !== true) return known.gives(given[0]!.type!);
  return mergeTypes(checker, given, `arguments of \`${node.name}\``);
}

function hasRightCount(known: FunctionRecord, count: number): boolean {
  return known.takesMore === true ? count >= known.takes.length : count === known.takes.length;
}

function checkArgument(checker: Checker, known: FunctionRecord, { node, type }: Typed, wanted: Wanted): void {
  if (type === undefined || wanted === "any") return;
  if (wanted === "whole") {
    if (node.node === "number" && Number.isInteger(node.value) && !node.isPercent) return;
    checker.complain(
      node,
      "type-mismatch",
      `\`${known.shape}\` takes a whole number written out here; read \`${checker.textOf(node)}\`.`,
    );
    return;
  }
  // `min` and `max` also order dates and years.
  const isOrdered = known.isAlike === true && (type.kind === "date" || type.kind === "academicYear");
  const fits =
    wanted === type.kind || (wanted === "text" && type.kind === "category") || (wanted === "number" && isOrdered);
  if (fits) return;
  const words: Record<Exclude<Wanted, "any" | "whole">, string> = {
    number: "a number",
    text: "text",
    date: "a date",
    academicYear: "an academic year",
  };
  checker.complain(
    node,
    "type-mismatch",
    `\`${known.shape}\` takes ${words[wanted]} here; \`${checker.textOf(node)}\` is ${describeType(type)}.`,
  );
}
