// A propensity model on national data: logistic regression on eleven categories of 436,144 people, two levels without any
// treated person. Goal: 1 s from columns in memory, the separation reported, deviance not above R's by more than 1e-4.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodedColumns, familyNamed, fitGeneralised, patternsOf, readFormula } from "#stats";
import { nationalWorkforce } from "./tools/national.mjs";
import { record, timed } from "./tools/record.mjs";

const { data, treated, names } = nationalWorkforce();
const formula = readFormula(`~ ${names.join(" + ")}`);
const family = familyNamed("binomial");

const { seconds, value } = await timed(() => {
  const patterns = patternsOf(data, treated);
  const x = CodedColumns.of(formula, patterns.data);
  return {
    patterns,
    fit: fitGeneralised({ family, y: patterns.outcome, x, names: x.names, weights: patterns.weights }),
  };
});
const { patterns, fit } = value;
if (fit.state !== "separated") throw new Error(`the separation was not seen: ${fit.state}`);
const deviance = fit.path[fit.path.length - 1];
record(
  `propensity logit, 436,144 rows in ${patterns.weights.length} patterns, ${fit.names.length} columns, separated`,
  seconds,
);
console.log(`  deviance ${deviance.toFixed(6)}; separated by ${fit.columns.join(", ")}`);

const whole = await timed(() => {
  const x = CodedColumns.of(formula, data);
  return fitGeneralised({ family, y: treated, x, names: x.names });
});
record("the same, row by row", whole.seconds);
console.log(`  deviance ${whole.value.path.at(-1).toFixed(6)}`);

if (spawnSync("Rscript", ["--version"]).status === 0) {
  const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
  const columns = names.map((name) => data.get(name).codes);
  const lines = Array.from(treated, (arm, i) => `${arm},${columns.map((codes) => codes[i]).join()}`);
  writeFileSync(join(folder, "national.csv"), `treated,${names.join()}\n${lines.join("\n")}\n`);
  const script = `d <- read.csv("${join(folder, "national.csv")}"); for (n in names(d)[-1]) d[[n]] <- factor(d[[n]])
    t <- system.time(f <- suppressWarnings(glm(treated ~ ., binomial, d)))[["elapsed"]]; cat(sprintf("%.2f %.6f", t, f$deviance))`;
  const [took, theirs] = spawnSync("Rscript", ["-e", script], { encoding: "utf8" }).stdout.split(" ").map(Number);
  rmSync(folder, { recursive: true });
  record("the same in R's glm", took, null);
  console.log(`  R's deviance ${theirs}, ours less R's ${(deviance - theirs).toExponential(1)}`);
  if (!(deviance <= theirs + 1e-4)) throw new Error("the deviance is above R's");
}
