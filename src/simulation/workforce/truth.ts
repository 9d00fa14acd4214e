import type { CensusFaults } from "./censusRows.ts";
import type { Workforce, YearRates } from "./inventWorkforce.ts";
import { intoProgramme } from "./inventWorkforce.ts";
import type { LinkableRow } from "./managementReturn.ts";
import type { FullWorkforceOptions } from "./options.ts";
import { LEADING } from "./programme.ts";
import type { RealisedEffect, RealisedSchoolEffect } from "./realisedEffects.ts";

/** What estimates and linkage should find. */
export interface WorkforceTruth {
  readonly about: string;
  readonly options: FullWorkforceOptions;
  readonly teacherRows: number;
  readonly schoolRows: number;
  readonly programme: {
    readonly schools: number;
    /** People of the census who were recruited; those in post at time zero; those gone before it. */
    readonly recruited: number;
    readonly atTimeZero: number;
    readonly goneBeforeTimeZero: number;
    readonly recruitedBySpring: Readonly<Record<string, number>>;
  };
  /** Mean over participants in post at time zero; `without` is the same people and luck without any of the programme. */
  readonly effects: readonly RealisedEffect[];
  /** Mean over the teachers of programme schools at each census, of one year with the programme and without it. */
  readonly schoolEffects: readonly RealisedSchoolEffect[];
  readonly rates: readonly YearRates[];
  readonly censusFaults: CensusFaults;
  readonly schoolChanges: { readonly converted: number; readonly merged: number; readonly closed: number };
  readonly managementReturn: {
    readonly rows: number;
    readonly ofProgramme: number;
    readonly absentFromCensus: number;
    readonly rowsWithFault: number;
    readonly rowsWithTwoOrMore: number;
    readonly faults: Readonly<Record<string, number>>;
  };
}

/** Sums up a workforce and its return. */
export function tellTruth(workforce: Workforce, returned: readonly LinkableRow[], schoolRows: number): WorkforceTruth {
  const { options, effects, history, recruitments, schools } = workforce;
  const kinds = (kind: string) => history.links.filter((link) => link.kind === kind).length;
  const people = intoProgramme(recruitments);
  return {
    about:
      "Invented schools and teachers. `effects` is what the programme did to its participants, with both the effect on them and the effect on their schools; an estimate of the effect on the treated should find it.",
    options,
    teacherRows: workforce.rows.reduce((sum, rows) => sum + rows, 0),
    schoolRows,
    programme: {
      schools: schools.filter(({ project }) => project === LEADING).length,
      recruited: people.length,
      atTimeZero: effects.participants,
      goneBeforeTimeZero: effects.goneBeforeTimeZero,
      recruitedBySpring: count(people.map(({ spring }) => String(spring))),
    },
    effects: effects.onPeople(),
    schoolEffects: effects.onSchools(),
    rates: workforce.rates,
    censusFaults: workforce.faults,
    schoolChanges: { converted: kinds("converted"), merged: kinds("merged"), closed: kinds("closed") },
    managementReturn: {
      rows: returned.length,
      ofProgramme: returned.filter(({ row }) => row.project === LEADING).length,
      absentFromCensus: returned.filter(({ link }) => link.person_id === "absent").length,
      rowsWithFault: returned.filter(({ link }) => link.faults.length > 0).length,
      rowsWithTwoOrMore: returned.filter(({ link }) => link.faults.length > 1).length,
      faults: count(returned.flatMap(({ link }) => link.faults)),
    },
  };
}

function count(words: readonly string[]): Readonly<Record<string, number>> {
  const found = new Map<string, number>();
  for (const word of words.toSorted()) found.set(word, (found.get(word) ?? 0) + 1);
  return Object.fromEntries(found);
}
