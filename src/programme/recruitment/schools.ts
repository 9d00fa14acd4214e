import { readShortList } from "#domain";
import { appendAudit, type Queries, type Store } from "#store";

/** A school as the register has it, by the latest fact of each kind. */
export interface School {
  readonly id: string;
  /** Every number it has had, the latest first. */
  readonly urns: readonly string[];
  readonly facts: Readonly<Partial<Record<FactField, SchoolFact>>>;
}

export interface SchoolFact {
  readonly value: string;
  /** The day of the register it was read from. */
  readonly trueFrom: string;
  readonly source: string;
}

/** What a school is called now. */
export const schoolName = ({ facts, urns }: School): string => facts.name?.value ?? `School ${urns[0]}`;

/** Facts of the public register, by the headings its file has. */
const FIELDS = {
  name: "EstablishmentName",
  phase: "PhaseOfEducation (name)",
  type: "TypeOfEstablishment (name)",
  authority: "LA (name)",
  district: "DistrictAdministrative (name)",
  region: "GOR (name)",
  postcode: "Postcode",
  status: "EstablishmentStatus (name)",
} as const;

export type FactField = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as readonly FactField[];

/** What bringing in a register file would do to one row of it. */
export interface RegisterRow {
  readonly line: number;
  readonly urn: string;
  readonly fate: "new" | "changed" | "same" | "unreadable";
  /** Why it cannot be read, or what changes, in words. */
  readonly says: string;
  readonly values: Readonly<Record<FactField, string>>;
}

/** The whole of such a file, before anything is written. */
export type RegisterPreview =
  | { readonly state: "readable"; readonly rows: readonly RegisterRow[] }
  | { readonly state: "not a register"; readonly says: string };

/** Looks at a file of the public register beside what is held. Writes nothing. */
export async function previewRegister(db: Queries, text: string): Promise<RegisterPreview> {
  const { headers, records, unclosedAt } = readShortList(text);
  if (unclosedAt !== undefined)
    return {
      state: "not a register",
      says: `A quote opened in line ${unclosedAt} never closes. Close it, and choose the file again.`,
    };
  if (headers.length === 0) return { state: "not a register", says: "The file is empty." };
  const missing = ["URN", FIELDS.name].filter((heading) => !headers.includes(heading.toLowerCase()));
  if (missing.length > 0) {
    const found = headers.slice(0, 4).join(", ");
    const says = `We could not find the column ${missing.join(" or ")}. The file has ${found}${headers.length > 4 ? ", …" : ""}. Choose the file of all establishments of the public register, saved as CSV.`;
    return { state: "not a register", says };
  }
  if (records.length === 0) return { state: "not a register", says: "The file has headings but no rows." };
  const held = await heldFacts(db);
  const seen = new Map<string, number>();
  const rows = records.map(({ line, fields }): RegisterRow => {
    const urn = fields.urn ?? "";
    const values = Object.fromEntries(
      NAMES.map((name) => [name, fields[FIELDS[name].toLowerCase()] ?? ""]),
    ) as RegisterRow["values"];
    const row = (fate: RegisterRow["fate"], says: string): RegisterRow => ({ line, urn, fate, says, values });
    if (!/^\d{6}$/.test(urn)) return row("unreadable", `"${urn}" is not a URN: six digits are expected`);
    if (values.name === "") return row("unreadable", "the school has no name");
    const before = seen.get(urn);
    if (before !== undefined) return row("unreadable", `${urn} is in line ${before} already`);
    seen.set(urn, line);
    const known = held.get(urn);
    if (known === undefined) return row("new", "will be added");
    const changes = NAMES.filter((name) => values[name] !== "" && known.get(name) !== values[name]);
    if (changes.length === 0) return row("same", "is the same");
    return row(
      "changed",
      changes.map((name) => `${name}: ${known.get(name) ?? "not recorded"} → ${values[name]}`).join("; "),
    );
  });
  return { state: "readable", rows };
}

async function heldFacts(db: Queries): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const numbers = await db.selectFrom("school_number").selectAll().execute();
  const facts = await latestFacts(db);
  return new Map(
    numbers.map(({ urn, school }) => [
      urn,
      new Map(Object.entries(facts.get(school) ?? {}).map(([field, fact]) => [field, fact.value])),
    ]),
  );
}

type Facts = Partial<Record<FactField, SchoolFact>>;

/** The latest fact of each kind; of two of one day, the one recorded later. */
async function latestFacts(db: Queries, schools?: readonly string[]): Promise<ReadonlyMap<string, Facts>> {
  if (schools?.length === 0) return new Map();
  let query = db.selectFrom("school_fact").selectAll();
  if (schools !== undefined) query = query.where("school", "in", schools);
  const rows = await query.orderBy("true_from").orderBy("recorded_at").execute();
  const found = new Map<string, Facts>();
  for (const { school, field, value, true_from, source } of rows) {
    const own = found.get(school) ?? {};
    found.set(school, own);
    own[field as FactField] = { value, trueFrom: true_from, source };
  }
  return found;
}

