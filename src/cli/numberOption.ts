import { UsageFault } from "./outcome.ts";

/** The number given to an option, or undefined when it was left out. @throws UsageFault  the word is no number. */
export function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new UsageFault(`${name} takes a number; "${text}" is none.`);
  return value;
}
