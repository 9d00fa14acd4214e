import { appendAudit, type Queries, type Store } from "#store";
import { type Answer, faultsOf, isDay, lengthFault } from "./fields.ts";
import type { Cohort } from "./programmes.ts";

/** Stages a contact may lead to. *Agreement signed* and *started* are written by the agreement and by the first attendance. */
export const STAGES = {
  approached: "Approached",
  meeting: "Meeting",
  interested: "Interested",
  declined: "Declined",
} as const;

export type Stage = keyof typeof STAGES;

/** In the order of the funnel: each means those before it were reached. */
const FORWARD: readonly Stage[] = ["approached", "meeting", "interested"];

export const REASONS = {
  finance: "Finance",
  time: "Time and workload",
  judgement: "Fear of judgement",
  control: "Risk of being in the control group",
  staffing: "Staffing",
  other: "Something else",
} as const;

export type Reason = keyof typeof REASONS;

export const WAYS = { phone: "Phone", email: "E-mail", visit: "Visit", event: "Event", online: "Online" } as const;
export type Way = keyof typeof WAYS;

/** One contact with a school about a cohort. */
export interface PipelineEvent {
  readonly id: string;
  readonly school: string;
  readonly stage: Stage;
  readonly on: string;
  readonly by: string;
  readonly how: string;
  readonly reasons: readonly Reason[];
  readonly note: string;
  readonly nextContact: string | undefined;
  readonly recordedAt: string;
  /** When it was taken back; it stays readable. */
  readonly undoneAt: string | undefined;
}

export interface NewContact {
  readonly stage: string;
  readonly on: string;
  readonly how: string;
  readonly reasons: readonly string[];
  readonly note: string;
  readonly nextContact: string;
}

const LONGEST_NOTE = 2000;
/** After so many days a wrong entry is corrected, not undone. */
const UNDO_DAYS = 7;

/** What is wrong with a contact as typed, field by field. */
function contactFaults(given: NewContact, cohort: Cohort, today: string) {
  const isStage = Object.hasOwn(STAGES, given.stage);
  return faultsOf({
    on: !isDay(given.on)
      ? "Enter the date of contact as a real date, like 2026-11-05"
      : given.on > today
        ? "Date of contact must be today or in the past"
        : given.on > cohort.recruitUntil
          ? `Cohort ${cohort.name} stopped recruiting on ${cohort.recruitUntil}. Ask the programme manager to reopen it`
          : undefined,
    how: Object.hasOwn(WAYS, given.how) ? undefined : "Choose how you were in contact",
    stage: isStage ? undefined : "Choose where the school stands now",
    reasons:
      given.stage === "declined" && given.reasons.length === 0
        ? "Select why the school said no"
        : given.reasons.some((reason) => !Object.hasOwn(REASONS, reason))
          ? "Choose reasons from the list"
          : undefined,
    note: lengthFault(given.note, "What was said", LONGEST_NOTE),
    nextContact:
      given.nextContact === ""
        ? undefined
        : !isDay(given.nextContact)
          ? "Enter the next contact as a real date, like 2026-11-12"
          : isDay(given.on) && given.nextContact <= given.on
            ? "Next contact must be after the date of contact"
            : undefined,
  });
}

/** Records a contact with a school. The stage a school stands at follows from its contacts and is never typed over. */
export async function recordContact(
  store: Store,
  by: string,
  { school, cohort, id }: { readonly school: string; readonly cohort: Cohort; readonly id: string },
  given: NewContact,
): Promise<Answer<PipelineEvent>> {
  const recordedAt = new Date().toISOString();
  const faults = contactFaults(given, cohort, recordedAt.slice(0, 10));
  if (faults !== undefined) return { faults };
  const reasons = given.stage === "declined" ? (given.reasons as readonly Reason[]) : [];
  const made: PipelineEvent = {
    id,
    school,
    stage: given.stage as Stage,
    on: given.on,
    by,
    how: given.how,
    reasons,
    note: given.note.trim(),
    nextContact: given.nextContact === "" ? undefined : given.nextContact,
    recordedAt,
    undoneAt: undefined,
  };
  await store.transaction(async (db) => {
    await db
      .insertInto("pipeline_event")
      .values({
        id,
        school,
        cohort: cohort.id,
        stage: made.stage,
        on_day: made.on,
        by_account: by,
        how: made.how,
        reasons: reasons.join(" "),
        note: made.note,
        next_contact: made.nextContact ?? null,
        recorded_at: recordedAt,
        undone_at: null,
        undone_by: null,
      })
      .execute();
    await appendAudit(db, {
      actor: by,
      action: "recorded a contact",
      about: { kind: "school", id: school },
      detail: { cohort: cohort.id, event: id, stage: made.stage, on: made.on, reasons: reasons.join(" ") },
      personal: { note: made.note },
    });
  });
  return { made };
}

