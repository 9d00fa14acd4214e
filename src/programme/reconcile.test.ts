import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareTotals, reconcileUnits } from "./reconcile.ts";

describe("counts reconciled unit by unit", () => {
  const unit = fc.record({ isIn: fc.boolean(), withdrew: fc.boolean(), linked: fc.boolean() });
  type Unit = { readonly isIn: boolean; readonly withdrew: boolean; readonly linked: boolean };
  const reasons = [
    { id: "not-linked", label: "were not found", holds: ({ linked }: Unit) => !linked },
    { id: "withdrew", label: "withdrew", holds: ({ withdrew }: Unit) => withdrew },
  ];

  it("always come to the same: provider = analysis + explained + unexplained − added", () => {
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 60 }), fc.nat(5), (units, added) => {
        const { from, to, reasons: found, unexplained } = reconcileUnits(units, ({ isIn }) => isIn, reasons, added);
        const explained = found.reduce((sum, { count }) => sum + count, 0);
        expect(from).toBe(to + explained + unexplained - added);
        expect(from).toBe(units.length);
        expect(to).toBe(units.filter(({ isIn }) => isIn).length + added);
      }),
    );
  });

  it("explain a unit once, under the first reason that holds", () => {
    const both = { isIn: false, withdrew: true, linked: false };
    expect(reconcileUnits([both], ({ isIn }) => isIn, reasons).reasons).toEqual([
      { id: "not-linked", label: "were not found", count: 1 },
    ]);
    expect(reconcileUnits([{ isIn: false, withdrew: false, linked: true }], ({ isIn }) => isIn, reasons)).toEqual({
      from: 1,
      to: 0,
      reasons: [],
      unexplained: 1,
      added: 0,
    });
  });
});

describe("two totals", () => {
  const known = [
    { id: "withdrew", label: "withdrew", count: 24 },
    { id: "no-school", label: "have no school", count: 5 },
    { id: "rows", label: "stand in a second row", count: -21 },
  ];

  it.each([
    [337, 337, "agrees", []],
    [337, 313, "would be explained by", ["withdrew"]],
    [337, 308, "would be explained by", ["withdrew", "no-school"]],
    [337, 358, "would be explained by", ["rows"]],
    [337, 323, "not explained", []],
  ])("of %d and %d: %s", (from, to, state, ids) => {
    const compared = compareTotals(from, to, known);
    expect([compared.state, compared.parts.map(({ id }) => id)]).toEqual([state, ids]);
  });

  it("that more than one number explains say so", () => {
    const twice = [...known, { id: "later", label: "were recruited after that day", count: 24 }];
    expect(compareTotals(337, 313, twice).others).toHaveLength(1);
  });

  it("always come to the same: one = other + parts + unexplained", () => {
    fc.assert(
      fc.property(
        fc.nat(400),
        fc.nat(400),
        fc.array(fc.integer({ min: -30, max: 30 }), { maxLength: 5 }),
        (a, b, counts) => {
          const list = counts.map((count, i) => ({ id: String(i), label: "x", count }));
          const { from, to, parts, unexplained } = compareTotals(a, b, list);
          expect(from).toBe(to + parts.reduce((sum, { count }) => sum + count, 0) + unexplained);
        },
      ),
    );
  });
});
