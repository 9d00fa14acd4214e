import {
  cohenKappa,
  fleissKappa,
  type Items,
  krippendorffAlpha,
  type ModelData,
  type NotEstimable,
  numbersOf,
  variableOf,
} from "#stats";
import { BadSpec } from "../../spec.ts";
import type { Kind } from "../index.ts";

/**
 * `agreement`: of the coders in `nominal` Cohen's kappa (the first two), Fleiss' kappa and Krippendorff's alpha; of the
 * raters in `ordinal` weighted kappa (the first two) and Krippendorff's alpha.
 */
export const agreement: Kind = ({ spec, data }) => {
  const nominal = spec.optionalTexts("nominal");
  const ordinal = spec.optionalTexts("ordinal");
  if (nominal === undefined && ordinal === undefined) throw new BadSpec("spec.nominal or spec.ordinal is expected");
  return {
    ...(nominal === undefined ? {} : nominalAgreement(codesOf(data, nominal))),
    ...(ordinal === undefined ? {} : ordinalAgreement(codesOf(data, ordinal))),
  };
};

function nominalAgreement(codes: Items) {
  const cohen = cohenKappa(firstTwo(codes));
  return {
    cohen: known(cohen, ({ kappa }) => kappa),
    cohenSe: known(cohen, ({ se }) => se),
    cohenZ: known(cohen, ({ z }) => z),
    fleissListwise: known(fleissKappa(codes), ({ kappa }) => kappa),
    krippendorffNominal: known(krippendorffAlpha(codes, { level: "nominal" }), ({ alpha }) => alpha),
  };
}

function ordinalAgreement(codes: Items) {
  const weighted = (weights: "linear" | "quadratic") =>
    known(cohenKappa(firstTwo(codes), { weights }), ({ kappa }) => kappa);
  const alpha = (level: "ordinal" | "interval" | "ratio") =>
    known(krippendorffAlpha(codes, { level }), (found) => found.alpha);
  const isPositive = codes.columns.every((column) => column.every((code) => Number.isNaN(code) || code >= 0));
  return {
    weightedLinear: weighted("linear"),
    weightedQuadratic: weighted("quadratic"),
    krippendorffOrdinal: alpha("ordinal"),
    krippendorffInterval: alpha("interval"),
    ...(isPositive ? { krippendorffRatio: alpha("ratio") } : {}),
  };
}

const firstTwo = ({ names, columns }: Items): Items => ({ names: names.slice(0, 2), columns: columns.slice(0, 2) });

function known<T extends { readonly state: "estimated" }>(found: T | NotEstimable, read: (found: T) => number): number {
  return found.state === "estimated" ? read(found) : Number.NaN;
}

/**
 * What a word counts as: the number it spells, where all do; else its place in the longest list of levels if that holds all
 * words, else among all words in alphabetical order.
 */
function valuesOf(levels: readonly (readonly string[])[]): (word: string) => number {
  const words = [...new Set(levels.flat())];
  if (words.every((word) => word.trim() !== "" && Number.isFinite(Number(word)))) return Number;
  const longest = levels.reduce((best, own) => (own.length > best.length ? own : best));
  const order = longest.length === words.length ? longest : words.sort((a, b) => a.localeCompare(b, "en"));
  return (word) => order.indexOf(word);
}

/** Columns of codes as numbers, words by `valuesOf`. */
function codesOf(data: ModelData, names: readonly string[]): Items {
  const variables = names.map((name) => variableOf(data, name));
  if (variables.every(({ kind }) => kind === "number"))
    return { names, columns: names.map((name) => numbersOf(data, name)) };
  const levels = variables.map((variable) => (variable.kind === "number" ? undefined : variable.levels));
  if (levels.includes(undefined)) throw new BadSpec(`${names.join(", ")} mix words and numbers`);
  const numberOf = valuesOf(levels as readonly (readonly string[])[]);
  return {
    names,
    columns: variables.map((variable) =>
      variable.kind === "number"
        ? variable.values
        : Float64Array.from(variable.codes, (code) => (code < 0 ? Number.NaN : numberOf(variable.levels[code]))),
    ),
  };
}
