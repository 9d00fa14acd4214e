import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { type ColumnDeclaration, type Place, printAcademicYear, ROLE_LEVELS } from "#domain";
import type { Scope } from "#expression";
import { type Entry, type Item, itemAt, type Path, placeAt, withAt } from "./item.ts";
import type {
  CompanionFile,
  ComparedColumnDeclaration,
  LinkageDeclaration,
  LinkageStep,
  LinkYear,
  PeopleLinkage,
  ReportedGroup,
  SchoolsLinkage,
} from "./linkageDeclaration.ts";
import { declaredAt, expressionAt, isDeclared, present, type Reading } from "./reading.ts";
import { sourceScope } from "./resolveSources.ts";
import { rowYearOf } from "./rowYears.ts";
import type { LinkageText, ProtocolText } from "./schema.ts";
import type { StudySource } from "./study.ts";
import type { UnitModel } from "./unitColumns.ts";

const ACCEPT = 0.95;
const REVIEW = 0.8;
const DECISIONS = "linkage/decisions.csv";

/** Linkage as later sections see it: sources with the columns it makes, and what is still to be read once units are. */
export interface Links {
  readonly reading: Reading;
  readonly sources: ReadonlyMap<string, StudySource>;
  /** Every linkage, with `usable` read over the columns of the unit it speaks of. */
  readonly withUnits: (units: ReadonlyMap<string, UnitModel>) => ReadonlyMap<string, LinkageDeclaration>;
}

/**
 * Reads the linkage section. The columns it makes are known to everything after it, as if they had been delivered; the
 * sources of the study, which say what files hold, are left as they are.
 */
export function resolveLinkage(reading: Reading, text: ProtocolText, sources: ReadonlyMap<string, StudySource>): Links {
  const found: LinkageDeclaration[] = [];
  const made = new Map<string, ColumnDeclaration[]>();
  const entries = Object.entries(text.linkage ?? {});
  const isChained = entries.some(([, { kind }]) => kind === "schools");
  if (!isChained && entries.length > 0)
    reading.defaults.add("linkage.schools", "none: numbers as printed that year", "D-09");
  for (const [id, one] of entries) {
    const item = itemAt(reading.sound, ["linkage", id])!;
    const linkage =
      one.kind === "schools"
        ? resolveSchools({ reading, id, item }, one, sources, made)
        : resolvePeople({ reading, id, item }, one, text, sources, made);
    if (linkage !== undefined) found.push(linkage);
  }
  refuseSharedDecisions(reading, found);
  const known = new Map(
    [...sources].map(([id, source]) => [id, { ...source, columns: [...source.columns, ...(made.get(id) ?? [])] }]),
  );
  const later = { ...reading, whole: withMade(reading.whole, made) };
  return {
    reading: later,
    sources: known,
    withUnits: (units) => new Map(found.map((one) => [one.id, withUsable(later, one, known, units)])),
  };
}

interface At {
  readonly reading: Reading;
  readonly id: string;
  readonly item: Item;
}

const placeIn = ({ item }: At, ...path: Path): Place => placeAt(item, path);

/** Keys that belong to the other kind. */
function refuseKeys(at: At, text: LinkageText, keys: readonly (keyof LinkageText)[], kind: string): void {
  for (const key of keys) {
    if (text[key] === undefined) continue;
    const message = `\`${key}\` has no meaning for a linkage of ${kind}.`;
    at.reading.faults.add("unknown-key", placeIn(at, key), message, "Leave it out.");
  }
}

function requireKey(at: At, key: string, what: string): undefined {
  const message = `linkage ${at.id} does not say ${what}: \`${key}\` is missing.`;
  return at.reading.faults.add("required-key", at.item.place, message, `Add \`${key}: …\`.`);
}

