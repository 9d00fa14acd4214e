import { type Fault, Faults } from "#domain";
import { columnsOf } from "#expression";
import { type UnitTable, yearOfMoment } from "#linkage";
import type { AnalysisDeclaration, ComparisonDeclaration, Covariate, MatchSpecification, Study } from "#protocol";
import { allRows, rowsWhere } from "#table";
import { type BalanceRow, balanceTable } from "./balance.ts";
import { type Candidates, type FlowStep, findCandidates } from "./candidates.ts";
import {
  type ChosenSpecification,
  chooseSpecification,
  objections,
  scoreRun,
  type TriedSpecification,
} from "./chooseSpecification.ts";
import { clusterCodes, clusterCount, coarsestLevel } from "./clusters.ts";
import { CovariateReading } from "./completedCovariates.ts";
import type { CovariateColumn } from "./covariates.ts";
import { type MissingnessRow, missingnessByTreatment, missingnessFaults } from "./missingness.ts";
import { assessPreTrends, type PreTrend } from "./preTrends.ts";
import { type MatchedDraw, rematch, runSpecification, type SpecificationRun } from "./runSpecification.ts";

/** Who is compared with whom, settled before any outcome after the start is seen. */
export interface ComparisonSample {
  readonly comparison: ComparisonDeclaration;
  readonly candidates: Candidates;
  readonly missingness: readonly MissingnessRow[];
  readonly tried: readonly TriedSpecification[];
  readonly chosen: ChosenSpecification;
  /** The matched samples of the chosen specification: one, or one per imputation. */
  readonly draws: readonly MatchedDraw[];
  /** Balance of the chosen specification on everything matched on and everything in `balanceOn`. */
  readonly balance: readonly BalanceRow[];
  /** The flow of candidates.flow, then what matching left out. */
  readonly flow: readonly FlowStep[];
  readonly preTrends: readonly PreTrend[];
  /** The columns of the clusters, and how many clusters the treated kept lie in, at the level that has fewest. */
  readonly clusters: { readonly columns: readonly string[]; readonly treated: number };
  readonly warnings: readonly Fault[];
}

/**
 * Finds the comparison for one question: candidates, missingness, every declared specification tried blind, one chosen
 * by rule, its balance, and the years before the start. Sees a unit table whose sealed cells are absent.
 * @throws Faults  whatever makes the comparison impossible, with figures.
 */
export function designComparison(study: Study, unit: UnitTable, comparison: ComparisonDeclaration): ComparisonSample {
  return designAmong(study, findCandidates(unit, comparison), comparison);
}

/** The same among candidates that are found already. */
export function designAmong(study: Study, candidates: Candidates, comparison: ComparisonDeclaration): ComparisonSample {
  const { match } = comparison;
  const reading = new CovariateReading(candidates, match, study.about.seed);
  const read = (covariates: readonly Covariate[]) => reading.read(covariates);

  const everything = unique([match.covariates, ...match.specifications.map((s) => s.covariates)].flat());
  const missingness = missingnessByTreatment(
    [...read(everything), ...exactBeside(everything, candidates, comparison)],
    candidates.treated,
    match,
  );
  const refusals = missingnessFaults(missingness, match);
  if (refusals.length > 0) throw new Faults(comparison.place.file, refusals);

  const clusterColumns = clustersOf(study, comparison);
  const keyCovariates = read("by" in match.choose && match.choose.over.length > 0 ? match.choose.over : everything);
  const required = new Set(
    [...everything, ...match.balanceOn]
      .filter((covariate) => covariate.baselineRequired)
      .map((covariate) => covariate.name),
  );
  const tried = match.specifications.map((specification) => {
    const run = runSpecification(
      candidates,
      specification,
      reading.completed(specification.covariates),
      exactColumns(specification, candidates),
      {
        match,
        seed: study.about.seed,
      },
    );
    return tryOut(specification, run, keyCovariates, candidates, comparison, clusterColumns, required);
  });
  const chosen = chooseSpecification(tried, comparison);
  if (chosen.tried.run.state === "not estimable") throw new Faults(comparison.place.file, [chosen.tried.run.fault]);
  const { draws } = chosen.tried.run;

  const shown = unique([...chosen.tried.specification.covariates, ...match.balanceOn]);
  const balance = balanceTable(read(shown), candidates.treated, draws, required);
  return {
    comparison,
    candidates,
    missingness,
    tried,
    chosen,
    draws,
    balance,
    flow: [...candidates.flow, ...matchingFlow(draws[0]!, candidates)],
    preTrends: preTrendsOf(study, candidates, draws, comparison, clusterColumns),
    clusters: { columns: clusterColumns, treated: countTreatedClusters(clusterColumns, candidates, draws[0]!) },
    warnings: [
      ...candidates.warnings,
      ...notBinding(chosen, draws, comparison),
      ...outsideSupport(draws[0]!, comparison),
    ],
  };
}

