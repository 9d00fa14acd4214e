import type { Kysely } from "kysely";

const day = (name: string) => [name, "text"] as const;

/** Accounts and sessions, the programme and its cohorts, schools as facts, the pipeline, the audit trail. */
// biome-ignore lint/suspicious/noExplicitAny: a migration speaks of tables as they were, not as the schema says they are.
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable("account")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("email", "text", (c) => c.notNull().unique())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("password_hash", "text")
    .addColumn("created_at", "text", (c) => c.notNull())
    .addColumn("ended_at", "text")
    .execute();
  await db.schema
    .createTable("programme")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("short_name", "text", (c) => c.notNull().unique())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("provider", "text", (c) => c.notNull())
    .addColumn("funder", "text", (c) => c.notNull())
    .addColumn("aims", "text", (c) => c.notNull())
    .addColumn("created_at", "text", (c) => c.notNull())
    .addColumn("version", "integer", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("account_role")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("account", "text", (c) => c.notNull().references("account.id"))
    .addColumn("role", "text", (c) => c.notNull())
    .addColumn("programme", "text", (c) => c.references("programme.id"))
    .addColumn(...day("from_day"), (c) => c.notNull())
    .addColumn(...day("until_day"))
    .execute();
  await db.schema.createIndex("account_role_account").on("account_role").column("account").execute();
  await db.schema
    .createTable("session")
    .addColumn("token_digest", "text", (c) => c.primaryKey())
    .addColumn("account", "text", (c) => c.notNull().references("account.id"))
    .addColumn("agent", "text", (c) => c.notNull())
    .addColumn("created_at", "text", (c) => c.notNull())
    .addColumn("seen_at", "text", (c) => c.notNull())
    .addColumn("expires_at", "text", (c) => c.notNull())
    .addColumn("ended_at", "text")
    .execute();
  await db.schema.createIndex("session_account").on("session").column("account").execute();
  await db.schema
    .createTable("invitation")
    .addColumn("code_digest", "text", (c) => c.primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("email", "text", (c) => c.notNull())
    .addColumn("role", "text")
    .addColumn("programme", "text", (c) => c.references("programme.id"))
    .addColumn("created_by", "text")
    .addColumn("expires_at", "text", (c) => c.notNull())
    .addColumn("used_at", "text")
    .execute();
  await db.schema
    .createTable("cohort")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("programme", "text", (c) => c.notNull().references("programme.id"))
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn(...day("recruit_from"), (c) => c.notNull())
    .addColumn(...day("recruit_until"), (c) => c.notNull())
    .addColumn(...day("delivery_from"), (c) => c.notNull())
    .addColumn(...day("delivery_until"), (c) => c.notNull())
    .addColumn("created_at", "text", (c) => c.notNull())
    .addUniqueConstraint("cohort_name", ["programme", "name"])
    .execute();
  await db.schema
    .createTable("school")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("created_at", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("school_number")
    .addColumn("urn", "text", (c) => c.primaryKey())
    .addColumn("school", "text", (c) => c.notNull().references("school.id"))
    .execute();
  await db.schema
    .createTable("school_fact")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("school", "text", (c) => c.notNull().references("school.id"))
    .addColumn("field", "text", (c) => c.notNull())
    .addColumn("value", "text", (c) => c.notNull())
    .addColumn(...day("true_from"), (c) => c.notNull())
    .addColumn("source", "text", (c) => c.notNull())
    .addColumn("recorded_at", "text", (c) => c.notNull())
    .addColumn("recorded_by", "text", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("school_fact_school").on("school_fact").columns(["school", "field"]).execute();
  await db.schema
    .createTable("pipeline_event")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("school", "text", (c) => c.notNull().references("school.id"))
    .addColumn("cohort", "text", (c) => c.notNull().references("cohort.id"))
    .addColumn("stage", "text", (c) => c.notNull())
    .addColumn(...day("on_day"), (c) => c.notNull())
    .addColumn("by_account", "text", (c) => c.notNull().references("account.id"))
    .addColumn("how", "text", (c) => c.notNull())
    .addColumn("reasons", "text", (c) => c.notNull())
    .addColumn("note", "text", (c) => c.notNull())
    .addColumn(...day("next_contact"))
    .addColumn("recorded_at", "text", (c) => c.notNull())
    .addColumn("undone_at", "text")
    .addColumn("undone_by", "text")
    .execute();
  await db.schema.createIndex("pipeline_event_school").on("pipeline_event").columns(["cohort", "school"]).execute();
  await db.schema
    .createTable("upload")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("account", "text", (c) => c.notNull().references("account.id"))
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("text", "text", (c) => c.notNull())
    .addColumn("at", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("form_key")
    .addColumn("key", "text", (c) => c.primaryKey())
    .addColumn("account", "text", (c) => c.notNull())
    .addColumn("location", "text", (c) => c.notNull())
    .addColumn("at", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("audit")
    .addColumn("number", "integer", (c) => c.primaryKey())
    .addColumn("at", "text", (c) => c.notNull())
    .addColumn("actor", "text", (c) => c.notNull())
    .addColumn("action", "text", (c) => c.notNull())
    .addColumn("about_kind", "text", (c) => c.notNull())
    .addColumn("about_id", "text", (c) => c.notNull())
    .addColumn("detail", "text", (c) => c.notNull())
    .addColumn("previous", "text", (c) => c.notNull())
    .addColumn("digest", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("audit_value")
    .addColumn("digest", "text", (c) => c.primaryKey())
    .addColumn("salt", "text")
    .addColumn("value", "text")
    .execute();
}
