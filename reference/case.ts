import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ModelData } from "#stats";
import type { Tolerance } from "./compare.ts";
import { readCsv } from "./csv.ts";
import { KINDS } from "./kinds/index.ts";
import { BadSpec, NotAnswered, Spec } from "./spec.ts";

/** One file of reference results. */
export interface ReferenceCase {
  readonly id: string;
  readonly input?: string | null;
  readonly call?: string;
  readonly spec: unknown;
  readonly expect?: unknown;
  readonly tolerance?: Tolerance;
}

/** A case file that is not one. */
export class BadCase extends Error {
  override readonly name = "BadCase";
}

/** What a kind of request is answered from. */
export interface Request {
  readonly spec: Spec;
  /** The rows of the CSV; empty where the case names none. */
  readonly data: ModelData;
  /** The arguments of a case without a file. */
  readonly call: string;
}

/** @throws BadCase  the file is no JSON, or its `id`, `input` or `spec` is missing or of the wrong kind. */
export function readCase(path: string): ReferenceCase {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new BadCase(`${path} is not a case: ${(cause as Error).message}`, { cause });
  }
  const { id, spec, input } = (read ?? {}) as Record<string, unknown>;
  if (typeof id !== "string" || spec === undefined) {
    throw new BadCase(`${path} is not a case: it needs "id" and "spec"`);
  }
  // The id becomes the name of a file.
  if (!/^[^./\\\0][^/\\\0]*$/.test(id)) {
    throw new BadCase(
      `${path}: id ${JSON.stringify(id)}; a name without "/" and "\\" is expected, not beginning with "."`,
    );
  }
  if (input !== undefined && input !== null && typeof input !== "string") {
    throw new BadCase(`${path}: input is ${JSON.stringify(input)}; the name of a CSV file is expected`);
  }
  return read as ReferenceCase;
}

/**
 * Computes what a case asks for, from its `spec` alone. What the data cannot answer comes back as
 * `{ state: "not estimable", reason }`.
 * @param folder  Where its CSV lies.
 * @throws BadSpec  its kind or an option is unknown.
 */
export function computeCase(path: string, own: ReferenceCase, folder = dirname(path)): unknown {
  const spec = new Spec(own.spec);
  const kind = Object.hasOwn(KINDS, spec.kind) ? KINDS[spec.kind] : undefined;
  if (kind === undefined) {
    throw new BadSpec(`spec.kind "${spec.kind}" is not known; known are ${Object.keys(KINDS).join(", ")}`);
  }
  const levels = spec.levels();
  const isWithoutFile = own.input === undefined || own.input === null || own.input === "";
  const data: ModelData = isWithoutFile ? new Map() : readCsv(join(folder, own.input!), levels);
  try {
    const result = kind({ spec, data, call: own.call ?? "" });
    spec.finish();
    return withoutNaN(result);
  } catch (problem) {
    if (problem instanceof NotAnswered) return { state: "not estimable", reason: problem.message };
    throw problem;
  }
}

/** A number that is not defined is null in JSON. */
function withoutNaN(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, withoutNaN);
  if (Array.isArray(value)) return value.map(withoutNaN);
  if (value instanceof Map) return withoutNaN(Object.fromEntries(value));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, own]) => own !== undefined)
        .map(([key, own]) => [key, withoutNaN(own)]),
    );
  }
  return value;
}
