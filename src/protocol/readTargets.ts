import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { type DeclaredTarget, Faults, type ReturnYardsticks, type StatedCount, type StatedShares } from "#domain";
import { FaultList } from "./faultList.ts";
import { placeAt } from "./item.ts";
import { date, keyed, listOf, mapping, named, number, oneOf, text, whole } from "./kinds.ts";
import { present } from "./reading.ts";
import { validate } from "./validate.ts";
import { readYaml } from "./yamlDoor.ts";

const words = (says: string) => listOf(says, text("a name"));

const statedValue = mapping("a value that was stated", {
  value: number("the number"),
  stated: date("the day of the paper it stands in").optional(),
  source: text("where it stands"),
  because: text("why it was changed").optional(),
});

const target = mapping("a target", {
  group: oneOf("which group it belongs to", ["geography", "school", "participant"]),
  what: text("what is to be reached, in words"),
  measure: oneOf("what is counted", ["schools", "participants", "priorityAreaPercent", "statement"]),
  cohorts: words("only these cohorts").optional(),
  projects: words("only these projects").optional(),
  roles: words("only these role levels").optional(),
  values: listOf("every value it was given", statedValue).optional(),
});

const shares = mapping("national shares", {
  by: text("of which breakdown"),
  of: oneOf("of whom", ["schools", "participants"]),
  source: text("the publication they come from"),
  percent: keyed("each level and its percent", number("a percent")),
});

const counts = {
  schools: whole("how many schools").optional(),
  participants: whole("how many people").optional(),
};

const statedCount = mapping("a count somebody else arrived at", {
  source: text("who counted"),
  scope: text("what it covers").optional(),
  cohorts: words("only these cohorts").optional(),
  projects: words("only these projects").optional(),
  snapshot: date("the day it was taken").optional(),
  ...counts,
  parts: listOf(
    "the counts it was added up from",
    mapping("a part", { scope: text("what it covers"), ...counts }),
  ).optional(),
});

const yardsticks = mapping("what a return is held against", {
  programme: text("the name of the programme"),
  from: date("its first day").optional(),
  snapshot: date("the day the return describes").optional(),
  scope: text("what the return covers, in words").optional(),
  targets: named("targets by name", target).optional(),
  national: listOf("national shares typed in", shares).optional(),
  counts: named("counts of others by name", statedCount).optional(),
});

/**
 * Reads what a return is held against: targets with every value they were given, national shares, other people's counts.
 * @throws Faults  everything that is wrong with the file, each with its line.
 */
export function readTargets(path: string): ReturnYardsticks {
  return readTargetsText(readText(path), basename(path));
}

/** Reads the text of a targets file as if it stood in `file`. */
export function readTargetsText(written: string, file: string): ReturnYardsticks {
  const faults = new FaultList();
  const item = readYaml(written, file, { by: "declared" }, faults);
  const valid = item === undefined ? undefined : validate(item, yardsticks, faults);
  const found = faults.sorted("fault");
  if (item === undefined || valid === undefined || found.length > 0) throw new Faults(file, found);
  const { programme, from, snapshot, scope, targets = {}, national = [], counts: others = {} } = valid.value;
  const read = Object.entries(targets).map(([id, { values = [], ...rest }]): DeclaredTarget => {
    if (values.length === 0 && rest.measure !== "statement")
      faults.add(
        "required-key",
        placeAt(item, ["targets", id]),
        `Target ${id} has no value.`,
        "Add `values: [{ value: …, source: … }]`, or say `measure: statement`.",
      );
    return {
      id,
      ...present(rest),
      values: values.map((value, i) => ({ ...present(value), place: placeAt(item, ["targets", id, "values", i]) })),
    };
  });
  const counted = Object.entries(others).map(([id, { parts = [], ...rest }]): StatedCount => {
    for (const what of ["schools", "participants"] as const) {
      const stated = parts.filter((part) => part[what] !== undefined);
      const sum = stated.reduce((total, part) => total + part[what]!, 0);
      if (stated.length > 0 && stated.length === parts.length && rest[what] !== undefined && rest[what] !== sum)
        faults.add(
          "counts-differ",
          placeAt(item, ["counts", id, what]),
          `${id} says ${rest[what]} ${what}, and its parts come to ${sum}.`,
          "Correct one of them, or leave the total out.",
        );
    }
    return { id, ...present(rest), parts: parts.map((part) => present(part)) };
  });
  const late = faults.sorted("fault");
  if (late.length > 0) throw new Faults(file, late);
  return {
    programme,
    ...present({ from, snapshot, scope }),
    targets: read,
    national: national satisfies readonly StatedShares[],
    counts: counted,
  };
}

function readText(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(resolve(path)));
  } catch (problem) {
    const isThere = problem instanceof TypeError;
    throw new Faults(path, [
      {
        code: isThere ? "not-yaml" : "file-missing",
        severity: "fault",
        message: isThere ? `${path} is not UTF-8.` : `There is no file ${path} that can be read.`,
        suggestion: isThere ? "Save it as UTF-8." : "Check the path after --targets.",
      },
    ]);
  }
}
