import type { Candidates, ComparisonSample, MatchedDraw } from "#design";
import type { Horizon } from "#domain";
import type { EvaluationContext } from "#expression";
import { baselineContext, type Clock, type UnitTable } from "#linkage";

/** A comparison sample laid over the unsealed unit table: same units, same order, all years readable. */
export interface OpenSample {
  readonly sample: ComparisonSample;
  readonly unit: UnitTable;
  /** Places in the unsealed unit's identities, one per candidate; −1 for one of whom it holds no row. */
  readonly places: Int32Array;
  readonly treated: Uint8Array;
  readonly keys: readonly string[];
  readonly draws: readonly MatchedDraw[];
  readonly specification: string;
  /** Reads any column for the candidates; `followup` is the horizon. */
  readonly at: (followup?: Horizon) => EvaluationContext;
}

/** Finds every candidate again in the unsealed table by its key. */
export function openSample(sample: ComparisonSample, unit: UnitTable, chosen = sample.chosen.tried): OpenSample {
  const placeOf = new Map(unit.identities.map((identity, place) => [identity, place]));
  const { identities, entry } = sample.candidates;
  const places = Int32Array.from(identities, (identity) => placeOf.get(identity) ?? -1);
  const clock: Clock = entry ?? { baseline: sample.comparison.baselineYear };
  const contexts = new Map<Horizon | undefined, EvaluationContext>();
  return {
    sample,
    unit,
    places,
    treated: sample.candidates.treated,
    keys: sample.candidates.keys,
    draws: chosen.run.state === "matched" ? chosen.run.draws : [],
    specification: chosen.specification.id,
    at: (followup) => {
      const known = contexts.get(followup);
      if (known !== undefined) return known;
      const made = baselineContext(unit, places, { ...clock, followup });
      contexts.set(followup, made);
      return made;
    },
  };
}

/** The candidates a cluster code belongs to are found in the unsealed table, as everything else. */
export function asCandidates(open: OpenSample): Candidates {
  return { ...open.sample.candidates, context: open.at() };
}
