import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { readCalls } from "./call.ts";
import { BadCase, computeCase, readCase } from "./case.ts";
import { compare } from "./compare.ts";
import { BadCsv, readCsv } from "./csv.ts";
import { BadSpec, Spec } from "./spec.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "assay-door-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const ROWS = "y,x,group\n1,0.5,a\n0,1.5,b\n1,2.5,a\n0,2,b\n1,1,b\n0,0.1,a\n1,3,a\n0,0.4,b\n";

describe("reading a case", () => {
  it("names an unknown kind, an unknown option and a missing one, never passing them over", () => {
    file("rows.csv", ROWS);
    const of = (spec: unknown) => () => computeCase(join(folder, "case.json"), { id: "x", input: "rows.csv", spec });
    expect(of({ kind: "magic" })).toThrow(/spec.kind "magic" is not known; known are/);
    const glm = { kind: "glm", family: "binomial", link: "logit", formula: "y ~ x" };
    expect(of({ ...glm, wieghts: "x" })).toThrow(/spec.wieghts: not known for kind "glm"/);
    expect(of({ ...glm, link: "cauchit" })).toThrow(/"binomial" with link "cauchit" is not known/);
    expect(of({ ...glm, formula: 3 })).toThrow(/spec.formula is 3; text is expected/);
    expect(of({ kind: "glm", family: "binomial" })).toThrow(/spec.formula is missing/);
    expect(of({ ...glm, formula: "y ~ log(x)" })).toThrow(/function "log" is not known/);
    expect(of({ ...glm, formula: "y ~ z" })).toThrow(/there is no variable "z"; there are y, x, group/);
    expect(of({ ...glm, cluster: 4 })).toThrow(/spec.cluster is 4/);
    expect(of("text")).toThrow(BadSpec);
    expect(of(glm)).not.toThrow();
  });

  it("is not misled by names that every object has", () => {
    file("names.csv", "y,toString,constructor\n1,2,a\n2,3,b\n4,5,a\n3,3,b\n");
    const of = (spec: unknown) => () => computeCase(join(folder, "case.json"), { id: "x", input: "names.csv", spec });
    expect(of({ kind: "constructor" })).toThrow(/spec.kind "constructor" is not known/);
    expect(of({ kind: "lm", formula: "y ~ toString + constructor" })).not.toThrow();
    expect(of({ kind: "lm", formula: "y ~ toString", levels: { constructor: "ab" } })).toThrow(
      /spec.levels.constructor/,
    );
    expect(of({ kind: "lm", formula: "constructor ~ toString" })).toThrow(
      /must be numbers; some of its cells are words/,
    );
  });

  it("says in words what the data cannot answer", () => {
    file("same.csv", "y,t\n1,1\n2,1\n3,1\n");
    const spec = { kind: "ame", family: "gaussian", formula: "y ~ t", treat: "t" };
    expect(computeCase(join(folder, "case.json"), { id: "x", input: "same.csv", spec })).toEqual({
      state: "not estimable",
      reason: '"t" was dropped: it is a combination of other columns',
    });
  });

  it("names the row of the file and its column", () => {
    file("holes.csv", "y,x,w\n1,,1\n0,2,1\n1,3,-2\n");
    const of = (more: object) => () =>
      computeCase(join(folder, "case.json"), {
        id: "x",
        input: "holes.csv",
        spec: { kind: "glm", family: "binomial", formula: "y ~ x", ...more },
      });
    expect(of({ weights: "w" })).toThrow(/row 3, column "w": weight -2; 0 or more is expected/);
    expect(of({ formula: "x ~ y" })).toThrow(/row 2, column "x": 2; a binomial outcome is a number from 0 to 1/);
  });

  it("says what is wrong with a file that is no case", () => {
    expect(() => readCase(file("broken.json", "{"))).toThrow(BadCase);
    expect(() => readCase(file("list.json", "[]"))).toThrow(/needs "id" and "spec"/);
    expect(() => readCase(file("null.json", "null"))).toThrow(/needs "id" and "spec"/);
    expect(() => readCase(join(folder, "nowhere.json"))).toThrow(/nowhere.json/);
    expect(() => readCase(file("path.json", '{"id": "../x", "spec": {}}'))).toThrow(/a name without/);
    expect(() => readCase(file("input.json", '{"id": "x", "input": 5, "spec": {}}'))).toThrow(/input is 5/);
  });

  it("reads the arguments of calls", () => {
    const [first, second] = readCalls("mdes.cra2(rho2=.12, J=50); power.cra2(es=.3, as the first)");
    expect(first.name).toBe("mdes.cra2");
    expect(Object.fromEntries(second.values)).toEqual({ es: 0.3, rho2: 0.12, J: 50 });
    expect(readCalls("power.cra2(two.tailed=FALSE)")[0].values.get("two.tailed")).toBe(0);
    expect(() => readCalls("mdes.cra2(rho2)")).toThrow(/"rho2" is no key=number/);
    expect(() => readCalls("something else")).toThrow(/no function with arguments/);
  });

  it("hands out every option once it is asked for", () => {
    const spec = new Spec({ kind: "k", a: 1, b: "text", c: true });
    expect(spec.number("a")).toBe(1);
    expect(spec.flag("c")).toBe(true);
    expect(() => spec.finish()).toThrow(/spec.b: not known/);
    expect(spec.choice("b", ["text", "other"])).toBe("text");
    expect(() => spec.finish()).not.toThrow();
    expect(() => spec.choice("b", ["other"])).toThrow(/spec.b is "text"; known are other/);
  });
});

