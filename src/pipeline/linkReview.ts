import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { type Fault, Faults, nearestName, readShortList, writeShortList } from "#domain";
import {
  cellText,
  type Decision,
  type LinkRecord,
  linkColumns,
  type PeopleRecord,
  pairName,
  readDecisions,
  unclosedQuote,
  writeDecisions,
} from "#linkage";
import { type PeopleLinkage, readStudy, type Study } from "#protocol";
import { type Inputs, openInputs } from "./openInputs.ts";
import { OutputFolder } from "./outputFolder.ts";
import { silent } from "./progress.ts";
import { registrationFolder } from "./registration/records.ts";
import { type StepOptions, studyFile } from "./steps.ts";
import { writeFile } from "./writing.ts";

/** What linkage did, and the list of pairs somebody must look at. */
export interface LinkReview {
  readonly records: readonly LinkRecord[];
  /** Review lists written, below the study folder. */
  readonly files: readonly string[];
  /** Decisions taken in from a list. */
  readonly taken: number;
  /** The study is registered: decisions change it, and need an amendment. */
  readonly isRegistered: boolean;
}

/** Who decides, and on which day (YYYY-MM-DD). */
export interface Decider {
  readonly by: string;
  readonly date: string;
}

/**
 * Links people and schools and writes what awaits a decision to `linkage/review.csv`. What somebody has already entered in
 * that list is kept.
 * @param read  A list with decisions to take in first.
 * @throws Faults  `link-decision`: lines that cannot be taken in; then nothing is changed.
 */
export async function linkReview(options: StepOptions, decider: Decider, read?: string): Promise<LinkReview> {
  const study = linkedStudy(options);
  const taken = read === undefined ? 0 : await readReview(options, study, read, decider);
  const now = taken === 0 ? study : linkedStudy(options);
  return await linking(options, now, async (inputs) => {
    const { records } = await inputs.linked();
    const files = records.flatMap((record) => (record.kind === "people" ? [writeReview(now, record)] : []));
    return { records, files, taken, isRegistered: isRegistered(now) };
  });
}

/**
 * Records one decision.
 * @param pair  `key=identity`, as the review list calls it; any row and any person may be named.
 */
export async function decideLink(
  options: StepOptions,
  pair: string,
  decision: "same" | "different",
  decider: Decider & { readonly reason: string },
): Promise<{ readonly file: string; readonly isRegistered: boolean }> {
  const study = linkedStudy(options);
  return await linking(options, study, async (inputs) => {
    const at = pair.lastIndexOf("=");
    const [key, identity] = [pair.slice(0, Math.max(0, at)), pair.slice(at + 1)];
    const keys: string[] = [];
    for (const linkage of peopleOf(study)) {
      const rows = await rowsByPair(inputs, linkage);
      keys.push(...rows.keys());
      const row = rows.get(key);
      if (row === undefined) continue;
      if (!(await identitiesOf(inputs, linkage)).has(identity)) {
        throw unknownPair(`${linkage.to} holds nobody with ${linkage.identity} ${identity}.`, undefined);
      }
      append(study, linkage, [{ row, identity, decision, ...decider }]);
      return { file: linkage.decisions.file, isRegistered: isRegistered(study) };
    }
    throw unknownPair(
      `${pair} names no row of a return: a pair is written \`row=person\`.`,
      nearestName(key, keys.slice(0, MOST_COMPARED)),
    );
  });
}

/** Rows a mistyped one is compared with. */
const MOST_COMPARED = 2000;

function unknownPair(message: string, nearest: string | undefined): Faults {
  const suggestion = `${nearest === undefined ? "" : `Nearest row: \`${nearest}\`. `}\`assay link review\` lists the pairs.`;
  return new Faults("linkage", [{ code: "unknown-pair", severity: "fault", message, suggestion }]);
}

const peopleOf = (study: Study): readonly PeopleLinkage[] =>
  [...study.linkage.values()].filter((linkage) => linkage.kind === "people");

function linkedStudy(options: StepOptions): Study {
  const study = readStudy(studyFile(options.study));
  if (study.linkage.size > 0) return study;
  throw new Faults(study.file, [
    {
      code: "nothing-to-link",
      severity: "fault",
      place: { file: study.file, line: 1, column: 1 },
      message: "The study has no `linkage` section.",
      suggestion: "Add one: `linkage: { people: { kind: people, from: …, to: …, identity: … } }`.",
    },
  ]);
}

/** Opens the files linkage looks at, and no others. */
async function linking<T>(options: StepOptions, study: Study, use: (inputs: Inputs) => Promise<T>): Promise<T> {
  const needed = new Map([...study.sources].filter(([id]) => linkColumns(study, id).size > 0));
  const data = resolve(options.data ?? join(study.folder, "data"));
  await using inputs = await openInputs({ ...study, sources: needed }, data, options.progress ?? silent);
  return await use(inputs);
}

