// Whether filling gaps changes exactly the missing rows that a later record with a role start reveals, counted in an invented
// workforce whose missing rows are known.
//   node bench/repair.mjs [--teachers N] [--seed S]
// Ends with 1 when a revealed row is not filled, or a row is filled that was not missing. A few people of the census stand under
// a second person_id from some year on: its earlier years look missing and are filled, which is counted apart. Nothing is read
// from such rows: no baseline lies before an identity's first delivered row.
import { parseArgs } from "node:util";
import { buildUnit } from "#linkage";
import { inventWorkforce } from "#simulation";

const { values: asked } = parseArgs({
  options: { teachers: { type: "string", default: "60000" }, seed: { type: "string", default: "2022" } },
});

/** The census columns that the rule looks at, by their places in a batch. */
const COLUMNS = { person_id: 0, forename: 3, birth: 4, year: 5, urn: 6, age: 9, role_start_date: 14, sector: 17 };
const STATE = 0;
const ABSENT = -(2 ** 31);
const PLACE = { file: "study.yaml", line: 1, column: 1 };
const UNIT = {
  id: "teachers",
  is: "teacher",
  from: "census",
  identity: "person_id",
  year: "year",
  member: {},
  join: [],
  columns: [],
  place: PLACE,
  repair: {
    rule: "roleStartGap",
    roleStart: "role_start_date",
    sameSchool: true,
    fixed: [],
    countDown: ["age"],
    place: PLACE,
  },
};

/** The censuses as delivered, state schools only, and by person and year the rows that were not. */
async function censuses(options) {
  const rows = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, []]));
  const missing = new Map();
  const workforce = await inventWorkforce(options, (batch) => {
    for (let row = 0; row < batch.rows; row++) {
      if (batch.columns[COLUMNS.sector][row] !== STATE) continue;
      for (const [name, place] of Object.entries(COLUMNS)) rows[name].push(batch.columns[place][row]);
    }
    for (const own of batch.missing) missing.set(`${own.person} ${batch.year}`, own);
  });
  return { rows, missing, workforce };
}

function tableOf(delivered) {
  const people = [...new Set(delivered.person_id)].sort((a, b) => a - b);
  const codeOf = new Map(people.map((person, code) => [person, code]));
  const number = (values, type) => ({ kind: "number", type, values: Float64Array.from(values) });
  const columns = new Map([
    [
      "person_id",
      {
        kind: "code",
        type: "text",
        levels: people.map((person) => `P${String(person).padStart(7, "0")}`),
        codes: Int32Array.from(delivered.person_id, (person) => codeOf.get(person)),
      },
    ],
    ["year", number(delivered.year, "academicYear")],
    ["urn", number(delivered.urn, "number")],
    ["age", number(delivered.age, "number")],
    [
      "role_start_date",
      number(
        delivered.role_start_date.map((day) => (day === ABSENT ? Number.NaN : day)),
        "date",
      ),
    ],
  ]);
  return new Map([["census", { id: "census", frame: { rows: delivered.year.length, columns } }]]);
}

const { rows, missing, workforce } = await censuses({ teachers: Number(asked.teachers), seed: Number(asked.seed) });
const unit = buildUnit(UNIT, tableOf(rows), { repair: true });
const column = (name) => unit.frame.columns.get(name).values;
const [years, urns, ages, filled] = ["year", "urn", "age", "repaired"].map(column);

/** Who is in post at a census under which number, told apart by birth date and forename: somebody under two numbers is the same here. */
const seen = new Map();
const traits = (at) => `${rows.birth[at]} ${rows.forename[at]}`;
const traitsOf = new Map();
for (let row = 0; row < rows.year.length; row++) {
  traitsOf.set(rows.person_id[row], traits(row));
  const key = `${rows.year[row]} ${traits(row)}`;
  seen.set(key, [...(seen.get(key) ?? []), rows.person_id[row]]);
}
for (const [key, { person }] of missing) {
  const named = `${key.split(" ")[1]} ${traitsOf.get(person)}`;
  seen.set(named, [...(seen.get(named) ?? []), person]);
}
/** What a number of a school has become by now: it changes when a school converts or merges. */
const siteOf = new Map(workforce.history.years.flatMap(({ urn }) => [...urn].map((own, site) => [own, site])));
const schoolOf = (urn) => workforce.history.becomes[siteOf.get(urn)];

const counts = { filled: 0, planted: 0, urn: 0, school: 0, age: 0, second: 0, other: 0 };
for (let row = 0; row < unit.frame.rows; row++) {
  if (filled[row] !== 1) continue;
  counts.filled++;
  const person = Number(unit.identities[unit.identityOf[row]].slice(1));
  const truth = missing.get(`${person} ${years[row]}`);
  if (truth === undefined) {
    const others = seen.get(`${years[row]} ${traitsOf.get(person)}`) ?? [];
    counts[others.some((other) => other !== person) ? "second" : "other"]++;
    continue;
  }
  counts.planted++;
  counts.urn += Number(truth.urn === urns[row]);
  counts.school += Number(schoolOf(truth.urn) === schoolOf(urns[row]));
  counts.age += Number(truth.age === ages[row]);
}
const revealed = workforce.faults.rowsRevealedByRoleStart;
const say = (what, count) => console.log(`${String(count).padStart(8)}  ${what}`);
say("rows of state schools delivered", rows.year.length);
say("rows of people in post missing", missing.size);
say("  revealed by the role start of a later record", revealed);
say("  missing at the last census, which nothing can reveal", workforce.faults.rowsMissingAtLastCensus);
say("rows filled", counts.filled);
say("  that were missing", counts.planted);
say("    with the age the person had", counts.age);
say("    with the school the person was in, through changes of number", counts.school);
say("    with the number the school had that year", counts.urn);
say("  under a second number of somebody in post that year under the first", counts.second);
say("  that were not missing", counts.other);
say("revealed and not filled", revealed - counts.planted);
if (revealed !== counts.planted || counts.other > 0) process.exitCode = 1;
