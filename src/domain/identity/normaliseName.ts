/** Letters that stay whole when accents are taken off, and how English keyboards write them. */
const WHOLE_LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({ ß: "ss", ø: "o", ł: "l", æ: "ae", œ: "oe", đ: "d", ð: "d", þ: "th", ħ: "h", ı: "i", ŋ: "n" }),
);

/** Forms of address that are never the whole of a name. `lord` and `dean` are left: they are surnames too. */
const TITLES: ReadonlySet<string> = new Set(
  "mr mrs ms miss mx dr prof professor sir dame rev revd reverend".split(" "),
);

/** Beginnings that some write apart: O Brien, Mc Donald. */
const BEGINNINGS: ReadonlySet<string> = new Set(["o", "mc", "mac"]);

/**
 * A name as linkage compares it: two spellings of one name become the same text.
 *
 * Small letters without accents (ß becomes ss, ø o, ł l, æ ae); hyphens and any run of spaces part a name; apostrophes,
 * full stops and other signs go; titles go where something else is left; O, Mc and Mac join what follows; and the parts
 * stand in alphabetical order, so that Smith-Jones and Jones Smith are one.
 *
 * Idempotent. Text in another script keeps its letters. Empty where nothing but signs was written.
 */
export function normaliseName(name: string): string {
  const folded = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    // Small letters may hold marks of their own (İ), and compatibility forms may unfold once more.
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[ßøłæœđðþħıŋ]/gu, (letter) => WHOLE_LETTERS.get(letter)!)
    .replace(/[\p{Pd}\s_/,&+]+/gu, " ")
    .replace(/[^\p{L}\p{N} ]/gu, "");
  const written = folded.split(" ").filter((part) => part !== "");
  const named = written.filter((part) => !TITLES.has(part));
  return settled(named.length > 0 ? named : written).join(" ");
}

/** Joins beginnings and sorts until neither changes anything more. */
function settled(parts: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (before !== undefined && BEGINNINGS.has(before)) joined[joined.length - 1] = before + part;
    else joined.push(part);
  }
  const sorted = joined.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted.length === parts.length && sorted.every((part, i) => part === parts[i]) ? sorted : settled(sorted);
}
