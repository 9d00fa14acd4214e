/** The level of a test that goes with intervals of `level`: .05 for 95%. Rounded, since 1 − 0.9 is a little less than 0.1. */
export const alphaOf = (level: number): number => Math.round((1 - level) * 1e9) / 1e9;

/** Whether a p goes with an interval of `level` that leaves 0 out. */
export const isClear = (p: number, level: number): boolean => p < alphaOf(level);
