// Writes schools one after the other and says each one's id when the database has acknowledged it, until it is killed.
import { Store } from "#store";

const [engine, place] = process.argv.slice(2) as ["sqlite" | "postgres", string];
const store = await Store.open(engine === "sqlite" ? { folder: place } : { url: place });
for (let i = 0; i < 1000; i++) {
  const id = `school-${i}`;
  await store.transaction(async (db) => {
    await db.insertInto("school").values({ id, created_at: "2026-11-05T15:20:00.000Z" }).execute();
    await db
      .insertInto("school_number")
      .values({ urn: `${100_000 + i}`, school: id })
      .execute();
  });
  process.stdout.write(`${id}\n`);
}
