import { type Fault, Faults, nearestName, readShortList, writeShortList } from "#domain";

/** What somebody decided about a row of the return and a person of the census. */
export interface Decision {
  /** The row, by the columns that name it. */
  readonly row: Readonly<Record<string, string>>;
  readonly identity: string;
  readonly decision: "same" | "different";
  readonly by: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly reason: string;
  readonly line: number;
}

const ABOUT = ["decision", "by", "date", "reason"] as const;

/** A quote that swallows the decisions after it. */
export const unclosedQuote = (file: string, line: number): Fault =>
  decisionFault(
    file,
    line,
    "A quote opened in this line never closes.",
    "Close it; a quote inside a quoted value is written twice.",
  );

/**
 * Reads a file of decisions: the columns that name a row of the return, the identity, decision, by, date, reason.
 * @param file  What the file is called, in faults.
 * @throws Faults  `link-decision`: every line that cannot be taken in, with what was found and what to do.
 */
export function readDecisions(
  text: string,
  file: string,
  { rowKey, identity }: { readonly rowKey: readonly string[]; readonly identity: string },
): readonly Decision[] {
  const { headers, records, unclosedAt } = readShortList(text);
  if (unclosedAt !== undefined) throw new Faults(file, [unclosedQuote(file, unclosedAt)]);
  if (headers.length === 0) return [];
  const wanted = [...rowKey, identity, ...ABOUT];
  const missing = wanted.filter((name) => !headers.includes(name.toLowerCase()));
  if (missing.length > 0) {
    const message = `${file} lacks ${missing.join(", ")}.`;
    throw new Faults(file, [decisionFault(file, 1, message, `Its columns are ${wanted.join(",")}.`)]);
  }
  const faults: Fault[] = [];
  const found = new Map<string, Decision>();
  const sameOf = new Map<string, Decision>();
  for (const { line, fields } of records) {
    const at = (name: string) => fields[name.toLowerCase()]!;
    const say = (message: string, suggestion: string) => faults.push(decisionFault(file, line, message, suggestion));
    const decision = at("decision").toLowerCase();
    if (decision !== "same" && decision !== "different") {
      const near = nearestName(decision, ["same", "different"]);
      say(
        `The decision is \`${at("decision")}\`.`,
        near === undefined ? "Write `same` or `different`." : `Write \`${near}\`.`,
      );
      continue;
    }
    if (at(identity) === "") {
      say(`No ${identity} is given.`, "Say which person of the census is meant, or remove the line.");
      continue;
    }
    if (at("by") === "") {
      say("Nobody is named who decided.", "Write a name in `by`.");
      continue;
    }
    const row = Object.fromEntries(rowKey.map((name) => [name, at(name)]));
    const own: Decision = {
      row,
      identity: at(identity),
      decision,
      by: at("by"),
      date: at("date"),
      reason: at("reason"),
      line,
    };
    const key = keyOfRow(row, rowKey);
    const pair = JSON.stringify([key, own.identity]);
    const before = found.get(pair);
    if (before !== undefined && before.decision !== decision) {
      say(`Line ${before.line} decides \`${before.decision}\` about the same pair.`, "Keep one of the two lines.");
    }
    const same = sameOf.get(key);
    if (decision === "same" && same !== undefined && same.identity !== own.identity) {
      say(
        `Line ${same.line} says that this row is ${same.identity}.`,
        "One row is one person: keep one of the two lines.",
      );
    }
    if (decision === "same") sameOf.set(key, own);
    found.set(pair, own);
  }
  if (faults.length > 0) throw new Faults(file, faults);
  return [...found.values()];
}

/** Decisions as the text of a file. */
export function writeDecisions(
  decisions: readonly Omit<Decision, "line">[],
  { rowKey, identity }: { readonly rowKey: readonly string[]; readonly identity: string },
): string {
  return writeShortList(
    [...rowKey, identity, ...ABOUT],
    decisions.map((one) => [
      ...rowKey.map((name) => one.row[name]!),
      one.identity,
      one.decision,
      one.by,
      one.date,
      one.reason,
    ]),
  );
}

/** One text for the columns that name a row. */
export const keyOfRow = (row: Readonly<Record<string, string>>, rowKey: readonly string[]): string =>
  JSON.stringify(rowKey.map((name) => row[name] ?? ""));

export function decisionFault(file: string, line: number, message: string, suggestion: string): Fault {
  return { code: "link-decision", severity: "fault", place: { file, line, column: 1 }, message, suggestion };
}
