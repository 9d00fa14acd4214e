import { findCandidates } from "#design";
import { type AcademicYear, type Fault, Faults, printAcademicYear } from "#domain";
import type { Study } from "#protocol";
import type { Inputs } from "./openInputs.ts";
import { sealedUnit } from "./sealing.ts";

/**
 * Horizons no file reaches. Which years a file holds is known without a look at any outcome.
 * @throws Faults  `horizon-beyond-data`.
 */
export async function refuseHorizonsBeyondData(study: Study, inputs: Inputs): Promise<void> {
  const faults: Fault[] = [];
  for (const analysis of study.analyses.values()) {
    const unit = study.units.get(study.comparisons.get(analysis.comparison)!.unit)!;
    if (unit.year === undefined) continue;
    const years = await inputs.years(unit.from, unit.year);
    const print = (year: AcademicYear) => printAcademicYear(year, study.about.yearName);
    for (const horizon of analysis.horizons) {
      const needed = analysis.outcomes
        .map((id) => study.outcomes.get(id)!)
        .some(({ column, history }) => column !== undefined && !history.has(horizon));
      if (!needed || years.includes(horizon)) continue;
      faults.push({
        code: "horizon-beyond-data",
        severity: "fault",
        place: analysis.place,
        message: `${analysis.id} asks for ${print(horizon)}, and ${unit.from} holds no row of that year: its years are ${years.map(print).join(", ")}.`,
        suggestion: "Leave that horizon out, or give the file that holds it.",
      });
    }
  }
  if (faults.length > 0) throw new Faults("study.yaml", faults);
}

/**
 * Whether every comparison has somebody treated and somebody to compare with, read under the seal.
 * @throws Faults  `nobody-treated`, `empty-pool`, `key-repeated`, `looks-ahead`, joins that cannot be.
 */
export async function checkComparisons(study: Study, inputs: Inputs): Promise<void> {
  const faults: Fault[] = [];
  for (const comparison of study.comparisons.values()) {
    try {
      findCandidates(await sealedUnit(study, inputs, comparison, study.units.get(comparison.unit)!), comparison);
    } catch (problem) {
      if (!(problem instanceof Faults)) throw problem;
      faults.push(...problem.faults);
    }
  }
  if (faults.length > 0) throw new Faults("study.yaml", faults);
}
