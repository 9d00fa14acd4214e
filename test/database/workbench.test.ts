import { describe, expect, test } from "vitest";
import { invite, may, newId, ROLES, type Role, startCode } from "#accounts";
import { findProgramme } from "#programme";
import { type Store, verifyAudit } from "#store";
import { createApp, ROUTES } from "#web";
import { Visitor } from "../support/browserless.ts";
import { ENGINES, testStore } from "../support/stores.ts";

const PASSWORD = "four plain words here";

/** An application with its administrator signed in. */
async function workbench(store: Store) {
  const app = createApp(store, (problem) => {
    throw problem;
  });
  const code = await startCode(store);
  const admin = new Visitor(app);
  await admin.post(`/invitation/${code}`, { email: "alba@example.invalid", name: "Alba Heron", password: PASSWORD });
  return { app, admin, code: code! };
}

const PROGRAMME = { name: "Lanternside Leaders", provider: "Trust", funder: "Fund", aims: "" };
const COHORT = {
  name: "Cohort 3",
  recruitFrom: "2026-01-01",
  recruitUntil: "2099-01-31",
  deliveryFrom: "2099-02-01",
  deliveryUntil: "2100-07-31",
};
const REGISTER =
  "URN,EstablishmentName,LA (name)\n900101,Adder Lane Primary,Saltmarsh\n900102,Bellwether Lane,Saltmarsh\n";

/** A programme with a cohort and two schools; the administrator manages it. */
async function programme(store: Store) {
  const bench = await workbench(store);
  await bench.admin.post("/programmes/start", PROGRAMME);
  const root = "/p/lanternside-leaders";
  await bench.admin.post(`${root}/set-up/cohorts`, COHORT);
  const sent = await bench.admin.post(`${root}/schools/register`, {
    asAt: "2026-10-01",
    file: new File([REGISTER], "all.csv"),
  });
  await bench.admin.post(sent.location!);
  const { id } = await store.db.selectFrom("cohort").select("id").executeTakeFirstOrThrow();
  return { ...bench, root, cohort: id, programmeId: (await findProgramme(store.db, "lanternside-leaders"))!.id };
}

/** Somebody signed in who holds one role, in a programme or in none. */
async function somebody(store: Store, app: ReturnType<typeof createApp>, role: Role, of: string | undefined) {
  const email = `${newId().toLowerCase()}@example.invalid`;
  const code = await invite(store, "nobody", { email, role, programme: of });
  const visitor = new Visitor(app);
  await visitor.post(`/invitation/${code}`, { name: "Ann Agate", password: PASSWORD });
  return { visitor, email };
}

const CONTACT = { on: "2026-02-01", how: "phone", stage: "meeting", note: "", nextContact: "" };

