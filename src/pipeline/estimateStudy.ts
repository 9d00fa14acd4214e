import {
  adjustFamily,
  amongStayers,
  bendTrends,
  censusesOf,
  type EventStudy,
  type Evidence,
  estimateAnalysis,
  estimateEachSpecification,
  estimateSensitivity,
  estimateYearly,
  eventStudy,
  type OpenSample,
  type OutcomeEffect,
  openFor,
  openSample,
  restrictedTo,
  type SensitivityRow,
  type TieSpread,
  tieSpreads,
  yearlyRow,
} from "#estimation";
import type { UnitTable } from "#linkage";
import type { AnalysisDeclaration, SensitivityDeclaration, Study, UnitDeclaration } from "#protocol";
import type { Frame, NumberColumn } from "#table";
import { type DesignedStudy, redesignFor } from "./designStudy.ts";
import type { Inputs } from "./openInputs.ts";
import { analysisOfSeed000, SEED_000_WARNINGS } from "./presets.ts";
import type { Progress } from "./progress.ts";
import { openUnit } from "./sealing.ts";

/** Everything estimated, in the order of the protocol. */
export interface EstimatedStudy {
  readonly effects: readonly OutcomeEffect[];
  /** One per comparison and outcome that some analysis looks at. */
  readonly events: readonly EventStudy[];
  readonly sensitivity: readonly SensitivityRow[];
  readonly curves: readonly SensitivityRow[];
  readonly ties: readonly TieSpread[];
  /** The unsealed units, with what filling their gaps did. */
  readonly units: ReadonlyMap<string, UnitTable>;
}

/** Puts every declared question to the unsealed data. */
export async function estimateStudy(
  study: Study,
  inputs: Inputs,
  designed: DesignedStudy,
  progress: Progress,
): Promise<EstimatedStudy> {
  const evidence = await gatherEvidence(study, inputs, designed);
  const effects: OutcomeEffect[] = [];
  const curves: SensitivityRow[] = [];
  const ties: TieSpread[] = [];
  for (const analysis of study.analyses.values()) {
    const done = progress.begin(`estimating ${analysis.id}`);
    const open = openFor(evidence, analysis);
    if (analysis.difference !== undefined) {
      const table = await peopleBehind(study, inputs, analysis, open);
      const yearly = adjustFamily(estimateYearly(study, analysis, open, table));
      effects.push(...yearly);
      done(`${yearly.length} results`);
      continue;
    }
    const own = adjustFamily(estimateAnalysis(study, analysis, open));
    effects.push(...own);
    curves.push(...estimateEachSpecification(evidence, analysis));
    ties.push(
      ...tieSpreads(
        study,
        analysis,
        open,
        analysis.outcomes.map((id) => study.outcomes.get(id)!),
      ),
    );
    done(`${own.length} results`);
  }
  const events = eventStudies(study, evidence);
  const sensitivity: SensitivityRow[] = [];
  for (const declared of study.sensitivity.values()) {
    // The curve is always made: a declared `eachSpecification` asks for what is there already.
    if (declared.vary.what === "eachSpecification") continue;
    const done = progress.begin(`sensitivity ${declared.id}`);
    const analysis = study.analyses.get(declared.of)!;
    const rows =
      analysis.difference === undefined
        ? estimateSensitivity(evidence, declared)
        : await varyYearly(study, inputs, evidence, declared, effects);
    sensitivity.push(...rows);
    done(`${rows.length} results`);
  }
  return { effects, events, sensitivity, curves, ties, units: evidence.units };
}

/** The people of the matched units in the years a difference in differences needs, in all their years. */
async function peopleBehind(
  study: Study,
  inputs: Inputs,
  analysis: AnalysisDeclaration,
  open: OpenSample,
): Promise<UnitTable> {
  const { rowsOf, carriedBy } = analysis.difference!;
  const unit = study.units.get(rowsOf)!;
  const { frame } = await inputs.columnsOf(unit.from, new Set([unit.identity, unit.year!, carriedBy]));
  const people = membersIn(
    frame,
    unit,
    carriedBy,
    new Set(open.identities),
    new Set(censusesOf(open, analysis.difference!)),
  );
  return await openUnit(study, inputs, unit, { among: people });
}

/** Identities with a row in one of some members, in one of some years. */
function membersIn(
  frame: Frame,
  unit: UnitDeclaration,
  carriedBy: string,
  members: ReadonlySet<string>,
  years: ReadonlySet<number>,
): readonly string[] {
  const identity = frame.columns.get(unit.identity)!;
  const member = frame.columns.get(carriedBy)!;
  const { values } = frame.columns.get(unit.year!) as NumberColumn;
  const isMember = member.kind === "code" ? member.levels.map((level) => members.has(level)) : [];
  const found = new Set<string>();
  for (let row = 0; row < frame.rows; row++) {
    if (member.kind !== "code" || identity.kind !== "code") break;
    if (years.has(values[row]!) && isMember[member.codes[row]!] === true)
      found.add(identity.levels[identity.codes[row]!]!);
  }
  return [...found];
}

