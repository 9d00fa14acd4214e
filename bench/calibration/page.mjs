// Writes the page from the summaries.
import { STUDIES } from "./studies.mjs";
import { verdictOf } from "./summary.mjs";

/** @param results  By study name: seed, date, machine, replications, facts and one summary per rule. */
export function calibrationPage(results) {
  const known = STUDIES.filter(({ name }) => results[name] !== undefined);
  const rows = known.flatMap((study) => rowsOf(study, results[study.name]));
  const gated = rows.filter(({ verdict }) => /^(pass|fail)/.test(verdict));
  return `${[
    "# Calibration",
    "",
    ...wrapped(
      "**Question.** When an interval says 95%, does it hold the true effect 95 times in a hundred, in designs like those of our studies?",
    ),
    "",
    ...wrapped(
      "**Way.** Each study draws worlds in which the effect is known, has the estimators answer as a study would, and compares. The " +
        "true effect of a replication is the mean difference of expected potential outcomes over the treated kept in it, in the " +
        "schools they are in, unless the rule names another. Studies whose names begin with *workforce* put invented censuses to " +
        "the product's own steps: a study text is read, starts are found, waves designed under the seal, results estimated and " +
        "warnings raised; only the tables lie in memory.",
    ),
    "",
    ...wrapped(
      "**Gates.** Coverage 93 to 97% (91 to 99% with fewer than 15 treated clusters; more is said, never failed); |bias| below 0.1 " +
        "of the empirical SD; mean standard error over empirical SD from 0.93 to 1.10. A gate that fails stays in the table as failed.",
    ),
    "",
    ...wrapped(`**Result.** ${resultOf(gated)}`),
    "",
    ...wrapped(
      "**How to run.** `npm run -s build`, then `node bench/calibration.mjs`, or with `--replications N` and the names of studies. " +
        "Every replication has a stream of its own from the seed, the study's name and its number: the figures do not depend on the " +
        "number of workers. All of it takes about an hour and a half on two cores, most of it the *workforce* studies. The code is in `bench/calibration/`.",
    ),
    "",
    "## Results",
    "",
    ...wrapped(
      "Bias and standard errors are over the empirical SD of the errors (estimate less truth). SE / SD takes the mean of the standard " +
        "errors; RMS SE / SD the root of their mean square, which is 1 when the variance is unbiased: the mean is lower with few degrees " +
        "of freedom, by about 1/(4 df), and where precision differs from one replication to the next. Coverage has its Monte Carlo error " +
        "behind it; ∞ df means a normal interval.",
    ),
    "",
    "| study | rule | true effect | mean estimate | bias / SD | SE / SD | RMS SE / SD | coverage, % | mean df | replications | gate | what it shows |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ...rows.map(tableRow),
    "",
    "## Designs",
    "",
    ...known.flatMap((study) => designOf(study, results[study.name])),
    "## Runs",
    "",
    ...runsOf(known, results).flatMap(wrapped),
  ].join("\n")}\n`;
}

function resultOf(gated) {
  const failed = gated.filter(({ verdict }) => verdict.startsWith("fail"));
  const passing = `${gated.length - failed.length} of ${gated.length} gated rules pass`;
  if (failed.length === 0) return `${passing}.`;
  return `${passing}; failed: ${failed.map(({ study, rule }) => `${study.name} (${rule})`).join("; ")}. The reason stands with the design.`;
}

/** Lines of at most 120 characters. */
function wrapped(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== "" && last.length + 1 + word.length > 120) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}

function rowsOf(study, { rules }) {
  // A rule that joined the study after its last run has no row yet.
  return Object.entries(study.rules).flatMap(([rule, gate], place) => {
    const summary = rules.find((own) => own.rule === rule);
    return summary === undefined ? [] : { study, rule, place, summary, verdict: verdictOf(gate, numbersOf(summary)) };
  });
}

/** JSON has no NaN and no ∞: they are kept as null and as text. */
function numbersOf(summary) {
  return { ...summary, errorRatio: summary.errorRatio ?? Number.NaN };
}

function tableRow({ study, rule, place, summary, verdict }) {
  const {
    truth,
    estimate,
    biasInSd,
    errorRatio,
    rootMeanSquareRatio,
    coverage,
    coverageError,
    df,
    replications,
    missing,
  } = summary;
  const cells = [
    study.name,
    rule,
    signed(truth, 4),
    signed(estimate, 4),
    signed(biasInSd, 2),
    errorRatio === null ? "none" : errorRatio.toFixed(3),
    rootMeanSquareRatio === null ? "none" : rootMeanSquareRatio.toFixed(3),
    `${(100 * coverage).toFixed(1)} ± ${(100 * coverageError).toFixed(1)}`,
    df === null ? "none" : df === "∞" ? df : df.toFixed(1),
    missing === 0 ? replications : `${replications} (${missing} without an answer)`,
    verdict,
    place === 0 ? study.shows : "",
  ];
  return `| ${cells.join(" | ")} |`;
}

function signed(value, digits) {
  // What rounds to 0 has no sign.
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

function designOf(study, { facts }) {
  const means = Object.entries(facts).map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`);
  const found = means.length === 0 ? "" : ` Mean over replications: ${means.join(", ")}.`;
  return [
    ...wrapped(`**${study.name}.** ${study.design}${found}`),
    "",
    ...(study.remark === undefined ? [] : [...wrapped(`*Remark.* ${study.remark}`), ""]),
  ];
}

function runsOf(known, results) {
  const runs = new Map();
  for (const { name } of known) {
    const { seed, date, machine } = results[name];
    const key = `seed ${seed}, ${date}, ${machine}`;
    runs.set(key, [...(runs.get(key) ?? []), name]);
  }
  return [...runs].map(([run, names]) => `- ${run}: ${names.join(", ")}.`);
}
