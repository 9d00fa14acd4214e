import { serve as listen } from "@hono/node-server";
import { Faults } from "#domain";
import type { Store } from "#store";
import { createApp, type Trouble } from "./app.tsx";

/** A workbench that answers. */
export interface Serving extends AsyncDisposable {
  readonly origin: string;
}

/** Answers on one port until disposed of. What is being answered then is finished first. @throws Faults  `port-in-use`. */
export async function serveWorkbench(
  store: Store,
  { port, host = "127.0.0.1" }: { readonly port: number; readonly host?: string },
  onTrouble?: Trouble,
): Promise<Serving> {
  const app = createApp(store, onTrouble);
  return await new Promise((resolve, reject) => {
    const server = listen({ fetch: app.fetch, port, hostname: host }, (address) => {
      resolve({
        origin: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
        [Symbol.asyncDispose]: () =>
          new Promise((done) => {
            server.close(() => done());
            if ("closeIdleConnections" in server) server.closeIdleConnections();
          }),
      });
    });
    server.once("error", (problem: NodeJS.ErrnoException) => reject(asFault(problem, port)));
  });
}

function asFault(problem: NodeJS.ErrnoException, port: number): unknown {
  if (problem.code !== "EADDRINUSE" && problem.code !== "EACCES") return problem;
  return new Faults(`port ${port}`, [
    {
      code: "port-in-use",
      severity: "fault",
      message: problem.code === "EACCES" ? `Port ${port} may not be used.` : `Something else answers on port ${port}.`,
      suggestion: "Choose another one with --port.",
    },
  ]);
}
