import { appendAudit, type Queries, type Store } from "#store";
import { type Answer, faultsOf, isDay, lengthFault, textFault } from "./fields.ts";

/** A programme in few words. */
export interface Programme {
  readonly id: string;
  /** What stands in addresses of pages. */
  readonly shortName: string;
  readonly name: string;
  readonly provider: string;
  readonly funder: string;
  readonly aims: string;
}

/** A group of schools recruited and delivered to in the same years. Days are inclusive. */
export interface Cohort {
  readonly id: string;
  readonly name: string;
  readonly recruitFrom: string;
  readonly recruitUntil: string;
  readonly deliveryFrom: string;
  readonly deliveryUntil: string;
}

export type NewProgramme = Omit<Programme, "id" | "shortName">;
export type NewCohort = Omit<Cohort, "id">;

/** Starts a programme. Its short name is made of its name; a second programme of the same name gets a number. */
export async function startProgramme(
  store: Store,
  by: string,
  id: string,
  given: NewProgramme,
): Promise<Answer<Programme>> {
  const faults = faultsOf({
    name: textFault(given.name, "the name of the programme", 120),
    provider: textFault(given.provider, "who provides it", 120),
    funder: textFault(given.funder, "who pays for it", 120),
    aims: lengthFault(given.aims, "Aims", 2000),
  });
  if (faults !== undefined) return { faults };
  return await store.transaction(async (db) => {
    const taken = new Set(
      (await db.selectFrom("programme").select("short_name").execute()).map((row) => row.short_name),
    );
    const shortName = freeName(given.name, taken);
    const programme = { ...trimmed(given), id, shortName };
    await db
      .insertInto("programme")
      .values({
        id,
        short_name: shortName,
        name: programme.name,
        provider: programme.provider,
        funder: programme.funder,
        aims: programme.aims,
        created_at: new Date().toISOString(),
        version: 1,
      })
      .execute();
    await appendAudit(db, {
      actor: by,
      action: "started a programme",
      about: { kind: "programme", id },
      detail: { ...trimmed(given) },
    });
    return { made: programme };
  });
}

const trimmed = <T extends Readonly<Record<string, string>>>(given: T): T =>
  Object.fromEntries(Object.entries(given).map(([key, text]) => [key, text.trim()])) as T;

function freeName(name: string, taken: ReadonlySet<string>): string {
  const plain =
    name
      .normalize("NFKD")
      .replaceAll(/\p{M}/gu, "")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "")
      .slice(0, 40) || "programme";
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? plain : `${plain}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

const programmeOf = (row: {
  id: string;
  short_name: string;
  name: string;
  provider: string;
  funder: string;
  aims: string;
}): Programme => ({
  id: row.id,
  shortName: row.short_name,
  name: row.name,
  provider: row.provider,
  funder: row.funder,
  aims: row.aims,
});

export async function findProgramme(db: Queries, shortName: string): Promise<Programme | undefined> {
  const row = await db.selectFrom("programme").selectAll().where("short_name", "=", shortName).executeTakeFirst();
  return row === undefined ? undefined : programmeOf(row);
}

/** Every programme, by name. */
export async function listProgrammes(db: Queries): Promise<readonly Programme[]> {
  return (await db.selectFrom("programme").selectAll().orderBy("name").execute()).map(programmeOf);
}

/** Adds a cohort to a programme. */
export async function addCohort(
  store: Store,
  by: string,
  programme: string,
  id: string,
  given: NewCohort,
): Promise<Answer<Cohort>> {
  const dayFault = (day: string, thing: string) =>
    day === "" ? `Enter ${thing}` : isDay(day) ? undefined : `Enter ${thing} as a real date, like 2026-09-01`;
  const order = (from: string, until: string, thing: string) =>
    isDay(from) && isDay(until) && until < from ? `${thing} must end on or after the day it begins` : undefined;
  return await store.transaction(async (db) => {
    const name = given.name.trim();
    const same = await db
      .selectFrom("cohort")
      .select("id")
      .where("programme", "=", programme)
      .where("name", "=", name)
      .executeTakeFirst();
    const faults = faultsOf({
      name: textFault(name, "the name of the cohort", 60) ?? (same && `There is a cohort ${name} already`),
      recruitFrom: dayFault(given.recruitFrom, "the day recruiting begins"),
      recruitUntil:
        dayFault(given.recruitUntil, "the day recruiting ends") ??
        order(given.recruitFrom, given.recruitUntil, "Recruiting"),
      deliveryFrom: dayFault(given.deliveryFrom, "the day delivery begins"),
      deliveryUntil:
        dayFault(given.deliveryUntil, "the day delivery ends") ??
        order(given.deliveryFrom, given.deliveryUntil, "Delivery"),
    });
    if (faults !== undefined) return { faults };
    await db
      .insertInto("cohort")
      .values({
        id,
        programme,
        name,
        recruit_from: given.recruitFrom,
        recruit_until: given.recruitUntil,
        delivery_from: given.deliveryFrom,
        delivery_until: given.deliveryUntil,
        created_at: new Date().toISOString(),
      })
      .execute();
    await appendAudit(db, {
      actor: by,
      action: "added a cohort",
      about: { kind: "cohort", id },
      detail: { programme, ...given, name },
    });
    return { made: { ...given, id, name } };
  });
}

/** The cohorts of a programme, the earliest to recruit first. */
export async function listCohorts(db: Queries, programme: string): Promise<readonly Cohort[]> {
  const rows = await db
    .selectFrom("cohort")
    .selectAll()
    .where("programme", "=", programme)
    .orderBy("recruit_from")
    .orderBy("name")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    recruitFrom: row.recruit_from,
    recruitUntil: row.recruit_until,
    deliveryFrom: row.delivery_from,
    deliveryUntil: row.delivery_until,
  }));
}
