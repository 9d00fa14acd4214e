import { createHash } from "node:crypto";
import { type ComparisonSample, hashedKey } from "#design";
import type { Study } from "#protocol";
import type { DesignedStudy } from "./designStudy.ts";

/** One comparison as it is frozen at registration: sizes, every specification tried, balance, earlier years, sample. */
export interface DesignRecord {
  readonly comparison: string;
  readonly chosen: string;
  readonly rule: string;
  readonly treated: number;
  readonly comparisonUnits: number;
  /** SHA-256 of the sample file: hashed unit key, arm, set, weight, one line each, sorted. */
  readonly sampleSha256: string;
  readonly flow: unknown;
  readonly missingness: unknown;
  readonly tried: unknown;
  readonly balance: unknown;
  readonly preTrends: unknown;
  readonly joins: unknown;
  readonly warnings: unknown;
}

/** Everything `design` made, as plain data: numbers unrounded, in the order of the protocol. */
export function designRecords(study: Study, designed: DesignedStudy): readonly DesignRecord[] {
  const named = [...designed.samples.values()].map((sample) => recordOf(study, sample, sample.comparison.id));
  const again = [...designed.redesigned].map(([id, sample]) =>
    recordOf(study, sample, `${sample.comparison.id} (${id})`),
  );
  return [...named, ...again];
}

function recordOf(study: Study, sample: ComparisonSample, name: string): DesignRecord {
  const { candidates, chosen, draws } = sample;
  const kept = (arm: 0 | 1) =>
    draws[0]!.weights.filter((weight, row) => weight > 0 && candidates.treated[row] === arm).length;
  return {
    comparison: name,
    chosen: chosen.tried.specification.id,
    rule: chosen.rule,
    treated: kept(1),
    comparisonUnits: kept(0),
    sampleSha256: createHash("sha256").update(sampleFile(study, sample)).digest("hex"),
    flow: { start: candidates.start, steps: sample.flow },
    missingness: sample.missingness,
    tried: sample.tried.map(({ specification, scores, feasible, against, balance }) => ({
      specification: specification.id,
      scores,
      feasible,
      against,
      balance,
    })),
    balance: sample.balance,
    preTrends: sample.preTrends,
    joins: candidates.unit.joins.map(({ withoutPartner, ...join }) => ({
      ...join,
      withoutPartner: withoutPartner.reduce((sum, one) => sum + one, 0),
    })),
    warnings: sample.warnings.map(({ code, message }) => ({ code, message })),
  };
}

/** The matched sample as CSV: a keyed hash of each unit, its arm, set and weight in each draw; sorted by hash. */
export function sampleFile(study: Study, sample: ComparisonSample): string {
  const { candidates, comparison } = sample;
  const lines: string[] = [];
  for (const [i, draw] of sample.draws.entries()) {
    const setsOf = new Map<number, number[]>();
    for (const [number, set] of draw.sets.entries()) {
      for (const row of [set.treated, ...set.controls]) {
        const sets = setsOf.get(row);
        if (sets === undefined) setsOf.set(row, [number]);
        else sets.push(number);
      }
    }
    for (const [row, weight] of draw.weights.entries()) {
      if (weight === 0) continue;
      const key = hashedKey(candidates.keys[row]!, study.about.seed, comparison.baselineYear);
      const sets = (setsOf.get(row) ?? []).join(";");
      lines.push(`${key},${i + 1},${candidates.treated[row] === 1 ? "treated" : "comparison"},${sets},${weight}`);
    }
  }
  return `unit,draw,arm,sets,weight\n${lines.sort((a, b) => (a < b ? -1 : 1)).join("\n")}\n`;
}
