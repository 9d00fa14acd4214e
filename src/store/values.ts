import { type KyselyPlugin, OperationNodeTransformer, type PrimitiveValueListNode, type ValueNode } from "kysely";

/** A value that the two databases would keep differently, or not at all: a mistake of the program. */
export class BadValue extends Error {
  override readonly name = "BadValue";
}

function check(value: unknown): void {
  if (value === null || value === undefined) return;
  if (typeof value === "string") {
    // SQLite keeps what stands before it and PostgreSQL refuses it.
    if (value.includes("\0")) throw new BadValue("a text with a NUL character");
    return;
  }
  if (typeof value === "number" && Number.isSafeInteger(value)) return;
  throw new BadValue(`${typeof value === "number" ? value : typeof value} where text or a whole number is kept`);
}

class Checker extends OperationNodeTransformer {
  protected override transformValue(node: ValueNode): ValueNode {
    check(node.value);
    return super.transformValue(node);
  }

  protected override transformPrimitiveValueList(node: PrimitiveValueListNode): PrimitiveValueListNode {
    for (const value of node.values) check(value);
    return super.transformPrimitiveValueList(node);
  }
}

/** Refuses on either database what only one of them would keep as it is. */
export function valueGuard(): KyselyPlugin {
  const checker = new Checker();
  return {
    transformQuery: ({ node, queryId }) => checker.transformNode(node, queryId),
    transformResult: async ({ result }) => result,
  };
}
