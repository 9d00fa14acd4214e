// Minres with oblimin, five factors of 25 six-point items, 100,000 respondents: correlations included. Goal: 1 s.
// The same in R (psych) where it is installed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { correlateItems, factorAnalysis, polychoricCorrelations, RandomStream } from "#stats";
import { record, timed } from "./tools/record.mjs";

const RESPONDENTS = 100_000;
const ITEMS = 25;
const FACTORS = 5;

const items = simulate();
const withGaps = {
  names: items.names,
  columns: items.columns.map((column, j) => column.map((own, i) => ((i * 31 + j * 17) % 33 === 0 ? Number.NaN : own))),
};
await measure("complete answers", items);
await measure("3% missing, pairwise", withGaps);
const { seconds } = await timed(() => polychoricCorrelations(items, { missing: "pairwise" }));
record(`polychoric correlations of ${ITEMS} items × ${RESPONDENTS} respondents`, seconds);
inR();

async function measure(what, given) {
  const result = await timed(() =>
    factorAnalysis(correlateItems(given), { factors: FACTORS, method: "minres", rotation: { kind: "oblimin" } }),
  );
  if (result.value.state !== "estimated") throw new Error(result.value.reason);
  record(`minres + oblimin, ${ITEMS} items × ${RESPONDENTS} respondents, ${what}`, result.seconds);
}

function simulate() {
  const random = new RandomStream(1, "factor analysis");
  const columns = Array.from({ length: ITEMS }, () => new Float64Array(RESPONDENTS));
  for (let row = 0; row < RESPONDENTS; row++) {
    const general = random.normal();
    const factors = Array.from({ length: FACTORS }, () => 0.5 * general + 0.87 * random.normal());
    for (let item = 0; item < ITEMS; item++) {
      const own = 0.7 * factors[item % FACTORS] + 0.7 * random.normal();
      columns[item][row] = Math.max(1, Math.min(6, Math.round(3.5 + 1.2 * own)));
    }
  }
  return { names: columns.map((_, item) => `q${item + 1}`), columns };
}

function inR() {
  const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
  try {
    const lines = [items.names.join(",")];
    for (let row = 0; row < RESPONDENTS; row++) lines.push(items.columns.map((column) => column[row]).join(","));
    writeFileSync(join(folder, "items.csv"), lines.join("\n"));
    const script = fileURLToPath(new URL("tools/factor-analysis.R", import.meta.url));
    const { status, stdout, error } = spawnSync("Rscript", [script, join(folder, "items.csv"), String(FACTORS)], {
      encoding: "utf8",
    });
    console.log(
      error === undefined && status === 0 ? stdout.trim() : "R with psych is not here: nothing to compare with",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
