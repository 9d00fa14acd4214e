import { createHash } from "node:crypto";
import { printAcademicYear, printDate, printHorizon, type SeriesBreak } from "#domain";
import { type Expression, printExpression } from "#expression";
import type { Study } from "./study.ts";

/** The parts of a study that decide what is computed. */
type Deciding = Pick<
  Study,
  | "about"
  | "simulation"
  | "sources"
  | "linkage"
  | "units"
  | "comparisons"
  | "outcomes"
  | "analyses"
  | "sensitivity"
  | "disclosure"
>;

/** What says something and decides nothing, and where things stand in files. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "place",
  "because",
  "label",
  "present",
  "confirm",
  "attribution",
  "licence",
  "changed",
  // The text of a list beside the study; its digest stays.
  "content",
]);

/**
 * The resolved protocol without prose, by section: entries by id, lists whose order means something as lists,
 * expressions in one spelling. File locations are not part of it: the bytes of inputs are hashed when registering.
 */
export function resolvedOf(study: Deciding): Study["resolved"] {
  const { seed, yearName, period } = study.about;
  const entries = (map: ReadonlyMap<string, object>) =>
    Object.fromEntries([...map].map(([id, entry]) => [id, canonical(entry)]));
  const sources = [...study.sources].map(([id, { file: _file, ...source }]) => [id, canonical(source)] as const);
  return {
    study: canonical({ seed, yearName, ...(period !== undefined && { period: dates(period) }) }),
    ...(study.simulation !== undefined && { simulation: canonical(study.simulation) }),
    sources: Object.fromEntries(sources),
    // A study without linkage means what it meant before there was any.
    ...(study.linkage.size > 0 && { linkage: entries(study.linkage) }),
    units: entries(study.units),
    design: { comparisons: entries(study.comparisons) },
    outcomes: entries(study.outcomes),
    analyses: entries(study.analyses),
    sensitivity: entries(study.sensitivity),
    disclosure: canonical(study.disclosure),
  };
}

/** SHA-256 of the resolved protocol: whole, and of each section. */
export function meaningOf(resolved: Study["resolved"]): Study["meaning"] {
  const sections = Object.fromEntries(
    Object.entries(resolved).map(([section, value]) => [section, sha256(canonicalJson(value))]),
  );
  return { whole: sha256(canonicalJson(resolved)), sections };
}

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** JSON with sorted keys and no white space that means nothing. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, own]) => `${JSON.stringify(key)}:${canonicalJson(own)}`).join(",")}}`;
}

/** A resolved value as plain data: no places, no prose, expressions in their one spelling, maps as objects. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, own]) => [String(key), canonical(own)]));
  if (typeof value !== "object" || value === null) return value;
  if (isExpression(value)) return printExpression(value.tree);
  const kept = Object.entries(value).filter(([key, own]) => own !== undefined && !LEFT_OUT.has(key));
  return Object.fromEntries(kept.map(([key, own]) => [key, canonicalKey(key, own)]));
}

const dates = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  `${printDate(from)} to ${printDate(to)}`;

/** Keys whose numbers are academic years: a refusal that quotes them says 2017/18. */
const YEARS: ReadonlySet<string> = new Set([
  "baselineYear",
  "primaryHorizon",
  "horizons",
  "years",
  "year",
  "from",
  "to",
]);

/**
 * Lists of things with names, whose order means nothing, become maps; reasons given as values leave their keys; years
 * are written as the file writes them.
 */
function canonicalKey(key: string, value: unknown): unknown {
  if (key === "columns" && Array.isArray(value) && value.every((own) => typeof own === "object")) {
    return Object.fromEntries(
      (value as readonly { readonly name: string }[]).map((column) => [column.name, canonical(column)]),
    );
  }
  if (key === "breaks")
    return (value as readonly SeriesBreak[]).map(({ columns, from, kind }) => ({
      columns,
      from: printAcademicYear(from),
      kind,
    }));
  if (key === "allowMissing") return Object.keys(value as object).sort((a, b) => (a < b ? -1 : 1));
  if (key === "history")
    return Object.fromEntries(
      [...(value as ReadonlyMap<number, string>)].map(([year, name]) => [printAcademicYear(year), name]),
    );
  if (YEARS.has(key)) return Array.isArray(value) ? value.map(yearOf) : yearOf(value);
  return canonical(value);
}

const yearOf = (value: unknown): unknown => (typeof value === "number" ? printHorizon(value) : canonical(value));

const isExpression = (value: object): value is Expression => "tree" in value && "locate" in value;
