import type { Progress } from "#pipeline";

/** How often a terminal is told how long a step has taken, in seconds. */
const REDRAW = 1;

/**
 * Shows steps on the error stream, so that output can be piped: on a terminal a line that counts the seconds and is
 * replaced when the step is done; elsewhere one plain line a step.
 */
export function terminalProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const isTerminal = stream.isTTY === true;
  return {
    begin(what) {
      const start = performance.now();
      const seconds = () => ((performance.now() - start) / 1000).toFixed(1);
      if (isTerminal) stream.write(`… ${what}`);
      const timer = isTerminal
        ? setInterval(() => stream.write(`\r… ${what} (${seconds()} s)`), REDRAW * 1000)
        : undefined;
      timer?.unref();
      return (result) => {
        clearInterval(timer);
        stream.write(`${isTerminal ? "\r\u001b[2K" : ""}${what}: ${result} (${seconds()} s)\n`);
      };
    },
  };
}