/** The cluster columns of the first analysis that declares them for this comparison; else where treatment was assigned. */
export function clustersOf(study: Study, comparison: ComparisonDeclaration): readonly string[] {
  const analysis = analysesOf(study, comparison.id)[0];
  return analysis?.clusters ?? (comparison.assignedBy === undefined ? [] : [comparison.assignedBy]);
}

/** Analyses that put this comparison to use, directly or through a sensitivity. */
export function analysesOf(study: Study, comparison: string): readonly AnalysisDeclaration[] {
  const direct = [...study.analyses.values()].filter((analysis) => analysis.comparison === comparison);
  const varied = [...study.sensitivity.values()].flatMap((sensitivity) =>
    sensitivity.vary.what === "comparison" && sensitivity.vary.comparison === comparison
      ? [study.analyses.get(sensitivity.of)!]
      : [],
  );
  return [...direct, ...varied];
}

/** The chosen specification carried out again in other orders of ties: how much that order matters. */
export function redrawTies(
  study: Study,
  sample: ComparisonSample,
  orders: number,
): readonly (readonly MatchedDraw[])[] {
  const { specification } = sample.chosen.tried;
  const exact = exactColumns(specification, sample.candidates);
  const options = { match: sample.comparison.match, seed: study.about.seed };
  return rematch(sample.candidates, specification, sample.draws, exact, options, orders);
}

function exactColumns(
  { exact }: Pick<MatchSpecification, "exact">,
  candidates: Candidates,
): readonly CovariateColumn[] {
  return exact.map((name) => ({ name, column: candidates.context.column(name, undefined), reference: undefined }));
}

/** Columns matched exactly that are no covariates besides: their absence can tell who was treated just as well. */
function exactBeside(
  covariates: readonly Covariate[],
  candidates: Candidates,
  { match, baselineYear }: ComparisonDeclaration,
): readonly CovariateColumn[] {
  const clock = { baseline: baselineYear };
  const atBaseline = covariates
    .flatMap(({ expression }) => columnsOf(expression))
    .filter(({ moment }) => moment === undefined || yearOfMoment(moment, clock) === baselineYear);
  const known = new Set(atBaseline.map(({ name }) => name));
  const exact = [...new Set(match.specifications.flatMap((specification) => specification.exact))];
  return exactColumns({ exact: exact.filter((name) => !known.has(name)) }, candidates);
}

function tryOut(
  specification: MatchSpecification,
  run: SpecificationRun,
  keyCovariates: readonly CovariateColumn[],
  candidates: Candidates,
  comparison: ComparisonDeclaration,
  clusterColumns: readonly string[],
  required: ReadonlySet<string>,
): TriedSpecification {
  if (run.state === "not estimable") {
    return { specification, run, balance: [], scores: undefined, feasible: false, against: [run.fault.message] };
  }
  const balance = balanceTable(keyCovariates, candidates.treated, run.draws, required);
  const scores = scoreRun(run, balance, candidates.treated)!;
  if (scores.treatedKept === 0) {
    return {
      specification,
      run,
      balance,
      scores,
      feasible: false,
      against: ["no treated unit kept a comparison unit"],
    };
  }
  const against = objections(
    scores,
    comparison.match.choose,
    countTreatedClusters(clusterColumns, candidates, run.draws[0]!),
  );
  return { specification, run, balance, scores, feasible: against.length === 0, against };
}

