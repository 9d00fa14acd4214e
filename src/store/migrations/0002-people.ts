import type { Kysely } from "kysely";

/** People, their taking part in a cohort, and the ends of it. */
// biome-ignore lint/suspicious/noExplicitAny: a migration speaks of tables as they were, not as the schema says they are.
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable("person")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("given_name", "text", (c) => c.notNull())
    .addColumn("family_name", "text", (c) => c.notNull())
    .addColumn("name_key", "text", (c) => c.notNull())
    .addColumn("email", "text", (c) => c.notNull())
    .addColumn("phone", "text", (c) => c.notNull())
    .addColumn("trn", "text", (c) => c.notNull())
    .addColumn("birth_date", "text")
    .addColumn("created_at", "text", (c) => c.notNull())
    .execute();
  for (const column of ["name_key", "email", "trn", "birth_date"])
    await db.schema.createIndex(`person_${column}`).on("person").column(column).execute();
  await db.schema
    .createTable("participation")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("person", "text", (c) => c.notNull().references("person.id"))
    .addColumn("cohort", "text", (c) => c.notNull().references("cohort.id"))
    .addColumn("school", "text", (c) => c.notNull().references("school.id"))
    .addColumn("job_title", "text", (c) => c.notNull())
    .addColumn("nominated_on", "text", (c) => c.notNull())
    .addColumn("starts_on", "text", (c) => c.notNull())
    .addColumn("replaces", "text", (c) => c.references("participation.id"))
    .addColumn("recorded_at", "text", (c) => c.notNull())
    .addColumn("recorded_by", "text", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("participation_cohort").on("participation").column("cohort").execute();
  await db.schema.createIndex("participation_person").on("participation").column("person").execute();
  await db.schema
    .createTable("participation_end")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("participation", "text", (c) => c.notNull().references("participation.id"))
    .addColumn("ends_on", "text", (c) => c.notNull())
    .addColumn("reason", "text", (c) => c.notNull())
    .addColumn("recorded_at", "text", (c) => c.notNull())
    .addColumn("recorded_by", "text", (c) => c.notNull())
    .addColumn("undone_at", "text")
    .execute();
  await db.schema.createIndex("participation_end_of").on("participation_end").column("participation").execute();
}
