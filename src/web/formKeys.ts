import { newId } from "#accounts";
import type { Store } from "#store";

/** A key for one sending of one form. */
export const formKey = newId;

const PATIENCE_MS = 5_000;
const PAUSE_MS = 50;

/**
 * Does the work of a form once: the same key sent again, at the same time or later, leads to where the first sending led.
 * @param work  Gives the address to go on to; undefined where nothing was made, so that the key may be used again.
 */
export async function once(
  store: Store,
  { key, account }: { readonly key: string; readonly account: string },
  work: () => Promise<string | undefined>,
): Promise<string | undefined> {
  if (key === "") return await work();
  if (!(await claim(store, key, account))) return await locationOf(store, key, account);
  try {
    const location = await work();
    if (location === undefined) await release(store, key);
    else await store.db.updateTable("form_key").set({ location }).where("key", "=", key).execute();
    return location;
  } catch (problem) {
    await release(store, key);
    throw problem;
  }
}

async function claim(store: Store, key: string, account: string): Promise<boolean> {
  const row = { key, account, location: "", at: new Date().toISOString() };
  const done = await store.db
    .insertInto("form_key")
    .values(row)
    .onConflict((conflict) => conflict.column("key").doNothing())
    .executeTakeFirst();
  return Number(done.numInsertedOrUpdatedRows ?? 0) > 0;
}

async function release(store: Store, key: string): Promise<void> {
  await store.db.deleteFrom("form_key").where("key", "=", key).execute();
}

/** Where the first sending led; waits for it while it is at work. */
async function locationOf(store: Store, key: string, account: string): Promise<string> {
  for (let waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
    const row = await store.db
      .selectFrom("form_key")
      .select("location")
      .where("key", "=", key)
      .where("account", "=", account)
      .executeTakeFirst();
    if (row === undefined) return "/";
    if (row.location !== "") return row.location;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return "/";
}
