/** What is wrong with what somebody typed, by field, in the words that stand beside it. */
export type FieldFaults = Readonly<Record<string, string>>;

/** Something made, or what is wrong with what was typed. */
export type Answer<T> = { readonly made: T } | { readonly faults: FieldFaults };

/** The faults that were found, leaving out fields without one. */
export function faultsOf(found: Readonly<Record<string, string | undefined>>): FieldFaults | undefined {
  const entries = Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** A text that must be there and has a longest length. */
export function textFault(text: string, thing: string, longest: number): string | undefined {
  if (text.trim() === "") return `Enter ${thing}`;
  return lengthFault(text, `${thing[0]!.toUpperCase()}${thing.slice(1)}`, longest);
}

/** A text that may be missing and has a longest length. */
export const lengthFault = (text: string, thing: string, longest: number): string | undefined =>
  [...text].length > longest ? `${thing} must be ${longest.toLocaleString("en-GB")} characters or fewer` : undefined;

/** A day written yyyy-mm-dd that exists. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
