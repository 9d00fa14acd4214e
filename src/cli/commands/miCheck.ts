import { resolve } from "node:path";
import { checkReturnFiles, writeFile } from "#pipeline";
import { counted, REMARKS_HEADER, ReturnFaults, remarkLines, remarksAsCsv } from "#programme";
import type { CommandOptions, Outcome } from "../outcome.ts";
import { refuseOtherList, returnOptions } from "../returnOptions.ts";

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const given = returnOptions(operands, options);
  const list = options.faults;
  if (list !== undefined) refuseOtherList("--faults", list, REMARKS_HEADER);
  const { participants, schools, remarks, isUsable } = await checkReturnFiles(given);
  if (list !== undefined) writeFile(resolve(list), remarksAsCsv(remarks));
  if (!isUsable) throw new ReturnFaults(given.participants, remarks);
  const queries = remarkLines(remarks, "query");
  return {
    lines: [
      `${given.participants}: ${counted(participants.length, "row", "rows")}, nothing that cannot be used.`,
      ...(schools === undefined ? [] : [`${given.schools}: ${counted(schools.length, "row", "rows")}.`]),
      ...(queries.length === 0 ? [] : ["Queries: ask the provider.", ...queries]),
    ],
    json: { state: "ok", participants: participants.length, schools: schools?.length, queries: remarks },
  };
}
