import { describe, expect, test } from "vitest";
import { newId } from "#accounts";
import {
  addCohort,
  contactsOf,
  declineReasons,
  findSchool,
  funnelOf,
  listCohorts,
  type NewContact,
  previewRegister,
  recordContact,
  searchSchools,
  standingsOf,
  startProgramme,
  takeRegister,
  undoContact,
} from "#programme";
import { programmeWith, withAccount } from "../support/programmes.ts";
import { ENGINES, testStore } from "../support/stores.ts";

const HEAD = "URN,EstablishmentName,PhaseOfEducation (name),LA (name),Postcode";

const contact = (stage: string, on: string, more: Partial<NewContact> = {}): NewContact => ({
  stage,
  on,
  how: "phone",
  reasons: [],
  note: "",
  nextContact: "",
  ...more,
});

describe.each(ENGINES)("a programme on %s", (engine) => {
  test("gets a short name of its own, and says what is missing", async () => {
    await using own = await testStore(engine);
    const by = await withAccount(own.store);
    const start = (name: string) =>
      startProgramme(own.store, by, newId(), { name, provider: "A", funder: "B", aims: "" });
    const names = [await start("École & Friends"), await start("École & Friends")].map((one) =>
      "made" in one ? one.made.shortName : "",
    );
    expect(names).toEqual(["ecole-friends", "ecole-friends-2"]);
    expect(await start("  ")).toEqual({ faults: { name: "Enter the name of the programme" } });
    expect(await start("x".repeat(121))).toEqual({
      faults: { name: "The name of the programme must be 120 characters or fewer" },
    });
  });

  test("takes a cohort once, with days in order", async () => {
    await using own = await testStore(engine);
    const { by, programme, cohort } = await programmeWith(own.store);
    const days = { ...cohort, name: "Cohort 3", recruitUntil: "2025-12-31", deliveryFrom: "2026-02-30" };
    expect(await addCohort(own.store, by, programme.id, newId(), days)).toEqual({
      faults: {
        name: "There is a cohort Cohort 3 already",
        recruitUntil: "Recruiting must end on or after the day it begins",
        deliveryFrom: "Enter the day delivery begins as a real date, like 2026-09-01",
      },
    });
    expect(await listCohorts(own.store.db, programme.id)).toEqual([cohort]);
  });
});

describe.each(ENGINES)("the school register on %s", (engine) => {
  test("adds what is new, keeps old values beside what changed, and leaves out what cannot be read", async () => {
    await using own = await testStore(engine);
    const { by } = await programmeWith(own.store);
    const later = `${HEAD}
900101,Adder Lane Academy,Primary,Saltmarsh,SM1 1AA
900102,Ysgol Tŷ Gwyn,Primary,Saltmarsh,SM1 1AB
900104,Driftwood High,Secondary,Saltmarsh,
90010,Too Short,Primary,,
900104,Driftwood Again,Secondary,,
900105,,Primary,,
`;
    const seen = await previewRegister(own.store.db, later);
    if (seen.state !== "readable") throw new Error(seen.says);
    expect(seen.rows.map(({ fate, says }) => `${fate}: ${says}`)).toEqual([
      "changed: name: Adder Lane Primary → Adder Lane Academy",
      "same: is the same",
      "new: will be added",
      'unreadable: "90010" is not a URN: six digits are expected',
      "unreadable: 900104 is in line 4 already",
      "unreadable: the school has no name",
    ]);
    const taken = await takeRegister(own.store, by, { text: later, file: "later.csv", asAt: "2026-11-01", newId });
    expect(taken).toEqual({ added: 1, changed: 1 });
    const school = await findSchool(own.store.db, "900101");
    expect(school!.facts.name).toEqual({
      value: "Adder Lane Academy",
      trueFrom: "2026-11-01",
      source: "register of 2026-11-01, later.csv",
    });
    const names = await own.store.db
      .selectFrom("school_fact")
      .select("value")
      .where("school", "=", school!.id)
      .where("field", "=", "name")
      .execute();
    expect(names).toHaveLength(2);
    expect(await takeRegister(own.store, by, { text: later, file: "later.csv", asAt: "2026-11-01", newId })).toEqual({
      added: 0,
      changed: 0,
    });
  });

  test.each([
    ["", "The file is empty."],
    [`${HEAD}\n`, "The file has headings but no rows."],
    ["Name,Town\nA,B\n", "We could not find the column URN or EstablishmentName. The file has name, town."],
  ])("says why %j is none", async (text, says) => {
    await using own = await testStore(engine);
    expect(await previewRegister(own.store.db, text)).toMatchObject({
      state: "not a register",
      says: expect.stringContaining(says),
    });
  });

  test("is searched without case or accents, and by number", async () => {
    await using own = await testStore(engine);
    await programmeWith(own.store);
    const find = async (words: string) =>
      (await searchSchools(own.store.db, { words, page: 1, size: 50 })).schools.map(({ urns }) => urns[0]);
    expect(await find("ty gwyn")).toEqual(["900102"]);
    expect(await find("900103")).toEqual(["900103"]);
    expect(await find("")).toEqual(["900101", "900103", "900102"]);
    expect(await find("%")).toEqual([]);
  });
});