/**
 * Takes a contact back: by who recorded it, within seven days, while it is the latest of the school.
 * @returns  Why it cannot be, in words; undefined where it was.
 */
export async function undoContact(store: Store, by: string, id: string): Promise<string | undefined> {
  return await store.transaction(async (db) => {
    const row = await db.selectFrom("pipeline_event").selectAll().where("id", "=", id).executeTakeFirst();
    if (row === undefined || row.by_account !== by) return "Only who recorded a contact can undo it.";
    if (row.undone_at !== null) return "This contact was undone already.";
    const age = Date.now() - new Date(row.recorded_at).getTime();
    if (age > UNDO_DAYS * 86_400_000) return "A contact can be undone for 7 days. Record what is right as a new one.";
    const later = await db
      .selectFrom("pipeline_event")
      .select("id")
      .where("school", "=", row.school)
      .where("cohort", "=", row.cohort)
      .where("undone_at", "is", null)
      .where("recorded_at", ">", row.recorded_at)
      .limit(1)
      .executeTakeFirst();
    if (later !== undefined) return "Another contact was recorded after it. Undo that one first.";
    await db
      .updateTable("pipeline_event")
      .set({ undone_at: new Date().toISOString(), undone_by: by })
      .where("id", "=", id)
      .execute();
    await appendAudit(db, {
      actor: by,
      action: "undid a contact",
      about: { kind: "school", id: row.school },
      detail: { event: id },
    });
    return undefined;
  });
}

/** Every contact of a cohort, or of one school in it, the latest first; those taken back among them. */
export async function contactsOf(db: Queries, cohort: string, school?: string): Promise<readonly PipelineEvent[]> {
  let query = db.selectFrom("pipeline_event").selectAll().where("cohort", "=", cohort);
  if (school !== undefined) query = query.where("school", "=", school);
  const rows = await query.orderBy("on_day", "desc").orderBy("recorded_at", "desc").execute();
  return rows.map((row) => ({
    id: row.id,
    school: row.school,
    stage: row.stage as Stage,
    on: row.on_day,
    by: row.by_account,
    how: row.how,
    reasons: row.reasons === "" ? [] : (row.reasons.split(" ") as Reason[]),
    note: row.note,
    nextContact: row.next_contact ?? undefined,
    recordedAt: row.recorded_at,
    undoneAt: row.undone_at ?? undefined,
  }));
}

/** Where one school stands: its latest contact that was not taken back. */
export interface Standing {
  readonly school: string;
  readonly stage: Stage;
  readonly since: string;
  readonly nextContact: string | undefined;
}

/** Where each school of a cohort stands. Of two contacts of one day the one recorded later counts. */
export function standingsOf(events: readonly PipelineEvent[]): readonly Standing[] {
  const found = new Map<string, Standing>();
  for (const { school, stage, on, nextContact, undoneAt } of events) {
    if (undoneAt === undefined && !found.has(school)) found.set(school, { school, stage, since: on, nextContact });
  }
  return [...found.values()];
}

/** One step of the funnel: of the schools that came as far as the step before, how many came this far. */
export interface FunnelStep {
  readonly stage: Stage;
  readonly schools: number;
  readonly of: number;
}

/**
 * How many schools came how far, whatever they said afterwards. A school recorded at a later step came through those before.
 * @param events  As `contactsOf` gives them.
 */
export function funnelOf(events: readonly PipelineEvent[]): readonly FunnelStep[] {
  const furthest = new Map<string, number>();
  for (const { school, stage, undoneAt } of events) {
    if (undoneAt !== undefined) continue;
    // A school that says no was approached at least.
    const step = Math.max(0, FORWARD.indexOf(stage));
    furthest.set(school, Math.max(step, furthest.get(school) ?? 0));
  }
  const reached = FORWARD.map((_, step) => [...furthest.values()].filter((own) => own >= step).length);
  return FORWARD.map((stage, step) => ({
    stage,
    schools: reached[step]!,
    of: step === 0 ? reached[0]! : reached[step - 1]!,
  }));
}

/** Declined reasons as counts of schools that stand at *declined*; a school may give several. */
export function declineReasons(events: readonly PipelineEvent[]): ReadonlyMap<Reason, number> {
  const declined = new Set(standingsOf(events).flatMap(({ school, stage }) => (stage === "declined" ? [school] : [])));
  const counts = new Map<Reason, number>();
  const seen = new Set<string>();
  for (const { school, stage, reasons, undoneAt } of events) {
    if (undoneAt !== undefined || stage !== "declined" || !declined.has(school) || seen.has(school)) continue;
    seen.add(school);
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return counts;
}
