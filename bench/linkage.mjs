// The people of one return of 400 found in a census of all England: reading the columns needed from Parquet, normalising
// every distinct value, exact steps and weights of evidence. Goal: 10 s altogether.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluateLinkage, pooledScore } from "#linkage";
import { defaultSteps, describedSource } from "#protocol";
import { inventWorkforce, simulateWorkforce, simulateWorkforceReturns } from "#simulation";
import { openSource } from "#sources";
import { record, timed } from "./tools/record.mjs";

const COLUMNS = ["person_id", "trn", "surname", "forename", "birth_date", "urn"];

/** Returned rows as a frame of text, as a file of them would be read. */
function returned(rows) {
  const columns = ["mi_row", ...COLUMNS.slice(1)].map((name) => {
    const values = rows.map(({ row }) => row[name]);
    const levels = [...new Set(values)].filter((value) => value !== "").sort((a, b) => (a < b ? -1 : 1));
    const codes = Int32Array.from(values, (value) => levels.indexOf(value));
    return [name, { kind: "code", type: "text", levels, codes }];
  });
  const truth = rows.map(({ personId, otherPersonId }) =>
    personId === "absent" ? [] : [personId, otherPersonId].filter((id) => id !== ""),
  );
  return { frame: { rows: rows.length, columns: new Map(columns) }, truth };
}

const options = { seed: 1, ...(process.env.TEACHERS !== undefined && { teachers: Number(process.env.TEACHERS) }) };
const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
try {
  await simulateWorkforce(options, folder);
  const [rows] = simulateWorkforceReturns(await inventWorkforce(options), { seed: 1, returns: 1 });
  const census = describedSource("assay/workforce-census@1", "census.parquet");
  const steps = defaultSteps(describedSource("assay/mi-return@1", "mi_participants.csv"), census);
  const needed = { ...census, key: [], columns: census.columns.filter(({ name }) => COLUMNS.includes(name)) };

  const reading = await timed(async () => {
    const open = await openSource(needed, { dataFolder: folder });
    const { frame } = await open.view();
    open.close();
    return frame;
  });
  record(
    `reading ${COLUMNS.length} columns of ${reading.value.rows.toLocaleString("en-GB")} census rows`,
    reading.seconds,
  );
  const linking = await timed(() => evaluateLinkage([returned(rows)], reading.value, "person_id", steps));
  const { linked, right, present } = pooledScore(linking.value);
  record(`linking a return of ${rows.length} to it`, linking.seconds);
  console.log(`  ${right} of ${linked} links right, ${present} people present`);
  record("both", reading.seconds + linking.seconds);
} finally {
  rmSync(folder, { recursive: true });
}
