import type { RemarkKind } from "./remark.ts";

/** What is wrong with a text whatever its column. */
export interface TextRemark {
  readonly kind: RemarkKind;
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

const PLACEHOLDER = /^(?:-+|–|—|\.+|\?+|x+|n\/?a\.?|nil|none|null|nan|unknown|not known|tbc|tba|tbd|#n\/a)$/i;

/** A cell that stands for nothing: a dash, `n/a`, `unknown`. */
export const isPlaceholder = (text: string): boolean => PLACEHOLDER.test(text.trim());

interface TextRule extends TextRemark {
  readonly finds: (text: string) => boolean;
}

/** Marks that turn the direction of text round, so that a reader sees other words than a program. */
const TURNING = /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/u;
/** A joiner is a letter's business in some scripts; between Latin letters it hides a difference. */
const UNSEEN = /[\u00ad\u200b-\u200d\u2060\ufeff\u180e]/u;
const CONTROL = /(?![\t\n\r])\p{Cc}/u;
const ODD_SPACE = /[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/u;
/** UTF-8 that was read as Windows-1252 and saved again: é has become Ã©, ’ has become â€™. */
const TWICE_ENCODED = /[ÂÃ][\u0080-\u00bf\u20ac\u0152-\u0178\u201a-\u203a\u2122]|â€[\u0080-\u00bf™œ\u009d˜“”"]/u;
const LATIN = /\p{Script=Latin}/u;
const LOOK_ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;

const RULES: readonly TextRule[] = [
  {
    kind: "fault",
    code: "formula",
    finds: (text) =>
      /^\s*[=@]/.test(text) || /^\s*[+-]\s*[\d(]*[A-Za-z_]\w*\s*[(!:|]/.test(text) || /^[\t\r]/.test(text),
    message: "It begins like a formula, which a spreadsheet would carry out",
    advice: "Write the words alone, without the sign in front",
  },
  {
    kind: "fault",
    code: "script",
    finds: (text) =>
      /<\s*\/?\s*[a-z!][^>]*>|<\s*(?:script|iframe|img|svg|object)\b|javascript\s*:|\bon(?:error|load|click)\s*=/i.test(
        text,
      ),
    message: "It holds program text, which a web page could carry out",
    advice: "Write plain words",
  },
  {
    kind: "fault",
    code: "direction-mark",
    finds: (text) => TURNING.test(text),
    message: "It holds a mark that turns the direction of writing, so it reads differently from what it says",
    advice: "Type the text again",
  },
  {
    kind: "fault",
    code: "control-character",
    finds: (text) => CONTROL.test(text),
    message: "It holds a control character, which nobody can see",
    advice: "Type the text again, or save the file as CSV UTF-8",
  },
  {
    kind: "fault",
    code: "letters-lost",
    finds: (text) => text.includes("\ufffd"),
    message: "A letter was lost when the file was saved (�)",
    advice: "Take the text from the original, and save as CSV UTF-8",
  },
  {
    kind: "query",
    code: "letters-garbled",
    finds: (text) => TWICE_ENCODED.test(text),
    message: "Accented letters seem to have been saved in the wrong encoding",
    advice: "Compare it with the original, and save as CSV UTF-8",
  },
  {
    kind: "query",
    code: "mixed-alphabets",
    finds: (text) => text.split(/[\s\p{P}]+/u).some((word) => LATIN.test(word) && LOOK_ALIKE.test(word)),
    message: "One word mixes letters of two alphabets that look alike",
    advice: "Type the word again",
  },
  {
    kind: "query",
    code: "unseen-character",
    finds: (text) => UNSEEN.test(text),
    message: "It holds a character nobody can see, so it will not match the same word elsewhere",
    advice: "Type the text again",
  },
  {
    kind: "query",
    code: "odd-space",
    finds: (text) => ODD_SPACE.test(text),
    message: "It holds a space that is not an ordinary one",
    advice: "Put an ordinary space there",
  },
  {
    kind: "query",
    code: "accent-apart",
    finds: (text) => text.normalize("NFC") !== text && !ODD_SPACE.test(text),
    message: "An accent stands apart from its letter: it looks the same and is not",
    advice: "Type the letter with its accent",
  },
  {
    kind: "query",
    code: "line-break",
    finds: (text) => /[\n\r\u2028\u2029]/u.test(text),
    message: "It goes over several lines",
    advice: "Put it on one line",
  },
];

/** Everything odd about a text: what could be carried out, what nobody can see, what was garbled on the way. */
export const checkText = (text: string): readonly TextRemark[] =>
  RULES.filter(({ finds }) => finds(text)).map(({ finds: _, ...remark }) => remark);
