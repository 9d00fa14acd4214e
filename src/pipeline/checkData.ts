import { findCandidates, findEntrants } from "#design";
import { type AcademicYear, type Fault, Faults, isRelative, printAcademicYear } from "#domain";
import { columnsOf } from "#expression";
import type { Study } from "#protocol";
import type { SourceTrail } from "#sources";
import type { Inputs } from "./openInputs.ts";
import { outcomeColumns } from "./outcomeCells.ts";
import { sealedUnit } from "./sealing.ts";
import { findStarts } from "./starts.ts";
import { wavesOf } from "./waves.ts";

/**
 * Horizons no file reaches. Which years a file holds is known without a look at any outcome.
 * @throws Faults  `horizon-beyond-data`.
 */
export async function refuseHorizonsBeyondData(study: Study, inputs: Inputs): Promise<void> {
  const faults: Fault[] = [];
  for (const analysis of study.analyses.values()) {
    const unit = study.units.get(study.comparisons.get(analysis.comparison)!.unit)!;
    if (unit.year === undefined) continue;
    const absolute = analysis.horizons.filter((horizon) => !isRelative(horizon));
    if (absolute.length === 0) continue;
    const years = await inputs.years(unit.from, unit.year);
    const print = (year: AcademicYear) => printAcademicYear(year, study.about.yearName);
    for (const horizon of absolute) {
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
 * Conditions of a source that read an outcome: which rows are kept, and how many, would tell what is sealed.
 * @throws Faults  `sealed-in-where`.
 */
export function refuseOutcomesInWhere(study: Study): void {
  const faults = [...study.sources.values()].flatMap((source): readonly Fault[] => {
    if (source.where === undefined) return [];
    const outcomes = outcomeColumns(study, source);
    const read = [...new Set(columnsOf(source.where).map(({ name }) => name))].filter((name) =>
      outcomes.includes(name),
    );
    return read.map((name) => ({
      code: "sealed-in-where",
      severity: "fault",
      place: source.where!.place,
      message: `\`where\` of ${source.id} reads ${name}, which an outcome is read from: the rows it keeps would tell what is sealed.`,
      suggestion: "Put the condition into the design (at baseline), or into `where` of an analysis.",
    }));
  });
  if (faults.length > 0) throw new Faults("study.yaml", faults);
}

/**
 * One file under two names: sealing follows names, so the second would show what the first hides.
 * @throws Faults  `same-file-twice`.
 */
export function refuseSameFileTwice(study: Study, trails: readonly SourceTrail[]): void {
  const faults = trails.flatMap((trail, i): readonly Fault[] => {
    const other = trails.slice(0, i).find(({ sha256, file }) => sha256 === trail.sha256 && file !== trail.file);
    if (other === undefined) return [];
    return [
      {
        code: "same-file-twice",
        severity: "fault",
        place: study.sources.get(trail.source)!.place,
        message: `${trail.file} (${trail.source}) is the same file as ${other.file} (${other.source}), under another name.`,
        suggestion: `Give both sources \`file: ${other.file}\`: two sources may share a file.`,
      },
    ];
  });
  if (faults.length > 0) throw new Faults("study.yaml", faults);
}

/**
 * Outcomes that are an expression must look at the horizon they are printed under: by `followup`, or by the one year they
 * name. @throws Faults  `horizon-not-read`.
 */
export function refuseHorizonsNotRead(study: Study): void {
  const faults = [...study.analyses.values()].flatMap((analysis) =>
    analysis.outcomes.flatMap((id): readonly Fault[] => {
      const outcome = study.outcomes.get(id)!;
      if (outcome.expression === undefined) return [];
      const { baselineYear } = study.comparisons.get(analysis.comparison)!;
      const moments = columnsOf(outcome.expression).map(({ moment }) => moment);
      if (moments.some((moment) => moment !== undefined && "anchor" in moment && moment.anchor === "followup"))
        return [];
      const years = moments.map((moment) =>
        moment === undefined ? baselineYear : "year" in moment ? moment.year : baselineYear + moment.offset,
      );
      const hasYears = study.units.get(outcome.unit)!.year !== undefined;
      const read = hasYears ? Math.max(...years) : analysis.horizons[0]!;
      if (analysis.horizons.every((horizon) => horizon === read)) return [];
      const print = (year: AcademicYear) => printAcademicYear(year, study.about.yearName);
      return [
        {
          code: "horizon-not-read",
          severity: "fault",
          place: outcome.expression.place,
          message: `${analysis.id} prints ${id} under ${analysis.horizons.map(print).join(" and ")}, but its expression reads ${hasYears ? `nothing later than ${print(read)}` : "the same columns for each"}.`,
          suggestion: "Write `at followup` for the horizon, or keep the one horizon it reads.",
        },
      ];
    }),
  );
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
      const unit = study.units.get(comparison.unit)!;
      if (comparison.start === undefined) findCandidates(await sealedUnit(study, inputs, comparison, unit), comparison);
      else
        findEntrants(
          await wavesOf(study, inputs, comparison, unit, await findStarts(study, inputs, comparison, unit)),
          comparison,
        );
    } catch (problem) {
      if (!(problem instanceof Faults)) throw problem;
      faults.push(...problem.faults);
    }
  }
  if (faults.length > 0) throw new Faults("study.yaml", faults);
}
