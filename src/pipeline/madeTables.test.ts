import { describe, expect, test } from "vitest";
import { BASELINE_YEAR } from "#protocol";
import { MadeTables, readsInKey } from "./madeTables.ts";

describe("what designs share", () => {
  test("is made once for the same key, and anew where anything in it differs", async () => {
    const made = new MadeTables();
    let times = 0;
    const ask = (year: number, what = "rates") => made.once(what, ["schools", year], async () => `${++times}: ${year}`);

    expect(await Promise.all([ask(2017), ask(2017), ask(2018), ask(2017, "roster")])).toEqual([
      "1: 2017",
      "1: 2017",
      "2: 2018",
      "3: 2017",
    ]);
  });

  test("a fault met while making it is met by everyone who asks", async () => {
    const made = new MadeTables();
    const ask = () => made.once("unit", [], () => Promise.reject(new Error("no such file")));
    await expect(ask()).rejects.toThrow("no such file");
    await expect(ask()).rejects.toThrow("no such file");
  });

  test("neither the order nor the number of reads matters, moments do, and the baseline year is read of no file", () => {
    const role = { name: "role", moment: undefined };
    const age = { name: "age", moment: undefined };
    const later = { name: "age", moment: { year: 2018 } };
    expect(readsInKey([role, age, role])).toEqual(readsInKey([age, role, { name: BASELINE_YEAR, moment: undefined }]));
    expect(readsInKey([age])).not.toEqual(readsInKey([later]));
  });
});