function sourceOf(
  at: At,
  key: "chain" | "from" | "to",
  text: LinkageText,
  sources: ReadonlyMap<string, StudySource>,
): StudySource | undefined {
  const name = text[key];
  if (name === undefined) {
    const what = {
      chain: "which source names predecessors and successors",
      from: "whose people are looked for",
      to: "where they are looked for",
    };
    return requireKey(at, key, what[key]);
  }
  return isDeclared(at.reading, "source", name, ["sources"], at.item, [key]) ? sources.get(name) : undefined;
}

function resolveSchools(
  at: At,
  text: LinkageText,
  sources: ReadonlyMap<string, StudySource>,
  made: Map<string, ColumnDeclaration[]>,
): SchoolsLinkage | undefined {
  refuseKeys(
    at,
    text,
    ["from", "to", "steps", "inYear", "oneToOne", "decisions", "usable", "reportBy", "roles"],
    "schools",
  );
  const chain = sourceOf(at, "chain", text, sources);
  if (chain === undefined) return undefined;
  const has = (name: string) => chain.columns.some((column) => column.name === name);
  if (!has("urn") || !(has("successor_urn") || (has("link_urn") && has("link_type")))) {
    return at.reading.faults.add(
      "unknown-column",
      placeIn(at, "chain"),
      `${chain.id} does not say which number follows which.`,
      "It needs `urn` with `successor_urn`, or with `link_urn` and `link_type` as the public register has them.",
    );
  }
  const columns: Record<string, string> = {};
  for (const source of sources.values()) {
    const column = source.id === chain.id ? undefined : numberColumn(source);
    if (column === undefined || !isFree(at, source, text.identity)) continue;
    columns[source.id] = column;
    addMade(made, source.id, {
      ...madeColumn(text.identity, "urn"),
      identifies: "school",
      label: "school, followed through changes of number",
    });
  }
  if (Object.keys(columns).length === 0) {
    at.reading.faults.add(
      "unknown-column",
      at.item.place,
      "No source has a column `urn` to follow.",
      "Name the column of school numbers `urn`.",
    );
  }
  return { id: at.id, kind: "schools", chain: chain.id, identity: text.identity, columns, place: at.item.place };
}

/** The column of school numbers: `urn`, or the only one of that type. */
function numberColumn({ columns }: StudySource): string | undefined {
  const numbers = columns.filter(({ type }) => type === "urn").map(({ name }) => name);
  return columns.some(({ name }) => name === "urn") ? "urn" : numbers.length === 1 ? numbers[0] : undefined;
}

function resolvePeople(
  at: At,
  text: LinkageText,
  whole: ProtocolText,
  sources: ReadonlyMap<string, StudySource>,
  made: Map<string, ColumnDeclaration[]>,
): PeopleLinkage | undefined {
  const { reading, id, item } = at;
  refuseKeys(at, text, ["chain"], "people");
  const from = sourceOf(at, "from", text, sources);
  const to = sourceOf(at, "to", text, sources);
  if (from === undefined || to === undefined) return undefined;
  const identity = to.columns.find(({ name }) => name === text.identity);
  const theirs = to.columns.map(({ name }) => name);
  if (identity === undefined) reading.faults.unknownColumn(to.id, text.identity, theirs, placeIn(at, "identity"));
  const steps = resolveSteps(at, text, from, to);
  const yearColumn = rowYearOf(to);
  const inYear = resolveYear(at, text, whole, from, to, yearColumn);
  const roles = resolveRoles(at, text, from);
  if (text.oneToOne === undefined) reading.defaults.add(`linkage.${id}.oneToOne`, "yes", "D-09");
  const decisions = companion(at, text.decisions ?? DECISIONS, ["decisions"]);
  const reportBy = (text.reportBy ?? []).flatMap((name, i) => reportedGroup(at, name, i, from, sources) ?? []);
  const names = [text.identity, "linked", "usable", "link_step", ...(roles === undefined ? [] : ["role_level"])];
  const areFree = names.map((name) => isFree(at, from, name)).every((free) => free);
  if (identity === undefined || steps === undefined || decisions === undefined || !areFree) return undefined;
  addMade(made, from.id, { ...identity, ...madeColumn(text.identity, identity.type) });
  addMade(made, from.id, { ...madeColumn("linked", "truth"), label: `found in ${to.id}` });
  addMade(made, from.id, { ...madeColumn("usable", "truth"), label: `found in ${to.id}, and analysable` });
  addMade(made, from.id, {
    ...madeColumn("link_step", "category"),
    levels: stepNames(steps),
    label: "how the link was found",
  });
  if (roles !== undefined) {
    const reference = "classroom teacher";
    addMade(made, from.id, {
      ...madeColumn("role_level", "category"),
      levels: [...ROLE_LEVELS],
      reference,
      label: "role",
    });
  }
  const compared = steps.flatMap((step) => (step.how === "exact" ? step.columns : step.compare));
  return {
    id,
    kind: "people",
    from: from.id,
    to: to.id,
    identity: text.identity,
    steps,
    oneToOne: text.oneToOne ?? true,
    decisions,
    rowKey: from.key.length > 0 ? from.key : [...new Set(compared.map(({ column }) => column))],
    reportBy,
    place: item.place,
    ...present({ yearColumn, inYear, roles }),
  };
}

