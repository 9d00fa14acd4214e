import { nearestName } from "#domain";
import type { Participant, SchoolEntry } from "./records.ts";
import type { RemarkList } from "./remark.ts";

/** Looks across the schools file: a school twice in a project, a number no register knows. */
export function checkSchools(
  schools: readonly SchoolEntry[],
  register: ReadonlySet<string> | undefined,
  asAt: number,
  remarks: RemarkList,
): void {
  const seen = new Map<string, SchoolEntry>();
  for (const school of schools) {
    const { line, urn, project = "", agreed } = school;
    if (urn === undefined) continue;
    const place = { line, column: "urn", found: urn, expected: "" };
    if (register?.has(urn) === false) remarks.add({ ...place, ...notInRegister(urn, register) });
    const key = `${urn}\n${project}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, school);
    else
      remarks.add({
        ...place,
        kind: "fault",
        code: "school-twice-in-project",
        message: `School ${urn} is in the same project at row ${first.line}`,
        advice: "Take out the row that is too many",
      });
    if (agreed !== undefined && agreed > asAt)
      remarks.add({
        ...place,
        kind: "fault",
        code: "agreed-in-future",
        column: "agreed",
        message: "The agreement is dated after the day of the return",
        advice: "Correct the date, or leave it empty until the school has signed",
      });
  }
}

/** Looks from people to schools: a number in neither file nor register, a school whose people and entry disagree. */
export function checkPlaces(
  participants: readonly Participant[],
  schools: readonly SchoolEntry[] | undefined,
  register: ReadonlySet<string> | undefined,
  remarks: { readonly participants: RemarkList; readonly schools: RemarkList | undefined },
): void {
  const entries = new Map<string, SchoolEntry>();
  for (const school of schools ?? [])
    if (school.urn !== undefined) entries.set(`${school.urn}\n${school.project ?? ""}`, school);
  const listed = new Set((schools ?? []).flatMap(({ urn }) => urn ?? []));
  const used = new Set<string>();
  for (const { line, urn, project, withdrawn } of participants) {
    if (urn === undefined) continue;
    used.add(urn);
    const place = { line, column: "urn", found: urn, expected: "" };
    if (register?.has(urn) === false) remarks.participants.add({ ...place, ...notInRegister(urn, register) });
    if (schools === undefined) continue;
    const entry = entries.get(`${urn}\n${project ?? ""}`);
    if (!listed.has(urn)) {
      const nearest = nearestNumber(urn, listed);
      remarks.participants.add({
        ...place,
        kind: "query",
        code: "school-not-listed",
        message: `School ${urn} is not in the schools file${nearest === undefined ? "" : `; the nearest number there is ${nearest}`}`,
        advice: "Add the school to the schools file, or correct the number",
      });
    } else if (entry === undefined && project !== undefined)
      remarks.participants.add({
        ...place,
        kind: "query",
        code: "school-not-in-project",
        message: `School ${urn} is in the schools file, and not for the project ${project}`,
        advice: "Add the school for that project, or correct the project",
      });
    else if (entry?.withdrawn === true && withdrawn === false)
      remarks.participants.add({
        ...place,
        kind: "query",
        code: "school-withdrawn-person-not",
        message: `School ${urn} withdrew, and this person did not`,
        advice: "Ask whether the person went on alone",
      });
  }
  for (const { line, urn } of schools ?? []) {
    if (urn === undefined || used.has(urn)) continue;
    remarks.schools?.add({
      kind: "query",
      code: "school-without-people",
      line,
      column: "urn",
      found: urn,
      message: `School ${urn} has no participant in the participants file`,
      expected: "",
      advice: "Ask whether people are missing, or whether the school never took part",
    });
  }
}

function notInRegister(urn: string, register: ReadonlySet<string>) {
  const nearest = nearestNumber(urn, register);
  return {
    kind: "fault",
    code: "school-unknown",
    message: `No school of the register has the number ${urn}${nearest === undefined ? "" : `; one digit away is ${nearest}`}`,
    advice: "Look up the school's six-digit URN; a school that became an academy has a new one",
  } as const;
}

/** A known number one digit or one swap away; undefined where there is none, or more than one. */
function nearestNumber(urn: string, known: ReadonlySet<string>): string | undefined {
  const near = [...neighboursOf(urn)].filter((other) => known.has(other));
  if (near.length > 0) return near.length === 1 ? near[0] : undefined;
  return known.size > 200 ? undefined : nearestClose(urn, known);
}

function nearestClose(urn: string, known: ReadonlySet<string>): string | undefined {
  const found = nearestName(urn, known);
  return found !== undefined && found.slice(0, 3) === urn.slice(0, 3) ? found : undefined;
}

function neighboursOf(urn: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (let i = 0; i < urn.length; i++) {
    for (let digit = 0; digit <= 9; digit++) found.add(urn.slice(0, i) + digit + urn.slice(i + 1));
    if (i > 0) found.add(urn.slice(0, i - 1) + urn[i]! + urn[i - 1]! + urn.slice(i + 1));
  }
  found.delete(urn);
  return found;
}
