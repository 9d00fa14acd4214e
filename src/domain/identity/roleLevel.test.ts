import { describe, expect, test } from "vitest";
import { roleDictionary } from "#standards";
import { readRoleRules, roleLevel } from "./index.ts";

const shipped = readRoleRules(roleDictionary().text, "assay/roles@1");
const rules = shipped.rules;

describe("a job title", () => {
  test("every line of the shipped dictionary can be read", () => {
    expect(shipped.faults).toEqual([]);
  });

  test.each([
    ["Headteacher", "headteacher"],
    ["Head Teacher (acting)", "headteacher"],
    ["Deputy Headteacher", "senior leader"],
    ["Assistant Head Teacher & SENCo", "senior leader"],
    ["Vice-Principal", "senior leader"],
    ["Head of Year 9", "middle leader"],
    ["Deputy Head of Year", "middle leader"],
    ["Maths Lead", "middle leader"],
    ["Key Stage 2 Co-ordinator", "middle leader"],
    ["Teacher of English", "classroom teacher"],
    ["Year 4 teacher", "classroom teacher"],
    ["NQT", "classroom teacher"],
    ["Higher Level Teaching Assistant", "non-teaching staff"],
    ["School Business Manager", "non-teaching staff"],
    ["Ambassador of joy", "unknown"],
    ["", "unknown"],
  ])("%s: %s", (title, level) => {
    expect(roleLevel(title, [rules]).level).toBe(level);
  });

  test("says which rule decided, and the study's own rules come first", () => {
    const own = readRoleRules(
      "how,text,level\nhas,ambassador,senior leader\nis,headteacher,senior leader\n",
      "linkage/roles.csv",
    );
    expect(roleLevel("Ambassador of joy", [own.rules, rules])).toMatchObject({
      level: "senior leader",
      rule: { source: "linkage/roles.csv:2" },
    });
    expect(roleLevel("HEADTEACHER", [own.rules, rules]).level).toBe("senior leader");
    expect(roleLevel("Headteacher", [rules]).rule?.source).toMatch(/^assay\/roles@1:\d+$/);
  });

  test("names each line of a dictionary that cannot be read", () => {
    const { faults } = readRoleRules(
      "how,text,level\nlike,head,headteacher\nis,,headteacher\nis,head,headteecher\n",
      "roles.csv",
    );
    expect(faults.map(({ place, message }) => [place?.line, message])).toEqual([
      [2, "`how` is `is` or `has`; read `like`."],
      [3, "`text` is empty."],
      [4, "`headteecher` is not a level."],
    ]);
    expect(readRoleRules("title,level\n", "roles.csv").faults[0]?.message).toContain("how, text and level");
  });
});
