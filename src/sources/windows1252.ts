/** The characters of bytes 0x80 to 0x9F in Windows-1252; the five unassigned bytes stay control characters. */
const HIGH = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/**
 * Reads Windows-1252. The platform's own decoder takes 0x80 to 0x9F for Latin-1 in some versions, which turns the euro
 * sign and curly quotes into control characters.
 */
export function decodeWindows1252(bytes: Buffer): string {
  return bytes.toString("latin1").replaceAll(/[\u0080-\u009f]/g, (character) => HIGH[character.charCodeAt(0) - 0x80]!);
}
