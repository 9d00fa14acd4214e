import { expect, test } from "vitest";
import { alphaOf, isClear } from "./alpha.ts";

test("a p on the line is not clear, whatever 1 − level comes to in binary", () => {
  // 1 − 0.9 is 0.09999999999999998, 1 − 0.95 is 0.050000000000000044.
  for (const level of [0.8, 0.9, 0.95, 0.98, 0.99, 0.999]) {
    const alpha = Number((1 - level).toFixed(6));
    expect(alphaOf(level)).toBe(alpha);
    expect(isClear(alpha, level)).toBe(false);
    expect(isClear(alpha - 1e-6, level)).toBe(true);
  }
});
