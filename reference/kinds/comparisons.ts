import {
  asFactor,
  benjaminiHochberg,
  chiSquaredTest,
  completeRows,
  crossTable,
  fisherExactTest,
  fisherOddsRatio,
  fitLinear,
  holm,
  mcnemarTest,
  modelMatrix,
  momentsOf,
  numbersOf,
  oneSampleT,
  poolImputations,
  readFormula,
  robustCovariance,
  signedRankTest,
  standardisedMeanChange,
  standardisedMeanDifference,
  takeRows,
  testContrast,
  twoSampleT,
  variableOf,
  variablesOf,
} from "#stats";
import type { Request } from "../case.ts";
import { BadSpec } from "../spec.ts";
import { mdes } from "./designs.ts";
import { estimated } from "./estimated.ts";
import type { Kind } from "./index.ts";
import { eefEffectSize } from "./trials.ts";

const LEVEL = 0.95;

export const COMPARISONS: Readonly<Record<string, Kind>> = { tests, mdes, poolLm, eefEffectSize };

/**
 * Tests of a before-and-after file: columns `pre`, `post`, `group` (with Cont and FT among its levels) and two yes-or-no
 * columns `gain5` and `big`.
 */
function tests({ data }: Request): unknown {
  const both = takeRows(data, completeRows(data, ["pre", "post"]));
  const pre = numbersOf(both, "pre");
  const changes = numbersOf(both, "post").map((value, i) => value - pre[i]);
  const group = asFactor(variableOf(data, "group"));
  const post = numbersOf(data, "post");
  const [cont, ft] = ["Cont", "FT"].map((level) => {
    const code = group.levels.indexOf(level);
    if (code < 0) throw new BadSpec(`column "group" has no level "${level}"; it has ${group.levels.join(", ")}`);
    return momentsOf(post.filter((value, i) => group.codes[i] === code && !Number.isNaN(value)));
  });
  const gain = asFactor(variableOf(data, "gain5"));
  const big = asFactor(variableOf(data, "big"));
  const byGroup = crossTable(group.codes, gain.codes, [group.levels.length, gain.levels.length]);
  const twoByTwo = crossTable(gain.codes, big.codes, [gain.levels.length, big.levels.length]);
  const paired = estimated(oneSampleT(momentsOf(changes), LEVEL));
  const dz = estimated(standardisedMeanChange(momentsOf(changes), { corrected: false, level: LEVEL }));
  const ranks = estimated(signedRankTest(changes));
  const welch = estimated(twoSampleT(cont, ft, { level: LEVEL }));
  const mcnemar = estimated(mcnemarTest(twoByTwo, { continuity: true }));
  const chi = estimated(chiSquaredTest(byGroup));
  const odds = estimated(fisherOddsRatio(twoByTwo, LEVEL));
  const g = estimated(standardisedMeanDifference(cont, ft, { corrected: true, level: LEVEL }));
  return {
    pairedT: {
      statistic: paired.t,
      df: paired.df,
      p: paired.p,
      lower: paired.low,
      upper: paired.high,
      dz: dz.estimate,
    },
    signedRank: { V: ranks.statistic, p: ranks.p },
    welchContVsFt: { statistic: welch.t, df: welch.df, p: welch.p, lower: welch.low, upper: welch.high },
    mcnemar: { statistic: mcnemar.statistic, p: mcnemar.p },
    chisq: { statistic: chi.statistic, df: chi.df, p: chi.p },
    fisherRxCp: estimated(fisherExactTest(byGroup)).p,
    fisher2x2: { p: odds.p, oddsRatio: odds.oddsRatio, lower: odds.low, upper: odds.high },
    hedges: { g: g.estimate, lower: g.low, upper: g.high },
  };
}

/** Five p-values on which results of kind poolLm show both adjustments; the format has no place to give others. */
const EXAMPLE_P = [0.01, 0.04, 0.03, 0.2, 0.002];

function poolLm({ spec, data }: Request): unknown {
  const formula = readFormula(spec.text("formula"));
  const copies = asFactor(variableOf(data, spec.text("imputation")));
  if (formula.response === undefined) throw new BadSpec("spec.formula has no response");
  const rows = completeRows(data, variablesOf(formula));
  const fits = copies.levels.map((_, copy) => {
    const own = takeRows(
      data,
      rows.filter((row) => copies.codes[row] === copy),
    );
    return fitLinear({ y: numbersOf(own, formula.response!), ...modelMatrix(formula, own) });
  });
  const pooled = fits[0].names.map((name, j) => {
    const intervals = fits.map((fit) => {
      const contrast = new Float64Array(fit.names.length);
      contrast[j] = 1;
      return testContrast(fit, robustCovariance(fit, { kind: "model" }), contrast, { level: LEVEL });
    });
    const { interval, increase, missingInformation } = poolImputations(intervals, LEVEL);
    const { estimate, se, df, p, low, high } = interval;
    return [name, { estimate, se, df, p, lower: low, upper: high, fmi: missingInformation, riv: increase }];
  });
  return {
    ...Object.fromEntries(pooled),
    pAdjust: { p: EXAMPLE_P, holm: holm(EXAMPLE_P), BH: benjaminiHochberg(EXAMPLE_P) },
  };
}
