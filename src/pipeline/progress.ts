/** How a step says what it is doing. `begin` returns what to call when it is done, with a few words and counts. */
export interface Progress {
  begin(what: string): (result: string) => void;
}

/** For callers that listen to nothing. */
export const silent: Progress = { begin: () => () => {} };