describe.each(ENGINES)("the workbench on %s", (engine) => {
  test("makes one administrator by a link that works once", async () => {
    await using own = await testStore(engine);
    const { app, admin, code } = await workbench(own.store);
    expect((await admin.get("/")).text).toContain("Start a programme");
    expect(await startCode(own.store)).toBeUndefined();
    const again = await new Visitor(app).get(`/invitation/${code}`);
    expect(again.status).toBe(410);
    expect(again.text).toContain("It was used already, or is too old");
  });

  test("asks for a password worth its name, and keeps what else was typed", async () => {
    await using own = await testStore(engine);
    const app = createApp(own.store);
    const code = await startCode(own.store);
    const said = await new Visitor(app).post(`/invitation/${code}`, {
      email: "not an address",
      name: `<script>alert("x")</script>`,
      password: "short",
    });
    expect(said.status).toBe(422);
    expect(said.text).toContain("Password must be 12 characters or more");
    expect(said.text).toContain("Enter your e-mail address, like name@example.org");
    expect(said.text).toContain("&lt;script&gt;");
    expect(said.text).not.toContain("<script>");
    expect(said.text).toContain("<title>Error: Set up Assay");
  });

  test("signs in and out, tells nobody whether there is an account, and stops guessing", async () => {
    await using own = await testStore(engine);
    const { app, admin } = await workbench(own.store);
    await admin.post("/sign-out");
    expect((await admin.get("/account")).location).toBe("/sign-in?next=%2Faccount");
    const wrong = await admin.post("/sign-in", { email: "alba@example.invalid", password: "something else" });
    const nobody = await admin.post("/sign-in", { email: "nobody@example.invalid", password: "something else" });
    const words = "The e-mail address or the password is not right";
    expect([wrong.text.includes(words), nobody.text.includes(words)]).toEqual([true, true]);
    const back = await admin.post("/sign-in", {
      email: " ALBA@example.invalid ",
      password: PASSWORD,
      next: "/account",
    });
    expect(back.location).toBe("/account");
    expect((await admin.get("/account")).text).toContain("alba@example.invalid");
    const elsewhere = await admin.post("/sign-in", {
      email: "alba@example.invalid",
      password: PASSWORD,
      next: "//evil.example",
    });
    expect(elsewhere.location).toBe("/");
    const guesser = new Visitor(app);
    for (let i = 0; i < 9; i++)
      await guesser.post("/sign-in", { email: "alba@example.invalid", password: `guess ${i}` });
    const stopped = await guesser.post("/sign-in", { email: "alba@example.invalid", password: PASSWORD });
    expect(stopped.status).toBe(429);
    expect(stopped.text).toContain("Wait 15 minutes");
  });

  test("shows nothing to who is signed out, and lets no other site send a form", async () => {
    await using own = await testStore(engine);
    const { app, admin, root } = await programme(own.store);
    const page = await admin.get(`${root}/schools/900101`);
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const foreign = await app.request(`http://localhost${root}/set-up/cohorts`, {
      method: "POST",
      headers: { origin: "http://elsewhere.example", "content-type": "application/x-www-form-urlencoded" },
      body: "name=x",
    });
    expect(foreign.status).toBe(403);
  });

  test("does a form once, however often it is sent", async () => {
    await using own = await testStore(engine);
    const { admin, root, cohort } = await programme(own.store);
    const form = { ...CONTACT, "form-key": newId() };
    const path = `${root}/schools/900101/contact?cohort=${cohort}`;
    const sent = await Promise.all([admin.post(path, form), admin.post(path, form), admin.post(path, form)]);
    const later = await admin.post(path, form);
    expect(new Set([...sent, later].map(({ location }) => location)).size).toBe(1);
    expect(await own.store.db.selectFrom("pipeline_event").select("id").execute()).toHaveLength(1);
    // A key whose form was refused can be used again.
    const key = newId();
    expect((await admin.post(path, { ...CONTACT, stage: "", "form-key": key })).status).toBe(422);
    expect((await admin.post(path, { ...CONTACT, "form-key": key })).status).toBe(303);
  });

  test("records a contact, shows it, and takes it back", async () => {
    await using own = await testStore(engine);
    const { admin, root, cohort } = await programme(own.store);
    const sent = await admin.post(`${root}/schools/900101/contact?cohort=${cohort}`, {
      ...CONTACT,
      stage: "declined",
      reasons: ["time", "finance"],
      note: `<b>"no" & 'never'</b>`,
    });
    const page = await admin.get(sent.location!);
    expect(page.text).toContain("Contact of 1 Feb 2026 recorded: declined");
    expect(page.text).toContain("time and workload, finance");
    expect(page.text).toContain("&lt;b&gt;");
    const [, undo] = /action="([^"]+\/undo)"/.exec(page.text)!;
    const undone = await admin.post(undo!);
    expect((await admin.get(undone.location!)).text).toContain("The contact was undone");
    expect((await admin.get(`${root}/recruitment`)).text).toContain("No school has been contacted yet");
    const twice = await admin.post(undo!);
    expect(twice.status).toBe(409);
  });

  test("shows what a register file would do before it does it", async () => {
    await using own = await testStore(engine);
    const { admin, root } = await programme(own.store);
    const upload = (text: string | Uint8Array<ArrayBuffer>, name = "next.csv") =>
      admin.post(`${root}/schools/register`, { asAt: "2026-11-01", file: new File([text], name) });
    const sent = await upload("URN,EstablishmentName\n900101,Adder Lane Academy\n900104,Driftwood High\nx,Y\n");
    const preview = await admin.get(sent.location!);
    expect(preview.text).toContain("Nothing has been written yet");
    expect(preview.text).toContain("Adder Lane Primary → Adder Lane Academy");
    expect(preview.text).toContain("Bring in 2 rows");
    expect((await admin.get(`${root}/schools/900104`)).status).toBe(404);
    const done = await admin.post(sent.location!);
    expect(done.location).toContain("added=1&changed=1");
    expect((await admin.get(`${root}/schools/900104`)).text).toContain("Driftwood High");
    expect((await admin.get(sent.location!)).status).toBe(404);
    for (const [text, says] of [
      ["", "Choose the file of the register"],
      ["PK\u0003\u0004\0\0", "The file is no text"],
      ["Name\nA\n", "We could not find the column URN"],
    ] as const) {
      const refused = await upload(text);
      expect(refused.status).toBe(422);
      expect(refused.text).toContain(says);
    }
    const latin = await upload(new Uint8Array([...Buffer.from("URN,EstablishmentName\n900105,Caf"), 0xe9, 0x0a]));
    expect((await admin.get(latin.location!)).text).toContain("Café");
  });

  test("answers alike for a page that is missing and one that may not be seen", async () => {
    await using own = await testStore(engine);
    const { app, admin, root } = await programme(own.store);
    await admin.post("/programmes/start", { ...PROGRAMME, name: "Another" });
    const other = (await findProgramme(own.store.db, "another"))!;
    const { visitor } = await somebody(own.store, app, "manager", other.id);
    const hidden = await visitor.get(`${root}/schools`);
    const missing = await visitor.get("/p/no-such-programme/schools");
    expect([hidden.status, hidden.text]).toEqual([missing.status, missing.text]);
    expect((await visitor.get("/p/another")).status).toBe(200);
  });

  test("chains everything that was done", async () => {
    await using own = await testStore(engine);
    const { admin } = await programme(own.store);
    const { entries, brokenAt } = await verifyAudit(own.store.db);
    expect(brokenAt).toBeUndefined();
    expect(entries).toBeGreaterThan(5);
    expect((await admin.get("/admin/audit")).text).toContain("none was changed or taken out");
  });
});

