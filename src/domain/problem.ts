/** Where in a file something was read: 1-based line and column, as an editor counts them. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `fault` stops the step (exit 1), `warning` goes on and is printed in the report, `refusal` is the seal's (exit 3). */
export type Severity = "fault" | "warning" | "refusal";

/**
 * One thing that is wrong: what was found, what was expected, what to do about it.
 * `code` is stable and can be searched for; `message` and `suggestion` are whole sentences.
 */
export interface Fault {
  readonly code: string;
  readonly severity: Severity;
  readonly place?: Place;
  readonly message: string;
  readonly suggestion?: string;
}

/** `study.yaml:31:34  unknown-level  region has no level "North-West". Nearest: "North West".` */
export function faultLine(fault: Fault): string {
  const place = fault.place === undefined ? "" : `${fault.place.file}:${fault.place.line}:${fault.place.column}  `;
  const suggestion = fault.suggestion === undefined ? "" : ` ${fault.suggestion}`;
  return `${place}${fault.code}  ${fault.message}${suggestion}`;
}

/** How a command ends: 0 done, 1 fault in the study or data, 2 usage, 3 refused by the seal. */
export type ExitCode = 0 | 1 | 2 | 3;

/** A problem holds facts, then speaks to each reader. Every problem Assay raises on purpose extends this. */
export abstract class Problem extends Error {
  abstract readonly code: string;
  /** What the command line ends with when nobody handles the problem. */
  readonly exitCode: ExitCode = 1;

  /** What happened, what it means for them, what can be done next: no statistics needed. */
  abstract forHeadTeacher(): string;

  /** The code, the counts, the setting and its line. */
  abstract forAnalyst(): string;

  override get message(): string {
    return this.forAnalyst();
  }
}

/** Everything wrong with one study or one file, said at once. */
export class Faults extends Problem {
  readonly code = "faults";
  override readonly exitCode: ExitCode;
  /** What was being read, for example `study.yaml`. */
  readonly subject: string;
  readonly faults: readonly Fault[];

  constructor(subject: string, faults: readonly Fault[]) {
    super();
    this.subject = subject;
    this.faults = faults;
    this.exitCode = faults.some((fault) => fault.severity === "refusal") ? 3 : 1;
  }

  forHeadTeacher(): string {
    const count = this.faults.length;
    if (this.exitCode === 3) return "Refused, to keep what was registered as it was. Nothing was changed.";
    if (count === 1) return "One thing needs mending first. Nothing was changed.";
    return `${count} things need mending first; each line says where it is and what to write instead. Nothing was changed.`;
  }

  forAnalyst(): string {
    return this.faults.map(faultLine).join("\n");
  }
}