/** The levels of `link_step`: steps in order, what people decided, and no link. */
export function stepNames(steps: readonly LinkageStep[]): readonly string[] {
  const named = steps.map(
    (step, k) =>
      `${k + 1}: ${step.how === "exact" ? step.columns.map(({ column }) => column).join(" + ") : "weights of evidence"}`,
  );
  return ["decided", ...named, "another row of the same person", "none"];
}

function resolveSteps(
  at: At,
  text: LinkageText,
  from: StudySource,
  to: StudySource,
): readonly LinkageStep[] | undefined {
  const { reading, id } = at;
  const { faults, defaults } = reading;
  if (text.steps === undefined) {
    const steps = defaultSteps(from, to);
    if (steps !== undefined) {
      const said =
        "number + birth date + surname; number + birth date; surname + forename + birth date; then probabilistic";
      defaults.add(`linkage.${id}.steps`, `${said}, accept ${ACCEPT}, review ${REVIEW}`, "D-08");
      return steps;
    }
    return requireKey(
      at,
      "steps",
      "how a pair is found (the default needs trn, surname, forename and birth_date in both)",
    );
  }
  if (text.steps.length === 0) return requireKey(at, "steps", "how a pair is found");
  let isSound = true;
  const columnsAt = (
    columns: readonly (string | Readonly<Record<string, string>>)[],
    path: Path,
    known: readonly ComparedColumnDeclaration[] = [],
  ) =>
    columns.flatMap((column, j) => {
      const read = comparedColumn(at, column, [...path, j], from, to, known);
      if (read === undefined) isSound = false;
      return read ?? [];
    });
  const steps: LinkageStep[] = [];
  for (const [i, step] of text.steps.entries()) {
    const place = placeIn(at, "steps", i);
    if ((step.exact === undefined) === (step.probabilistic === undefined)) {
      faults.add(
        "required-key",
        place,
        "A step is either `exact` or `probabilistic`.",
        "Write `exact: [columns]`, or `probabilistic: { compare, blocks }`.",
      );
      isSound = false;
    } else if (step.exact !== undefined) {
      if (step.exact.length === 0) {
        faults.add("wrong-kind", place, "An exact step names no column.", "Name the columns that must agree.");
        isSound = false;
      }
      steps.push({ how: "exact", columns: columnsAt(step.exact, ["steps", i, "exact"]) });
    } else {
      const { compare, blocks, accept, review } = step.probabilistic!;
      const path = ["steps", i, "probabilistic"];
      const compared = columnsAt(compare, [...path, "compare"]);
      if (accept === undefined) defaults.add(`linkage.${id}.steps.accept`, String(ACCEPT), "D-08");
      if (review === undefined) defaults.add(`linkage.${id}.steps.review`, String(REVIEW), "D-08");
      const [upper, lower] = [accept ?? ACCEPT, review ?? REVIEW];
      if (!(upper > 0.5 && upper <= 1 && lower > 0 && lower <= upper)) {
        const message = `\`accept\` (${upper}) and \`review\` (${lower}) are probabilities, accept above a half and review no higher.`;
        faults.add("wrong-kind", placeIn(at, ...path), message, "For example `accept: 0.95` and `review: 0.80`.");
        isSound = false;
      }
      if (compared.length > 12 || blocks.length === 0) {
        const message =
          blocks.length === 0 ? "Without a block no pair is looked at." : "More than twelve compared columns.";
        faults.add(
          "wrong-kind",
          placeIn(at, ...path),
          message,
          "For example `blocks: [[birth_date], [urn, surname]]`.",
        );
        isSound = false;
      }
      const inBlocks = blocks.map((block, b) => columnsAt(block, [...path, "blocks", b], compared));
      steps.push({ how: "probabilistic", compare: compared, blocks: inBlocks, accept: upper, review: lower });
    }
  }
  if (steps.filter(({ how }) => how === "probabilistic").length > 1) {
    faults.add(
      "wrong-kind",
      placeIn(at, "steps"),
      "There is more than one probabilistic step.",
      "Compare all columns in one.",
    );
    isSound = false;
  }
  return isSound ? steps : undefined;
}