/**
 * Takes a register file in: schools that are not held are added, what changed is added as a later fact, nothing is written
 * over. Rows that cannot be read are left out.
 * @param asAt   The day the register describes (yyyy-mm-dd).
 * @param newId  Gives a new id at every call.
 */
export async function takeRegister(
  store: Store,
  by: string,
  {
    text,
    file,
    asAt,
    newId,
  }: { readonly text: string; readonly file: string; readonly asAt: string; readonly newId: () => string },
): Promise<{ readonly added: number; readonly changed: number }> {
  const recordedAt = new Date().toISOString();
  const source = `register of ${asAt}, ${file}`;
  return await store.transaction(async (db) => {
    const preview = await previewRegister(db, text);
    if (preview.state === "not a register") return { added: 0, changed: 0 };
    const held = await heldFacts(db);
    const numbers = new Map(
      (await db.selectFrom("school_number").selectAll().execute()).map((row) => [row.urn, row.school]),
    );
    const schools: { id: string; created_at: string }[] = [];
    const urns: { urn: string; school: string }[] = [];
    const facts: {
      id: string;
      school: string;
      field: string;
      value: string;
      true_from: string;
      source: string;
      recorded_at: string;
      recorded_by: string;
    }[] = [];
    for (const { fate, urn, values } of preview.rows) {
      if (fate !== "new" && fate !== "changed") continue;
      const id = numbers.get(urn) ?? newId();
      if (fate === "new") {
        schools.push({ id, created_at: recordedAt });
        urns.push({ urn, school: id });
      }
      for (const field of NAMES) {
        if (values[field] === "" || held.get(urn)?.get(field) === values[field]) continue;
        facts.push({
          id: newId(),
          school: id,
          field,
          value: values[field],
          true_from: asAt,
          source,
          recorded_at: recordedAt,
          recorded_by: by,
        });
      }
    }
    await inParts(schools, 400, (part) => db.insertInto("school").values(part).execute());
    await inParts(urns, 400, (part) => db.insertInto("school_number").values(part).execute());
    await inParts(facts, 100, (part) => db.insertInto("school_fact").values(part).execute());
    const changed = preview.rows.filter(({ fate }) => fate === "changed").length;
    await appendAudit(db, {
      actor: by,
      action: "brought in the school register",
      about: { kind: "register", id: asAt },
      detail: { file, added: schools.length, changed },
    });
    return { added: schools.length, changed };
  });
}

/** Databases take so many values in one statement and no more. */
async function inParts<T>(all: readonly T[], size: number, write: (part: T[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < all.length; at += size) await write(all.slice(at, at + size));
}

/** The school any of whose numbers this is. */
export async function findSchool(db: Queries, urn: string): Promise<School | undefined> {
  const row = await db.selectFrom("school_number").select("school").where("urn", "=", urn).executeTakeFirst();
  if (row === undefined) return undefined;
  const urns = await db
    .selectFrom("school_number")
    .select("urn")
    .where("school", "=", row.school)
    .orderBy("urn", "desc")
    .execute();
  return {
    id: row.school,
    urns: urns.map((own) => own.urn),
    facts: (await latestFacts(db, [row.school])).get(row.school) ?? {},
  };
}

/** Schools by the ids given. */
export async function schoolsById(db: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, School>> {
  const found = new Map<string, School>();
  for (let at = 0; at < ids.length; at += 400) {
    const part = ids.slice(at, at + 400);
    const facts = await latestFacts(db, part);
    const numbers = await db
      .selectFrom("school_number")
      .selectAll()
      .where("school", "in", part)
      .orderBy("urn", "desc")
      .execute();
    for (const id of part) {
      const urns = numbers.filter(({ school }) => school === id).map(({ urn }) => urn);
      found.set(id, { id, urns, facts: facts.get(id) ?? {} });
    }
  }
  return found;
}

/** Schools whose name or number holds some words, by name; a page of them and how many there are. */
export async function searchSchools(
  db: Queries,
  { words, page, size }: { readonly words: string; readonly page: number; readonly size: number },
): Promise<{ readonly schools: readonly School[]; readonly count: number }> {
  const numbers = await db.selectFrom("school_number").selectAll().execute();
  const names = await db
    .selectFrom("school_fact")
    .select(["school", "value"])
    .where("field", "=", "name")
    .orderBy("true_from")
    .orderBy("recorded_at")
    .execute();
  const nameOf = new Map(names.map(({ school, value }) => [school, value]));
  const wanted = fold(words);
  const numbered = new Set(numbers.filter(({ urn }) => urn === wanted).map(({ school }) => school));
  const found = [...new Set(numbers.map(({ school }) => school))]
    .map((id) => ({ id, name: nameOf.get(id) ?? "" }))
    .filter(({ id, name }) => wanted === "" || fold(name).includes(wanted) || numbered.has(id))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const part = found.slice((page - 1) * size, page * size).map(({ id }) => id);
  const schools = await schoolsById(db, part);
  return { schools: part.map((id) => schools.get(id)!), count: found.length };
}

/** Small letters without accents. */
const fold = (text: string): string => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").trim().toLowerCase();
