import fc from "fast-check";
import { expect, test } from "vitest";
import { weightedMoments } from "#stats";
import { armsOf, momentsOf } from "./armMoments.ts";
import { type CovariateColumn, modelColumns } from "./covariates.ts";

const LEVELS = ["a", "b", "c", "d"];

/** Rows with an arm, a weight that may be 0, a code that may be a gap and a number that may be a gap. */
const rows = fc.array(
  fc.record({
    arm: fc.constantFrom(0, 1),
    weight: fc.constantFrom(0, 1, 0.1, 2.5),
    code: fc.integer({ min: -1, max: LEVELS.length - 1 }),
    value: fc.oneof(fc.constant(Number.NaN), fc.constantFrom(0, 1), fc.float({ noNaN: true, noDefaultInfinity: true })),
  }),
  { minLength: 1, maxLength: 40 },
);

/** The same by a 0/1 column for every level, its values and weights listed. */
function byColumns(values: Float64Array, treated: Uint8Array, weights: Float64Array, isBinary: boolean) {
  const ofArm = (arm: number) => {
    const kept = [...values.keys()].filter(
      (row) => treated[row] === arm && weights[row] !== 0 && !Number.isNaN(values[row]!),
    );
    const { mean, variance } = weightedMoments(
      kept.map((row) => values[row]!),
      kept.map((row) => weights[row]!),
    );
    return { mean, variance: isBinary ? mean * (1 - mean) : variance, n: kept.length };
  };
  return { treated: ofArm(1), comparison: ofArm(0) };
}

test("moments by code are those of 0/1 columns to the last bit, whatever is missing, unused or empty", () => {
  fc.assert(
    fc.property(rows, (drawn) => {
      const treated = Uint8Array.from(drawn, ({ arm }) => arm);
      const weights = Float64Array.from(drawn, ({ weight }) => weight);
      const category: CovariateColumn = {
        name: "category",
        column: { kind: "code", type: "category", levels: LEVELS, codes: Int32Array.from(drawn, ({ code }) => code) },
        // So the first level has no column to compare with; the others have.
        reference: undefined,
      };
      const values = Float64Array.from(drawn, ({ value }) => value);
      const number: CovariateColumn = {
        name: "number",
        column: { kind: "number", type: "number", values },
        reference: undefined,
      };
      const arms = armsOf(treated, weights);
      const levels = momentsOf(category, arms);
      const beside = modelColumns([category]).map((one) => byColumns(one.values, treated, weights, true));
      expect(levels.slice(levels.length - beside.length)).toEqual(beside);
      const isShare = drawn.every(({ value }) => Number.isNaN(value) || value === 0 || value === 1);
      expect(momentsOf(number, arms)).toEqual([byColumns(values, treated, weights, isShare)]);
    }),
    { numRuns: 300 },
  );
});
