// Shares replications out over the cores.
import { Worker } from "node:worker_threads";

const CHUNK = 20;

/**
 * Runs studies one after the other, each over all workers.
 * @param jobs    `{ name, replications }` in order.
 * @param onDone  Called with the name, the replications in their order, and the seconds that passed since the last one.
 */
export async function runStudies({ jobs, seed, workers, onDone }) {
  const chunks = jobs.flatMap(({ name, replications }) =>
    Array.from({ length: Math.ceil(replications / CHUNK) }, (_, c) => ({
      name,
      seed,
      from: c * CHUNK,
      to: Math.min(replications, (c + 1) * CHUNK),
    })),
  );
  const found = new Map(
    jobs.map(({ name, replications }) => [name, { left: replications, all: new Array(replications) }]),
  );
  let last = performance.now();

  const finish = ({ name, from, replications }) => {
    const own = found.get(name);
    for (const [i, replication] of replications.entries()) own.all[from + i] = replication;
    own.left -= replications.length;
    if (own.left > 0) return;
    const now = performance.now();
    onDone(name, own.all, (now - last) / 1000);
    last = now;
    found.delete(name);
  };
  await Promise.all(Array.from({ length: workers }, () => workThrough(chunks, finish)));
}

function workThrough(chunks, finish) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("worker.mjs", import.meta.url));
    const next = () => {
      const chunk = chunks.shift();
      if (chunk !== undefined) worker.postMessage(chunk);
      else worker.terminate().then(() => resolve(), reject);
    };
    worker.on("message", (message) => {
      finish(message);
      next();
    });
    worker.on("error", reject);
    next();
  });
}
