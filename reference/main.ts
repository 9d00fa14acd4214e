import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { alignFactors } from "./alignFactors.ts";
import { computeCase, readCase } from "./case.ts";
import { compare } from "./compare.ts";

const USAGE = `Computes reference cases (JSON files with "spec" and "expect").
  reference CASE.json [--input DIR]
  reference --all DIR [--input DIR] [--out DIR]
--input  where the CSV files lie; beside the case when left out
--out    where each result is written as <id>.json`;

// Whoever reads may stop reading: the rest need not be written then.
process.stdout.on("error", (problem: NodeJS.ErrnoException) => {
  if (problem.code !== "EPIPE") throw problem;
  process.exit();
});
process.exitCode = run();

function run(): number {
  let args: ReturnType<typeof readArguments>;
  try {
    args = readArguments();
  } catch (problem) {
    return refuse(`${(problem as Error).message}\n${USAGE}`);
  }
  const { all, input, out, path } = args;
  if (all !== undefined) return runAll(all, input, out);
  if (path === undefined) return refuse(USAGE);
  if (out !== undefined) return refuse(`--out goes with --all\n${USAGE}`);
  try {
    const own = readCase(path);
    process.stdout.write(`${JSON.stringify({ id: own.id, result: computeCase(path, own, input) })}\n`);
    return 0;
  } catch (problem) {
    return refuse(`${path}: ${(problem as Error).message}`);
  }
}

function readArguments() {
  const { values, positionals } = parseArgs({
    options: { all: { type: "string" }, input: { type: "string" }, out: { type: "string" } },
    allowPositionals: true,
  });
  if (positionals.length > 1 || (values.all !== undefined && positionals.length > 0)) {
    throw new Error(`one case or one folder is expected, found ${[...positionals].join(", ")}`);
  }
  return { ...values, path: positionals[0] };
}

function runAll(folder: string, input: string | undefined, out: string | undefined): number {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort();
  } catch (problem) {
    return refuse(`${folder}: ${(problem as Error).message}`);
  }
  if (names.length === 0) return refuse(`${folder}: no case (*.json) lies there`);
  try {
    if (out !== undefined) mkdirSync(out, { recursive: true });
  } catch (problem) {
    return refuse(`--out ${out}: a folder is expected (${(problem as Error).message})`);
  }
  let failed = 0;
  for (const name of names) {
    const line = oneOfAll(join(folder, name), input, out);
    if (!line.isGood) failed++;
    process.stdout.write(`${line.isGood ? "ok    " : "FAILED"} ${line.text}\n`);
  }
  process.stdout.write(`${names.length - failed} of ${names.length} cases within tolerance\n`);
  return failed === 0 ? 0 : 1;
}

function oneOfAll(path: string, input: string | undefined, out: string | undefined): { isGood: boolean; text: string } {
  const started = performance.now();
  try {
    const own = readCase(path);
    const result = computeCase(path, own, input);
    if (out !== undefined) writeFileSync(join(out, `${own.id}.json`), `${JSON.stringify({ id: own.id, result })}\n`);
    const took = `${(performance.now() - started).toFixed(0)} ms`;
    if (own.expect === undefined)
      return { isGood: true, text: `${own.id}  nothing expected, nothing compared  ${took}` };
    const { compared, worstError, worstShare, worstPath, faults } = compare(
      alignFactors(result, own.expect),
      own.expect,
      own.tolerance ?? 0,
    );
    const isGood = faults.length === 0 && worstShare <= 1;
    const worst = `worst relative error ${worstError.toExponential(1)} at ${worstPath} (${worstShare.toPrecision(2)} of what is allowed)`;
    const told = faults.slice(0, 3).map((fault) => `\n         ${fault}`);
    const more = faults.length > 3 ? `\n         and ${faults.length - 3} more` : "";
    return { isGood, text: `${own.id}  ${compared} numbers, ${worst}  ${took}${told.join("")}${more}` };
  } catch (problem) {
    return { isGood: false, text: `${path}  ${(problem as Error).message}` };
  }
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}
