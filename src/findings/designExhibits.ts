import type { ComparisonSample } from "#design";
import type { Study } from "#protocol";
import { aboutComparison, capital, describe, slug } from "./aboutComparison.ts";
import { balanceExhibit, droppedExhibit } from "./balanceExhibits.ts";
import { type Exhibit, type ExhibitCell, type ExhibitRow, left, right, withUniqueIds } from "./exhibit.ts";
import {
  count,
  isFew,
  nothing,
  number,
  protectedPair,
  protectedPlural,
  share,
  signed,
  text,
  totalCount,
} from "./print.ts";
import { baselineInWords, distinctMatched } from "./startWords.ts";

type Tried = ComparisonSample["tried"][number];

/** The tables that stand before any effect: flow, missingness, specifications tried, balance. */
export function designExhibits(study: Study, sample: ComparisonSample): readonly Exhibit[] {
  return [
    flowExhibit(study, sample),
    missingnessExhibit(study, sample),
    specificationsExhibit(study, sample),
    balanceExhibit(study, sample),
    ...droppedExhibit(study, sample),
  ];
}

function flowExhibit(study: Study, sample: ComparisonSample): Exhibit {
  const { comparison, candidates } = sample;
  const { noun } = candidates.unit;
  const { minimum } = study.disclosure;
  const year = baselineInWords(comparison, study.about.yearName);
  let treated = candidates.start.treated;
  let pool = candidates.start.comparison;
  const rows: ExhibitRow[] = [
    {
      id: "start",
      cells: {
        step: text(`${capital(noun)}s with a row in ${year}`),
        treated: totalCount(treated),
        comparison: totalCount(pool),
        undecided:
          candidates.start.undecided > 0 ? count(candidates.start.undecided) : nothing("every case was decided"),
      },
    },
  ];
  const chart = [{ label: `${capital(noun)}s in ${year}`, treated, comparison: pool, isLoss: false }];
  for (const step of sample.flow) {
    if (step.treated + step.comparison === 0) continue;
    treated -= step.treated;
    pool -= step.comparison;
    rows.push({
      id: step.id.replaceAll(/[^a-z0-9]+/gi, "-"),
      cells: {
        step: text(`Left out: ${step.reason}`),
        treated: count(step.treated),
        comparison: count(step.comparison),
        undecided: step.undecided > 0 ? count(step.undecided) : nothing("every case was decided"),
      },
    });
    chart.push({ label: step.reason, treated: step.treated, comparison: step.comparison, isLoss: true });
  }
  rows.push({
    id: "matched",
    cells: {
      step: text("In the matched sample"),
      treated: count(treated),
      comparison: count(pool),
      undecided: nothing(""),
    },
  });
  chart.push({ label: "In the matched sample", treated, comparison: pool, isLoss: false });
  const notes = [
    ...(candidates.entry === undefined
      ? []
      : [
          `Rows are ${noun}s in a baseline year: a comparison ${noun} may enter once in each. Behind the rows of the matched sample stand ${protectedPlural(distinctMatched(sample, 1), `programme ${noun}`, minimum)} and ${protectedPlural(distinctMatched(sample, 0), `comparison ${noun}`, minimum)}.`,
        ]),
    ...(candidates.start.undecided > 0
      ? [
          `Where \`treated\` cannot be decided because a value it reads is missing (the undecided of the first row), a ${noun} counts as not treated. Elsewhere an undecided condition leaves a ${noun} out.`,
        ]
      : []),
    ...(candidates.start.noBaselineRow > 0
      ? [
          `${protectedPlural(candidates.start.noBaselineRow, noun, minimum)} in earlier years have no row in ${year} and are not counted here.`,
        ]
      : []),
    ...(sample.draws.length > 1
      ? [`Counts of matched units are those of the first of ${sample.draws.length} imputations.`]
      : []),
    ...sample.candidates.unit.joins.map(
      (join) =>
        `Join with ${join.source} on ${join.on.join(" × ")}: ${protectedPlural(
          join.withoutPartner.reduce((a, b) => a + b, 0),
          "row",
          minimum,
        )} of ${join.unitRows} found no partner; ${protectedPlural(join.sourceRowsUnused, "row", minimum)} of ${join.source} were not asked for.`,
    ),
  ];
  return {
    id: `flow-${comparison.id}`,
    title: `Who was compared: ${comparison.id}`,
    summary: `From every ${noun} in the data to the matched sample, with the reason each left.`,
    columns: [
      left("step", "Step"),
      right("treated", "Programme"),
      right("comparison", "Comparison pool"),
      right("undecided", "Undecided"),
    ],
    rows: withUniqueIds(rows),
    notes,
    about: aboutComparison(study, sample, "Units remaining or leaving at each step, by arm", "counts"),
    chart: {
      kind: "flow",
      alt: `Flow diagram, in the matched sample: ${protectedPair(treated, candidates.start.treated, minimum)} programme ${noun}s and ${protectedPair(pool, candidates.start.comparison, minimum)} other ${noun}s.`,
      steps: chart,
    },
  };
}

