import { type Fault, Faults, type Place } from "#domain";
import { plural } from "#findings";
import { changesBetween, type ProtocolChange, type Study } from "#protocol";
import type { SourceTrail } from "#sources";
import type { DesignRecord } from "../designRecord.ts";
import { inputsOf, type RegistrationRecord } from "./records.ts";

/** Everything that differs between a study now and one of its records. */
export interface ChangesSince {
  readonly refusals: readonly Fault[];
  /** The same as sentences for an amendment. */
  readonly sentences: readonly string[];
  /** Registered outcomes, analyses and sensitivities that are gone. */
  readonly removed: readonly string[];
}

export const isIntact = (changes: ChangesSince): boolean => changes.refusals.length === 0;

/** Compares protocol, inputs and design with a record; the design only when neither of the others explains it. */
export function changesSince(
  study: Study,
  trails: readonly SourceTrail[],
  design: readonly DesignRecord[],
  record: RegistrationRecord,
): ChangesSince {
  const protocol = study.meaning.whole === record.meaning.whole ? [] : changesBetween(record.resolved, study.resolved);
  const inputs = inputChanges(trails, record);
  const frozen = protocol.length === 0 && inputs.length === 0 ? designChanges(design, record) : [];
  const edits = sameEdits(protocol).map((changes) => editFault(study, changes, record));
  const refusals = [...edits, ...inputs, ...frozen];
  return {
    refusals,
    sentences: refusals.map((fault) => fault.message),
    removed: protocol.flatMap((change) =>
      change.now === undefined && isRegisteredResult(change) ? [change.path] : [],
    ),
  };
}

/** @throws Faults  refusals, each naming section, key, old and new value; exit 3. */
export function refuseIfChanged(
  study: Study,
  trails: readonly SourceTrail[],
  design: readonly DesignRecord[],
  record: RegistrationRecord,
): void {
  const { refusals } = changesSince(study, trails, design, record);
  if (refusals.length > 0) throw new Faults("study.yaml", refusals);
}

const isRegisteredResult = ({ section, path }: ProtocolChange): boolean =>
  ["outcomes", "analyses", "sensitivity"].includes(section) && path.split(".").length === 2;

/** Changes together that are one edit: what a specification or a `like` takes from another place changes with it. */
function sameEdits(changes: readonly ProtocolChange[]): readonly (readonly ProtocolChange[])[] {
  const groups = new Map<string, ProtocolChange[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.section, change.path.split(".").at(-1), change.was, change.now]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()];
}

function editFault(study: Study, changes: readonly ProtocolChange[], record: RegistrationRecord): Fault {
  const [change, ...following] = changes as readonly [ProtocolChange, ...ProtocolChange[]];
  const places =
    following.length === 0 ? "" : `, and so in ${plural(following.length, "place")} that take it from there`;
  const said =
    change.was === undefined
      ? `${change.path} was added (${change.now})`
      : change.now === undefined
        ? `${change.path} lost ${change.was}`
        : `${change.path} was ${change.was} and is now ${change.now}`;
  return {
    code: "edited-after-registration",
    severity: "refusal",
    ...placeOf(study, change.path),
    message: `${change.section} changed since record ${record.number} (${record.statement.when.slice(0, 10)}): ${said}${places}.`,
    suggestion: 'Restore it, or say why: `assay amend --reason "…"`.',
  };
}

/** Where the study says something about a path, or about the nearest thing that holds it. */
function placeOf(study: Study, path: string): { readonly place?: Place } {
  const parts = path.split(".");
  for (let length = parts.length; length > 0; length--) {
    const start = parts.slice(0, length).join(".");
    const choice = study.choices.find(
      (one) => (one.path === start || one.path.startsWith(`${start}.`)) && one.origin.by === "declared",
    );
    if (choice?.origin.by === "declared") return { place: choice.origin.place };
  }
  return {};
}

function inputChanges(trails: readonly SourceTrail[], record: RegistrationRecord): readonly Fault[] {
  const before = new Map(record.inputs.map((input) => [input.source, input]));
  return inputsOf(trails).flatMap((input): readonly Fault[] => {
    const registered = before.get(input.source);
    if (registered === undefined || registered.sha256 === input.sha256) return [];
    const size = (bytes: number) => `${bytes.toLocaleString("en-GB")} bytes`;
    const sizes =
      registered.bytes === input.bytes
        ? `same size, ${size(input.bytes)}, other content`
        : `${size(input.bytes)}, was ${size(registered.bytes)}`;
    return [
      {
        code: "input-changed",
        severity: "refusal",
        message: `${input.file} (source ${input.source}) is not the file registered in record ${record.number} (${sizes}).`,
        suggestion: 'Put it back, or amend as a corrected input: `assay amend --reason "…"`.',
      },
    ];
  });
}

function designChanges(design: readonly DesignRecord[], record: RegistrationRecord): readonly Fault[] {
  const before = new Map(record.design.map((one) => [one.comparison, one]));
  return design.flatMap((now): readonly Fault[] => {
    const was = before.get(now.comparison);
    if (was !== undefined && was.sampleSha256 === now.sampleSha256 && was.chosen === now.chosen) return [];
    const counts =
      was === undefined
        ? "not registered"
        : `${was.treated} and ${was.comparisonUnits} then, ${now.treated} and ${now.comparisonUnits} now`;
    return [
      {
        code: "design-changed",
        severity: "refusal",
        message: `The matched sample of ${now.comparison} is not the one registered in record ${record.number} (${counts}), though protocol and inputs are the same.`,
        suggestion: `It was made by Assay ${record.program.version}: use that version, or amend.`,
      },
    ];
  });
}
