/**
 * Why a cell holds no value. Publishers' symbols (SUPP, NE, LOWCOV, …) are declared per source and become one of these.
 * `missing` is the state of an empty cell, and of any value derived from a cell without one.
 */
const CELL_STATES = ["observed", "missing", "suppressed", "notApplicable", "notAvailable"] as const;

export type CellState = (typeof CELL_STATES)[number];

/** A state as the byte a column keeps it in: its place in `CELL_STATES`. */
export const stateCode = (state: CellState): number => CELL_STATES.indexOf(state);