function countTreatedClusters(columns: readonly string[], candidates: Candidates, draw: MatchedDraw): number {
  const kept = rowsWhere(draw.weights.length, (row) => candidates.treated[row] === 1 && draw.weights[row]! > 0);
  const levels = clusterCodes(columns, candidates.context, candidates, draw, kept);
  const places = allRows(kept.length);
  return clusterCount(levels[coarsestLevel(levels, places)]!, places);
}

function matchingFlow(draw: MatchedDraw, candidates: Candidates): readonly FlowStep[] {
  const steps = new Map<string, { treated: number; comparison: number }>();
  for (const { row, reason } of draw.dropped) {
    const step = steps.get(reason) ?? { treated: 0, comparison: 0 };
    step[candidates.treated[row] === 1 ? "treated" : "comparison"]++;
    steps.set(reason, step);
  }
  const isListed = new Uint8Array(draw.weights.length);
  for (const { row } of draw.dropped) isListed[row] = 1;
  let unused = 0;
  for (let row = 0; row < isListed.length; row++) {
    if (draw.weights[row] === 0 && candidates.treated[row] === 0 && isListed[row] === 0) unused++;
  }
  return [
    ...[...steps].map(([reason, counts]) => ({ id: reason, reason, ...counts, undecided: 0 })),
    { id: "not-chosen", reason: "not among the most similar", treated: 0, comparison: unused, undecided: 0 },
  ];
}

function preTrendsOf(
  study: Study,
  candidates: Candidates,
  draws: readonly MatchedDraw[],
  comparison: ComparisonDeclaration,
  clusters: readonly string[],
): readonly PreTrend[] {
  const analyses = analysesOf(study, comparison.id);
  // What begins at each unit's own time zero has no value before it.
  const outcomes = new Set(
    [...analyses.flatMap((analysis) => analysis.outcomes), ...(comparison.preTrends?.outcomes ?? [])].filter(
      (id) => study.outcomes.get(id)!.rule === undefined,
    ),
  );
  const level = analyses[0]?.level ?? 0.95;
  return [...outcomes].map((id) =>
    assessPreTrends(candidates, draws, {
      comparison,
      outcome: study.outcomes.get(id)!,
      clusters,
      level,
      yearName: study.about.yearName,
      seed: study.about.seed,
    }),
  );
}

function notBinding(
  chosen: ChosenSpecification,
  draws: readonly MatchedDraw[],
  comparison: ComparisonDeclaration,
): readonly Fault[] {
  const { caliper } = chosen.tried.specification;
  if (caliper === undefined || draws.some((draw) => draw.turnedAway !== 0)) return [];
  return [
    {
      code: "not-binding",
      severity: "warning",
      place: chosen.tried.specification.place,
      message: `The caliper of ${caliper.size} ${caliper.unit} in ${comparison.id} turns nobody away.`,
      suggestion: "Nothing to mend: it is said so that nobody reads it as a safeguard that acted.",
    },
  ];
}

/** One warning for all levels nobody in the other arm has. The flow of cases counts who leaves, under the disclosure rules. */
function outsideSupport(draw: MatchedDraw, comparison: ComparisonDeclaration): readonly Fault[] {
  const levels = [...new Set(draw.dropped.flatMap(({ unshared }) => unshared ?? []))];
  if (levels.length === 0) return [];
  return [
    {
      code: "outside-support",
      severity: "warning",
      place: comparison.match.place,
      message: `${comparison.id}: only one arm has ${levels.join("; ")}. Who has them leaves, and the score is fitted again.`,
      suggestion: "The flow of cases counts them. `separated: asFitted` keeps them.",
    },
  ];
}

function unique(covariates: readonly Covariate[]): readonly Covariate[] {
  return [...new Map(covariates.map((covariate) => [covariate.name, covariate])).values()];
}