function isRegistered(study: Study): boolean {
  const folder = registrationFolder(study.folder);
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith("-registration.json"));
}

const ENTERED = ["decision", "by", "reason"] as const;

/** `linkage/review.csv`, or one list for each linkage where there are several. */
function reviewFile(study: Study, linkage: string): string {
  return peopleOf(study).length > 1 ? `linkage/review-${linkage}.csv` : "linkage/review.csv";
}

function writeReview(study: Study, record: PeopleRecord): string {
  const linkage = study.linkage.get(record.linkage) as PeopleLinkage;
  const file = reviewFile(study, record.linkage);
  const path = join(study.folder, file);
  const before = new Map(
    existsSync(path)
      ? readShortList(readFileSync(path, "utf8")).records.map(({ fields }) => [fields.pair ?? "", fields] as const)
      : [],
  );
  const columns = [
    ...new Set(
      linkage.steps.flatMap((step) => (step.how === "exact" ? step.columns : step.compare)).map(({ column }) => column),
    ),
  ];
  const shown = columns.filter((column) => !linkage.rowKey.includes(column));
  const headers = [
    "pair",
    "probability",
    "why",
    ...linkage.rowKey,
    linkage.identity,
    ...shown,
    ...columns.map((name) => `census_${name}`),
    ...ENTERED,
  ];
  const rows = record.review.map((one) => {
    const of = (side: "from" | "to", names: readonly string[]) =>
      names.map((name) => harmless(one.fields.find(({ column }) => column === name)?.[side] ?? ""));
    const entered = before.get(one.pair);
    return [
      one.pair,
      one.probability === undefined ? "" : one.probability.toFixed(3),
      one.why,
      ...linkage.rowKey.map((name) => one.row[name]!),
      one.identity,
      ...of("from", shown),
      ...of("to", columns),
      ...ENTERED.map((name) => entered?.[name] ?? ""),
    ];
  });
  writeFile(path, writeShortList(headers, rows));
  return file;
}

/** A cell that a spreadsheet would take for a formula is shown as text. */
const harmless = (cell: string): string => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);

/** The text of a list; office programs save "Unicode text" as UTF-16. */
const textOf = (bytes: Buffer): string =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString("utf16le") : bytes.toString("utf8");

/** Takes in the lines of a list that carry a decision; all of them or none. */
async function readReview(options: StepOptions, study: Study, list: string, decider: Decider): Promise<number> {
  const path = existsSync(resolve(list)) ? resolve(list) : join(study.folder, list);
  const name = relative(study.folder, path);
  if (!existsSync(path)) {
    const message = `${path} is not there.`;
    throw new Faults(name, [
      fault(name, 1, message, "`assay link review` writes linkage/review.csv: fill in its decision column."),
    ]);
  }
  const { headers, records, unclosedAt } = readShortList(textOf(readFileSync(path)));
  if (unclosedAt !== undefined) throw new Faults(name, [unclosedQuote(name, unclosedAt)]);
  const linkage = peopleOf(study).find(({ rowKey, identity }) =>
    [...rowKey, identity, "decision"].every((column) => headers.includes(column.toLowerCase())),
  );
  if (linkage === undefined) {
    const wanted = peopleOf(study)[0];
    const columns = wanted === undefined ? "" : [...wanted.rowKey, wanted.identity, ...ENTERED].join(", ");
    throw new Faults(name, [
      fault(name, 1, `This is no review list: it holds ${headers.join(", ") || "nothing"}.`, `It needs ${columns}.`),
    ]);
  }
  return await linking(options, study, async (inputs) => {
    const rows = await rowsByPair(inputs, linkage);
    const people = await identitiesOf(inputs, linkage);
    const { file, content = "" } = linkage.decisions;
    const before = new Map(readDecisions(content, file, linkage).map((one) => [pairOf(one, linkage), one]));
    const faults: Fault[] = [];
    const found: Decided[] = [];
    const decidedAt = new Map<
      string,
      { readonly line: number; readonly decision: string; readonly identity: string }
    >();
    for (const { line, fields } of records) {
      const decision = fields.decision!.toLowerCase();
      if (decision === "") continue;
      const key = linkage.rowKey.map((column) => fields[column.toLowerCase()]!).join("/");
      const identity = fields[linkage.identity.toLowerCase()]!;
      const row = rows.get(key);
      const by = (fields.by ?? "") === "" ? decider.by : fields.by!;
      const say = (message: string, suggestion: string) => faults.push(fault(name, line, message, suggestion));
      const known = row === undefined ? undefined : before.get(pairOf({ row, identity }, linkage));
      if (decision !== "same" && decision !== "different")
        say(`The decision is \`${fields.decision}\`.`, "Write `same` or `different`, or leave it empty.");
      else if (row === undefined)
        say(`${linkage.from} has no row ${key}.`, "Leave the columns that name the row as they were written.");
      else if (!people.has(identity))
        say(`${linkage.to} holds nobody with ${linkage.identity} ${identity}.`, "Correct the identity.");
      else if ((fields.pair ?? "") !== "" && fields.pair !== pairOf({ row, identity }, linkage))
        say(
          `The pair is ${fields.pair}, while the columns beside it name ${pairOf({ row, identity }, linkage)}.`,
          "Leave the columns that name the pair as they were written; office programs drop leading noughts.",
        );
      else if (known !== undefined && known.decision !== decision)
        say(
          `${pairOf(known, linkage)} was decided \`${known.decision}\` by ${known.by}, in line ${known.line} of ${file}.`,
          "Remove that line to decide anew, or leave this decision empty.",
        );
      else if (contradicts(decidedAt, key, { decision, identity }, say)) continue;
      else if (by === "") say("Nobody is named who decided.", "Write a name in `by`, or give `--by`.");
      else {
        found.push({ row, identity, decision, by, date: decider.date, reason: fields.reason ?? "" });
        for (const about of [`${key}=${identity}`, ...(decision === "same" ? [key] : [])])
          decidedAt.set(about, { line, decision, identity });
      }
    }
    if (faults.length > 0) throw new Faults(name, faults);
    if (found.length > 0) append(study, linkage, found);
    return found.length;
  });
}

