import { createHash, randomBytes } from "node:crypto";
import { PostgresAdapter, sql } from "kysely";
import type { Queries } from "./openStore.ts";

/** One thing somebody did. */
export interface AuditEntry {
  /** The account that did it; `nobody` before anyone is signed in. */
  readonly actor: string;
  readonly action: string;
  readonly about: { readonly kind: string; readonly id: string };
  /** What changed, in plain values. */
  readonly detail?: Readonly<Record<string, string | number | null>>;
  /** Values that the law may ask to be erased: the trail holds their salted digests only. */
  readonly personal?: Readonly<Record<string, string>>;
}

/** An entry as it is kept. */
export interface AuditRecord {
  readonly number: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly aboutKind: string;
  readonly aboutId: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
  /** By name; undefined where it was erased. */
  readonly personal: Readonly<Record<string, string | undefined>>;
}

const FIRST = "0".repeat(64);

const digestOf = (...parts: readonly string[]): string => {
  const hash = createHash("sha256");
  // Lengths keep one part from running into the next.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex");
};

/** Appends an entry, within the transaction of what it tells of. Each entry is chained to the one before by its digest. */
export async function appendAudit(db: Queries, entry: AuditEntry, now = new Date()): Promise<void> {
  // One entry at a time, or two would be chained to the same one. An embedded database lets one transaction write.
  if (db.getExecutor().adapter instanceof PostgresAdapter) await sql`select pg_advisory_xact_lock(7301)`.execute(db);
  const last = await db
    .selectFrom("audit")
    .select(["number", "digest"])
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  const personal: Record<string, string> = {};
  for (const [name, value] of Object.entries(entry.personal ?? {})) {
    const salt = randomBytes(16).toString("hex");
    const digest = digestOf(salt, value);
    personal[name] = digest;
    await db.insertInto("audit_value").values({ digest, salt, value }).execute();
  }
  const detail = JSON.stringify({ ...entry.detail, ...(Object.keys(personal).length > 0 && { personal }) });
  const row = {
    number: (last?.number ?? 0) + 1,
    at: now.toISOString(),
    actor: entry.actor,
    action: entry.action,
    about_kind: entry.about.kind,
    about_id: entry.about.id,
    detail,
    previous: last?.digest ?? FIRST,
  };
  await db
    .insertInto("audit")
    .values({ ...row, digest: rowDigest(row) })
    .execute();
}

interface Chained {
  readonly number: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly about_kind: string;
  readonly about_id: string;
  readonly detail: string;
  readonly previous: string;
}

const rowDigest = (row: Chained): string =>
  digestOf(row.previous, String(row.number), row.at, row.actor, row.action, row.about_kind, row.about_id, row.detail);

/** Whether the chain holds; else the number of the first entry that was changed, or is missing. */
export async function verifyAudit(db: Queries): Promise<{ readonly entries: number; readonly brokenAt?: number }> {
  const rows = await db.selectFrom("audit").selectAll().orderBy("number").execute();
  let previous = FIRST;
  for (const [place, row] of rows.entries()) {
    if (row.number !== place + 1 || row.previous !== previous || rowDigest(row) !== row.digest)
      return { entries: rows.length, brokenAt: place + 1 };
    previous = row.digest;
  }
  return { entries: rows.length };
}

/** The latest entries first, a page of them. */
export async function readAudit(
  db: Queries,
  { page, size }: { readonly page: number; readonly size: number },
): Promise<readonly AuditRecord[]> {
  const rows = await db
    .selectFrom("audit")
    .selectAll()
    .orderBy("number", "desc")
    .limit(size)
    .offset((page - 1) * size)
    .execute();
  return await Promise.all(
    rows.map(async (row): Promise<AuditRecord> => {
      const { personal = {}, ...detail } = JSON.parse(row.detail) as AuditRecord["detail"] & {
        personal?: Record<string, string>;
      };
      const found: Record<string, string | undefined> = {};
      for (const [name, digest] of Object.entries(personal)) found[name] = await personalValue(db, digest);
      return {
        number: row.number,
        at: row.at,
        actor: row.actor,
        action: row.action,
        aboutKind: row.about_kind,
        aboutId: row.about_id,
        detail: detail as AuditRecord["detail"],
        personal: found,
      };
    }),
  );
}

async function personalValue(db: Queries, digest: string): Promise<string | undefined> {
  const row = await db.selectFrom("audit_value").select("value").where("digest", "=", digest).executeTakeFirst();
  return row?.value ?? undefined;
}

/** Erases every personal value the trail keeps about one record. The chain still proves itself. */
export async function erasePersonal(db: Queries, about: { readonly kind: string; readonly id: string }): Promise<void> {
  const rows = await db
    .selectFrom("audit")
    .select("detail")
    .where("about_kind", "=", about.kind)
    .where("about_id", "=", about.id)
    .execute();
  const digests = rows.flatMap(({ detail }) =>
    Object.values((JSON.parse(detail) as { personal?: Record<string, string> }).personal ?? {}),
  );
  for (const digest of digests)
    await db.updateTable("audit_value").set({ salt: null, value: null }).where("digest", "=", digest).execute();
}
