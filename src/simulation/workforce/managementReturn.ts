import { printDate } from "#domain";
import { RandomStream } from "#math";
import { day, FIRST_CENSUS } from "./calendar.ts";
import { type Identity, writeIdentity } from "./identityFaults.ts";
import type { Workforce } from "./inventWorkforce.ts";
import { ABSENT_SHARE, LEADING, LEADING_PROVIDER, OTHER_PROJECTS, type ProgrammeSchool } from "./programme.ts";
import { roleText } from "./roleTexts.ts";

/** One row of `mi_participants.csv`, as text. */
export interface ManagementRow {
  readonly mi_row: string;
  readonly project: string;
  readonly provider: string;
  readonly trn: string;
  readonly surname: string;
  readonly forename: string;
  readonly birth_date: string;
  readonly urn: string;
  readonly role_text: string;
  readonly recruited: string;
  readonly start_date: string;
  readonly end_date: string;
  readonly withdrawn: string;
}

export const MANAGEMENT_COLUMNS = [
  "mi_row",
  "project",
  "provider",
  "trn",
  "surname",
  "forename",
  "birth_date",
  "urn",
  "role_text",
  "recruited",
  "start_date",
  "end_date",
  "withdrawn",
] as const satisfies readonly (keyof ManagementRow)[];

/** Who a row is. */
export interface TrueLink {
  readonly mi_row: string;
  /** `person_id` of the census, or `absent` for someone who never stood in one. */
  readonly person_id: string;
  /** Another `person_id` the same person stands under in some censuses; empty for most. */
  readonly other_person_id: string;
  /** `field:kind` of each fault of the row's identity. */
  readonly faults: readonly string[];
}

export interface LinkableRow {
  readonly row: ManagementRow;
  readonly link: TrueLink;
}

const WITHDRAWN = 0.07;

/** The providers' return of participants in every project, with its real faults, and who each row is. */
export function managementReturn(workforce: Workforce): readonly LinkableRow[] {
  const random = new RandomStream(workforce.options.seed, "workforce return");
  const clerk = new Clerk(workforce, random);
  const found: LinkableRow[] = [];
  for (const { project, slot, urn, spring, recruited, role } of workforce.recruitments)
    found.push(clerk.write({ project, urn, recruited, role, year: spring - 1 }, slot));
  for (const { project, extra, schools } of extras(workforce)) {
    for (let k = 0; k < extra; k++) {
      const { urn, spring } = schools[random.integer(schools.length)];
      const recruited = day(spring, 1, 8) + random.integer(150);
      found.push(clerk.write({ project, urn, recruited, role: "not in the census", year: spring - 1 }, "absent"));
    }
  }
  // Rows stand as they came in, project by project.
  const projects = [LEADING, ...OTHER_PROJECTS.map(({ project }) => project)];
  const order = (one: LinkableRow) => projects.indexOf(one.row.project);
  return found
    .toSorted(
      (a, b) =>
        order(a) - order(b) ||
        (a.row.recruited < b.row.recruited ? -1 : a.row.recruited > b.row.recruited ? 1 : 0) ||
        (a.row.trn < b.row.trn ? -1 : 1),
    )
    .map(({ row, link }, i) => {
      const mi_row = String(i + 1);
      return { row: { ...row, mi_row }, link: { ...link, mi_row } };
    });
}

/** How many rows of each project are of people in no census. */
function extras(
  workforce: Workforce,
): readonly { readonly project: string; readonly extra: number; readonly schools: readonly ProgrammeSchool[] }[] {
  return [LEADING, ...OTHER_PROJECTS.map(({ project }) => project)].map((project) => ({
    project,
    extra: Math.round(
      (ABSENT_SHARE / (1 - ABSENT_SHARE)) * workforce.recruitments.filter((one) => one.project === project).length,
    ),
    schools: workforce.schools.filter((one) => one.project === project),
  }));
}

/** Writes people down for returns. */
export class Clerk {
  readonly #workforce: Workforce;
  readonly #random: RandomStream;
  /** Keys that belong to nobody in a census. */
  #absentKey: number;

  constructor(workforce: Workforce, random: RandomStream, firstAbsentKey = workforce.people.count) {
    this.#workforce = workforce;
    this.#random = random;
    this.#absentKey = firstAbsentKey;
  }

  /** @param who  A slot of the workforce, or `absent` for somebody new to it. */
  write(
    recruitment: {
      readonly project: string;
      readonly urn: number;
      readonly recruited: number;
      readonly role: number | "not in the census";
      readonly year: number;
    },
    who: number | "absent",
  ): LinkableRow {
    const random = this.#random;
    const { faults, ...written } = writeIdentity(random, this.#identity(who, recruitment.year));
    const start = recruitment.recruited + 7 + random.integer(80);
    const isWithdrawn = random.uniform() < WITHDRAWN;
    const ends = isWithdrawn || random.uniform() < 0.4;
    const end = start + (isWithdrawn ? 30 : 330) + random.integer(120);
    return {
      row: {
        mi_row: "",
        project: recruitment.project,
        provider: providerOf(recruitment.project),
        ...written,
        urn: String(recruitment.urn),
        role_text: roleText(random, recruitment.role),
        recruited: printDate(recruitment.recruited),
        start_date: random.uniform() < 0.03 ? "" : printDate(start),
        end_date: ends ? printDate(end) : "",
        withdrawn: isWithdrawn ? "yes" : "no",
      },
      link: { mi_row: "", ...this.#numbers(who, recruitment.year), faults },
    };
  }

  #identity(who: number | "absent", year: number): Identity {
    const { identities, people } = this.#workforce;
    const key = who === "absent" ? this.#absentKey++ : people.key[who];
    const male = who === "absent" ? (key % 3) & 1 : people.male[who];
    const birth =
      who === "absent" ? day(1960 + this.#random.integer(35), 1, 1) + this.#random.integer(365) : people.birth[who];
    const both = identities.surnames(key, male);
    const own = identities.surname(key, male, birth, Math.max(year, FIRST_CENSUS));
    const other = both.find((code) => code !== own);
    return {
      teacherNumber: identities.teacherNumber(key),
      surname: identities.text({ surname: own }),
      ...(other !== undefined && { otherSurname: identities.text({ surname: other }) }),
      forename: identities.text({ forename: identities.forename(key, male) }),
      birth,
    };
  }

  #numbers(who: number | "absent", year: number): { person_id: string; other_person_id: string } {
    if (who === "absent") return { person_id: "absent", other_person_id: "" };
    const { identities, people } = this.#workforce;
    const key = people.key[who];
    const text = (at: number) => `P${String(identities.personNumber(key, at)).padStart(7, "0")}`;
    const from = identities.secondFrom(key);
    const others = [text(FIRST_CENSUS), text(2021)].filter((id) => id !== text(year));
    return { person_id: text(year), other_person_id: from <= 2021 ? (others[0] ?? "") : "" };
  }
}

function providerOf(project: string): string {
  return OTHER_PROJECTS.find((one) => one.project === project)?.provider ?? LEADING_PROVIDER;
}
