import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { appendAudit, BadValue, erasePersonal, readAudit, Store, verifyAudit } from "#store";
import { ENGINES, testStore } from "../support/stores.ts";

const school = (id: string) => ({ id, created_at: "2026-11-05T15:20:00.000Z" });

describe.each(ENGINES)("a store on %s", (engine) => {
  test("keeps all of a transaction or nothing", async () => {
    await using own = await testStore(engine);
    const { store } = own;
    await expect(
      store.transaction(async (db) => {
        await db.insertInto("school").values(school("a")).execute();
        throw new Error("half-way");
      }),
    ).rejects.toThrow("half-way");
    expect(await store.db.selectFrom("school").selectAll().execute()).toEqual([]);
  });

  test.each([
    ["a number that is none", Number.NaN],
    ["a fraction", 0.5],
    ["a truth value", true],
    ["a text with a NUL character", "a\0b"],
    ["a date", new Date(0)],
  ])("refuses %s", async (_, value) => {
    await using own = await testStore(engine);
    const row = { ...school("a"), created_at: value as string };
    await expect(own.store.db.insertInto("school").values(row).execute()).rejects.toThrow(BadValue);
  });

  test("chains its trail, and tells where it was changed", async () => {
    await using own = await testStore(engine);
    const { store } = own;
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        store.transaction((db) =>
          appendAudit(db, { actor: "a", action: "signed in", about: { kind: "account", id: `${i}` } }),
        ),
      ),
    );
    expect(await verifyAudit(store.db)).toEqual({ entries: 12 });
    await store.db.updateTable("audit").set({ actor: "b" }).where("number", "=", 5).execute();
    expect(await verifyAudit(store.db)).toEqual({ entries: 12, brokenAt: 5 });
    await store.db.updateTable("audit").set({ actor: "a" }).where("number", "=", 5).execute();
    await store.db.deleteFrom("audit").where("number", "=", 9).execute();
    expect(await verifyAudit(store.db)).toEqual({ entries: 11, brokenAt: 9 });
  });

  test("forgets what the law asks to be erased, and still proves itself", async () => {
    await using own = await testStore(engine);
    const { store } = own;
    const about = { kind: "person", id: "p1" };
    await store.transaction((db) =>
      appendAudit(db, {
        actor: "a",
        action: "added",
        about,
        detail: { role: "head" },
        personal: { name: "Ann Agate" },
      }),
    );
    const [before] = await readAudit(store.db, { page: 1, size: 10 });
    expect(before).toMatchObject({ detail: { role: "head" }, personal: { name: "Ann Agate" } });
    await erasePersonal(store.db, about);
    const [after] = await readAudit(store.db, { page: 1, size: 10 });
    expect(after!.personal).toEqual({ name: undefined });
    expect(await verifyAudit(store.db)).toEqual({ entries: 1 });
    const whole = JSON.stringify(await store.db.selectFrom("audit").selectAll().execute());
    expect(whole).not.toContain("Agate");
  });
});

describe("an embedded store", () => {
  test("is held by one server at a time, and let go of at the end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "assay-store-"));
    try {
      const first = await Store.open({ folder });
      await expect(Store.open({ folder })).rejects.toThrow(/Another Assay is running/);
      await first[Symbol.asyncDispose]();
      await using again = await Store.open({ folder });
      expect(await again.isAlive()).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("is copied while it is in use", async () => {
    await using own = await testStore("sqlite");
    const folder = mkdtempSync(join(tmpdir(), "assay-store-"));
    try {
      await own.store.db.insertInto("school").values(school("a")).execute();
      await own.store.backup(join(folder, "assay.db"));
      await own.store.db.insertInto("school").values(school("b")).execute();
      await using copy = await Store.open({ folder });
      expect(await copy.db.selectFrom("school").select("id").execute()).toEqual([{ id: "a" }]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("says when a server cannot be reached", async () => {
    await expect(Store.open({ url: "postgres://nobody:x@127.0.0.1:1/none" })).rejects.toThrow(/does not answer/);
  });
});
