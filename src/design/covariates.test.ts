import fc from "fast-check";
import { expect, test } from "vitest";
import { CodedColumns } from "#stats";
import { type CovariateColumn, completeRows, modelColumns, scoreDesign } from "./covariates.ts";

const NO_TERMS = { quadratic: [], interactions: [] };

/** Complete covariates: categories with levels that nobody has, a declared reference or none, and numbers. */
const covariates = fc.integer({ min: 1, max: 12 }).chain((rows) =>
  fc
    .array(
      fc.oneof(
        fc.record({
          levels: fc.integer({ min: 1, max: 5 }),
          codes: fc.array(fc.nat(4), { minLength: rows, maxLength: rows }),
          reference: fc.option(fc.nat(4), { nil: undefined }),
        }),
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: rows, maxLength: rows }),
      ),
      { maxLength: 5 },
    )
    .map((drawn) => ({
      rows,
      columns: drawn.map((one, place): CovariateColumn => {
        const name = `c${place}`;
        if (Array.isArray(one))
          return {
            name,
            column: { kind: "number", type: "number", values: Float64Array.from(one) },
            reference: undefined,
          };
        const levels = Array.from({ length: one.levels }, (_, level) => `l${level}`);
        const codes = Int32Array.from(one.codes, (code) => code % one.levels);
        return {
          name,
          column: { kind: "code", type: "category", levels, codes },
          reference: one.reference === undefined ? undefined : `l${one.reference}`,
        };
      }),
    })),
);

test("a score's columns are an intercept and the model's columns, whether kept as codes or written out", () => {
  fc.assert(
    fc.property(covariates, ({ rows, columns }) => {
      const { x, names } = scoreDesign(columns, rows, NO_TERMS);
      const written = modelColumns(columns);
      expect(x).toBeInstanceOf(CodedColumns);
      expect(names).toEqual(["(Intercept)", ...written.map(({ name }) => name)]);
      // Powers of two add up exactly in any order.
      const beta = Float64Array.from(names, (_, j) => 2 ** j);
      const expected = Float64Array.from({ length: rows }, (_, row) =>
        written.reduce((sum, { values }, j) => sum + 2 ** (j + 1) * values[row]!, 1),
      );
      expect((x as CodedColumns).times(beta)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test("complete rows have a value in every covariate", () => {
  const number: CovariateColumn = {
    name: "n",
    column: { kind: "number", type: "number", values: Float64Array.of(1, Number.NaN, 3, 4) },
    reference: undefined,
  };
  const code: CovariateColumn = {
    name: "c",
    column: { kind: "code", type: "category", levels: ["a"], codes: Int32Array.of(0, 0, -1, 0) },
    reference: undefined,
  };
  expect([...completeRows([number, code], 4)]).toEqual([0, 3]);
  expect([...completeRows([], 2)]).toEqual([0, 1]);
});
