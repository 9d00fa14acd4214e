import { type Fault, Faults, nearestName, type SourceDeclaration } from "#domain";
import { isDateFormat } from "./cellRules.ts";

const YEARS_WRITTEN = ["slash", "end", "start", "long", "run"];

/**
 * Checks what can be wrong with a declaration whatever the file holds.
 * @throws Faults  `written-unknown` for a way of writing dates or years that is none; `unknown-column` for a key that is
 *                 no declared column.
 */
export function checkDeclaration(source: SourceDeclaration): void {
  const names = source.columns.map(({ name }) => name);
  const faults: Fault[] = [];
  for (const { name, type, written } of source.columns) {
    if (written === undefined) continue;
    if (type === "date" && !isDateFormat(written)) {
      faults.push(writtenUnknown(name, written, "Use yyyy, mm and dd, as in `dd-mm-yyyy` or `yyyymmdd`."));
    }
    if (type === "academicYear" && !YEARS_WRITTEN.includes(written)) {
      faults.push(writtenUnknown(name, written, `Use ${YEARS_WRITTEN.map((way) => `\`${way}\``).join(", ")}.`));
    }
  }
  for (const key of source.key) {
    if (names.includes(key)) continue;
    const nearest = nearestName(key, names);
    faults.push({
      code: "unknown-column",
      severity: "fault",
      message: `The key of source ${source.id} names ${key}, which is not a column of it.`,
      suggestion:
        nearest === undefined ? "Declare the column, or leave it out of the key." : `Nearest: \`${nearest}\`.`,
    });
  }
  if (faults.length > 0) throw new Faults(source.file, faults);
}

function writtenUnknown(column: string, written: string, suggestion: string): Fault {
  return {
    code: "written-unknown",
    severity: "fault",
    message: `${column} says \`written: ${written}\`, which is no way of writing it.`,
    suggestion,
  };
}