describe("who may do what", () => {
  const roles = Object.keys(ROLES) as Role[];

  test.each(roles)("%s: every address, in the own programme and in another", async (role) => {
    await using own = await testStore("sqlite");
    const { app, admin, root, programmeId } = await programme(own.store);
    await admin.post("/programmes/start", { ...PROGRAMME, name: "Another" });
    const { visitor } = await somebody(own.store, app, role, role === "administrator" ? undefined : programmeId);
    const held = [{ role, programme: role === "administrator" ? undefined : programmeId }];
    const other = (await findProgramme(own.store.db, "another"))!.id;
    for (const route of ROUTES) {
      if (route.needs === "nobody" || route.needs === "sign-in") continue;
      for (const [address, of] of [
        [root, programmeId],
        ["/p/another", other],
      ] as const) {
        const path = route.path.replace("/p/:p", address).replace(":s", "900101").replace(":id", "none");
        const allowed = may(held, route.needs, route.scope === "programme" ? of : undefined);
        const { text, status } = route.method === "get" ? await visitor.get(path) : await visitor.post(path);
        const refused = status === 404 && text.includes("We cannot find that page, or you may not see it");
        // A page may also miss the record that is asked for; then who may see it and who may not read the same.
        if (!allowed)
          expect([role, route.path, of === programmeId, refused]).toEqual([role, route.path, of === programmeId, true]);
        else if (!/:id|contact|people\/add/.test(route.path))
          expect([role, route.path, refused]).toEqual([role, route.path, false]);
      }
    }
  });

  test("a role that has ended signs out of what it reached at once", async () => {
    await using own = await testStore("sqlite");
    const { app, programmeId, root } = await programme(own.store);
    const { visitor, email } = await somebody(own.store, app, "recruiter", programmeId);
    expect((await visitor.get(`${root}/recruitment`)).status).toBe(200);
    await own.store.db
      .updateTable("account_role")
      .set({ until_day: "2026-01-01" })
      .where(
        "account",
        "=",
        (await own.store.db.selectFrom("account").select("id").where("email", "=", email).executeTakeFirstOrThrow()).id,
      )
      .execute();
    expect((await visitor.get(`${root}/recruitment`)).status).toBe(404);
  });
});
