import { checkLength, Matrix, ShapeMismatch } from "#math";
import { NotFinite } from "../common/notFinite.ts";

/** Observations of units over periods, one row each, in any order. */
export interface PanelRows {
  /** Number of the unit, from 0. */
  readonly unit: Int32Array;
  /** Number of the period, from 0 in order of time. */
  readonly period: Int32Array;
  readonly outcome: Float64Array;
}

/** A panel laid out: one row per unit, one column per period, NaN where there is no observation. */
export interface Panel {
  readonly outcomes: Matrix;
  readonly units: number;
  readonly periods: number;
}

/**
 * @throws ShapeMismatch  the lengths differ, a number is below 0, or a unit has two rows for one period.
 * @throws NotFinite      an outcome is infinite; NaN stands for none.
 */
export function panelOf({ unit, period, outcome }: PanelRows): Panel {
  checkLength("period", period.length, unit.length);
  checkLength("outcome", outcome.length, unit.length);
  const units = unit.reduce((most, own) => Math.max(most, own), -1) + 1;
  const periods = period.reduce((most, own) => Math.max(most, own), -1) + 1;
  const outcomes = new Matrix(units, periods);
  outcomes.data.fill(Number.NaN);
  const isFilled = new Uint8Array(units * periods);
  for (let i = 0; i < unit.length; i++) {
    if (unit[i] < 0 || period[i] < 0) throw new ShapeMismatch(`row ${i}: units and periods are numbered from 0`);
    const place = period[i] * units + unit[i];
    if (isFilled[place] === 1)
      throw new ShapeMismatch(`row ${i}: unit ${unit[i]} has two rows for period ${period[i]}`);
    isFilled[place] = 1;
    if (Math.abs(outcome[i]) === Number.POSITIVE_INFINITY)
      throw new NotFinite(`the outcome is ${outcome[i]} in row ${i}`);
    outcomes.data[place] = outcome[i];
  }
  return { outcomes, units, periods };
}
