import type { ComparisonSample, MatchedDraw } from "#design";
import { amongStayers, drawOrders, type Evidence, notSeenToLeave, restrictedTo } from "#estimation";
import { columnsOf } from "#expression";
import type { UnitTable } from "#linkage";
import type { Study, UnitDeclaration } from "#protocol";
import { type DesignedStudy, redesignFor } from "./designStudy.ts";
import type { Inputs } from "./openInputs.ts";
import { analysisOfSeed000, SEED_000_WARNINGS } from "./presets.ts";
import { rosterOf } from "./roster.ts";
import { openUnit } from "./sealing.ts";

/**
 * Everything questions are put to: the designed samples, those that are settled only now that outcomes are open, and the
 * unsealed rows of the units in any of them. Where units start in different years the rest of the population has answered
 * its part, by not being chosen, and is not read.
 */
export async function gatherEvidence(study: Study, inputs: Inputs, designed: DesignedStudy): Promise<Evidence> {
  const stayers = new Map<string, ComparisonSample>();
  const samples = new Map(designed.samples);
  for (const comparison of study.comparisons.values()) {
    if (comparison.restrictTo === undefined) continue;
    const base = designed.samples.get(comparison.specificationFrom!)!;
    const own = { ...base, comparison: { ...base.comparison, id: comparison.id } };
    const unit = study.units.get(comparison.unit)!;
    const roster = await rosterOf(study, inputs, unit, columnsOf(comparison.restrictTo), { repair: true });
    samples.set(comparison.id, amongStayers(study, own, roster, restrictedTo(study, own)));
  }
  for (const { id, of, vary } of study.sensitivity.values()) {
    if (vary.what !== "preset" || study.analyses.get(of)!.difference !== undefined) continue;
    const sample = designed.redesigned.get(id)!;
    const roster = await rosterOf(study, inputs, study.units.get(sample.comparison.unit)!, [], { repair: true });
    stayers.set(id, amongStayers(study, sample, roster, notSeenToLeave));
  }
  const orders = new Map(
    [...study.analyses.values()]
      .filter(({ difference }) => difference === undefined)
      .map((analysis) => [analysis.id, drawOrders(study, samples.get(analysis.comparison)!)]),
  );
  const used = new Map<string, Set<string>>();
  for (const sample of [...samples.values(), ...designed.redesigned.values(), ...stayers.values()])
    noteUsed(sample, used);
  for (const [id, redrawn] of orders) noteDraws(samples.get(study.analyses.get(id)!.comparison)!, redrawn.flat(), used);

  const open = (unit: UnitDeclaration, options: { readonly repair?: boolean } = {}) => {
    const isRolling = [...study.comparisons.values()].every((one) => one.unit !== unit.id || one.start !== undefined);
    const among = isRolling ? [...(used.get(unit.id) ?? [])] : undefined;
    return openUnit(study, inputs, unit, { ...options, ...(among !== undefined && { among }) });
  };
  const units = new Map<string, UnitTable>();
  for (const { comparison } of samples.values())
    if (!units.has(comparison.unit)) units.set(comparison.unit, await open(study.units.get(comparison.unit)!));
  const redesigned = new Map<string, { sample: ComparisonSample; unit: UnitTable }>();
  for (const [id, sample] of designed.redesigned) {
    const { unit } = redesignFor(study, study.sensitivity.get(id)!)!;
    const isSame = unit === study.units.get(unit.id);
    redesigned.set(id, { sample, unit: isSame ? units.get(unit.id)! : await open(unit) });
  }
  return {
    study,
    samples,
    units,
    redesigned,
    stayers,
    orders,
    unrepaired: await unrepairedUnits(study, open),
    presets: presetsOf(study),
  };
}

/** Units of a sample, of every specification tried for it. */
function noteUsed(sample: ComparisonSample, used: Map<string, Set<string>>): void {
  const tried = sample.tried.flatMap(({ run }) => (run.state === "matched" ? run.draws : []));
  noteDraws(sample, [...sample.draws, ...tried], used);
}

function noteDraws(
  { comparison, candidates }: ComparisonSample,
  draws: readonly MatchedDraw[],
  used: Map<string, Set<string>>,
): void {
  const own = used.get(comparison.unit) ?? new Set<string>();
  used.set(comparison.unit, own);
  for (const { weights } of draws) {
    for (let row = 0; row < weights.length; row++) if (weights[row]! > 0) own.add(candidates.identities[row]!);
  }
}

/** Units without their gaps filled, for sensitivities that ask what filling them did. */
async function unrepairedUnits(
  study: Study,
  open: (unit: UnitDeclaration, options: { readonly repair: boolean }) => Promise<UnitTable>,
): Promise<ReadonlyMap<string, UnitTable>> {
  const units = new Map<string, UnitTable>();
  for (const { of, vary } of study.sensitivity.values()) {
    const unit = study.comparisons.get(study.analyses.get(of)!.comparison)!.unit;
    if (vary.what === "withoutRepair" && !units.has(unit))
      units.set(unit, await open(study.units.get(unit)!, { repair: false }));
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