describe("reading rows", () => {
  it("takes quoted cells for words, empty ones for gaps, and keeps commas, quotes, line breaks and accents", () => {
    const data = readCsv(file("odd.csv", '\uFEFF"näme","b c","n"\r\n"x, ""y""","1",2\r\n"two\nlines","",NA\r\n'));
    const words = data.get("näme")!;
    expect(words.kind === "factor" && words.levels).toEqual(["two\nlines", 'x, "y"']);
    const quoted = data.get("b c")!;
    expect(quoted.kind === "factor" && [...quoted.codes]).toEqual([0, -1]);
    const n = data.get("n")!;
    expect(n.kind === "number" && [...n.values]).toEqual([2, Number.NaN]);
  });

  it("says file, line, column and what was found", () => {
    expect(() => readCsv(file("short.csv", "a,b\n1,2\n3\n"))).toThrow(
      /short.csv, line 3: 1 cells where the header names 2/,
    );
    expect(() => readCsv(file("open.csv", 'a\n"x\n'))).toThrow(/line 2: a quote is opened and not closed/);
    expect(() => readCsv(file("empty.csv", ""))).toThrow(/empty.csv: the file is empty/);
    expect(() => readCsv(file("head.csv", "a,b\n"))).toThrow(/a header and no row/);
    expect(() => readCsv(file("twice.csv", "a,a\n1,2\n"))).toThrow(/two columns are called "a"/);
    writeFileSync(join(folder, "latin.csv"), Buffer.from("n\xe4me\n1\n", "latin1"));
    expect(() => readCsv(join(folder, "latin.csv"))).toThrow(/not UTF-8/);
    expect(() => readCsv(join(folder, "absent.csv"))).toThrow(/cannot be read/);
    const levels = () => readCsv(file("levels.csv", "g\na\nz\n"), new Map([["g", ["a", "b"]]]));
    expect(levels).toThrow(/row 2, column "g": "z" is none of the levels a, b/);
    expect(() => readCsv(file("levels.csv", "g\na\n"), new Map([["h", ["a"]]]))).toThrow(BadCsv);
  });
});

