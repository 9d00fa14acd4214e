import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Store } from "#store";
import { assay, startAssay } from "../support/workshop.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-serve-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (...parts: readonly string[]) => join(folder, ...parts);
const ids = async (): Promise<readonly string[]> => {
  await using store = await Store.open({ folder: at("wb") });
  return (await store.db.selectFrom("school").select("id").orderBy("id").execute()).map(({ id }) => id);
};
async function add(id: string): Promise<void> {
  await using store = await Store.open({ folder: at("wb") });
  await store.db.insertInto("school").values({ id, created_at: "2026-11-05T15:20:00.000Z" }).execute();
}

/** Waits for a line of a process's output. */
function lineOf(child: ReturnType<typeof startAssay>["child"], wanted: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (data) => {
      text += String(data);
      const found = wanted.exec(text);
      if (found !== null) resolve(found[0]);
    });
    child.on("close", () => reject(new Error(`ended before saying ${wanted}: ${text}`)));
  });
}

describe("assay serve", () => {
  test("opens on a folder, offers one start link, refuses a second, and stops in peace", async () => {
    const first = startAssay("serve", "--folder", at("wb"), "--port", "0");
    const link = await lineOf(first.child, /http:\/\/[^\s]+\/invitation\/\S+/);
    const { origin } = new URL(link);
    expect(await (await fetch(`${origin}/health`)).json()).toEqual({ state: "ok" });
    expect((await fetch(link)).status).toBe(200);
    const second = await startAssay("serve", "--folder", at("wb"), "--port", "0").ended;
    expect(second.code).toBe(1);
    expect(second.err).toContain("folder-in-use  Another Assay is running on");
    first.child.kill("SIGTERM");
    const said = await first.ended;
    expect([said.code, said.signal]).toEqual([0, null]);
    expect(said.out).toContain("Stopped. Everything acknowledged is kept.");
    expect(await ids()).toEqual([]);
  });

  test.each([
    [["--port", "eighty"], 2, "--port takes a number"],
    [["--port", "70000"], 2, "a whole number from 0 to 65535"],
  ])("says what is wrong with %j", async (words, code, says) => {
    const said = await assay("serve", "--folder", at("wb"), ...words);
    expect(said.code).toBe(code);
    expect(said.err).toContain(says);
  });
});

describe("assay backup and restore", () => {
  test("bring back what was there, and keep what was there instead", async () => {
    await add("a");
    expect((await assay("backup", "--folder", at("wb"), "--out", at("monday.db"))).code).toBe(0);
    await add("b");
    expect(await ids()).toEqual(["a", "b"]);
    const said = await assay("restore", at("monday.db"), "--folder", at("wb"));
    expect(said.code, said.err).toBe(0);
    expect(await ids()).toEqual(["a"]);
    const [kept] = readdirSync(at("wb", "backups"));
    expect(kept).toMatch(/^before-restore-/);
    await assay("restore", at("wb", "backups", kept!), "--folder", at("wb"));
    expect(await ids()).toEqual(["a", "b"]);
    // Into a folder that holds nothing yet.
    expect((await assay("restore", at("monday.db"), "--folder", at("new"))).code).toBe(0);
  });

  test("refuse what is no backup, what is in use, and a folder without data, and change nothing", async () => {
    await add("a");
    writeFileSync(at("cut.db"), "SQLite format 3\0 and then nothing");
    for (const [file, says] of [
      ["cut.db", "is no whole backup of Assay. Nothing was changed."],
      ["none.db", "is not there"],
    ]) {
      const said = await assay("restore", at(file!), "--folder", at("wb"));
      expect(said.code).toBe(1);
      expect(said.err).toContain(says);
    }
    expect(await ids()).toEqual(["a"]);
    await assay("backup", "--folder", at("wb"), "--out", at("monday.db"));
    {
      await using held = await Store.open({ folder: at("wb") });
      const busy = await assay("restore", at("monday.db"), "--folder", at("wb"));
      expect(busy.err).toContain("folder-in-use");
      // A copy is made all the same while it is in use.
      expect((await assay("backup", "--folder", at("wb"), "--out", at("tuesday.db"))).code).toBe(0);
      expect(await held.isAlive()).toBe(true);
    }
    const none = await assay("backup", "--folder", at("elsewhere"));
    expect(none.err).toContain("holds no data of a workbench");
  });
});
