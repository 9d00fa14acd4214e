import { type ComparisonSample, designComparison } from "#design";
import { type Fault, Faults } from "#domain";
import type { UnitTable } from "#linkage";
import type { ComparisonDeclaration, SensitivityDeclaration, Study, UnitDeclaration } from "#protocol";
import { MadeTables } from "./madeTables.ts";
import type { Inputs } from "./openInputs.ts";
import { comparisonOfSeed000 } from "./presets.ts";
import type { Progress } from "./progress.ts";
import { sealedUnit, withRawIdentity } from "./sealing.ts";
import { designInWaves } from "./waves.ts";

/** Every comparison of a study, settled under the seal. */
export interface DesignedStudy {
  readonly samples: ReadonlyMap<string, ComparisonSample>;
  /** Samples designed anew for sensitivities that change the design, by sensitivity. */
  readonly redesigned: ReadonlyMap<string, ComparisonSample>;
}

/**
 * Designs every declared comparison, and once more for each sensitivity that changes how a comparison is made.
 * @throws Faults  everything that makes any of them impossible, said at once.
 */
export async function designStudy(study: Study, inputs: Inputs, progress: Progress): Promise<DesignedStudy> {
  const made = new MadeTables();
  const unitFor = (comparison: ComparisonDeclaration, unit: UnitDeclaration): Promise<UnitTable> =>
    made.once("unit", [comparison.unit, unit.identity, comparison.baselineYear], () =>
      sealedUnit(study, inputs, comparison, unit),
    );
  const faults: Fault[] = [];
  const attempt = async (
    comparison: ComparisonDeclaration,
    unit: UnitDeclaration,
    forWhat = comparison.id,
  ): Promise<ComparisonSample | undefined> => {
    const done = progress.begin(`finding comparison units for ${forWhat}`);
    try {
      const sample =
        comparison.start === undefined
          ? designComparison(study, await unitFor(comparison, unit), comparison)
          : await designInWaves(study, inputs, comparison, unit, made);
      done(sizeInWords(sample));
      return sample;
    } catch (problem) {
      if (!(problem instanceof Faults)) throw problem;
      faults.push(...problem.faults);
      done("not possible");
      return undefined;
    }
  };

  const samples = new Map<string, ComparisonSample>();
  // Who stays is known afterwards only: such a comparison is made when outcomes are open.
  const beforehand = [...study.comparisons.values()].filter(({ restrictTo }) => restrictTo === undefined);
  for (const comparison of beforehand) {
    const sample = await attempt(comparison, study.units.get(comparison.unit)!);
    if (sample !== undefined) samples.set(comparison.id, sample);
  }
  const redesigned = new Map<string, ComparisonSample>();
  for (const sensitivity of study.sensitivity.values()) {
    const changed = collecting(faults, () => redesignFor(study, sensitivity));
    // What made the comparison itself impossible has been said.
    if (changed === undefined || !samples.has(changed.comparison.id)) continue;
    const sample = await attempt(changed.comparison, changed.unit, `${changed.comparison.id} (${sensitivity.id})`);
    if (sample !== undefined) redesigned.set(sensitivity.id, sample);
  }
  if (faults.length > 0) throw new Faults("study.yaml", faults);
  return { samples, redesigned };
}

/** What an act gives, or undefined where it ended in faults, which are kept to be said with the others. */
function collecting<T>(faults: Fault[], act: () => T): T | undefined {
  try {
    return act();
  } catch (problem) {
    if (!(problem instanceof Faults)) throw problem;
    faults.push(...problem.faults);
    return undefined;
  }
}

/** The comparison and unit a sensitivity asks for, when it changes how the comparison is made. */
export function redesignFor(
  study: Study,
  sensitivity: SensitivityDeclaration,
): { readonly comparison: ComparisonDeclaration; readonly unit: UnitDeclaration } | undefined {
  const { what } = sensitivity.vary;
  const comparison = study.comparisons.get(study.analyses.get(sensitivity.of)!.comparison)!;
  const unit = study.units.get(comparison.unit)!;
  if (what === "preset") return { comparison: comparisonOfSeed000(comparison), unit };
  if (what === "rawIdentity") return { comparison, unit: withRawIdentity(study, unit) };
  if (what !== "completeCase" && what !== "multipleImputation") return undefined;
  return { comparison: { ...comparison, match: { ...comparison.match, missing: what } }, unit };
}

function sizeInWords(sample: ComparisonSample): string {
  const { treated } = sample.candidates;
  const of = (arm: 0 | 1) =>
    sample.draws[0]!.weights.filter((weight, row) => weight > 0 && treated[row] === arm).length;
  return `${of(1).toLocaleString("en-GB")} programme and ${of(0).toLocaleString("en-GB")} comparison ${sample.candidates.unit.noun}s`;
}
