import { describe, expect, test } from "vitest";
import { Faults } from "#domain";
import type { EvaluationContext, Moment } from "#expression";
import { invented, type Row, unitOf } from "#testing";
import { amongStayers, notSeenToLeave, restrictedTo } from "./amongStayers.ts";
import { layOpen } from "./testing/layOpen.ts";

/** Who is there so many years after time zero: 1 there, 0 not, NaN where the data end. */
const contextOf = (years: readonly (readonly number[])[]): EvaluationContext =>
  ({
    rows: years.length,
    exists: (moment: Moment) => ({
      kind: "number",
      type: "truth",
      values: Float64Array.from(years, (own) => own["offset" in moment ? moment.offset - 1 : 0]!),
    }),
  }) as unknown as EvaluationContext;

describe("those not seen to leave", () => {
  test.each([
    [[1, 1, 1], 1],
    [[0, 1, 1], 0],
    [[1, 0, 1], 0],
    [[1, 1, 0], 0],
    // Later starters are not followed that long: what is not seen is not leaving.
    [[1, 1, Number.NaN], 1],
    [[1, Number.NaN, Number.NaN], 1],
    [[Number.NaN, Number.NaN, Number.NaN], 1],
    [[0, Number.NaN, Number.NaN], 0],
  ])("of presence %j: %i", (years, stays) => {
    expect([...notSeenToLeave(contextOf([years]))]).toEqual([stays]);
  });
});

describe("a comparison among those who stayed", () => {
  const number = ({ school }: Row) => Number(school.slice(1));
  const rows = invented();
  /** Every fifth school is gone by 2017, two years after time zero. */
  const leaving = rows.filter((row) => !(number(row) % 5 === 0 && row.year === 2017));
  const { study, sample } = layOpen(rows);
  const unit = unitOf(study, leaving);
  const stayers = amongStayers(study, sample, unit, notSeenToLeave);

  test("holds the candidates who were not seen to leave, in their order, and none of the others", () => {
    const staying = sample.candidates.keys.filter((key) => Number(key.slice(1)) % 5 !== 0);
    expect(stayers.candidates.keys).toEqual(staying);
    expect(stayers.candidates.keys.length).toBeLessThan(sample.candidates.keys.length);
  });

  test("is matched by the specification that was chosen before any outcome was seen, and by no other", () => {
    expect(stayers.tried.map(({ specification }) => specification.id)).toEqual([sample.chosen.tried.specification.id]);
    for (const { treated, controls } of stayers.draws[0]!.sets)
      for (const row of [treated, ...controls]) expect(Number(stayers.candidates.keys[row]!.slice(1)) % 5).not.toBe(0);
  });

  test("is the comparison itself where nobody leaves", () => {
    const same = amongStayers(study, sample, unitOf(study, rows), notSeenToLeave);
    expect(same.candidates.keys).toEqual(sample.candidates.keys);
    expect(same.draws[0]!.weights).toEqual(sample.draws[0]!.weights);
  });

  test("takes everybody where the comparison restricts to nobody", () => {
    expect([...restrictedTo(study, sample)(contextOf([[0], [1]]))]).toEqual([1, 1]);
  });

  test("without anybody of the programme left is refused", () => {
    const gone = unitOf(
      study,
      rows.filter((row) => !(row.programme && row.year === 2016)),
    );
    expect(() => amongStayers(study, sample, gone, notSeenToLeave)).toThrow(Faults);
  });
});