type Decided = Omit<Decision, "line">;

/** Says it where a line of a list decides otherwise than an earlier line of the same list. */
function contradicts(
  before: ReadonlyMap<string, { readonly line: number; readonly decision: string; readonly identity: string }>,
  key: string,
  own: { readonly decision: string; readonly identity: string },
  say: (message: string, suggestion: string) => unknown,
): boolean {
  const pair = before.get(`${key}=${own.identity}`);
  if (pair !== undefined && pair.decision !== own.decision) {
    say(`Line ${pair.line} decides \`${pair.decision}\` about the same pair.`, "Keep one of the two lines.");
    return true;
  }
  const same = own.decision === "same" ? before.get(key) : undefined;
  if (same === undefined || same.identity === own.identity) return false;
  say(
    `Line ${same.line} says that row ${key} is ${same.identity}.`,
    "One row is one person: keep one of the two lines.",
  );
  return true;
}

/** Appends decisions to the file, after checking them with those that are there; what is there already is not repeated. */
function append(study: Study, linkage: PeopleLinkage, more: readonly Decided[]): void {
  const { file, sha256 } = linkage.decisions;
  const path = join(study.folder, file);
  // One at a time, from looking at what is there to writing beside it.
  using folder = OutputFolder.open(dirname(path));
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (createHash("sha256").update(text).digest("hex") !== sha256) {
    throw new Faults(file, [
      fault(
        file,
        1,
        `${file} was changed by somebody else in the meantime. Nothing was written.`,
        "Run the command again.",
      ),
    ]);
  }
  const before = readDecisions(text, file, linkage);
  const same = (a: Decided, b: Decided) => pairOf(a, linkage) === pairOf(b, linkage) && a.decision === b.decision;
  const isNew = more.filter((one) => !before.some((own) => same(own, one)));
  const whole = writeDecisions([...before, ...isNew], linkage);
  // Read back before it is written: a contradiction is said and nothing is changed.
  readDecisions(whole, file, linkage);
  folder.write(basename(path), whole);
  folder.commit();
}

const pairOf = ({ row, identity }: Pick<Decided, "row" | "identity">, { rowKey }: PeopleLinkage): string =>
  pairName(
    rowKey.map((name) => row[name]!),
    identity,
  );

/** Every row of a return by the text that names it. */
async function rowsByPair(
  inputs: Inputs,
  linkage: PeopleLinkage,
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const { frame } = await inputs.columnsOf(linkage.from, new Set(linkage.rowKey));
  const rows = new Map<string, Readonly<Record<string, string>>>();
  for (let row = 0; row < frame.rows; row++) {
    const key = Object.fromEntries(linkage.rowKey.map((name) => [name, cellText(frame.columns.get(name)!, row)]));
    rows.set(Object.values(key).join("/"), key);
  }
  return rows;
}

async function identitiesOf(inputs: Inputs, linkage: PeopleLinkage): Promise<ReadonlySet<string>> {
  const { frame } = await inputs.columnsOf(linkage.to, new Set([linkage.identity]));
  const column = frame.columns.get(linkage.identity)!;
  return new Set(column.kind === "code" ? column.levels : Array.from(column.values, String));
}

const fault = (file: string, line: number, message: string, suggestion: string): Fault => ({
  code: "link-decision",
  severity: "fault",
  place: { file, line, column: 1 },
  message,
  suggestion,
});
