import { resolve } from "node:path";
import { startCode } from "#accounts";
import { Store } from "#store";
import { serveWorkbench } from "#web";
import { numberOf } from "../numberOption.ts";
import { type CommandOptions, type Outcome, UsageFault } from "../outcome.ts";

/** Opens the workbench and answers until it is told to stop; what is being written then is finished first. */
export async function run(_operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const port = numberOf("--port", options.port) ?? 8080;
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageFault(`--port takes a whole number from 0 to 65535; ${port} is none.`);
  const url = process.env.DATABASE_URL;
  const folder = resolve(options.folder ?? "workbench");
  await using store = await Store.open(url === undefined || url === "" ? { folder } : { url });
  await using serving = await serveWorkbench(store, { port, host: options.host ?? "127.0.0.1" }, (problem, quoted) => {
    process.stderr.write(
      `${new Date().toISOString()} ${quoted} ${problem instanceof Error ? problem.stack : problem}\n`,
    );
  });
  const code = await startCode(store);
  const where = store.engine === "sqlite" ? `data in ${folder}` : "data on the PostgreSQL server of DATABASE_URL";
  process.stdout.write(`Assay answers at ${serving.origin} (${where}). Stop it with Ctrl+C.\n`);
  if (code !== undefined) {
    process.stdout.write(
      `Nobody administers it yet. Make the first account within a day, with this link, which works once:\n  ${serving.origin}/invitation/${code}\n`,
    );
  }
  await stopped();
  return { lines: ["Stopped. Everything acknowledged is kept."], json: { state: "ok" } };
}

/** Until the process is asked to end. */
function stopped(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.removeAllListeners(signal);
      process.once(signal, () => done());
    }
  });
}
