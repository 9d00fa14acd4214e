import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readDate } from "#domain";
import type { ReturnOptions } from "#pipeline";
import { type CommandOptions, UsageFault } from "./outcome.ts";

const MS_PER_DAY = 86_400_000;

/** Which return is meant and what it is held against, from the words of a command. */
export function returnOptions([participants = ""]: readonly string[], options: CommandOptions): ReturnOptions {
  const { schools, register, targets, roles } = options;
  const asAt = dayOf("--at", options.at);
  const from = dayOf("--from", options.from);
  return {
    participants,
    today: Math.floor(Date.now() / MS_PER_DAY),
    ...(schools !== undefined && { schools }),
    ...(register !== undefined && { register }),
    ...(targets !== undefined && { targets }),
    ...(roles !== undefined && { roles }),
    ...(asAt !== undefined && { asAt }),
    ...(from !== undefined && { from }),
  };
}

function dayOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = readDate(text);
  if (days === undefined) throw new UsageFault(`${name} takes a day written 2020-02-28; "${text}" is none.`);
  return days;
}

/** The smallest number of units that may be shown: a whole number, 0 where everything is public. */
export function minimumOf(name: string, text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new UsageFault(`${name} takes a whole number; "${text}" is none.`);
  return Number(text);
}

/** A list is written over a list of the same kind, and over nothing else. */
export function refuseOtherList(option: string, file: string, header: string): void {
  const path = resolve(file);
  if (!existsSync(path)) return;
  let isList = false;
  try {
    isList = readFileSync(path, "utf8").startsWith(header);
  } catch {
    // A folder, or a file that may not be read.
  }
  if (!isList)
    throw new UsageFault(
      `${option} names ${path}, which is there and is no list of this kind. Nothing was changed: name another file.`,
    );
}
