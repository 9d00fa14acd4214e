import { NotAnswered } from "../spec.ts";

/** The result; where there is none, the case is answered by the reason. */
export function estimated<T extends { readonly state: string }>(result: T): Extract<T, { state: "estimated" }> {
  if (result.state !== "estimated") throw new NotAnswered((result as unknown as { reason: string }).reason);
  return result as Extract<T, { state: "estimated" }>;
}
