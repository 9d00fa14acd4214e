import type { Candidates, ComparisonSample, MatchedDraw } from "#design";
import { takeCovariates } from "#design";
import type { Horizon } from "#domain";
import type { EvaluationContext } from "#expression";
import { baselineContext, type Clock, type UnitTable } from "#linkage";
import { rowsWhere } from "#table";

/**
 * A comparison sample laid over the unsealed unit table, all years readable: the candidates that some draw uses, in their
 * order. Those that none uses answer no question.
 */
export interface OpenSample {
  readonly sample: ComparisonSample;
  readonly unit: UnitTable;
  /** Places in the unsealed unit's identities, one per row; −1 for one of whom it holds no row. */
  readonly places: Int32Array;
  readonly treated: Uint8Array;
  readonly keys: readonly string[];
  readonly identities: readonly string[];
  /** Where units start in different years: the baseline year of each row, and how much later time zero is. */
  readonly entry?: NonNullable<Candidates["entry"]>;
  readonly draws: readonly MatchedDraw[];
  readonly specification: string;
  /** Reads any column for the candidates; `followup` is the horizon. */
  readonly at: (followup?: Horizon) => EvaluationContext;
}

/** Finds the candidates of a sample again in the unsealed table by their key. */
export function openSample(sample: ComparisonSample, unit: UnitTable, chosen = sample.chosen.tried): OpenSample {
  const draws = chosen.run.state === "matched" ? chosen.run.draws : [];
  return openDraws(sample, unit, draws, chosen.specification.id);
}

/** The same for matched samples drawn otherwise, such as with another order of ties. */
export function openDraws(
  sample: ComparisonSample,
  unit: UnitTable,
  draws: readonly MatchedDraw[],
  specification: string,
): OpenSample {
  const { candidates } = sample;
  const rows = usedRows(draws, candidates.keys.length);
  const identities = Array.from(rows, (row) => candidates.identities[row]!);
  const places = placesIn(unit, identities);
  const entry =
    candidates.entry === undefined
      ? undefined
      : { ...candidates.entry, baseline: Float64Array.from(rows, (row) => candidates.entry!.baseline[row]!) };
  const clock: Clock = entry ?? { baseline: sample.comparison.baselineYear };
  const contexts = new Map<Horizon | undefined, EvaluationContext>();
  return {
    sample,
    unit,
    places,
    treated: Uint8Array.from(rows, (row) => candidates.treated[row]!),
    keys: Array.from(rows, (row) => candidates.keys[row]!),
    identities,
    ...(entry !== undefined && { entry }),
    draws: draws.map((draw) => narrowed(draw, rows)),
    specification,
    at: (followup) => {
      const known = contexts.get(followup);
      if (known !== undefined) return known;
      const made = baselineContext(unit, places, { ...clock, followup });
      contexts.set(followup, made);
      return made;
    },
  };
}

/** Where identities stand in a table; −1 for those it does not hold. */
export function placesIn(unit: UnitTable, identities: readonly string[]): Int32Array {
  const placeOf = placesOf(unit);
  return Int32Array.from(identities, (identity) => placeOf.get(identity) ?? -1);
}

/** Where each identity of a table stands; looked up for many samples of the same table. */
const PLACES = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

function placesOf({ identities }: UnitTable): ReadonlyMap<string, number> {
  const known = PLACES.get(identities) ?? new Map(identities.map((identity, place) => [identity, place]));
  PLACES.set(identities, known);
  return known;
}

function usedRows(draws: readonly MatchedDraw[], size: number): Int32Array {
  const isUsed = new Uint8Array(size);
  for (const { weights } of draws) for (let row = 0; row < size; row++) if (weights[row]! > 0) isUsed[row] = 1;
  return rowsWhere(size, (row) => isUsed[row] === 1);
}

/** A draw told in the rows that some draw uses. */
function narrowed(draw: MatchedDraw, rows: Int32Array): MatchedDraw {
  const placeOf = new Map(Array.from(rows, (row, place) => [row, place]));
  const { scored: _scored, ...rest } = draw;
  return {
    ...rest,
    weights: Float64Array.from(rows, (row) => draw.weights[row]!),
    sets: draw.sets.map((set) => ({
      treated: placeOf.get(set.treated)!,
      controls: Int32Array.from(set.controls, (row) => placeOf.get(row)!),
    })),
    dropped: [],
    covariates: takeCovariates(draw.covariates, rows),
    score: draw.score === undefined ? undefined : Float64Array.from(rows, (row) => draw.score![row]!),
  };
}

/** The rows of an open sample as candidates, read in the unsealed table. */
export function asCandidates(open: OpenSample): Candidates {
  const { entry: _entry, ...candidates } = open.sample.candidates;
  return {
    ...candidates,
    keys: open.keys,
    identities: open.identities,
    treated: open.treated,
    context: open.at(),
    ...(open.entry !== undefined && { entry: open.entry }),
  };
}