function missingnessExhibit(study: Study, sample: ComparisonSample): Exhibit {
  const percent = (part: number) => share(number(100 * part, 1));
  return {
    id: `missingness-${sample.comparison.id}`,
    title: `Missing covariates by group: ${sample.comparison.id}`,
    summary:
      "How often each covariate is missing for programme units and for the pool. Above 0.25 its absence tells who was treated, and it is refused.",
    columns: [
      left("covariate", "Covariate"),
      right("treated", "Programme, missing"),
      right("treatedPercent", "Programme, %"),
      right("comparison", "Pool, missing"),
      right("comparisonPercent", "Pool, %"),
      right("smd", "Standardised difference"),
      left("verdict", "Verdict"),
    ],
    rows: withUniqueIds(
      sample.missingness.map((row) => ({
        id: slug(row.covariate),
        cells: {
          covariate: text(row.covariate),
          treated: count(row.missingTreated),
          treatedPercent: percent(row.shareTreated),
          comparison: count(row.missingComparison),
          comparisonPercent: percent(row.shareComparison),
          smd: share(signed(row.smd, 2)),
          verdict: text(row.because === undefined ? row.verdict : `${row.verdict}: ${row.because}`),
        },
      })),
    ),
    notes: [missingRule(sample)],
    about: aboutComparison(
      study,
      sample,
      "Share missing by arm; SMD of the missingness indicator",
      "(p₁ − p₀) / √((p₁(1 − p₁) + p₀(1 − p₀)) / 2)",
    ),
  };
}

function missingRule(sample: ComparisonSample): string {
  const rules = {
    completeCase: "Units with any covariate missing are left out of matching (complete cases).",
    multipleImputation: `Missing covariates are imputed ${sample.comparison.match.draws} times from baseline data; matching and estimation are done within each imputation and pooled.`,
    indicator:
      "A missing number is set to the mean with an indicator beside it: the missing-indicator method in a matched design.",
    category: "A missing category is a level of its own in the matching model.",
  };
  return rules[sample.comparison.match.missing];
}

function specificationsExhibit(study: Study, sample: ComparisonSample): Exhibit {
  const { chosen } = sample;
  return {
    id: `specifications-${sample.comparison.id}`,
    title: `Matching specifications tried: ${sample.comparison.id}`,
    summary: `Every declared specification, tried without any outcome after the start. Chosen: ${chosen.tried.specification.id} (${chosen.rule}).`,
    columns: [
      left("specification", "Specification"),
      left("how", "How"),
      right("treated", "Programme kept"),
      right("kept", "Kept, %"),
      right("comparison", "Comparison used"),
      right("effective", "Effective n"),
      right("median", "Median bias, %"),
      right("max", "Largest bias, %"),
      left("verdict", "Verdict"),
    ],
    rows: sample.tried.map((tried) => ({
      id: tried.specification.id,
      cells: {
        specification: text(tried.specification.id),
        how: text(describe(tried.specification)),
        treated: tried.scores === undefined ? nothing(tried.against.join("; ")) : count(tried.scores.treatedKept),
        kept: keptShare(sample, tried, study.disclosure.minimum),
        comparison: tried.scores === undefined ? nothing(tried.against.join("; ")) : count(tried.scores.comparisonUsed),
        effective: number(tried.scores?.effectiveComparison, 0),
        median: number(tried.scores?.medianBias, 1),
        max: number(tried.scores?.maxBias, 1),
        verdict: text(verdictOf(tried, tried === chosen.tried)),
      },
    })),
    notes: [
      "Bias is 100 × the difference of means over the pooled SD before matching, on one list of key covariates, a category counted once by its largest level, rounded to 0.1.",
      "Share kept is of all programme units that were eligible, those with a missing covariate included.",
    ],
    about: aboutComparison(study, sample, "Balance and size of each specification", "methods, section 4"),
  };
}

/**
 * Left out where it would give away how few some specification lost: numbers kept stand beside it, and one share of them tells
 * of how many.
 */
function keptShare({ candidates, tried }: ComparisonSample, { scores }: Tried, minimum: number): ExhibitCell {
  const eligible = candidates.treated.reduce((sum, value) => sum + value, 0);
  const losesFew = tried.some((one) => one.scores !== undefined && isFew(eligible - one.scores.treatedKept, minimum));
  if (losesFew) return nothing(`withheld: fewer than ${minimum} were left out of one of them`);
  return share(number(scores?.treatedKeptPercent, 1));
}

/** A specification fixed in advance is used whatever speaks against it, and that is said. */
function verdictOf(tried: Tried, isChosen: boolean): string {
  const against = tried.against.join("; ");
  if (isChosen) return tried.feasible ? "chosen" : `chosen, although: ${against}`;
  return tried.feasible ? "feasible" : against;
}
