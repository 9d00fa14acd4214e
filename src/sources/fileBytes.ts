import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type Fault, Faults } from "#domain";

const CHUNK_BYTES = 1 << 20;

/** The bytes of a file as they are stored, and what identifies them. */
export interface StoredBytes {
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Passes the decompressed content of a file through `use`, chunk by chunk, and digests the stored bytes on the way.
 *
 * @param file  As the study writes it, for faults.
 * @throws Faults  `gzip-damaged`, when the compressed stream breaks off or was never one; `gzip-unnamed`, when the
 *                 content is compressed and the name does not say so; `encoding-wrong`, when the text is UTF-16;
 *                 `wrong-format`, when it is a spreadsheet.
 */
export async function passBytes(
  { path, file }: { readonly path: string; readonly file: string },
  use: (chunk: Buffer) => void,
): Promise<StoredBytes> {
  const hash = createHash("sha256");
  let bytes = 0;
  async function* digest(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  async function consume(chunks: AsyncIterable<Buffer>): Promise<void> {
    let isFirst = true;
    for await (const chunk of chunks) {
      if (isFirst && chunk[0] === 0x1f && chunk[1] === 0x8b) throw new Faults(file, [stillCompressed(file)]);
      if (isFirst && chunk.subarray(0, 4).equals(ZIP_MARK)) throw new Faults(file, [isZipped(file)]);
      if (isFirst && UTF16_MARKS.some((mark) => chunk.subarray(0, 2).equals(mark)))
        throw new Faults(file, [isUtf16(file)]);
      isFirst = false;
      use(chunk);
    }
  }
  const stored = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  if (!isCompressed(path)) await pipeline(stored, digest, consume);
  else {
    try {
      await pipeline(stored, digest, createGunzip({ chunkSize: CHUNK_BYTES }), consume);
    } catch (problem) {
      throw isZlibError(problem) ? new Faults(file, [damaged(file, problem.code)]) : problem;
    }
  }
  return { sha256: hash.digest("hex"), bytes };
}

/** Digests the stored bytes of a file that another reader opens. */
export async function digestFile(path: string): Promise<StoredBytes> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest("hex"), bytes };
}

export const isCompressed = (path: string): boolean => path.toLowerCase().endsWith(".gz");

const isZlibError = (problem: unknown): problem is Error & { code: string } =>
  problem instanceof Error && "code" in problem && typeof problem.code === "string" && problem.code.startsWith("Z_");

/** The first two bytes of a text in UTF-16, in either order. */
const UTF16_MARKS: readonly Buffer[] = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/** The first four bytes of a zip archive, which a spreadsheet is too. */
const ZIP_MARK = Buffer.from("PK\u0003\u0004");

function isZipped(file: string): Fault {
  return {
    code: "wrong-format",
    severity: "fault",
    place: { file, line: 1, column: 1 },
    message: `${file} is a spreadsheet or a zip archive, as its first bytes say, and no text.`,
    suggestion: "Save it as `CSV UTF-8`; or name it .xlsx and declare `format: xlsx`.",
  };
}

function isUtf16(file: string): Fault {
  return {
    code: "encoding-wrong",
    severity: "fault",
    place: { file, line: 1, column: 1 },
    message: `${file} is written in UTF-16, as its first two bytes say.`,
    suggestion: "Save it as UTF-8; office programs call that `CSV UTF-8`.",
  };
}

function damaged(file: string, code: string): Fault {
  const breaksOff = code === "Z_BUF_ERROR";
  return {
    code: "gzip-damaged",
    severity: "fault",
    message: breaksOff
      ? `${file} breaks off in the middle: its compressed content is not complete.`
      : `${file} ends in .gz and its content is not gzip, or is damaged.`,
    suggestion: breaksOff ? "Copy or download the file again." : "Copy the file again, or name it by what it is.",
  };
}

function stillCompressed(file: string): Fault {
  return {
    code: "gzip-unnamed",
    severity: "fault",
    message: isCompressed(file)
      ? `${file} was compressed twice.`
      : `${file} is compressed with gzip, and its name does not say so.`,
    suggestion: isCompressed(file) ? "Decompress it once." : "Let its name end in .gz.",
  };
}
