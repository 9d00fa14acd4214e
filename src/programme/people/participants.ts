import { normaliseName, readTeacherNumber } from "#domain";
import { appendAudit, type Queries, type Store } from "#store";
import { type Answer, faultsOf, isDay, lengthFault, textFault } from "../recruitment/fields.ts";
import type { Cohort } from "../recruitment/programmes.ts";
import { nameKey, whySamePerson } from "./samePerson.ts";
import { type Status, statusOn } from "./status.ts";

export const LEAVING_REASONS = {
  retirement: "Retirement",
  newSchool: "New school",
  role: "Change of role",
  personal: "Personal",
  withdrew: "The school withdrew",
  other: "Something else",
} as const;

export type LeavingReason = keyof typeof LEAVING_REASONS;

export interface Person {
  readonly id: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly phone: string;
  readonly trn: string;
  readonly birthDate: string;
}

/** Somebody in a cohort. */
export interface Participation {
  readonly id: string;
  readonly person: Person;
  readonly cohort: string;
  readonly school: string;
  readonly jobTitle: string;
  readonly startsOn: string;
  readonly status: Status;
  readonly end: { readonly id: string; readonly on: string; readonly reason: LeavingReason } | undefined;
  /** The participation whose place this one took. */
  readonly replaces: string | undefined;
}

/** What is typed when somebody is added. */
export interface NewParticipant {
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly phone: string;
  readonly trn: string;
  readonly birthDate: string;
  readonly jobTitle: string;
  readonly startsOn: string;
  readonly replaces: string;
}

/** Somebody on record who may be the one being added, and why. */
export interface Candidate {
  readonly person: Person;
  readonly why: string;
}

const YOUNGEST = 16;
const today = (): string => new Date().toISOString().slice(0, 10);

/** What is wrong with what was typed about somebody, by field; undefined where nothing is. */
export function participantFaults(given: NewParticipant) {
  const number = given.trn.trim() === "" ? undefined : readTeacherNumber(given.trn);
  return faultsOf({
    givenName: textFault(given.givenName, "their given name", 80),
    familyName: textFault(given.familyName, "their family name", 80),
    email:
      given.email.trim() === "" || /^\S+@\S+$/.test(given.email.trim())
        ? lengthFault(given.email, "E-mail address", 200)
        : "Enter their e-mail address, like name@example.org, or leave it empty",
    phone: lengthFault(given.phone, "Phone", 40),
    trn: number?.state === "unreadable" ? `Teacher number must be seven digits: ${number.reason}` : undefined,
    birthDate:
      given.birthDate === ""
        ? undefined
        : !isDay(given.birthDate)
          ? "Enter their birth date as a real date, or leave it empty"
          : yearsBetween(given.birthDate, today()) < YOUNGEST
            ? `Birth date must be at least ${YOUNGEST} years ago`
            : undefined,
    jobTitle: textFault(given.jobTitle, "their job title as it is written", 120),
    startsOn: isDay(given.startsOn) ? undefined : "Enter the day they start, like 2026-11-05",
  });
}

const yearsBetween = (from: string, until: string): number =>
  Number(until.slice(0, 4)) - Number(from.slice(0, 4)) - Number(until.slice(5) < from.slice(5));

function identityOf(given: NewParticipant) {
  const number = readTeacherNumber(given.trn);
  return {
    givenName: given.givenName.trim(),
    familyName: given.familyName.trim(),
    email: given.email.trim(),
    trn: number.state === "read" ? number.number : "",
    birthDate: given.birthDate,
  };
}

/** People on record who may be the one being added, each with the strongest reason to think so. */
async function findCandidates(db: Queries, given: NewParticipant, school: string): Promise<readonly Candidate[]> {
  const own = identityOf(given);
  const rows = await db
    .selectFrom("person")
    .selectAll()
    .where((any) =>
      any.or([
        any("name_key", "=", nameKey(own.givenName, own.familyName)),
        ...(own.trn === "" ? [] : [any("trn", "=", own.trn)]),
        ...(own.email === "" ? [] : [any("email", "=", own.email.toLowerCase())]),
        ...(own.birthDate === "" ? [] : [any("birth_date", "=", own.birthDate)]),
        any("id", "in", db.selectFrom("participation").select("person").where("school", "=", school)),
      ]),
    )
    .execute();
  const atSchool = new Set(
    (await db.selectFrom("participation").select("person").where("school", "=", school).execute()).map(
      ({ person }) => person,
    ),
  );
  return rows.flatMap((row): readonly Candidate[] => {
    const person = personOf(row);
    const why = whySamePerson(own, person, atSchool.has(person.id));
    return why === undefined ? [] : [{ person, why }];
  });
}

