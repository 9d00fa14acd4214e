import { beforeAll, describe, expect, it } from "vitest";
import { Faults } from "#domain";
import { IDENTITY_FAULTS } from "./identityFaults.ts";
import { inventWorkforce, type Workforce } from "./inventWorkforce.ts";
import { type ReturnedRow, simulateWorkforceReturns } from "./simulateReturns.ts";

let workforce: Workforce;
let rows: readonly ReturnedRow[];

beforeAll(async () => {
  workforce = await inventWorkforce({ seed: 6, teachers: 20_000 });
  rows = simulateWorkforceReturns(workforce, { seed: 1 }).flat();
}, 60_000);

const share = (is: (row: ReturnedRow) => boolean) => rows.filter(is).length / rows.length;

describe("further returns", () => {
  it("are twenty of 400, the same for the same seed", () => {
    const again = simulateWorkforceReturns(workforce, { seed: 1 });
    expect(again.map((one) => one.length)).toEqual(Array.from({ length: 20 }, () => 400));
    expect(again.flat()).toEqual(rows);
    expect(simulateWorkforceReturns(workforce, { seed: 2 }).flat()).not.toEqual(rows);
    for (const one of again) expect(new Set(one.map(({ row }) => row.mi_row)).size).toBe(400);
  });

  it("name nobody twice in one return, and 3% who are in no census", () => {
    for (const one of simulateWorkforceReturns(workforce, { seed: 3, returns: 3 })) {
      const ids = one.map(({ personId }) => personId).filter((id) => id !== "absent");
      expect(new Set(ids).size).toBe(ids.length);
    }
    // 8,000 rows: a standard deviation of .0019.
    expect(Math.abs(share(({ personId }) => personId === "absent") - 0.03)).toBeLessThan(0.008);
  });

  // Standard deviations of about .0025: four of them.
  it("have each field wrong in 5% of rows and two more in 2%, so a fifth have a fault", () => {
    for (const field of Object.keys(IDENTITY_FAULTS))
      expect(
        Math.abs(share(({ faults }) => faults.some((fault) => fault.startsWith(`${field}:`))) - 0.06),
      ).toBeLessThan(0.011);
    const none = 0.95 ** 4 * 0.98;
    expect(Math.abs(share(({ faults }) => faults.length > 0) - (1 - none))).toBeLessThan(0.018);
  });

  it("hold every kind of fault", () => {
    const found = new Set(rows.flatMap(({ faults }) => faults));
    for (const [field, kinds] of Object.entries(IDENTITY_FAULTS))
      for (const kind of kinds) expect(found, `${field}:${kind}`).toContain(`${field}:${kind}`);
  });

  it("write dates in five styles, and names in capitals, without accents, with spaces too many", () => {
    const dates = rows.map(({ row }) => row.birth_date);
    for (const style of [
      /^\d{2}\/\d{2}\/\d{4}$/,
      /^\d{1,2}\.\d{1,2}\.\d{2}$/,
      /^\d{4}-\d{2}-\d{2}$/,
      /^\d{1,2} [A-Z][a-z]+ \d{4}$/,
      /^\d{1,2}-[A-Z][a-z]{2}-\d{2}$/,
    ])
      expect(dates.filter((date) => style.test(date)).length, String(style)).toBeGreaterThan(100);
    const names = rows.map(({ row }) => row.surname);
    for (const style of [/^[A-Z]{4,}$/, /^[a-z]+$/, / {2}/, /-/, /[éèâôë]/, /'/])
      expect(names.filter((name) => style.test(name)).length, String(style)).toBeGreaterThan(3);
    for (const { row } of rows) {
      expect(row.surname).toBe(row.surname.trim());
      expect(row.trn).toMatch(/^(\d{7})?$/);
    }
    expect(new Set(rows.map(({ row }) => row.role_text)).size).toBeGreaterThan(50);
  });

  it("are as the census has it where there is no fault", () => {
    const { identities, people } = workforce;
    const clean = rows.filter(({ faults, personId }) => faults.length === 0 && personId !== "absent");
    const numbers = new Set(
      Array.from({ length: people.count }, (_, slot) => String(identities.teacherNumber(people.key[slot]!))),
    );
    expect(clean.length).toBeGreaterThan(6000);
    for (const { row } of clean) expect(numbers.has(row.trn)).toBe(true);
    expect(numbers.size).toBe(people.count);
  });

  it("cannot name more people than there are", () => {
    expect(() => simulateWorkforceReturns(workforce, { seed: 1, people: 1_000_000 })).toThrow(Faults);
  });
});
