import { balanceTable, type ComparisonSample, readCovariates, type WwcBaseline } from "#design";
import type { Study } from "#protocol";
import { aboutComparison, describe, slug } from "./aboutComparison.ts";
import { type Exhibit, type ExhibitCell, left, right, withUniqueIds } from "./exhibit.ts";
import { count, isFew, nothing, number, printNumber, protectedCount, signed, text } from "./print.ts";

/** How alike the groups were, before and after matching. */
export function balanceExhibit(study: Study, sample: ComparisonSample): Exhibit {
  const { balance, comparison } = sample;
  const anyWwc = balance.some((row) => row.wwc !== undefined);
  const worst = largest(balance.map((row) => row.smdAfter));
  const worstBefore = largest(balance.map((row) => row.smdBefore));
  const nameOf = covariateNames(sample);
  const { minimum } = study.disclosure;
  // No count stands beside these numbers, so the rules cannot tell by themselves that they describe few.
  const unlessFew = (arms: readonly { readonly n: number }[], cell: ExhibitCell): ExhibitCell =>
    arms.some(({ n }) => isFew(n, minimum)) ? nothing(`withheld: it describes fewer than ${minimum} units`) : cell;
  const anyFew = balance.some(({ before, after }) =>
    [before.treated, before.comparison, after.treated, after.comparison].some(({ n }) => isFew(n, minimum)),
  );
  return {
    id: `balance-${comparison.id}`,
    title: `How alike the groups were at baseline: ${comparison.id}`,
    summary:
      worst === undefined
        ? "Means before and after matching. No covariate varies, so there is no difference to measure."
        : `Means before and after matching. The largest remaining difference is ${printNumber(100 * worst, 1)}% of a standard deviation.`,
    columns: [
      left("covariate", "Covariate"),
      right("treated", "Programme"),
      right("pool", "Pool before"),
      right("smdBefore", "Difference before, SD"),
      right("treatedAfter", "Programme matched"),
      right("comparison", "Comparison matched"),
      right("smdAfter", "Difference after, SD"),
      right("bias", "Bias, %"),
      right("ratio", "Variance ratio"),
      ...(anyWwc ? [left("wwc", "WWC baseline")] : []),
    ],
    rows: withUniqueIds(
      balance.map((row) => {
        const { before, after } = row;
        const arms = [after.treated, after.comparison];
        const both = [...arms, before.treated, before.comparison];
        const ratio = number(row.varianceRatio, 2, "not defined for a yes/no column");
        const wwc = row.wwc === undefined ? nothing("not tagged `baseline: required`") : wwcCell(row.wwc);
        return {
          id: slug(row.column),
          cells: {
            covariate: text(nameOf(row)),
            treated: unlessFew([before.treated], number(before.treated.mean, 2)),
            pool: unlessFew([before.comparison], number(before.comparison.mean, 2)),
            smdBefore: unlessFew([before.treated, before.comparison], signed(row.smdBefore, 2)),
            treatedAfter: unlessFew([after.treated], number(after.treated.mean, 2)),
            comparison: unlessFew([after.comparison], number(after.comparison.mean, 2)),
            smdAfter: unlessFew(both, signed(row.smdAfter, 2)),
            bias: unlessFew(both, signed(row.percentBias, 1)),
            ratio: unlessFew(arms, ratio),
            ...(anyWwc && { wwc: unlessFew(both, wwc) }),
          },
        };
      }),
    ),
    notes: [
      "Differences are divided by the pooled standard deviation before matching, so that before and after share one yardstick.",
      ...(anyWwc
        ? [
            "WWC baseline equivalence: up to .05 satisfied, up to .25 satisfied if the covariate is in the outcome model, above not satisfied (confirm the thresholds with the standard before quoting them).",
          ]
        : []),
    ],
    about: aboutComparison(
      study,
      sample,
      "Means by arm, standardised difference, variance ratio, percent bias",
      describe(sample.chosen.tried.specification),
    ),
    ...(!anyFew && {
      chart: {
        kind: "love",
        alt: `Dot chart of standardised differences: before matching up to ${printNumber(worstBefore ?? 0, 2)} SD, after matching up to ${printNumber(worst ?? 0, 2)} SD.`,
        points: balance
          .filter((row) => Number.isFinite(row.smdBefore) && Number.isFinite(row.smdAfter))
          .map((row) => ({ label: nameOf(row), before: row.smdBefore, after: row.smdAfter })),
      },
    }),
  };
}

