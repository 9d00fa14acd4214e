import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Identity, whySamePerson } from "./samePerson.ts";
import { statusOn } from "./status.ts";

const START = "2025-09-01";
const days = (startsOn: string, endsOn?: string, completedOn?: string) => ({ startsOn, endsOn, completedOn });

describe("a status", () => {
  test.each([
    ["nominated", "2025-08-31", days("2025-09-01")],
    ["startNotCompleted", "2025-09-01", days("2025-09-01")],
    ["laterNotCompleted", "2026-01-01", days("2025-09-02")],
    ["startCompleted", "2026-07-31", days("2025-09-01", undefined, "2026-07-31")],
    ["startNotCompleted", "2026-07-30", days("2025-09-01", undefined, "2026-07-31")],
    ["laterCompleted", "2026-08-01", days("2026-01-01", undefined, "2026-07-31")],
    ["droppedOut", "2026-01-01", days("2025-09-01", "2026-01-01")],
    ["startNotCompleted", "2025-12-31", days("2025-09-01", "2026-01-01")],
    ["neverStarted", "2025-08-15", days("2025-09-01", "2025-08-15")],
    ["nominated", "2025-08-14", days("2025-09-01", "2025-08-15")],
    // Who came on the first day and left on it has started.
    ["droppedOut", "2025-09-01", days("2025-09-01", "2025-09-01")],
  ])("is %s on %s", (status, day, own) => {
    expect(statusOn(day, own, START)).toBe(status);
  });

  test("changes at most twice as days go by: started, then ended or completed", () => {
    const day = fc
      .date({ min: new Date("2025-01-01"), max: new Date("2027-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(
        day,
        fc.option(day, { nil: undefined }),
        fc.array(day, { minLength: 5 }),
        (startsOn, endsOn, list) => {
          const seen = [...list]
            .sort((a, b) => (a < b ? -1 : 1))
            .map((on) => statusOn(on, days(startsOn, endsOn), START));
          expect(seen.filter((one, i) => i > 0 && one !== seen[i - 1]).length).toBeLessThanOrEqual(2);
        },
      ),
    );
  });
});

const ann: Identity = { givenName: "Katherine", familyName: "Marl", email: "", trn: "", birthDate: "" };

describe("two entries", () => {
  test.each<[string | undefined, Partial<Identity>, Partial<Identity>, boolean]>([
    ["the same teacher number", { trn: "9900001" }, { trn: "9900001", givenName: "X", familyName: "Y" }, false],
    [undefined, { trn: "9900001", birthDate: "1980-01-02" }, { trn: "9900002", birthDate: "1980-01-02" }, true],
    [
      "the same birth date and family name",
      { birthDate: "1980-01-02" },
      { birthDate: "1980-01-02", givenName: "Zoë" },
      false,
    ],
    [
      "the same birth date and given name",
      { birthDate: "1980-01-02" },
      { birthDate: "1980-01-02", familyName: "Flint" },
      false,
    ],
    [undefined, { birthDate: "1980-01-02" }, { birthDate: "1980-01-02", givenName: "Zoë", familyName: "Flint" }, true],
    ["the same e-mail address", { email: "k@x.invalid" }, { email: "K@X.invalid", familyName: "Flint" }, false],
    ["the same name at the same school", {}, { givenName: "Kath", familyName: "MARL" }, true],
    [undefined, {}, {}, false],
    [undefined, { birthDate: "1980-01-02" }, { birthDate: "1981-01-02" }, true],
  ])("are %s", (why, a, b, isSameSchool) => {
    expect(whySamePerson({ ...ann, ...a }, { ...ann, ...b }, isSameSchool)).toBe(why);
  });

  test("are alike in both directions", () => {
    const some = <T>(...values: T[]) => fc.constantFrom(...values);
    const identity = fc.record({
      givenName: some("Kate", "Katherine", "Zoë"),
      familyName: some("Marl", "O'Flint", "O Flint"),
      email: some("", "k@x.invalid", "z@x.invalid"),
      trn: some("", "9900001", "9900002"),
      birthDate: some("", "1980-01-02", "1981-01-02"),
    });
    fc.assert(
      fc.property(identity, identity, fc.boolean(), (a, b, isSameSchool) => {
        expect(whySamePerson(a, b, isSameSchool)).toBe(whySamePerson(b, a, isSameSchool));
      }),
    );
  });
});
