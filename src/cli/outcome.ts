import { Faults, Problem } from "#domain";

/** Options any command may be given. */
export interface CommandOptions {
  readonly json?: boolean;
  readonly data?: string;
  readonly out?: string;
  readonly by?: string;
  readonly role?: string;
  readonly reason?: string;
  readonly exploratory?: boolean;
  readonly print?: boolean;
  readonly defaults?: boolean;
  readonly reportFaults?: string;
  readonly seed?: string;
  readonly schools?: string;
  readonly effect?: string;
  readonly teachers?: string;
  readonly programmeSchools?: string;
  readonly hiddenSelection?: string;
  readonly retentionEffect?: string;
  readonly progressionEffect?: string;
  readonly schoolEffect?: string;
  readonly register?: string;
  readonly targets?: string;
  readonly roles?: string;
  readonly at?: string;
  readonly from?: string;
  readonly faults?: string;
  readonly minimum?: string;
  readonly schoolMinimum?: string;
  readonly read?: string;
  readonly workforce?: string;
  readonly returns?: string;
  readonly folder?: string;
  readonly port?: string;
  readonly host?: string;
}

/** What a command has to say when it is done: lines for people, an object for programs. */
export interface Outcome {
  readonly lines: readonly string[];
  readonly json: unknown;
}

/** A word of the command line that cannot be used: ends with 2. */
export class UsageFault extends Error {}

/** Carries out a command, prints its outcome or what went wrong, and sets the exit code. */
export async function finish(options: CommandOptions, act: () => Promise<Outcome>): Promise<void> {
  try {
    const outcome = await act();
    print(options.json === true ? JSON.stringify(outcome.json, null, 2) : outcome.lines.join("\n"));
  } catch (error) {
    process.exitCode = fail(error, options);
  }
}

function fail(error: unknown, options: CommandOptions): number {
  if (error instanceof UsageFault) {
    if (options.json === true) print(JSON.stringify({ state: "usage", message: error.message }, null, 2));
    complain(error.message);
    return 2;
  }
  if (!(error instanceof Problem)) {
    if (options.json === true) print(JSON.stringify({ state: "error", message: String(error) }, null, 2));
    complain(
      `Assay stopped on a mistake of its own, not of your study. Nothing was changed. Please report this:\n${error instanceof Error ? error.stack : String(error)}`,
    );
    return 1;
  }
  if (options.json === true) {
    print(
      JSON.stringify(
        {
          state: error.exitCode === 3 ? "refused" : "fault",
          faults: error instanceof Faults ? error.faults : [{ code: error.code, message: error.message }],
        },
        null,
        2,
      ),
    );
  }
  complain(error.forAnalyst());
  complain(error.forHeadTeacher());
  return error.exitCode;
}

function print(text: string): void {
  if (text !== "") process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
