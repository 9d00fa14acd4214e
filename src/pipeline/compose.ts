import { type ComparisonSample, clustersOf } from "#design";
import { makeSafe, type SafeExhibit, type Safety } from "#disclosure";
import { type Fault, printAcademicYear } from "#domain";
import {
  baselineInWords,
  designExhibits,
  type EstimandBlock,
  type Exhibit,
  effectExhibits,
  estimandBlock,
  type Finding,
  inShort,
  readFinding,
  sensitivityExhibit,
  specificationCurve,
  warningsOf,
  yearsExhibit,
} from "#findings";
import type { AnalysisDeclaration, Study } from "#protocol";
import type { PrintedSource, Publication, Section, Standing } from "#report";
import type { SourceTrail } from "#sources";
import type { DataSections } from "./dataSection.ts";
import type { DesignedStudy } from "./designStudy.ts";
import type { EstimatedStudy } from "./estimateStudy.ts";
import { firstLines } from "./firstLines.ts";
import { printChoices } from "./printChoices.ts";
import { program } from "./program.ts";
import { resultsOf } from "./results.ts";
import { trailWarnings } from "./trailWarnings.ts";

/** What a publication is made from. */
export interface ToPublish {
  readonly study: Study;
  readonly trails: readonly SourceTrail[];
  readonly designed: DesignedStudy;
  readonly estimated: EstimatedStudy;
  readonly standing: Standing;
  /** What is said of the data before any comparison. */
  readonly data: DataSections;
  /** The study as first registered, when it was amended after outcomes were seen. */
  readonly asRegistered?: AsRegistered;
}

/** The first registration estimated on the files as they are now, or why it could not be. */
export type AsRegistered =
  | {
      readonly state: "made";
      readonly study: Study;
      readonly designed: DesignedStudy;
      readonly estimated: EstimatedStudy;
    }
  | { readonly state: "not made"; readonly reason: string };

/** Makes the publication: findings in words, every exhibit made safe, and the record of how it came about. */
export function compose(from: ToPublish): Publication {
  const { study, trails, designed, estimated, standing } = from;
  const { findings, estimands } = readAll(study, designed, estimated);
  const numbers = new Map<string, Map<string, number>>();
  const safety = (sample: ComparisonSample): Safety => {
    const { id } = sample.comparison;
    const clusterNumbers = numbers.get(id) ?? new Map<string, number>();
    numbers.set(id, clusterNumbers);
    const { minimum, namesAllowed } = study.disclosure;
    return { minimum, namesAllowed, clusterColumns: clusterColumns(study, sample), clusterNumbers };
  };
  const exhibits: SafeExhibit[] = [];
  const add = (sample: ComparisonSample, made: readonly Exhibit[]): readonly string[] => {
    const known = new Set(exhibits.map((exhibit) => exhibit.id));
    const fresh = made.filter((exhibit) => !known.has(exhibit.id));
    exhibits.push(...fresh.map((exhibit) => makeSafe(exhibit, safety(sample))));
    return fresh.map((exhibit) => exhibit.id);
  };
  const sections = sectionsOf(from, add);
  return {
    format: "assay-findings/1",
    program: program(),
    study: cardOf(study),
    standing,
    firstLines: firstLines(study, estimated),
    findings,
    estimands,
    warnings: allWarnings(from),
    sections: [...sections, ...from.data.sections],
    exhibits: [...exhibits, ...from.data.exhibits],
    results: resultsOf(study, estimated, (comparison) => safety(designed.samples.get(comparison)!)),
    choices: printChoices(study, designed),
    sources: trails.map((trail) => printSource(study, trail)),
    protocol: study.text,
  };
}

function readAll(
  study: Study,
  designed: DesignedStudy,
  estimated: EstimatedStudy,
): { findings: Finding[]; estimands: EstimandBlock[] } {
  const findings: Finding[] = [];
  for (const effect of estimated.effects) {
    const event = estimated.events.find(
      (one) => one.comparison === effect.comparison && one.outcome === effect.outcome,
    );
    findings.push(readFinding(study, effect, designed.samples.get(effect.comparison)!, event));
  }
  const estimands = [...study.analyses.values()].map((analysis) =>
    estimandBlock(study, analysis, designed.samples.get(analysis.comparison)!),
  );
  return { findings, estimands };
}

