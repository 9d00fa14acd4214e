import type { Exhibit } from "../exhibit.ts";
import { breakdownExhibits } from "./breakdownExhibits.ts";
import { reconciliationExhibits } from "./reconciliationExhibits.ts";
import type { ReturnShown } from "./shown.ts";
import { targetExhibit } from "./targetExhibit.ts";

export type { RegisterShown, ReturnShown } from "./shown.ts";

/** Every table of a management information return: counts and their reconciliation, targets, breakdowns. */
export function miExhibits(shown: ReturnShown): readonly Exhibit[] {
  return [...reconciliationExhibits(shown), ...targetExhibit(shown), ...breakdownExhibits(shown)];
}