/** The steps of D-08, where both sides have the columns for them. */
export function defaultSteps(from: StudySource, to: StudySource): readonly LinkageStep[] | undefined {
  const has = (name: string) => [from, to].every(({ columns }) => columns.some((column) => column.name === name));
  if (!["trn", "surname", "forename", "birth_date"].every(has)) return undefined;
  const trn = { column: "trn", as: "number" } as const;
  const surname = { column: "surname", as: "name" } as const;
  const forename = { column: "forename", as: "name" } as const;
  const birth = { column: "birth_date", as: "date" } as const;
  const urn = has("urn") ? [{ column: "urn", as: "text" } as const] : [];
  return [
    { how: "exact", columns: [trn, surname, birth] },
    { how: "exact", columns: [trn, birth] },
    { how: "exact", columns: [surname, forename, birth] },
    {
      how: "probabilistic",
      compare: [trn, surname, forename, birth, ...urn],
      blocks: [[birth], [trn], urn.length > 0 ? [...urn, surname] : [surname, forename]],
      accept: ACCEPT,
      review: REVIEW,
    },
  ];
}

function comparedColumn(
  at: At,
  written: string | Readonly<Record<string, string>>,
  path: Path,
  from: StudySource,
  to: StudySource,
  known: readonly ComparedColumnDeclaration[],
): ComparedColumnDeclaration | undefined {
  const { faults } = at.reading;
  const place = placeIn(at, ...path);
  const [name, how, ...more] = typeof written === "string" ? [written] : Object.entries(written).flat();
  if (name === undefined || more.length > 0)
    return faults.add(
      "wrong-kind",
      place,
      "One column at a time, with how it is compared.",
      "For example `{ surname: name }`.",
    );
  const sides = [from, to].map((source) => source.columns.find((column) => column.name === name));
  for (const [i, source] of [from, to].entries())
    if (sides[i] === undefined)
      faults.unknownColumn(
        source.id,
        name,
        source.columns.map((column) => column.name),
        place,
      );
  const [mine, theirs] = sides;
  if (mine === undefined || theirs === undefined) return undefined;
  if (how !== undefined) return { column: name, as: how as ComparedColumnDeclaration["as"] };
  const before = known.find(({ column }) => column === name);
  if (before !== undefined) return before;
  const types = [mine.type, theirs.type];
  const as = types.includes("date") ? "date" : types.includes("trn") ? "number" : "text";
  return { column: name, as };
}