/** Columns that name clusters, with those they were made from. */
function clusterColumns(study: Study, sample: ComparisonSample): readonly string[] {
  return clustersOf(study, sample.comparison).flatMap(
    (name) => sample.candidates.unit.madeFrom.get(name)?.map((read) => read.name) ?? [name],
  );
}

/** Adds exhibits to the publication and gives their ids; one that is there already is shown where it was first. */
type Add = (sample: ComparisonSample, made: readonly Exhibit[]) => readonly string[];

function sectionsOf(from: ToPublish, add: Add): readonly Section[] {
  const { study, designed } = from;
  const shown = new Set<string>();
  const sections = [...study.analyses.values()].flatMap((analysis) => {
    const sample = designed.samples.get(analysis.comparison)!;
    const isFirst = !shown.has(sample.comparison.id);
    shown.add(sample.comparison.id);
    return [
      resultSection(from, analysis, sample, add),
      ...(isFirst ? [designSection(from, analysis, sample, add)] : []),
    ];
  });
  const others = [...designed.samples.values()].filter((sample) => !shown.has(sample.comparison.id));
  return [...sections, ...registeredSection(from, add), ...others.map((sample) => otherSection(from, sample, add))];
}

function resultSection(from: ToPublish, analysis: AnalysisDeclaration, sample: ComparisonSample, add: Add): Section {
  const { study, estimated } = from;
  const own = <T extends { readonly analysis: string }>(rows: readonly T[]) =>
    rows.filter((row) => row.analysis === analysis.id);
  const events = estimated.events.filter(
    (event) => event.comparison === analysis.comparison && analysis.outcomes.includes(event.outcome),
  );
  const [main, ...rest] = effectExhibits(study, analysis, own(estimated.effects), sample);
  const sensitivity = own(estimated.sensitivity);
  return {
    id: `result-${analysis.id}`,
    title: `Results, ${sample.candidates.unit.noun}s: ${inShort(analysis.outcomes.map((id) => study.outcomes.get(id)!.label))}`,
    text: analysisText(study, analysis),
    exhibits: add(sample, [
      main!,
      ...events.map((event) => yearsExhibit(study, event, sample)),
      ...rest,
      ...(sensitivity.length > 0 ? [sensitivityExhibit(study, analysis, sensitivity, sample)] : []),
      ...(analysis.difference === undefined
        ? [specificationCurve(study, analysis, own(estimated.curves), sample, own(estimated.ties))]
        : []),
    ]),
    isFolded: false,
  };
}

/** What the first registration gives, beside the amended study, when results had been opened in between. */
function registeredSection({ asRegistered }: ToPublish, add: Add): readonly Section[] {
  if (asRegistered === undefined) return [];
  const title = "The study as first registered";
  const text = "The study was amended after outcomes had been opened.";
  if (asRegistered.state === "not made") {
    return [
      {
        id: "registered",
        title,
        text: [`${text} What the first registration gives cannot be shown: ${asRegistered.reason}.`],
        exhibits: [],
        isFolded: false,
      },
    ];
  }
  const { study, designed, estimated } = asRegistered;
  const exhibits = [...study.analyses.values()].flatMap((analysis) => {
    const sample = designed.samples.get(analysis.comparison)!;
    const effects = estimated.effects.filter((effect) => effect.analysis === analysis.id);
    const [main] = effectExhibits(study, analysis, effects, sample);
    const { chart: _, ...table } = main!;
    return add(sample, [{ ...table, id: `registered-${analysis.id}`, title: `As first registered: ${analysis.id}` }]);
  });
  return [
    {
      id: "registered",
      title,
      text: [`${text} This is what the first registration gives on the files as they are now.`],
      exhibits,
      isFolded: false,
    },
  ];
}