describe("comparing", () => {
  it("measures against the number expected, or a thousandth of the largest beside it", () => {
    expect(compare({ a: 1.01, b: 1000 }, { a: 1, b: 1000 }, 0.02).worstShare).toBeCloseTo(0.5, 10);
    expect(compare({ a: 1, b: 1 }, { a: 1, b: 99 }, { default: 1e-6, a: 0 }).worstPath).toBe("b");
    expect(compare({ a: 1e-4, b: 1 }, { a: 0, b: 1 }, 0.2).worstShare).toBeCloseTo(0.5, 10);
  });

  it("lets the deepest name govern, and a prefix of four letters or more", () => {
    const off = { one: { two: 1.1, twofold: 1.1 }, p: 1.1 };
    const right = { one: { two: 1, twofold: 1 }, p: 1 };
    expect(compare(off, right, { default: 0.2, one: 0.01, two: 1 }).worstPath).toBe("one.twofold");
    expect(compare({ ranefFirst: 1.1 }, { ranefFirst: 1 }, { default: 1e-9, ranef: 1 }).worstShare).toBeCloseTo(
      0.1,
      10,
    );
    expect(compare({ pq: 1.1 }, { pq: 1 }, { default: 1, p: 1e-9 }).worstShare).toBeCloseTo(0.1, 10);
    expect(compare({ a: "no number" }, { a: 1 }, { default: 1e-9, a: 1e9 }).faults).toEqual([]);
  });

  it("tells what is missing, undefined or of another kind", () => {
    const { faults } = compare({ b: 1, c: [1], d: 2 }, { a: 1, b: null, c: [1, 2], d: "two" }, 1);
    expect(faults).toEqual([
      "a: 1 is expected, found nothing",
      "b: not defined is expected, found 1",
      "c: 2 entries are expected, found 1",
      'd: "two" is expected, found 2',
    ]);
    expect(compare({ a: 1, more: 2 }, { a: 1 }, 0).faults).toEqual([]);
  });
});

describe("the command", () => {
  const run = (...args: readonly string[]) => {
    const tsx = join(ROOT, "node_modules", "tsx", "dist", "cli.mjs");
    return spawnSync(process.execPath, [tsx, "--conditions=source", join(ROOT, "reference", "main.ts"), ...args], {
      encoding: "utf8",
    });
  };

  it("does every case of a folder, writes each result, and exits 1 when one is out of tolerance or cannot be done", () => {
    const cases = mkdtempSync(join(folder, "cases-"));
    const out = join(folder, "out");
    writeFileSync(join(cases, "rows.csv"), ROWS);
    const spec = { kind: "lm", formula: "y ~ x" };
    const write = (id: string, content: object) =>
      writeFileSync(join(cases, `${id}.json`), JSON.stringify({ id, input: "rows.csv", ...content }));
    write("right", { spec, expect: { n: 8 }, tolerance: 0.1 });
    write("wrong", { spec, expect: { n: 80 }, tolerance: 0.1 });
    write("unknown", { spec: { kind: "magic" }, expect: {} });
    const { status, stdout } = run("--all", cases, "--out", out);
    expect(status).toBe(1);
    expect(stdout).toMatch(/ok {5}right {2}1 numbers/);
    expect(stdout).toMatch(/FAILED wrong {2}1 numbers, worst relative error 9.0e-1 at n/);
    expect(stdout).toMatch(/FAILED .*unknown.json {2}spec.kind "magic" is not known/);
    expect(stdout).toMatch(/1 of 3 cases within tolerance/);
    expect(JSON.parse(readFileSync(join(out, "right.json"), "utf8")).result.n).toBe(8);
    expect(existsSync(join(out, "unknown.json"))).toBe(false);
    const one = run(join(cases, "right.json"), "--input", cases);
    expect(one.status).toBe(0);
    expect(JSON.parse(one.stdout).id).toBe("right");
  });

  it("refuses what it does not understand", () => {
    expect(run("--all", join(folder, "nowhere")).status).toBe(2);
    expect(run("one.json", "two.json").stderr).toMatch(/one case or one folder is expected/);
  });
});
