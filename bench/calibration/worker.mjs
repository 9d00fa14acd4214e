// Works out the replications it is handed, each from a stream of its own.
import { parentPort } from "node:worker_threads";
import { RandomStream } from "#stats";
import { NoScore } from "./analysis.mjs";
import { STUDIES } from "./studies.mjs";

const NUMBERS = ["estimate", "se", "df", "low", "high"];

parentPort.on("message", async ({ name, seed, from, to }) => {
  const study = STUDIES.find((own) => own.name === name);
  const replications = [];
  for (let replication = from; replication < to; replication++) {
    replications.push(await replicate(study, new RandomStream(seed, name).split(String(replication))));
  }
  parentPort.postMessage({ name, from, replications });
});

/** Only the numbers that the summary needs cross over. */
async function replicate(study, random) {
  try {
    const { truth, truths, intervals, facts } = await study.replicate(random);
    return {
      truth,
      ...(truths === undefined ? {} : { truths }),
      facts,
      intervals: Object.fromEntries(
        Object.entries(intervals).map(([rule, own]) => [
          rule,
          Object.fromEntries(NUMBERS.map((key) => [key, own[key]])),
        ]),
      ),
    };
  } catch (error) {
    if (error instanceof NoScore) return { reason: error.message };
    throw error;
  }
}
