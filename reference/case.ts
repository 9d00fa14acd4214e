import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ModelData } from "#stats";
import type { Tolerance } from "./compare.ts";
import { readCsv } from "./csv.ts";
import { KINDS } from "./kinds/index.ts";
import { BadSpec, Spec } from "./spec.ts";

/** One file of reference results. */
export interface ReferenceCase {
  readonly id: string;
  readonly input?: string;
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

/** @throws BadCase  the file is no JSON, or has no text `id` or no `spec`. */
export function readCase(path: string): ReferenceCase {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new BadCase(`${path} is not a case: ${(cause as Error).message}`, { cause });
  }
  const { id, spec } = (read ?? {}) as Record<string, unknown>;
  if (typeof id !== "string" || spec === undefined)
    throw new BadCase(`${path} is not a case: it needs "id" and "spec"`);
  return read as ReferenceCase;
}

/**
 * Computes what a case asks for, from its `spec` alone.
 * @param folder  Where its CSV lies.
 * @throws BadSpec  its kind or an option is unknown.
 */
export function computeCase(path: string, own: ReferenceCase, folder = dirname(path)): unknown {
  const spec = new Spec(own.spec);
  const kind = KINDS[spec.kind];
  if (kind === undefined) {
    throw new BadSpec(`spec.kind "${spec.kind}" is not known; known are ${Object.keys(KINDS).join(", ")}`);
  }
  const levels = (spec.raw("levels") ?? {}) as Record<string, readonly string[]>;
  const data = own.input === undefined || own.input === "" ? new Map() : readCsv(join(folder, own.input), levels);
  const result = kind({ spec, data, call: own.call ?? "" });
  spec.finish();
  return withoutNaN(result);
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