function resolveYear(
  at: At,
  text: LinkageText,
  whole: ProtocolText,
  from: StudySource,
  to: StudySource,
  yearColumn: string | undefined,
): LinkYear | undefined {
  const { faults } = at.reading;
  if (text.inYear === undefined || text.inYear === "none") return undefined;
  if (yearColumn === undefined) {
    return faults.add("type-mismatch", placeIn(at, "inYear"), `Rows of ${to.id} have no year.`, "Leave `inYear` out.");
  }
  if (typeof text.inYear === "number") return { how: "year", year: text.inYear };
  for (const comparison of Object.values(whole.design.comparisons)) {
    const unit = whole.units[comparison.unit];
    if (unit?.from !== to.id) continue;
    const baseline: unknown = comparison.baselineYear;
    if (typeof baseline === "number") return { how: "year", year: baseline };
    const column = recruitmentColumn(baseline, unit.columns, from);
    const zero: unknown = comparison.timeZero;
    const rule = typeof zero === "object" && zero !== null && "rule" in zero ? zero.rule : "firstCensusInPost";
    if (column !== undefined) return { how: "recruitment", column, rule: rule as "firstCensusInPost" };
  }
  return faults.add(
    "unknown-name",
    placeIn(at, "inYear"),
    `No comparison of people from ${to.id} says in which year somebody of ${from.id} was recruited.`,
    "Write a year (`inYear: 2017/18`), or give the comparison `baselineYear: { rule: firstRecruitment, from: … }`.",
  );
}

/** The date column of the return behind `baselineYear: { from }`: named outright, or summarised by a column of the unit. */
function recruitmentColumn(baseline: unknown, columns: unknown, from: StudySource): string | undefined {
  const name = (baseline as { from?: unknown } | null)?.from;
  if (typeof name !== "string") return undefined;
  const [source, column] = name.split(".");
  const summary = (columns as Record<string, unknown> | undefined)?.[name] as
    | { of?: unknown; value?: unknown }
    | undefined;
  const found =
    column !== undefined && source === from.id ? column : summary?.of === from.id ? summary.value : undefined;
  return from.columns.find((own) => own.name === found && own.type === "date")?.name;
}

function resolveRoles(at: At, text: LinkageText, from: StudySource): PeopleLinkage["roles"] {
  if (text.roles === undefined) return undefined;
  const { column, dictionary } = text.roles;
  const names = from.columns.map(({ name }) => name);
  if (!names.includes(column)) at.reading.faults.unknownColumn(from.id, column, names, placeIn(at, "roles", "column"));
  if (dictionary === undefined) {
    at.reading.defaults.add(`linkage.${at.id}.roles.dictionary`, "assay/roles@1 alone", "D-09");
    return { column };
  }
  const file = companion(at, dictionary, ["roles", "dictionary"]);
  return { column, ...present({ dictionary: file }) };
}

function reportedGroup(
  at: At,
  name: string,
  i: number,
  from: StudySource,
  sources: ReadonlyMap<string, StudySource>,
): ReportedGroup | undefined {
  const own = from.columns.map((column) => column.name);
  if (own.includes(name)) return { column: name };
  const has = (one: StudySource, wanted: string) => one.columns.some((column) => column.name === wanted);
  const schools = [...sources.values()].filter(({ key }) => key.includes("urn"));
  const source = schools.find((one) => has(one, name));
  if (source !== undefined && own.includes("urn"))
    return { column: name, source: source.id, ...present({ yearColumn: rowYearOf(source) }) };
  const known = [...own, ...schools.flatMap(({ columns }) => columns.map((column) => column.name))];
  at.reading.faults.unknownColumn(from.id, name, known, placeIn(at, "reportBy", i));
  return undefined;
}

