import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Faults, type FileFormat } from "#domain";
import { openSource } from "./openSource.ts";
import { declare } from "./testing/declare.ts";
import { TestFolder } from "./testing/folder.ts";

const YAML = "key: [a]\ncolumns: { a: text, b: number, c: { type: date, codes: { x: suppressed } } }";
const RUNS = 12;

/** Bytes that are often almost a file. */
const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "a,b,c\n",
      "x,1,2016-09-01\n",
      ",,x\n",
      '"q""q",2,\n',
      "a;b;c\n",
      "\n",
      "\r\n",
      "\r",
      ",",
      '"',
      "\ufeff",
      "é",
      "\0",
      "{}",
      '{"a":1,"b":2,"c":null}\n',
      "PK\u0003\u0004",
      "PAR1",
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
);
const content = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { minLength: 1, maxLength: 9 }).map((parts) => Buffer.from(parts.join(""))) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
);

describe("any file at all", () => {
  it.each<[FileFormat, string, "utf-8" | "windows-1252"]>([
    ["csv", "f.csv", "utf-8"],
    ["csv", "f.csv", "windows-1252"],
    ["csv", "f.csv.gz", "utf-8"],
    ["jsonl", "f.jsonl", "utf-8"],
    ["parquet", "f.parquet", "utf-8"],
    ["xlsx", "f.xlsx", "utf-8"],
  ])(
    "as %s (%s, %s) is read whole or ends in faults that say where and what to do",
    async (format, file, encoding) => {
      using folder = new TestFolder();
      await fc.assert(
        fc.asyncProperty(fc.constant("a,b,c\n"), content, fc.boolean(), async (header, bytes, withHeader) => {
          folder.write(file, withHeader ? Buffer.concat([Buffer.from(header), bytes]) : bytes);
          try {
            await using source = await openSource(declare(YAML, file, { format, encoding }), {
              dataFolder: folder.path,
            });
            const { frame, trail } = await source.view();
            expect(frame.rows).toBe(trail.rowsInFile);
          } catch (problem) {
            if (!(problem instanceof Faults)) throw problem;
            expect(problem.faults.length).toBeGreaterThan(0);
            for (const fault of problem.faults)
              expect([fault.message, fault.suggestion]).toEqual([
                expect.stringMatching(/./),
                expect.stringMatching(/./),
              ]);
          }
        }),
        { numRuns: RUNS },
      );
    },
    300_000,
  );
});

describe("any JSON object at all", () => {
  it("has a key twice only when its text repeats one", async () => {
    using folder = new TestFolder();
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(objects, fc.boolean(), async (records, isRepeated) => {
        const lines = records.map((record) => JSON.stringify({ ...record, a: "x", b: 1, c: null }));
        const last = lines.at(-1)!;
        const file = folder.write("f.jsonl", [...lines, isRepeated ? `{"a":"y",${last.slice(1)}` : last].join("\n"));
        const opened = openSource(declare(YAML, file, { format: "jsonl" }), { dataFolder: folder.path });
        const message = await opened.then(
          (source) => source.close(),
          (problem: Error) => problem.message,
        );
        if (isRepeated) expect(message).toContain(`Line ${lines.length + 1} of f.jsonl has the key a twice.`);
        else expect(message).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
