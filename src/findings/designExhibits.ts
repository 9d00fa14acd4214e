import type { ComparisonSample } from "#design";
import { printAcademicYear } from "#domain";
import type { Study } from "#protocol";
import { type Exhibit, type ExhibitAbout, type ExhibitRow, left, right } from "./exhibit.ts";
import { count, nothing, number, plural, printNumber, signed, text } from "./print.ts";

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

/** What every exhibit of a comparison says about itself. */
export function aboutComparison(
  study: Study,
  sample: ComparisonSample,
  definition: string,
  model: string,
): ExhibitAbout {
  const { comparison, candidates } = sample;
  const unit = study.units.get(comparison.unit)!;
  const source = study.sources.get(unit.from)!;
  const filters = [
    ...(source.where === undefined ? [] : [`rows of ${source.id} where ${source.where.text}`]),
    ...(unit.where === undefined ? [] : [`rows of ${unit.id} where ${unit.where.text}`]),
    `treated: ${comparison.treated.text}`,
    ...(comparison.pool === undefined ? [] : [`pool: ${comparison.pool.text}`]),
    ...comparison.excludeBoth.map(({ id, expression }) => `both sides without ${id}: ${expression.text}`),
    ...comparison.exclude.map(({ id, expression }) => `pool without ${id}: ${expression.text}`),
  ];
  return {
    definition,
    base: `${candidates.unit.noun}s with a row in ${printAcademicYear(comparison.baselineYear, study.about.yearName)}`,
    set: `comparison ${comparison.id}, specification ${sample.chosen.tried.specification.id}`,
    date: `baseline ${printAcademicYear(comparison.baselineYear, study.about.yearName)}`,
    filters,
    model,
    sources: [source.id, ...unit.join.map((join) => join.source)],
  };
}

function flowExhibit(study: Study, sample: ComparisonSample): Exhibit {
  const { comparison, candidates } = sample;
  const { noun } = candidates.unit;
  const year = printAcademicYear(comparison.baselineYear, study.about.yearName);
  let treated = candidates.start.treated;
  let pool = candidates.start.comparison;
  const rows: ExhibitRow[] = [
    {
      id: "start",
      cells: {
        step: text(`${capital(noun)}s with a row in ${year}`),
        treated: count(treated),
        comparison: count(pool),
        undecided: nothing(""),
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
    ...(candidates.start.undecided > 0
      ? [
          `${plural(candidates.start.undecided, noun)} for which \`treated\` could not be decided (a value it reads is missing) count as not treated.`,
        ]
      : []),
    ...(candidates.start.noBaselineRow > 0
      ? [
          `${plural(candidates.start.noBaselineRow, noun)} in earlier years have no row in ${year} and are not counted here.`,
        ]
      : []),
    ...(sample.draws.length > 1
      ? [`Counts of matched units are those of the first of ${sample.draws.length} imputations.`]
      : []),
    ...sample.candidates.unit.joins.map(
      (join) =>
        `Join with ${join.source} on ${join.on.join(" × ")}: ${plural(
          join.withoutPartner.reduce((a, b) => a + b, 0),
          "row",
        )} of ${join.unitRows} found no partner; ${plural(join.sourceRowsUnused, "row")} of ${join.source} were not asked for.`,
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
    rows,
    notes,
    about: aboutComparison(study, sample, "Units remaining or leaving at each step, by arm", "counts"),
    chart: {
      kind: "flow",
      alt: `Flow diagram: ${candidates.start.treated} programme and ${candidates.start.comparison} other ${noun}s at the start; ${treated} and ${pool} in the matched sample.`,
      steps: chart,
    },
  };
}

function missingnessExhibit(study: Study, sample: ComparisonSample): Exhibit {
  const percent = (share: number) => number(100 * share, 1);
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
    rows: sample.missingness.map((row) => ({
      id: slug(row.covariate),
      cells: {
        covariate: text(row.covariate),
        treated: count(row.missingTreated),
        treatedPercent: percent(row.shareTreated),
        comparison: count(row.missingComparison),
        comparisonPercent: percent(row.shareComparison),
        smd: signed(row.smd, 2),
        verdict: text(row.because === undefined ? row.verdict : `${row.verdict}: ${row.because}`),
      },
    })),
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
        kept: number(tried.scores?.treatedKeptPercent, 1),
        comparison: tried.scores === undefined ? nothing(tried.against.join("; ")) : count(tried.scores.comparisonUsed),
        effective: number(tried.scores?.effectiveComparison, 0),
        median: number(tried.scores?.medianBias, 1),
        max: number(tried.scores?.maxBias, 1),
        verdict: text(tried === chosen.tried ? "chosen" : tried.feasible ? "feasible" : tried.against.join("; ")),
      },
    })),
    notes: [
      "Bias is 100 × the difference of means over the pooled SD before matching, on one list of key covariates, a category counted once by its largest level, rounded to 0.1.",
      "Share kept is of all programme units that were eligible, those with a missing covariate included.",
    ],
    about: aboutComparison(study, sample, "Balance and size of each specification", "methods, section 4"),
  };
}