type PersonRow = {
  id: string;
  given_name: string;
  family_name: string;
  email: string;
  phone: string;
  trn: string;
  birth_date: string | null;
};

const personOf = (row: PersonRow): Person => ({
  id: row.id,
  givenName: row.given_name,
  familyName: row.family_name,
  email: row.email,
  phone: row.phone,
  trn: row.trn,
  birthDate: row.birth_date ?? "",
});

/** Which person an addition is of: somebody on record, or somebody new after the candidates were looked at. */
export type Decision = { readonly person: string } | "new" | "undecided";

/** An addition is made, or has faults, or waits for somebody to say whether it is one of several. */
export type Addition = Answer<string> | { readonly candidates: readonly Candidate[] };

/**
 * Adds somebody to a cohort. Where somebody on record may be the same person, nothing is written before that is decided.
 * @returns `made` is the person's id.
 */
export async function addParticipant(
  store: Store,
  by: string,
  about: {
    readonly cohort: Cohort;
    readonly school: string;
    readonly decision: Decision;
    readonly newId: () => string;
  },
  given: NewParticipant,
): Promise<Addition> {
  const faults = participantFaults(given);
  if (faults !== undefined) return { faults };
  return await store.transaction(async (db): Promise<Addition> => {
    const candidates = await findCandidates(db, given, about.school);
    const { decision, cohort, school } = about;
    if (decision === "undecided" && candidates.length > 0) return { candidates };
    const known = typeof decision === "object" ? decision.person : undefined;
    // Only somebody who was offered can be chosen.
    if (known !== undefined && !candidates.some(({ person }) => person.id === known)) return { candidates };
    if (known !== undefined) {
      const there = await participationsOf(db, cohort, { person: known });
      if (there.some(({ end }) => end === undefined))
        return {
          faults: {
            givenName: `${there[0]!.person.givenName} ${there[0]!.person.familyName} takes part in ${cohort.name} already`,
          },
        };
    }
    const place = given.replaces === "" ? undefined : await placeOf(db, cohort, school, given.replaces);
    if (given.replaces !== "" && place === undefined)
      return { faults: { replaces: "Choose somebody of this school who has left and was not replaced" } };
    const id = known ?? about.newId();
    const own = identityOf(given);
    if (known === undefined) {
      await db
        .insertInto("person")
        .values({
          id,
          given_name: own.givenName,
          family_name: own.familyName,
          name_key: nameKey(own.givenName, own.familyName),
          email: own.email.toLowerCase(),
          phone: given.phone.trim(),
          trn: own.trn,
          birth_date: own.birthDate === "" ? null : own.birthDate,
          created_at: new Date().toISOString(),
        })
        .execute();
    }
    const participation = about.newId();
    await db
      .insertInto("participation")
      .values({
        id: participation,
        person: id,
        cohort: cohort.id,
        school,
        job_title: given.jobTitle.trim(),
        nominated_on: today(),
        starts_on: given.startsOn,
        replaces: place ?? null,
        recorded_at: new Date().toISOString(),
        recorded_by: by,
      })
      .execute();
    await appendAudit(db, {
      actor: by,
      action: "added a participant",
      about: { kind: "person", id },
      detail: {
        cohort: cohort.id,
        school,
        participation,
        startsOn: given.startsOn,
        known: Number(known !== undefined),
      },
      personal: {
        name: `${own.givenName} ${own.familyName}`,
        email: own.email,
        trn: own.trn,
        birthDate: own.birthDate,
      },
    });
    return { made: id };
  });
}

/** A participation whose place can be taken: of this school, ended, and not taken yet. */
async function placeOf(db: Queries, cohort: Cohort, school: string, id: string): Promise<string | undefined> {
  const free = await freePlaces(db, cohort, school);
  return free.find((one) => one.id === id)?.id;
}

/** Those of a school who have left a cohort and were not replaced. */
export async function freePlaces(db: Queries, cohort: Cohort, school: string): Promise<readonly Participation[]> {
  const all = await participationsOf(db, cohort, { school });
  const taken = new Set(all.flatMap(({ replaces }) => replaces ?? []));
  return all.filter(({ id, end }) => end !== undefined && !taken.has(id));
}

