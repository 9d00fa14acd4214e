import type { ComparisonSample } from "#design";
import { horizonInWords } from "#domain";
import type { SensitivityRow, TieSpread } from "#estimation";
import type { AnalysisDeclaration, Study } from "#protocol";
import { aboutComparison, slug } from "./aboutComparison.ts";
import {
  type ClusterName,
  type Exhibit,
  type ExhibitCell,
  type ExhibitRow,
  left,
  panelsByUnit,
  right,
  withUniqueIds,
} from "./exhibit.ts";
import {
  absent,
  clusterCell,
  count,
  interval,
  levelInWords,
  number,
  placesForSe,
  printNumber,
  pValue,
  signed,
  text,
} from "./print.ts";
import { readingName } from "./readingNames.ts";

const seOf = (row: SensitivityRow): number | undefined =>
  row.declared.state === "estimated" ? row.declared.se : row.point.state === "estimated" ? row.point.se : undefined;

function cellsOf(row: SensitivityRow): ExhibitRow["cells"] {
  const places = placesForSe(seOf(row));
  const { point } = row;
  return {
    effect: point.state === "estimated" ? signed(point.estimate, places) : absent(point.reason),
    interval: point.state === "estimated" ? interval(point.low, point.high, places) : absent(point.reason),
    p: point.state === "estimated" ? pValue(point.p) : absent(point.reason),
    treated: count(row.base.treated),
    comparison: count(row.base.comparison),
    clusters: number(row.base.treatedClusters, 0),
  };
}

/** The cluster a row leaves out, as disclosure rules know it; undefined where it leaves none out. */
export function clusterLeftOut(analysis: AnalysisDeclaration, { leftOut }: SensitivityRow): ClusterName | undefined {
  if (leftOut === undefined) return undefined;
  const { cluster, column } = leftOut;
  return { name: cluster, before: "without ", ...(!analysis.clusters.includes(column) && { column }) };
}

/** What was changed; a cluster that was left out is marked, so that disclosure rules find its name. */
function changedCell(analysis: AnalysisDeclaration, row: SensitivityRow): ExhibitCell {
  const after = row.because === undefined ? "" : `: ${row.because}`;
  const cluster = clusterLeftOut(analysis, row);
  return cluster === undefined ? text(`${row.changed}${after}`) : clusterCell({ ...cluster, after });
}

const columnsFor = (analysis: AnalysisDeclaration) => [
  right("treated", "Programme"),
  right("comparison", "Comparison"),
  right("clusters", "Programme clusters"),
  right("effect", "Difference"),
  right("interval", `${levelInWords(analysis.level)} interval`),
  right("p", "p"),
];

/** The declared analysis with one thing changed at a time, beside the declared result. */
export function sensitivityExhibit(
  study: Study,
  analysis: AnalysisDeclaration,
  rows: readonly SensitivityRow[],
  sample: ComparisonSample,
): Exhibit {
  const year = horizonInWords(analysis.primaryHorizon, study.about.yearName);
  const listed: ExhibitRow[] = [];
  for (const id of analysis.outcomes) {
    const outcome = study.outcomes.get(id)!;
    const own = rows.filter((row) => row.outcome === id);
    const first = own[0];
    if (first === undefined) continue;
    listed.push({
      id: `${slug(id)}-declared`,
      cells: {
        outcome: text(outcome.label),
        changed: text(`as declared (${readingName(analysis.contrast)})`),
        ...cellsOf({ ...first, point: first.declared, base: first.declaredBase }),
      },
    });
    for (const row of own) {
      listed.push({
        id: slug(`${id} ${row.sensitivity} ${row.changed}`.slice(0, 90)),
        cells: {
          outcome: text(outcome.label),
          changed: changedCell(analysis, row),
          ...cellsOf(row),
          // The declared result minus this one is the size of the cluster left out.
          ...(row.leftOut !== undefined && {
            treated: { ...count(row.base.treated), rest: row.declaredBase.treated - row.base.treated },
          }),
        },
      });
    }
  }
  return {
    id: `sensitivity-${analysis.id}`,
    title: `One thing changed at a time: ${analysis.id}`,
    summary: `The same question ${year}, answered in the other ways that the protocol declares.`,
    columns: [left("outcome", "Outcome"), left("changed", "What was changed"), ...columnsFor(analysis)],
    rows: withUniqueIds(listed),
    notes: ["Every row was declared in the protocol. None of them replaces the declared result."],
    about: aboutComparison(
      study,
      sample,
      `Declared analysis ${analysis.id} with one setting changed`,
      "as the analysis, but for the change named in the row",
    ),
  };
}

/** The specification curve: every matching specification that was tried blind, with the effect it would have given. */
export function specificationCurve(
  study: Study,
  analysis: AnalysisDeclaration,
  rows: readonly SensitivityRow[],
  sample: ComparisonSample,
  ties: readonly TieSpread[],
): Exhibit {
  const year = horizonInWords(analysis.primaryHorizon, study.about.yearName);
  const labels = rows.map((row) => `${study.outcomes.get(row.outcome)!.label}, ${row.changed}`);
  const known = rows.filter((row) => row.point.state === "estimated");
  const said = known.map((row) => {
    const places = placesForSe(seOf(row));
    return `${study.outcomes.get(row.outcome)!.label} ${row.changed} ${row.point.state === "estimated" ? printNumber(row.point.estimate, places) : ""}`;
  });
  return {
    id: `curve-${analysis.id}`,
    title: `What every matching specification would have said: ${analysis.id}`,
    summary: `Specifications were tried without sight of any result; here is the difference each gives ${year}.`,
    columns: [left("outcome", "Outcome"), left("specification", "Specification"), ...columnsFor(analysis)],
    rows: withUniqueIds(
      rows.map((row) => ({
        id: slug(`${row.outcome} ${row.changed}`),
        cells: {
          outcome: text(study.outcomes.get(row.outcome)!.label),
          specification: text(row.changed),
          ...cellsOf(row),
        },
      })),
    ),
    notes: [
      "Specifications keep different programme units, so each answers for those it kept.",
      ...ties.map(tieNote(study)),
    ],
    about: aboutComparison(study, sample, "The declared analysis on each specification's sample", "as the analysis"),
    chart: {
      kind: "forest",
      level: analysis.level,
      alt: `Specification curve: ${said.join("; ")}.`,
      panels: panelsByUnit(
        rows.flatMap((row, i) =>
          row.point.state === "estimated"
            ? [
                {
                  unit: study.outcomes.get(row.outcome)!.measure,
                  label: labels[i]!,
                  estimate: row.point.estimate,
                  low: row.point.low,
                  high: row.point.high,
                  isStrong: row.isChosen === true,
                },
              ]
            : [],
        ),
      ),
    },
  };
}

const tieNote =
  (study: Study) =>
  (spread: TieSpread): string => {
    const { label } = study.outcomes.get(spread.outcome)!;
    if (spread.state === "no ties")
      return `${label}: no two candidates have the same score, so the order of ties cannot matter.`;
    if (spread.state === "not estimable")
      return `${label}: candidates with equal scores were taken in other orders, but none gives a result (${spread.reason}).`;
    const { low, high, orders } = spread;
    return `${label}: over ${orders} re-drawn orders of ties the difference runs from ${printNumber(low, 3)} to ${printNumber(high, 3)}.`;
  };
