import { itemAt, keysAt, placeAt } from "./item.ts";
import type { Reading } from "./reading.ts";
import type { OutcomeDeclaration } from "./study.ts";
import type { UnitModel } from "./unitColumns.ts";

/** Says which rates of earlier years (`rateBefore`) name no part of a retention or progression of the unit they count. */
export function checkRates(
  reading: Reading,
  units: ReadonlyMap<string, UnitModel>,
  outcomes: ReadonlyMap<string, OutcomeDeclaration>,
): void {
  for (const { declaration } of units.values()) {
    const checked = new Set<string>();
    for (const column of declaration.columns) {
      if (column.how !== "rateBefore") continue;
      const name = column.name.slice(0, column.name.lastIndexOf("_"));
      const item = itemAt(reading.sound, ["units", declaration.id, "columns", name]);
      if (item === undefined || checked.has(name)) continue;
      checked.add(name);
      const { faults } = reading;
      const place = placeAt(item, ["outcome"]);
      const outcome = outcomes.get(column.outcome);
      const byRule = [...outcomes.values()].flatMap(({ id, rule }) => (rule === undefined ? [] : [id]));
      if (outcome === undefined && isAtFault(reading, column.outcome.split(".")[0]!, outcomes)) continue;
      if (outcome?.rule === undefined) faults.unknownName("retention or progression", column.outcome, byRule, place);
      else if (outcome.unit !== column.of)
        faults.add(
          "unit-mismatch",
          place,
          `Outcome ${outcome.id} belongs to ${outcome.unit}; ${name} counts ${column.of}.`,
          `Write \`of: ${outcome.unit}\`.`,
        );
    }
  }
}

/** Whether an outcome is declared and some of its parts could not be read: they have said so themselves. */
function isAtFault({ whole }: Reading, id: string, outcomes: ReadonlyMap<string, OutcomeDeclaration>): boolean {
  if (!keysAt(itemAt(whole, ["outcomes"])).includes(id)) return false;
  const within = itemAt(whole, ["outcomes", id, "within"]);
  const parts = [...outcomes.keys()].filter((own) => own === id || own.startsWith(`${id}.`)).length;
  return parts < (within?.kind === "list" ? within.items.length : 1);
}