/** A list beside the study file: read here, so that its faults and its digest belong to the study. */
function companion(at: At, file: string, path: Path): CompanionFile | undefined {
  const { faults } = at.reading;
  const place = placeIn(at, ...path);
  const below = normalize(file);
  if (isAbsolute(file) || below.startsWith("..")) {
    return faults.add(
      "outside-study",
      place,
      `${file} does not lie inside the study folder.`,
      `For example \`${DECISIONS}\`.`,
    );
  }
  try {
    const bytes = readFileSync(join(dirname(at.item.place.file), below));
    return { file, content: bytes.toString("utf8"), sha256: sha256(bytes) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { file, sha256: sha256("") };
    return faults.add("cannot-read", place, `${file} cannot be read: ${(error as Error).message}.`);
  }
}

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

function refuseSharedDecisions(reading: Reading, found: readonly LinkageDeclaration[]): void {
  const files = new Map<string, string>();
  for (const one of found) {
    if (one.kind !== "people") continue;
    const other = files.get(one.decisions.file);
    if (other !== undefined) {
      const message = `${one.id} and ${other} keep their decisions in one file, ${one.decisions.file}.`;
      reading.faults.add("repeated-key", one.place, message, `Give this one \`decisions: linkage/${one.id}.csv\`.`);
    }
    files.set(one.decisions.file, one.id);
  }
}

const madeColumn = (name: string, type: ColumnDeclaration["type"]): ColumnDeclaration => ({
  name,
  from: name,
  type,
  codes: {},
});

function addMade(made: Map<string, ColumnDeclaration[]>, source: string, column: ColumnDeclaration): void {
  made.set(source, [...(made.get(source) ?? []), column]);
}

function isFree(at: At, source: StudySource, name: string): boolean {
  if (!declaredAt(at.reading, ["sources", source.id, "columns"]).includes(name)) return true;
  const message = `${source.id} has a column \`${name}\` already; linkage ${at.id} would make it again.`;
  at.reading.faults.add("repeated-key", at.item.place, message, `Rename it in \`sources.${source.id}.columns\`.`);
  return false;
}

/** The study with the columns that linkage makes standing among those declared. */
function withMade(whole: Item, made: ReadonlyMap<string, readonly ColumnDeclaration[]>): Item {
  let rest = whole;
  for (const [source, columns] of made) {
    const path = ["sources", source, "columns"];
    const own = itemAt(rest, path);
    if (own?.kind !== "mapping") continue;
    const added = columns.map(({ name, type }): [string, Entry] => {
      const { place } = own;
      const value = { kind: "scalar", text: type, value: type, isInBraces: false, place, locate: () => place } as const;
      return [name, { keyPlace: place, value, writer: { by: "declared" } }];
    });
    rest = withAt(rest, path, { ...own, entries: new Map([...own.entries, ...added]) });
  }
  return rest;
}

function withUsable(
  reading: Reading,
  one: LinkageDeclaration,
  sources: ReadonlyMap<string, StudySource>,
  units: ReadonlyMap<string, UnitModel>,
): LinkageDeclaration {
  const item = itemAt(reading.sound, ["linkage", one.id])!;
  if (one.kind !== "people" || itemAt(item, ["usable"]) === undefined) return one;
  const unit = [...units.values()].find(
    ({ declaration }) => declaration.from === one.to && declaration.identity === one.identity,
  );
  const source = sources.get(one.to)!;
  const scope: Scope =
    unit === undefined
      ? sourceScope(reading, source.id, source.columns, "truth")
      : { name: unit.declaration.id, columns: unit.columns, moments: "none", wants: "truth" };
  const usable = expressionAt(reading, item, ["usable"], scope);
  return { ...one, ...present({ usable, usableOf: unit?.declaration.id }) };
}

/** In which year a link must exist, in words. */
export function linkYearInWords(inYear: LinkYear): string {
  if (inYear.how === "year") return `in ${printAcademicYear(inYear.year)}`;
  const census = {
    firstCensusInPost: "at the census before the first one after recruitment",
    censusBefore: "at the last census before recruitment",
    yearOfRecruitment: "in the academic year of recruitment",
  };
  return census[inYear.rule];
}