describe.each(ENGINES)("the pipeline on %s", (engine) => {
  test("stands where the latest contact left it, and goes back when that is undone", async () => {
    await using own = await testStore(engine);
    const { store } = own;
    const { by, cohort } = await programmeWith(store);
    const school = (await findSchool(store.db, "900101"))!.id;
    const record = async (given: NewContact) => {
      const answer = await recordContact(store, by, { school, cohort, id: newId() }, given);
      if ("faults" in answer) throw new Error(JSON.stringify(answer.faults));
      return answer.made.id;
    };
    const first = await record(contact("approached", "2026-02-01", { nextContact: "2026-02-08" }));
    const second = await record(
      contact("declined", "2026-02-08", { reasons: ["time", "finance"], note: "not this year" }),
    );
    const standing = async () => standingsOf(await contactsOf(store.db, cohort.id, school));
    expect(await standing()).toMatchObject([{ stage: "declined", since: "2026-02-08" }]);
    expect([...declineReasons(await contactsOf(store.db, cohort.id))]).toEqual([
      ["time", 1],
      ["finance", 1],
    ]);
    expect(await undoContact(store, by, first)).toBe("Another contact was recorded after it. Undo that one first.");
    const other = await withAccount(store);
    expect(await undoContact(store, other, second)).toBe("Only who recorded a contact can undo it.");
    expect(await undoContact(store, by, second)).toBeUndefined();
    expect(await standing()).toMatchObject([{ stage: "approached", nextContact: "2026-02-08" }]);
    expect(await undoContact(store, by, second)).toBe("This contact was undone already.");
    // Both stay readable.
    expect(await contactsOf(store.db, cohort.id, school)).toHaveLength(2);
    await store.db.updateTable("pipeline_event").set({ recorded_at: "2020-01-01T00:00:00.000Z" }).execute();
    expect(await undoContact(store, by, first)).toContain("for 7 days");
  });

  test("counts how far schools came, whatever they said afterwards", async () => {
    await using own = await testStore(engine);
    const { store } = own;
    const { by, cohort } = await programmeWith(store);
    const record = async (urn: string, given: NewContact) =>
      recordContact(store, by, { school: (await findSchool(store.db, urn))!.id, cohort, id: newId() }, given);
    await record("900101", contact("interested", "2026-02-01"));
    await record("900101", contact("declined", "2026-02-02", { reasons: ["other"] }));
    await record("900102", contact("meeting", "2026-02-01"));
    await record("900103", contact("declined", "2026-02-01", { reasons: ["other"] }));
    expect(funnelOf(await contactsOf(store.db, cohort.id))).toEqual([
      { stage: "approached", schools: 3, of: 3 },
      { stage: "meeting", schools: 2, of: 3 },
      { stage: "interested", schools: 1, of: 2 },
    ]);
  });

  test.each<[string, Partial<NewContact>, Record<string, string>]>([
    [
      "a day that does not exist",
      { on: "2026-02-30" },
      { on: "Enter the date of contact as a real date, like 2026-11-05" },
    ],
    ["a day to come", { on: "2099-01-01" }, { on: "Date of contact must be today or in the past" }],
    ["no stage", { stage: "" }, { stage: "Choose where the school stands now" }],
    ["a stage only the agreement writes", { stage: "signed" }, { stage: "Choose where the school stands now" }],
    ["a refusal without a reason", { stage: "declined" }, { reasons: "Select why the school said no" }],
    ["a reason nobody offered", { reasons: ["x"] }, { reasons: "Choose reasons from the list" }],
    [
      "a next contact before this one",
      { nextContact: "2026-02-01" },
      { nextContact: "Next contact must be after the date of contact" },
    ],
    [
      "a note of 2,001 letters",
      { note: "é".repeat(2001) },
      { note: "What was said must be 2,000 characters or fewer" },
    ],
    ["nothing of how", { how: "" }, { how: "Choose how you were in contact" }],
  ])("refuses %s, and records nothing", async (_, changed, faults) => {
    await using own = await testStore(engine);
    const { by, cohort } = await programmeWith(own.store);
    const school = (await findSchool(own.store.db, "900101"))!.id;
    const given = { ...contact("meeting", "2026-02-01"), ...changed };
    expect(await recordContact(own.store, by, { school, cohort, id: newId() }, given)).toEqual({ faults });
    expect(await contactsOf(own.store.db, cohort.id)).toEqual([]);
  });
});
