import { isUtf8 } from "node:buffer";

/**
 * Checks that bytes coming in pieces are UTF-8, where a character may be cut by the end of a piece.
 * Remembers the first byte that is not, as an offset from the start.
 */
export class Utf8Check {
  /** Offset of the first byte that starts no valid character, once one was met. */
  firstBad: number | undefined;
  #carried: Buffer = Buffer.alloc(0);
  #offset = 0;

  push(bytes: Buffer): void {
    if (this.firstBad !== undefined) return;
    const piece = this.#carried.length === 0 ? bytes : Buffer.concat([this.#carried, bytes]);
    const whole = piece.length - cutTail(piece);
    if (!isUtf8(piece.subarray(0, whole))) {
      this.firstBad = this.#offset + badOffset(piece);
      return;
    }
    this.#carried = Buffer.from(piece.subarray(whole));
    this.#offset += whole;
  }

  end(): void {
    if (this.firstBad === undefined && this.#carried.length > 0) this.firstBad = this.#offset;
  }
}

/** How many bytes at the end may be the beginning of a character that goes on in the next piece. */
function cutTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < needs ? back : 0;
    }
  }
  return 0;
}

/** The longest valid beginning, found by halving: a prefix that ends inside a character counts as valid up to it. */
function badOffset(bytes: Buffer): number {
  let low = 0;
  let high = bytes.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const part = bytes.subarray(0, middle);
    if (isUtf8(part.subarray(0, part.length - cutTail(part)))) low = middle;
    else high = middle;
  }
  const part = bytes.subarray(0, low);
  return low - cutTail(part);
}
