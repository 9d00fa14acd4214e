import { type ComparisonSample, designAmong, findEntrants, type Wave } from "#design";
import { type Fault, Faults, printAcademicYear } from "#domain";
import { BASELINE_YEAR, type ComparisonDeclaration, type Covariate, type Study, type UnitDeclaration } from "#protocol";
import { readsOfDesign, withOnly, yearsLookedBack } from "./designReads.ts";
import { MadeTables, readsInKey, unitInKey } from "./madeTables.ts";
import type { Inputs } from "./openInputs.ts";
import { ratesFor } from "./rates.ts";
import { sealedUnit } from "./sealing.ts";
import { findStarts, type Starts } from "./starts.ts";

/**
 * Designs a comparison whose units start in different years: one wave for each year in which treated units start, each
 * under the seal of that year, matched within it and settled together.
 * @throws Faults  whatever makes the comparison impossible, with figures.
 */
export async function designInWaves(
  study: Study,
  inputs: Inputs,
  comparison: ComparisonDeclaration,
  unit: UnitDeclaration,
  made = new MadeTables(),
): Promise<ComparisonSample> {
  const starts = await findStarts(study, inputs, comparison, unit, made);
  const waves = await wavesOf(study, inputs, comparison, unit, starts, made);
  const candidates = findEntrants(waves, comparison);
  const warnings = [...starts.warnings, ...oneStartYear(study, comparison, starts), ...candidates.warnings];
  const told = waves.length > 1 ? comparison : withoutYearAsCovariate(comparison);
  return designAmong(study, { ...candidates, warnings }, told);
}

function oneStartYear({ about }: Study, { id, start }: ComparisonDeclaration, { baselines }: Starts): readonly Fault[] {
  if (baselines.length > 1) return [];
  return [
    {
      code: "one-start-year",
      severity: "warning",
      place: start!.place,
      message: `${id}: all treated share one baseline year, ${printAcademicYear(baselines[0]!, about.yearName)}. What happened in that year and after it, to everybody treated at once, cannot be told from the programme.`,
      suggestion: "Say so beside the result; check the dates of recruitment if several years were expected.",
    },
  ];
}

/** The baseline year tells nobody apart where there is one. */
function withoutYearAsCovariate(comparison: ComparisonDeclaration): ComparisonDeclaration {
  const others = (covariates: readonly Covariate[]) => covariates.filter(({ name }) => name !== BASELINE_YEAR);
  const { match } = comparison;
  const specifications = match.specifications.map((one) => ({ ...one, covariates: others(one.covariates) }));
  return { ...comparison, match: { ...match, covariates: others(match.covariates), specifications } };
}

/** Each year in which treated units start, with its candidates under its own seal. */
export async function wavesOf(
  study: Study,
  inputs: Inputs,
  comparison: ComparisonDeclaration,
  unit: UnitDeclaration,
  starts: Starts,
  made = new MadeTables(),
): Promise<readonly Wave[]> {
  if (starts.baselines.length === 0) throw new Faults(comparison.place.file, [nobodyStarts(comparison, unit, starts)]);
  const reads = readsOfDesign(study, comparison);
  const needed = withOnly(unit, reads);
  const back = yearsLookedBack(needed, reads);
  const waves: Wave[] = [];
  for (const baseline of starts.baselines) {
    const wave = { ...comparison, baselineYear: baseline };
    const about = [...unitInKey(needed), baseline];
    waves.push({
      baseline,
      lag: starts.lag,
      starts: starts.byIdentity,
      present: starts.presentIn(baseline + starts.lag),
      unit: await made.once("sealed unit", [...about, back, readsInKey(reads)], async () =>
        sealedUnit(study, inputs, wave, needed, {
          ...(back !== undefined && { since: baseline - back }),
          rates: await made.once("rates", about, () => ratesFor(study, inputs, needed, baseline)),
          reads,
        }),
      ),
    });
  }
  return waves;
}

function nobodyStarts(comparison: ComparisonDeclaration, unit: UnitDeclaration, starts: Starts) {
  const years = [...new Set([...starts.byIdentity.values()].map(({ baseline }) => printAcademicYear(baseline)))].sort(
    (a, b) => (a < b ? -1 : 1),
  );
  return {
    code: "no-baseline-year",
    severity: "fault" as const,
    place: comparison.start!.place,
    message:
      starts.byIdentity.size === 0
        ? `Nobody of ${unit.id} is treated and has a date of recruitment, so no baseline year can be found.`
        : `The ${starts.byIdentity.size} treated ${unit.is}s would have their baseline in ${years.join(", ")}, and the data hold none of these years${starts.lag === 0 ? "" : " together with the census of time zero after it"}.`,
    suggestion: "Check the dates of recruitment, the linkage of the return, and the years of the census.",
  };
}
