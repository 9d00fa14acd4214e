import { BadSpec } from "./spec.ts";

/** One function call of a case whose arguments stand in `call`: `mdes.cra2(rho2=.12, p=.4)`. */
export interface Call {
  readonly name: string;
  readonly values: ReadonlyMap<string, number>;
}

/**
 * Reads `name(key=number, …); name(…)`. "as the first" in a call stands for the arguments of the first call that it does
 * not give itself.
 * @throws BadSpec  an argument is no `key=number`.
 */
export function readCalls(text: string): readonly Call[] {
  const calls: Call[] = [];
  for (const part of text.split(";")) {
    const match = /^\s*([\w.]+)\s*\((.*)\)\s*$/s.exec(part);
    if (match === null) throw new BadSpec(`call "${part.trim()}" is no function with arguments`);
    const values = new Map<string, number>();
    for (const argument of match[2].split(",").map((own) => own.trim())) {
      if (/^as the first$/.test(argument)) {
        for (const [key, value] of calls[0]?.values ?? []) if (!values.has(key)) values.set(key, value);
        continue;
      }
      const [key, value] = argument.split("=").map((own) => own.trim());
      const number = value === "TRUE" ? 1 : value === "FALSE" ? 0 : Number(value);
      if (value === undefined || value === "" || Number.isNaN(number)) {
        throw new BadSpec(`call "${part.trim()}": "${argument}" is no key=number`);
      }
      values.set(key, number);
    }
    calls.push({ name: match[1], values });
  }
  return calls;
}