/** `3 nearest, without replacement, no caliper, largest score first` */
export function describe(specification: ComparisonSample["tried"][number]["specification"]): string {
  if (specification.method === "entropy") return "entropy balancing weights";
  if (specification.method === "inverseProbability") return "inverse-probability weights";
  if (specification.method === "none") return "everybody, unweighted";
  return [
    `${specification.neighbours} nearest`,
    specification.replacement ? "with replacement" : `without replacement, ${specification.order} score first`,
    specification.caliper === undefined
      ? "no caliper"
      : `caliper ${specification.caliper.size} ${specification.caliper.unit}`,
    ...(specification.exact.length > 0 ? [`exactly on ${specification.exact.join(", ")}`] : []),
    ...(specification.commonSupport === "none" ? [] : [`common support: ${specification.commonSupport}`]),
  ].join(", ");
}

function balanceExhibit(study: Study, sample: ComparisonSample): Exhibit {
  const { balance, comparison } = sample;
  const anyWwc = balance.some((row) => row.wwc !== undefined);
  const worst = Math.max(...balance.map((row) => Math.abs(row.percentBias)).filter((value) => !Number.isNaN(value)));
  return {
    id: `balance-${comparison.id}`,
    title: `How alike the groups were at baseline: ${comparison.id}`,
    summary: `Means before and after matching. The largest remaining difference is ${printNumber(worst, 1)}% of a standard deviation.`,
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
    rows: balance.map((row) => ({
      id: slug(row.column),
      cells: {
        covariate: text(row.column),
        treated: number(row.before.treated.mean, 2),
        pool: number(row.before.comparison.mean, 2),
        smdBefore: signed(row.smdBefore, 2),
        treatedAfter: number(row.after.treated.mean, 2),
        comparison: number(row.after.comparison.mean, 2),
        smdAfter: signed(row.smdAfter, 2),
        bias: signed(row.percentBias, 1),
        ratio: number(row.varianceRatio, 2, "not defined for a yes/no column"),
        ...(anyWwc && {
          wwc:
            row.wwc === undefined
              ? nothing("not tagged `baseline: required`")
              : {
                  text: `${row.wwc.verdict} (${row.wwc.statistic} ${printNumber(row.wwc.value, 2)})`,
                  value: row.wwc.value,
                },
        }),
      },
    })),
    notes: [
      "Differences are divided by the pooled standard deviation before matching, so that before and after share one yardstick.",
      ...(anyWwc
        ? [
            "WWC baseline equivalence: up to .05 satisfied, up to .25 satisfied if the covariate is in the outcome model, above not satisfied. [check]",
          ]
        : []),
    ],
    about: aboutComparison(
      study,
      sample,
      "Means by arm, standardised difference, variance ratio, percent bias",
      describe(sample.chosen.tried.specification),
    ),
    chart: {
      kind: "love",
      alt: `Dot chart of standardised differences: before matching up to ${printNumber(Math.max(...balance.map((row) => Math.abs(row.smdBefore)).filter((v) => !Number.isNaN(v))), 2)} SD, after matching up to ${printNumber(worst / 100, 2)} SD.`,
      points: balance
        .filter((row) => Number.isFinite(row.smdBefore) && Number.isFinite(row.smdAfter))
        .map((row) => ({ label: row.column, before: row.smdBefore, after: row.smdAfter })),
    },
  };
}

/** Who of the programme was left out, set beside those kept; nothing when all were kept. */
function droppedExhibit(study: Study, sample: ComparisonSample): readonly Exhibit[] {
  const { candidates, comparison, balance } = sample;
  const eligible = candidates.treated.reduce((sum, value) => sum + value, 0);
  const kept = sample.draws[0]!.weights.filter((weight, row) => weight > 0 && candidates.treated[row] === 1).length;
  if (kept === eligible) return [];
  return [
    {
      id: `dropped-${comparison.id}`,
      title: `Programme ${candidates.unit.noun}s left out: ${comparison.id}`,
      summary: `The estimate describes the ${kept} kept; here is how the ${eligible - kept} left out differ from them.`,
      columns: [
        left("covariate", "Covariate"),
        right("kept", "Kept"),
        right("dropped", "Left out"),
        right("known", "Left out, with a value"),
      ],
      rows: balance.map((row) => {
        const { before, after } = { before: row.before.treated, after: row.after.treated };
        const known = before.n - after.n;
        // Treated units weigh 1, so the mean of those left out follows from the two means and counts.
        const mean = (before.n * before.mean - after.n * after.mean) / known;
        return {
          id: slug(row.column),
          cells: {
            covariate: text(row.column),
            kept: number(after.mean, 2),
            dropped: known > 0 ? number(mean, 2) : nothing("none of those left out has a value"),
            known: count(known),
          },
        };
      }),
      notes: ["Those left out had no usable counterpart or lack a baseline value; the flow says how many of each."],
      about: aboutComparison(study, sample, "Baseline means of treated units kept and left out", "means"),
    },
  ];
}

export const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
export const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
