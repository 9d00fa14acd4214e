import {
  bendTrends,
  censusesOf,
  type Evidence,
  estimateYearly,
  type OpenSample,
  type OutcomeEffect,
  openSample,
  type SensitivityRow,
  yearlyRow,
} from "#estimation";
import type { UnitTable } from "#linkage";
import type { AnalysisDeclaration, SensitivityDeclaration, Study, UnitDeclaration } from "#protocol";
import type { Frame, NumberColumn } from "#table";
import type { Inputs } from "./openInputs.ts";
import { openUnit } from "./sealing.ts";

/** The people of the matched units in the years a difference in differences needs, in all their years. */
export async function peopleBehind(
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
export async function varyYearly(
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