function analysisText(study: Study, analysis: AnalysisDeclaration): readonly string[] {
  const outcomes = analysis.outcomes.map((id) => study.outcomes.get(id)!);
  const ways = new Set(outcomes.map(({ better }) => better));
  const inWords = (better: string) => (better === "neither" ? "neither direction is better" : `${better} is better`);
  const directions =
    ways.size === 1 && outcomes.length > 1
      ? `For every outcome ${inWords([...ways][0]!)}`
      : outcomes.map(({ label, better }) => `${label}: ${inWords(better)}`).join("; ");
  return [
    `${directions}. Differences are in the outcome's own unit; a difference is not proof that the programme made it.`,
  ];
}

function designSection(from: ToPublish, analysis: AnalysisDeclaration, sample: ComparisonSample, add: Add): Section {
  return {
    id: `design-${sample.comparison.id}`,
    title: `How the comparison ${sample.candidates.unit.noun}s were chosen: ${sample.comparison.id}`,
    text: [
      `Settled without sight of any outcome after ${baselineInWords(sample.comparison, from.study.about.yearName)}. Used by ${analysis.id}.`,
    ],
    exhibits: add(sample, designExhibits(from.study, sample)),
    isFolded: false,
  };
}

function otherSection(from: ToPublish, sample: ComparisonSample, add: Add): Section {
  const events = from.estimated.events.filter((event) => event.comparison === sample.comparison.id);
  return {
    id: `other-${sample.comparison.id}`,
    title: `Sensitivity comparison: ${sample.comparison.id}`,
    text: ["Serves a sensitivity analysis only; its results stand in the sensitivity table."],
    exhibits: add(sample, [
      ...events.map((event) => yearsExhibit(from.study, event, sample)),
      ...designExhibits(from.study, sample),
    ]),
    isFolded: true,
  };
}

function cardOf(study: Study): Publication["study"] {
  const { title, question, programme, evaluator, funder, seed, context, yearName } = study.about;
  return {
    title,
    question,
    ...(programme !== undefined && { programme }),
    ...(evaluator !== undefined && { evaluator }),
    ...(funder !== undefined && { funder }),
    seed,
    context: context.map(
      (event) => `${event.years.map((year) => printAcademicYear(year, yearName)).join(", ")}: ${event.what}`,
    ),
  };
}

function allWarnings({ study, designed, estimated, trails, data }: ToPublish): Publication["warnings"] {
  const samples = [...designed.samples.values()];
  const found: readonly Fault[] = [
    ...study.warnings,
    ...trails.flatMap((trail) => trailWarnings(trail, study.disclosure.minimum)),
    ...data.warnings,
    ...samples.flatMap((sample) => sample.warnings),
    ...warningsOf(study, estimated.effects, estimated.events, designed.samples),
  ];
  const unique = new Map(found.map((fault) => [`${fault.code} ${fault.message}`, fault]));
  return [...unique.values()].map(({ code, message, suggestion }) => ({
    code,
    message,
    ...(suggestion !== undefined && { suggestion }),
  }));
}

function printSource(study: Study, trail: SourceTrail): PrintedSource {
  const source = study.sources.get(trail.source)!;
  const n = (value: number) => value.toLocaleString("en-GB");
  const lost = trail.rowsInFile - trail.rowsKept;
  const breaks = source.breaks.map(
    (one) => `${one.columns.join(", ")} from ${printAcademicYear(one.from, study.about.yearName)}: ${one.what}`,
  );
  return {
    id: source.id,
    file: trail.file,
    sha256: trail.sha256,
    bytes: trail.bytes,
    rows: `${n(trail.rowsInFile)} rows${lost === 0 ? "" : `, ${n(trail.rowsKept)} kept (${n(trail.rowsRefused)} refused by \`where\`, ${n(trail.rowsUndecided)} undecided)`}`,
    ...(source.registry !== undefined && { registry: source.registry }),
    ...(source.attribution !== undefined && { attribution: source.attribution }),
    ...(source.licence !== undefined && { licence: source.licence }),
    breaks,
    confirm: source.confirm,
  };
}
