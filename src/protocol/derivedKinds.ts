import type { FaultList } from "./faultList.ts";
import { type Item, itemAt, keysAt, type Path, placeAt } from "./item.ts";

/** The key that says how a derived column is made. */
const KINDS: readonly string[] = ["expression", "recode", "bands", "quantiles", "summary", "standardise"];
/** Rules by name that make a column. */
const RULES: readonly string[] = ["roleLevel", "challengingSchool", "rateBefore"];
/** Those the grammar has and this edition does not carry out. */
const LATER_KINDS: readonly string[] = ["substitute", "score", "rule"];

/**
 * Derived columns that say in no way this edition knows how they are made. Said here, since a schema could only say
 * which keys of some other kind they lack.
 * @returns where they stand.
 */
export function refuseUnknownKinds(study: Item, faults: FaultList): readonly Path[] {
  const found: Path[] = [];
  for (const unit of keysAt(itemAt(study, ["units"]))) {
    for (const name of keysAt(itemAt(study, ["units", unit, "columns"]))) {
      const path = ["units", unit, "columns", name];
      const column = itemAt(study, path);
      if (column?.kind !== "mapping" || keysAt(column).some((key) => KINDS.includes(key))) continue;
      const rule = itemAt(column, ["rule"]);
      if (rule?.kind === "scalar" && RULES.includes(rule.text)) continue;
      found.push(path);
      const later = keysAt(column).find((key) => LATER_KINDS.includes(key));
      if (later !== undefined) {
        const named = rule?.kind === "scalar" ? `rule: ${rule.text}` : later;
        const message = `A column made by \`${named}\` is not supported yet.`;
        faults.add(
          "not-supported-yet",
          column.entries.get(later)!.keyPlace,
          message,
          later === "rule"
            ? `Rules: ${RULES.map((own) => `\`${own}\``).join(", ")}. Otherwise write it as an expression.`
            : "Leave it out, or write it as an expression.",
        );
      } else {
        const kinds = KINDS.map((kind) => `\`${kind}\``).join(", ");
        faults.add(
          "required-key",
          placeAt(study, path),
          `Column ${name} of unit ${unit} does not say how it is made.`,
          `Write an expression, or one of ${kinds}.`,
        );
      }
    }
  }
  return found;
}
