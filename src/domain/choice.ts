import type { Place } from "./problem.ts";

/** Who made a choice. `chosenByRule` for example for the matching specification, with the rule and the losers. */
export type ChoiceOrigin =
  | { readonly by: "declared"; readonly place: Place }
  | { readonly by: "default"; readonly number: string }
  | { readonly by: "registry"; readonly id: string }
  | { readonly by: "inherited"; readonly from: string }
  | { readonly by: "preset"; readonly name: string }
  | { readonly by: "rule"; readonly rule: string };

/** One resolved setting of a study: what it is, its value as text, who decided, and why if they said so. */
export interface Choice {
  /** Dotted path, for example `design.comparisons.secondary.match.specifications.nearest-3.caliper`. */
  readonly path: string;
  readonly value: string;
  readonly origin: ChoiceOrigin;
  readonly because?: string;
}