/** Covariates by their label where they have one, with the level of a category. */
function covariateNames({
  chosen,
  comparison,
}: ComparisonSample): (row: {
  readonly column: string;
  readonly covariate: string;
  readonly level: string | undefined;
}) => string {
  const all = [...comparison.match.balanceOn, ...chosen.tried.specification.covariates];
  const labels = new Map(all.map(({ name, label }) => [name, label]));
  return ({ column, covariate, level }) => {
    const label = labels.get(covariate);
    return label === undefined ? column : level === undefined ? label : `${label}: ${level}`;
  };
}

/** The largest size among the numbers that are known, or undefined when none is. */
function largest(values: readonly number[]): number | undefined {
  const known = values.map(Math.abs).filter((value) => !Number.isNaN(value));
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Who of the programme was left out, set beside those kept; nothing when all were kept. */
export function droppedExhibit(study: Study, sample: ComparisonSample): readonly Exhibit[] {
  const { candidates, comparison } = sample;
  const eligible = candidates.treated.reduce((sum, value) => sum + value, 0);
  const kept = sample.draws[0]!.weights.filter((weight, row) => weight > 0 && candidates.treated[row] === 1).length;
  if (kept === eligible) return [];
  const balance = balanceOfFirstDraw(sample);
  const nameOf = covariateNames(sample);
  return [
    {
      id: `dropped-${comparison.id}`,
      title: `Programme ${candidates.unit.noun}s left out: ${comparison.id}`,
      summary: `The estimate describes the ${protectedCount(kept, study.disclosure.minimum)} kept; here is how those left out (${protectedCount(eligible - kept, study.disclosure.minimum)}) differ from them.`,
      columns: [
        left("covariate", "Covariate"),
        right("kept", "Kept"),
        right("dropped", "Left out"),
        right("known", "Left out, with a value"),
      ],
      rows: withUniqueIds(
        balance.map((row) => {
          const { before, after } = { before: row.before.treated, after: row.after.treated };
          const known = before.n - after.n;
          // Treated units weigh 1, so the mean of those left out follows from the two means and counts.
          const mean = (before.n * before.mean - after.n * after.mean) / known;
          return {
            id: slug(row.column),
            cells: {
              covariate: text(nameOf(row)),
              kept: number(after.mean, 2),
              dropped: known > 0 ? number(mean, 2) : nothing("none of those left out has a value"),
              known: count(known),
            },
          };
        }),
      ),
      notes: ["Those left out had no usable counterpart or lack a baseline value; the flow says how many of each."],
      about: {
        ...aboutComparison(study, sample, "Baseline means of treated units kept and left out", "means"),
        keys: keysLeftOut(sample),
      },
    },
  ];
}

const MOST_KEYS = 10;

/** Some of the programme units that are not in the matched sample. */
function keysLeftOut({ candidates, draws }: ComparisonSample): readonly string[] {
  const { weights } = draws[0]!;
  return candidates.keys.filter((_, row) => candidates.treated[row] === 1 && !(weights[row]! > 0)).slice(0, MOST_KEYS);
}

/** Under imputation each draw may keep other units: those left out are described as in the first, like the flow. */
function balanceOfFirstDraw({ draws, balance, chosen, comparison, candidates }: ComparisonSample) {
  if (draws.length === 1) return balance;
  const shown = [...chosen.tried.specification.covariates, ...comparison.match.balanceOn];
  const covariates = readCovariates(
    [...new Map(shown.map((covariate) => [covariate.name, covariate])).values()],
    candidates.context,
  );
  return balanceTable(covariates, candidates.treated, draws.slice(0, 1), new Set());
}

function wwcCell({ verdict, statistic, value }: WwcBaseline): ExhibitCell {
  if (verdict === "cannot be assessed") return { text: verdict, reason: "one of the groups has no value left" };
  return { text: `${verdict} (${statistic} ${printNumber(value, 2)})`, value };
}
