// Whether intervals hold what they promise: simulated worlds of known effect, by design, with gates.
//   node bench/calibration.mjs [--replications N] [--seed S] [--workers W] [study …]
// 2,000 replications a study (1,000 for mixed models), all cores; writes bench/calibration/results.json and
// docs/methods/calibration.md. Studies not run keep what an earlier run found. An hour and a half on two cores.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { calibrationPage } from "./calibration/page.mjs";
import { runStudies } from "./calibration/pool.mjs";
import { STUDIES } from "./calibration/studies.mjs";
import { meanFacts, summarise, verdictOf } from "./calibration/summary.mjs";

const RESULTS = fileURLToPath(new URL("calibration/results.json", import.meta.url));
const PAGE = fileURLToPath(new URL("../docs/methods/calibration.md", import.meta.url));
const USUAL = 2000;

const { values, positionals } = parseArgs({
  options: {
    replications: { type: "string" },
    seed: { type: "string", default: "2026" },
    workers: { type: "string", default: String(availableParallelism()) },
    page: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !STUDIES.some((study) => study.name === name));
if (unknown.length > 0) {
  console.error(`There is no study ${unknown.join(", ")}; there are ${STUDIES.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}
const results = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")) : {};
const chosen = values.page ? [] : STUDIES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const seed = Number(values.seed);

await runStudies({
  jobs: chosen.map(({ name, replications = USUAL }) => ({
    name,
    replications: Number(values.replications ?? replications),
  })),
  seed,
  workers: Number(values.workers),
  onDone(name, replications, seconds) {
    const study = STUDIES.find((own) => own.name === name);
    const rules = Object.keys(study.rules).map((rule) => summarise(replications, rule));
    results[name] = {
      seed,
      date: new Date().toISOString().slice(0, 10),
      machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}, Node ${process.versions.node}`,
      facts: meanFacts(replications),
      reasons: reasonsOf(replications),
      rules,
    };
    write();
    console.log(`${name}: ${seconds.toFixed(1)} s`);
    for (const own of rules) console.log(`  ${lineOf(own, study.rules[own.rule])}`);
  },
});
write();

/** Why replications gave no answer, with how often. */
function reasonsOf(replications) {
  const counts = {};
  for (const { reason } of replications) if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function lineOf(own, gate) {
  const numbers = [own.truth, own.estimate, own.biasInSd, own.errorRatio, own.coverage, own.df];
  return `${own.rule}: ${numbers.map((value) => value.toFixed(4)).join(" ")} (${own.replications}) ${verdictOf(gate, own)}`;
}

function write() {
  const text = JSON.stringify(results, (_, value) => (value === Number.POSITIVE_INFINITY ? "∞" : value), 1);
  writeFileSync(RESULTS, `${text}\n`);
  writeFileSync(PAGE, calibrationPage(JSON.parse(text)));
}
