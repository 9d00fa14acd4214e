import { BadSpec } from "../spec.ts";

/** The result, or the reason there is none as an error: the format has no place for reasons. */
export function estimated<T extends { readonly state: string }>(result: T): Extract<T, { state: "estimated" }> {
  if (result.state !== "estimated")
    throw new BadSpec(`not estimable: ${(result as unknown as { reason: string }).reason}`);
  return result as Extract<T, { state: "estimated" }>;
}
