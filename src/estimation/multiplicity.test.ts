import { describe, expect, test } from "vitest";
import type { OutcomeEffect, Role } from "./effect.ts";
import { adjustFamily } from "./multiplicity.ts";

const effect = (role: Role, p: number | undefined): OutcomeEffect =>
  ({
    role,
    adjustedP: undefined,
    adjustment: "none",
    readings: [{ point: p === undefined ? { state: "not estimable", reason: "few" } : { state: "estimated", p } }],
  }) as unknown as OutcomeEffect;
const adjusted = (...effects: readonly OutcomeEffect[]) =>
  adjustFamily(effects).map(({ adjustedP, adjustment }) => [
    adjustment,
    adjustedP === undefined ? undefined : Number(adjustedP.toFixed(10)),
  ]);

describe("a family", () => {
  test("with one primary result tests it as it is", () => {
    expect(adjusted(effect("primary", 0.03))).toEqual([["none", 0.03]]);
  });

  test("with two or more primaries adjusts them by Holm", () => {
    expect(adjusted(effect("primary", 0.03), effect("primary", 0.01), effect("primary", 0.04))).toEqual([
      ["Holm", 0.06],
      ["Holm", 0.03],
      ["Holm", 0.06],
    ]);
  });

  test("adjusts secondary results by Benjamini-Hochberg, apart from the primary", () => {
    expect(
      adjusted(effect("primary", 0.04), effect("secondary", 0.02), effect("secondary", 0.03), effect("secondary", 0.5)),
    ).toEqual([
      ["none", 0.04],
      ["Benjamini-Hochberg", 0.045],
      ["Benjamini-Hochberg", 0.045],
      ["Benjamini-Hochberg", 0.5],
    ]);
  });

  test("labels the rest exploratory and does not adjust it", () => {
    expect(adjusted(effect("exploratory", 0.001), effect("secondary", 0.02))).toEqual([
      ["exploratory", undefined],
      ["Benjamini-Hochberg", 0.02],
    ]);
  });

  test("leaves out of the counting what could not be estimated, and gives it no p", () => {
    expect(adjusted(effect("primary", undefined), effect("primary", 0.02), effect("primary", 0.03))).toEqual([
      ["Holm", undefined],
      ["Holm", 0.04],
      ["Holm", 0.04],
    ]);
    expect(adjusted(effect("primary", undefined))).toEqual([["none", undefined]]);
  });
});
