import { type Fault, nearestName, type Place, type Severity } from "#domain";

/** Faults gathered while a study is read, so that all are said at once. */
export class FaultList {
  readonly #found: Fault[] = [];

  add(code: string, place: Place, message: string, suggestion?: string, severity: Severity = "fault"): undefined {
    this.#found.push({ code, severity, place, message, ...(suggestion !== undefined && { suggestion }) });
  }

  addAll(faults: readonly Fault[]): undefined {
    this.#found.push(...faults);
  }

  /** A name that is not declared, with the nearest that is. */
  unknownName(what: string, name: string, known: Iterable<string>, place: Place): undefined {
    const names = [...known];
    // It is there and at fault itself, which has been said.
    if (names.includes(name)) return;
    this.add("unknown-name", place, `${what} \`${name}\` is not declared.`, nearestOf(name, names));
  }

  unknownColumn(owner: string, name: string, known: Iterable<string>, place: Place): undefined {
    const nearest = nearestOf(name, known);
    const rule = "Columns must be declared or come from the registry.";
    this.add(
      "unknown-column",
      place,
      `${owner} has no column \`${name}\`.`,
      nearest === undefined ? rule : `${nearest} ${rule}`,
    );
  }

  /** In the order of the file, each said once. */
  sorted(severity: Severity): readonly Fault[] {
    const seen = new Map(
      this.#found.filter((fault) => fault.severity === severity).map((fault) => [JSON.stringify(fault), fault]),
    );
    return [...seen.values()].sort((a, b) => order(a) - order(b));
  }
}

const order = ({ place }: Fault): number => (place === undefined ? 0 : place.line * 100_000 + place.column);

/** `Nearest: \`caliper\`.` */
export function nearestOf(name: string, known: Iterable<string>): string | undefined {
  const nearest = nearestName(name, known);
  return nearest === undefined ? undefined : `Nearest: \`${nearest}\`.`;
}
