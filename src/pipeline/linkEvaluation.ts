import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Faults } from "#domain";
import { evaluateLinkage, type KnownReturn, type LinkageScore, pooledScore } from "#linkage";
import { defaultSteps, describedSource } from "#protocol";
import { inventWorkforce, type ReturnedRow, simulateWorkforceReturns, type WorkforceOptions } from "#simulation";
import { openSource } from "#sources";
import type { CodeColumn, Column, Frame } from "#table";

/** What linkage must reach before it may be trusted with a study. */
const LINKAGE_GATES = { precision: 0.995, recall: 0.97, factor: 2 } as const;

/** How linkage did on returns of known people. */
export interface LinkageEvaluation {
  readonly returns: number;
  readonly score: LinkageScore;
  readonly precision: number;
  readonly recall: number;
  readonly estimatedFalseMatchRate: number;
  readonly trueFalseMatchRate: number;
  readonly gates: readonly {
    readonly name: string;
    readonly state: "met" | "missed" | "cannot tell";
    readonly words: string;
  }[];
  /** Seconds for each return, reading left out. */
  readonly seconds: number;
}

/**
 * Scores the default steps on returns drawn from an invented workforce.
 * @param folder  As `assay simulate workforce` wrote it: its census is linked to, its truth says from which options and
 *                seed the same workforce is played again for returns to be drawn from.
 */
export async function evaluateOnWorkforce(
  folder: string,
  {
    returns,
    seed,
    onProgress,
  }: { readonly returns: number; readonly seed: number; readonly onProgress?: (what: string) => void },
): Promise<LinkageEvaluation> {
  const options = workforceOptions(resolve(folder));
  onProgress?.("inventing the same workforce again");
  const drawn = simulateWorkforceReturns(await inventWorkforce(options), { seed, returns });
  const participants = describedSource("assay/mi-return@1", "mi_participants.csv");
  const declared = describedSource("assay/workforce-census@1", "census.parquet");
  const steps = defaultSteps(participants, declared)!;
  onProgress?.("reading the census");
  const columns = declared.columns.filter(({ name }) => CENSUS_COLUMNS.includes(name));
  await using open = await openSource({ ...declared, key: [], columns }, { dataFolder: resolve(folder) });
  const { frame } = await open.view();
  onProgress?.(`linking ${returns} returns`);
  const started = performance.now();
  const score = pooledScore(evaluateLinkage(drawn.map(knownReturn), frame, "person_id", steps));
  return judge(returns, score, (performance.now() - started) / 1000 / returns);
}

const CENSUS_COLUMNS: readonly string[] = ["person_id", "trn", "surname", "forename", "birth_date", "urn"];

function workforceOptions(folder: string): WorkforceOptions {
  const path = join(folder, "truth.json");
  if (existsSync(path))
    return (JSON.parse(readFileSync(path, "utf8")) as { readonly options: WorkforceOptions }).options;
  throw new Faults(folder, [
    {
      code: "no-such-file",
      severity: "fault",
      message: `${path} is not there: nobody knows who the people of a return are.`,
      suggestion: "Make the folder first: `assay simulate workforce --out …`.",
    },
  ]);
}

function knownReturn(rows: readonly ReturnedRow[]): KnownReturn {
  const column = (name: keyof ReturnedRow["row"]): Column => textColumn(rows.map(({ row }) => row[name]));
  const names = ["mi_row", "trn", "surname", "forename", "birth_date", "urn"] as const;
  const frame: Frame = { rows: rows.length, columns: new Map(names.map((name) => [name, column(name)])) };
  const truth = rows.map(({ personId, otherPersonId }) =>
    personId === "absent" ? [] : [personId, otherPersonId].filter((id) => id !== ""),
  );
  return { frame, truth };
}

function textColumn(values: readonly string[]): CodeColumn {
  const levels = [...new Set(values)].filter((value) => value !== "").sort((a, b) => (a < b ? -1 : 1));
  const place = new Map(levels.map((level, i) => [level, i]));
  return { kind: "code", type: "text", levels, codes: Int32Array.from(values, (value) => place.get(value) ?? -1) };
}

/** Too few wrong links for a rate to mean anything. */
const FEW_WRONG = 5;

function judge(returns: number, score: LinkageScore, seconds: number): LinkageEvaluation {
  const wrong = score.linked - score.right;
  const precision = score.right / score.linked;
  const recall = score.right / score.present;
  const estimated = score.expectedWrong / score.linked;
  const truth = wrong / score.linked;
  const share = (value: number) => `${(100 * value).toFixed(2)}%`;
  const met = (holds: boolean) => (holds ? ("met" as const) : ("missed" as const));
  const ratio = estimated / truth;
  const isFew = wrong < FEW_WRONG;
  const isNear = ratio >= 1 / LINKAGE_GATES.factor && ratio <= LINKAGE_GATES.factor;
  const both = `estimated ${share(estimated)}, true ${share(truth)} (${wrong} of ${score.linked} links)`;
  return {
    returns,
    score,
    precision,
    recall,
    estimatedFalseMatchRate: estimated,
    trueFalseMatchRate: truth,
    gates: [
      {
        name: "precision",
        state: met(precision >= LINKAGE_GATES.precision),
        words: `${share(precision)} of ${score.linked} automatic links are right; at least ${share(LINKAGE_GATES.precision)} is asked`,
      },
      {
        name: "recall",
        state: met(recall >= LINKAGE_GATES.recall),
        words: `${share(recall)} of ${score.present} people in the census are found; at least ${share(LINKAGE_GATES.recall)} is asked`,
      },
      {
        name: "false matches",
        state: isFew ? "cannot tell" : met(isNear),
        words: isFew
          ? `${both}: with so few wrong links a factor of ${LINKAGE_GATES.factor} cannot be told`
          : `${both}, a factor of ${ratio.toFixed(2)}; between a half and ${LINKAGE_GATES.factor} is asked`,
      },
    ],
    seconds,
  };
}