/** The participations of a cohort on a day, by family name; of one school or person where that is asked. */
export async function participationsOf(
  db: Queries,
  cohort: Cohort,
  { school, person, day = today() }: { readonly school?: string; readonly person?: string; readonly day?: string } = {},
): Promise<readonly Participation[]> {
  let query = db
    .selectFrom("participation")
    .innerJoin("person", "person.id", "participation.person")
    .select([
      "participation.id as participation",
      "participation.school",
      "participation.job_title",
      "participation.starts_on",
      "participation.replaces",
      "person.id",
      "person.given_name",
      "person.family_name",
      "person.email",
      "person.phone",
      "person.trn",
      "person.birth_date",
    ])
    .where("participation.cohort", "=", cohort.id);
  if (school !== undefined) query = query.where("participation.school", "=", school);
  if (person !== undefined) query = query.where("participation.person", "=", person);
  const rows = await query.execute();
  const ends = new Map(
    (
      await db
        .selectFrom("participation_end")
        .innerJoin("participation", "participation.id", "participation_end.participation")
        .select([
          "participation_end.id",
          "participation_end.participation",
          "participation_end.ends_on",
          "participation_end.reason",
        ])
        .where("participation.cohort", "=", cohort.id)
        .where("participation_end.undone_at", "is", null)
        .execute()
    ).map((row) => [row.participation, { id: row.id, on: row.ends_on, reason: row.reason as LeavingReason }]),
  );
  const sortKey = ({ family_name, given_name }: PersonRow) =>
    `${normaliseName(family_name)} ${normaliseName(given_name)}`;
  return rows
    .map((row) => ({ row, key: sortKey(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => {
      const end = ends.get(row.participation);
      const days = { startsOn: row.starts_on, endsOn: end?.on, completedOn: undefined };
      return {
        id: row.participation,
        person: personOf(row),
        cohort: cohort.id,
        school: row.school,
        jobTitle: row.job_title,
        startsOn: row.starts_on,
        status: statusOn(day, days, cohort.deliveryFrom),
        end,
        replaces: row.replaces ?? undefined,
      };
    });
}

/** Records that somebody leaves a cohort. */
export async function endParticipation(
  store: Store,
  by: string,
  { participation, id }: { readonly participation: Participation; readonly id: string },
  given: { readonly endsOn: string; readonly reason: string },
): Promise<Answer<string>> {
  const faults = faultsOf({
    endsOn: isDay(given.endsOn) ? undefined : "Enter the day they leave, like 2026-11-05",
    reason: Object.hasOwn(LEAVING_REASONS, given.reason) ? undefined : "Choose why they leave",
  });
  if (faults !== undefined) return { faults };
  if (participation.end !== undefined) return { faults: { endsOn: "They have left already" } };
  await store.transaction(async (db) => {
    await db
      .insertInto("participation_end")
      .values({
        id,
        participation: participation.id,
        ends_on: given.endsOn,
        reason: given.reason,
        recorded_at: new Date().toISOString(),
        recorded_by: by,
        undone_at: null,
      })
      .execute();
    await appendAudit(db, {
      actor: by,
      action: "recorded that a participant leaves",
      about: { kind: "person", id: participation.person.id },
      detail: { participation: participation.id, endsOn: given.endsOn, reason: given.reason },
    });
  });
  return { made: id };
}

/**
 * Takes back that somebody leaves, while nobody has taken their place.
 * @returns Why it cannot be, in words; undefined where it was.
 */
export async function undoEnd(store: Store, by: string, participation: Participation): Promise<string | undefined> {
  return await store.transaction(async (db) => {
    if (participation.end === undefined) return "They have not left.";
    const successor = await db
      .selectFrom("participation")
      .select("id")
      .where("replaces", "=", participation.id)
      .limit(1)
      .executeTakeFirst();
    if (successor !== undefined) return "Somebody has taken their place. Record that that person leaves first.";
    await db
      .updateTable("participation_end")
      .set({ undone_at: new Date().toISOString() })
      .where("id", "=", participation.end.id)
      .execute();
    await appendAudit(db, {
      actor: by,
      action: "undid that a participant leaves",
      about: { kind: "person", id: participation.person.id },
      detail: { participation: participation.id },
    });
    return undefined;
  });
}
