import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Faults } from "#domain";
import type { Study } from "#protocol";
import type { WorkforceOptions } from "#simulation";
import type { Progress } from "./progress.ts";
import { makeSimulated } from "./simulatedInputs.ts";

const home = mkdtempSync(join(tmpdir(), "assay-simulated-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const SMALL: WorkforceOptions = { seed: 3, teachers: 14_000 };
const studyOf = (workforce?: WorkforceOptions) =>
  (workforce === undefined ? {} : { simulation: { workforce } }) as unknown as Study;

/** How often a workforce was invented for a study. */
async function timesMade(folder: string, workforce?: WorkforceOptions): Promise<number> {
  let times = 0;
  const progress: Progress = {
    begin: () => {
      times++;
      return () => undefined;
    },
  };
  await makeSimulated(studyOf(workforce), folder, progress);
  return times;
}

describe("the invented inputs of a study", () => {
  const data = join(home, "data");
  const optionsMade = () => JSON.parse(readFileSync(join(data, "workforce", "truth.json"), "utf8")).options;

  test("are made once, and again only where the study asks for others, by what it leaves out too", async () => {
    expect(await timesMade(data, SMALL)).toBe(1);
    expect(optionsMade()).toMatchObject(SMALL);
    expect(await timesMade(data, SMALL)).toBe(0);
    expect(await timesMade(data, { ...SMALL, retentionEffect: 0.9 })).toBe(1);
    // The effect left out is the usual one, not the one of the files that stand there.
    expect(await timesMade(data, SMALL)).toBe(1);
    expect(optionsMade().retentionEffect).toBe(0.5);
  });

  test("are not asked for by a study that names none", async () => {
    expect(await timesMade(join(home, "none"))).toBe(0);
    expect(existsSync(join(home, "none"))).toBe(false);
  });

  test("never replace files that nobody simulated", async () => {
    const own = join(home, "own");
    mkdirSync(join(own, "workforce"), { recursive: true });
    writeFileSync(join(own, "workforce", "mi_schools.csv"), "urn\n");
    expect(await timesMade(own, SMALL)).toBe(0);
    expect(readFileSync(join(own, "workforce", "mi_schools.csv"), "utf8")).toBe("urn\n");
  });

  test("that were cut off half-way are made again", async () => {
    const half = join(home, "half");
    mkdirSync(join(half, "workforce"), { recursive: true });
    writeFileSync(join(half, "workforce", "mi_schools.csv"), "of another workforce");
    writeFileSync(join(half, "workforce", "census.parquet.part"), "half");
    expect(await timesMade(half, SMALL)).toBe(1);
    expect(existsSync(join(half, "workforce", "census.parquet.part"))).toBe(false);
    expect(await timesMade(half, SMALL)).toBe(0);
  });

  test("out of range are a fault in words, and nothing is written", async () => {
    await expect(timesMade(join(home, "bad"), { seed: 3, teachers: 14 })).rejects.toThrow(Faults);
    expect(existsSync(join(home, "bad"))).toBe(false);
  });
});