/** A sensitivity of a difference in differences over years: the same analysis on another sample, or its trends bent. */
async function varyYearly(
  study: Study,
  inputs: Inputs,
  evidence: Evidence,
  declared: SensitivityDeclaration,
  effects: readonly OutcomeEffect[],
): Promise<readonly SensitivityRow[]> {
  const analysis = study.analyses.get(declared.of)!;
  const own = effects.filter((effect) => effect.analysis === analysis.id && effect.isPrimaryHorizon);
  if (declared.vary.what === "nonParallel") return own.map((effect) => bendTrends(effect, declared));
  const redesigned = evidence.redesigned.get(declared.id);
  const preset = evidence.presets?.get(declared.id);
  if (declared.vary.what !== "preset" || redesigned === undefined || preset === undefined) {
    const reason = `\`${declared.vary.what}\` is not carried out for a difference in differences over years`;
    return own.map((effect) => yearlyRow(effect, declared, declared.vary.what, { state: "not estimable", reason }));
  }
  const open = openSample(redesigned.sample, redesigned.unit);
  const table = await peopleBehind(study, inputs, preset.analysis, open);
  const again = estimateYearly(study, preset.analysis, open, table);
  return own.map((effect) => {
    const other = again.find(({ outcome, horizon }) => outcome === effect.outcome && horizon === effect.horizon)!;
    // The preset's own reading: the difference of standardised rates against the mean of the years before.
    const reading = other.yearly?.readings.find(({ period }) => period === effect.horizon);
    const point = other.readings[0]!.point;
    const changed = `preset ${(declared.vary as { preset: string }).preset} (${preset.warning})`;
    if (reading === undefined || point.state === "not estimable")
      return yearlyRow(effect, declared, changed, point, other.readings[0]!.base);
    return yearlyRow(
      effect,
      declared,
      changed,
      { state: "estimated", ...reading.standardised },
      other.readings[0]!.base,
    );
  });
}

async function gatherEvidence(study: Study, inputs: Inputs, designed: DesignedStudy): Promise<Evidence> {
  const units = new Map<string, UnitTable>();
  for (const sample of designed.samples.values()) {
    const { unit } = sample.comparison;
    if (!units.has(unit)) units.set(unit, await openUnit(study, inputs, study.units.get(unit)!));
  }
  const redesigned = new Map<
    string,
    { sample: NonNullable<ReturnType<DesignedStudy["redesigned"]["get"]>>; unit: UnitTable }
  >();
  for (const [id, sample] of designed.redesigned) {
    const { unit } = redesignFor(study, study.sensitivity.get(id)!)!;
    const isSame = unit === study.units.get(unit.id);
    redesigned.set(id, { sample, unit: isSame ? units.get(unit.id)! : await openUnit(study, inputs, unit) });
  }
  const samples = new Map(designed.samples);
  for (const comparison of study.comparisons.values()) {
    if (comparison.restrictTo === undefined) continue;
    const base = designed.samples.get(comparison.specificationFrom!)!;
    const unit = units.get(comparison.unit)!;
    const own = { ...base, comparison: { ...base.comparison, id: comparison.id } };
    samples.set(comparison.id, amongStayers(study, own, unit, restrictedTo(study, own)));
  }
  return {
    study,
    samples,
    units,
    redesigned,
    unrepaired: await unrepairedUnits(study, inputs),
    presets: presetsOf(study),
  };
}

/** Units without their gaps filled, for sensitivities that ask what filling them did. */
async function unrepairedUnits(study: Study, inputs: Inputs): Promise<ReadonlyMap<string, UnitTable>> {
  const units = new Map<string, UnitTable>();
  for (const { of, vary } of study.sensitivity.values()) {
    const unit = study.comparisons.get(study.analyses.get(of)!.comparison)!.unit;
    if (vary.what === "withoutRepair" && !units.has(unit))
      units.set(unit, await openUnit(study, inputs, study.units.get(unit)!, { repair: false }));
  }
  return units;
}

function presetsOf(study: Study): NonNullable<Evidence["presets"]> {
  const presets = [...study.sensitivity.values()].filter(({ vary }) => vary.what === "preset");
  return new Map(
    presets.map(({ id, of }) => {
      const analysis = study.analyses.get(of)!;
      const warning = SEED_000_WARNINGS[analysis.difference === undefined ? "people" : "schools"];
      return [id, { analysis: analysisOfSeed000(analysis), warning }];
    }),
  );
}

/** All years for every comparison an analysis or a sensitivity uses, once each. */
function eventStudies(study: Study, evidence: Evidence): readonly EventStudy[] {
  const asked: AnalysisDeclaration[] = [...study.analyses.values()];
  for (const { of, vary } of study.sensitivity.values()) {
    if (vary.what === "comparison") asked.push({ ...study.analyses.get(of)!, comparison: vary.comparison });
  }
  const made = new Map<string, EventStudy>();
  for (const analysis of asked) {
    const sample = evidence.samples.get(analysis.comparison)!;
    const open = openSample(sample, evidence.units.get(sample.comparison.unit)!);
    // What begins at each unit's own start has no value in the years before it.
    for (const id of analysis.outcomes.filter((own) => study.outcomes.get(own)!.rule === undefined)) {
      const key = `${analysis.comparison} ${id}`;
      if (!made.has(key)) made.set(key, eventStudy(study, analysis, open, study.outcomes.get(id)!));
    }
  }
  return [...made.values()];
}
