import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Engine } from "./engine.ts";
import { quoteName, quotePath, quoteText } from "./sqlText.ts";

async function withEngine<T>(use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await Engine.open();
  try {
    return await use(engine);
  } finally {
    engine.close();
  }
}

describe("the columnar engine", () => {
  it("gives columns as typed arrays in the order of the result, over many chunks", async () => {
    const [x, code] = await withEngine((engine) =>
      engine.columns("SELECT (i / 2)::DOUBLE, (i % 7)::INTEGER FROM range(10000) t(i)", ["float64", "int32"], 10_000),
    );
    expect(x).toEqual(Float64Array.from({ length: 10_000 }, (_, i) => i / 2));
    expect(code).toEqual(Int32Array.from({ length: 10_000 }, (_, i) => i % 7));
  });

  it("refuses a result of another length than was said", async () => {
    await withEngine(async (engine) => {
      await expect(engine.columns("SELECT i::DOUBLE FROM range(3) t(i)", ["float64"], 2)).rejects.toThrow(RangeError);
      await expect(engine.columns("SELECT i::DOUBLE FROM range(3) t(i)", ["float64"], 4)).rejects.toThrow(RangeError);
    });
  });

  it("keeps text as it is through a table, whatever it holds", async () => {
    await withEngine((engine) =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.string({ unit: "grapheme", maxLength: 20 }), { maxLength: 40 }), async (texts) => {
          await engine.run("DROP TABLE IF EXISTS t");
          await engine.createTextTable("t", ["a"], [texts.map((text) => [text])]);
          expect(await engine.texts("SELECT a FROM t ORDER BY rowid")).toEqual(texts);
        }),
        { numRuns: 50 },
      ),
    );
  });

  it("gives texts that hold the separator it joins with", async () => {
    const texts = await withEngine((engine) => engine.texts("SELECT unnest(['a' || chr(0) || 'b', 'c'])"));
    expect(texts).toEqual(["a\0b", "c"]);
  });

  it("gives many texts in their order", async () => {
    const texts = await withEngine((engine) => engine.texts("SELECT 'x' || i FROM range(150000) t(i)"));
    expect(texts.length).toBe(150_000);
    expect([texts[0], texts[65_536], texts[149_999]]).toEqual(["x0", "x65536", "x149999"]);
  });

  it("lays flags beside a table row by row", async () => {
    const kept = await withEngine(async (engine) => {
      await engine.run("CREATE TABLE t AS SELECT i FROM range(5000) t(i)");
      await engine.createFlagTable(
        "f",
        "keep",
        Uint8Array.from({ length: 5000 }, (_, i) => Number(i % 1000 === 999)),
      );
      return engine.rows("SELECT i::INTEGER FROM t POSITIONAL JOIN f WHERE keep");
    });
    expect(kept.flat()).toEqual([999, 1999, 2999, 3999, 4999]);
  });

  it("quotes names, text and paths", async () => {
    expect(quoteName('a"b')).toBe('"a""b"');
    expect(quoteText("it's")).toBe("'it''s'");
    expect(quotePath("/d/a[1]*?.csv")).toBe("'/d/a[[]1][*][?].csv'");
    const echoed = await withEngine((engine) =>
      engine.rows(`SELECT ${quoteText("it's")} AS ${quoteName('odd "name"')}`),
    );
    expect(echoed).toEqual([["it's"]]);
  });
});
