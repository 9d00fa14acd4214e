import { describe, expect, test } from "vitest";
import { newId } from "#accounts";
import {
  addParticipant,
  endParticipation,
  findSchool,
  freePlaces,
  type NewParticipant,
  participationsOf,
  undoEnd,
} from "#programme";
import { verifyAudit } from "#store";
import { programmeWith } from "../support/programmes.ts";
import { ENGINES, testStore } from "../support/stores.ts";

const KATE: NewParticipant = {
  givenName: "Katherine",
  familyName: "Marl",
  email: "k.marl@example.invalid",
  phone: "",
  trn: "9900012",
  birthDate: "1980-02-01",
  jobTitle: "Deputy head",
  startsOn: "2026-09-01",
  replaces: "",
};

describe.each(ENGINES)("people on %s", (engine) => {
  test("are added once: who may be on record is asked about, and decided", async () => {
    await using own = await testStore(engine);
    const { store } = own;
    const { by, cohort } = await programmeWith(store);
    const school = (await findSchool(store.db, "900101"))!.id;
    const other = (await findSchool(store.db, "900102"))!.id;
    const add = (
      given: Partial<NewParticipant>,
      at = school,
      decision: Parameters<typeof addParticipant>[2]["decision"] = "undecided",
    ) => addParticipant(store, by, { cohort, school: at, decision, newId }, { ...KATE, ...given });

    const first = await add({});
    if (!("made" in first)) throw new Error(JSON.stringify(first));
    const twin = { givenName: "Catherine", trn: "", email: "", birthDate: "1980-02-01" };
    const asked = await add(twin, other);
    expect(asked).toMatchObject({
      candidates: [{ why: "the same birth date and family name", person: { id: first.made } }],
    });
    expect(await participationsOf(store.db, cohort)).toHaveLength(1);
    expect(await add(twin, other, { person: first.made })).toEqual({
      faults: { givenName: "Katherine Marl takes part in Cohort 3 already" },
    });
    // Somebody who was not offered cannot be chosen.
    expect(await add({ ...twin, birthDate: "" }, other, { person: first.made })).toEqual({ candidates: [] });
    expect(await add(twin, other, "new")).toHaveProperty("made");
    expect((await participationsOf(store.db, cohort)).map(({ person }) => person.givenName)).toEqual([
      "Catherine",
      "Katherine",
    ]);
    expect((await verifyAudit(store.db)).brokenAt).toBeUndefined();
  });

  test("leave with a reason, come back, and are replaced", async () => {
    await using own = await testStore(engine);
    const { store } = own;
    const { by, cohort } = await programmeWith(store);
    const school = (await findSchool(store.db, "900101"))!.id;
    const add = (given: Partial<NewParticipant>) =>
      addParticipant(store, by, { cohort, school, decision: "undecided", newId }, { ...KATE, ...given });
    await add({});
    const found = async (name: string) =>
      (await participationsOf(store.db, cohort, { day: "2099-12-31" })).find(
        ({ person }) => person.givenName === name,
      )!;
    const leave = async (endsOn: string, reason: string) =>
      endParticipation(store, by, { participation: await found("Katherine"), id: newId() }, { endsOn, reason });
    expect(await leave("soon", "bored")).toEqual({
      faults: { endsOn: "Enter the day they leave, like 2026-11-05", reason: "Choose why they leave" },
    });
    await leave("2099-04-01", "newSchool");
    expect(await leave("2099-05-01", "newSchool")).toEqual({ faults: { endsOn: "They have left already" } });
    expect(await found("Katherine")).toMatchObject({ status: "droppedOut", end: { reason: "newSchool" } });
    expect(await undoEnd(store, by, await found("Katherine"))).toBeUndefined();
    expect((await found("Katherine")).status).toBe("startNotCompleted");
    await leave("2026-08-01", "withdrew");
    expect((await found("Katherine")).status).toBe("neverStarted");
    const [place] = await freePlaces(store.db, cohort, school);
    const hana = { givenName: "Hana", familyName: "Halite", email: "", trn: "", birthDate: "" };
    expect(await add({ ...hana, replaces: place!.id })).toHaveProperty("made");
    expect(await freePlaces(store.db, cohort, school)).toEqual([]);
    expect(await add({ ...hana, givenName: "Otis", replaces: place!.id })).toEqual({
      faults: { replaces: "Choose somebody of this school who has left and was not replaced" },
    });
    expect(await undoEnd(store, by, await found("Katherine"))).toContain("Somebody has taken their place");
  });

  test.each<[string, Partial<NewParticipant>, Record<string, string>]>([
    [
      "no name",
      { givenName: " ", familyName: "" },
      { givenName: "Enter their given name", familyName: "Enter their family name" },
    ],
    [
      "a number of nine digits",
      { trn: "123456789" },
      { trn: "Teacher number must be seven digits: 123456789 has 9 digits where a teacher number has 7" },
    ],
    ["a birth date of a child", { birthDate: "2021-01-01" }, { birthDate: "Birth date must be at least 16 years ago" }],
    [
      "29 February of no leap year",
      { birthDate: "1981-02-29" },
      { birthDate: "Enter their birth date as a real date, or leave it empty" },
    ],
    [
      "an address without an at",
      { email: "kate" },
      { email: "Enter their e-mail address, like name@example.org, or leave it empty" },
    ],
    ["no day of starting", { startsOn: "" }, { startsOn: "Enter the day they start, like 2026-11-05" }],
  ])("are refused with %s, and nothing is written", async (_, given, faults) => {
    await using own = await testStore(engine);
    const { by, cohort } = await programmeWith(own.store);
    const school = (await findSchool(own.store.db, "900101"))!.id;
    const answer = await addParticipant(
      own.store,
      by,
      { cohort, school, decision: "undecided", newId },
      { ...KATE, ...given },
    );
    expect(answer).toEqual({ faults });
    expect(await participationsOf(own.store.db, cohort)).toEqual([]);
  });

  test("keep a number that lost its first nought, as a spreadsheet takes it", async () => {
    await using own = await testStore(engine);
    const { by, cohort } = await programmeWith(own.store);
    const school = (await findSchool(own.store.db, "900101"))!.id;
    await addParticipant(own.store, by, { cohort, school, decision: "undecided", newId }, { ...KATE, trn: "990001" });
    expect((await participationsOf(own.store.db, cohort))[0]!.person.trn).toBe("0990001");
  });
});
