import type { StatedCount } from "#domain";
import { type CountedPerson, type CountedReturn, type CountedSchool, countPart } from "./counting.ts";
import { type ComparedTotals, compareTotals, type ReasonCount, type Reconciled, reconcileUnits } from "./reconcile.ts";
import type { Participant } from "./records.ts";

/** Which rows of the return reached which step of a study, by the provider's row numbers. */
export interface AnalysisRows {
  /** Who counted, as printed: `Analysis`. */
  readonly label: string;
  readonly analysed: ReadonlySet<string>;
  /** Rows found in the census at all, and those with a record before the programme; left out where not known. */
  readonly linked?: ReadonlySet<string>;
  readonly withBaseline?: ReadonlySet<string>;
  /** Schools of the analysis. */
  readonly schools?: ReadonlySet<string>;
}

/** A count of somebody else beside the return's own. */
export interface ReconciledCount {
  readonly stated: StatedCount;
  /** It is held against a part of the return: the projects or cohorts it covers. */
  readonly isOfPart: boolean;
  readonly schools?: ComparedTotals;
  readonly participants?: ComparedTotals;
  /** What keeps the two from being the same thing: another day, another scope. */
  readonly remarks: readonly string[];
}

export interface ReturnReconciliation {
  /** From rows of the file to people, and to those who did not withdraw. */
  readonly rows: Reconciled;
  readonly people: Reconciled;
  readonly schools: Reconciled;
  readonly counts: readonly ReconciledCount[];
  /** From people to those analysed, where a study says who they are. */
  readonly analysis?: { readonly label: string; readonly people: Reconciled; readonly schools?: Reconciled };
}

export interface ReconcileOptions {
  readonly counts: readonly StatedCount[];
  readonly analysis?: AnalysisRows;
  /** Day of the return and what it covers. */
  readonly snapshot?: number;
  readonly scope?: string;
}

/** Sets the counts of provider, funder and analysis side by side, and explains each difference as far as rows can. */
export function reconcileReturn(counted: CountedReturn, options: ReconcileOptions): ReturnReconciliation {
  const { people, schools } = counted;
  const { analysis } = options;
  return {
    rows: rowsToPeople(counted),
    people: reconcileUnits(people, ({ withdrew }) => !withdrew, [WITHDREW]),
    schools: reconcileUnits(schools, ({ withdrew }) => !withdrew, [WITHDREW]),
    counts: options.counts.map((stated) => reconcileCount(counted, stated, options)),
    ...(analysis !== undefined && { analysis: analysisOf(counted, analysis) }),
  };
}

const WITHDREW = {
  id: "withdrew",
  label: "withdrew",
  holds: ({ withdrew }: { readonly withdrew: boolean }) => withdrew,
};

function rowsToPeople({ rows, people }: CountedReturn): Reconciled {
  const firstRows = new Set<Participant>(people.map(({ first }) => first));
  const projectsOf = new Map<Participant, ReadonlySet<string>>();
  for (const { rows: own } of people) {
    // Rows of a project an earlier row has are repeats; others are further projects.
    const seen = new Set<string>();
    const first = own.find((row) => firstRows.has(row))!;
    seen.add(first.project ?? "");
    for (const row of own) {
      if (row === first) continue;
      projectsOf.set(row, new Set(seen));
      seen.add(row.project ?? "");
    }
  }
  const isRepeat = (row: Participant) => projectsOf.get(row)?.has(row.project ?? "") === true;
  return reconcileUnits(rows, (row) => firstRows.has(row), [
    { id: "repeated", label: "name a person again in the same project", holds: isRepeat },
    { id: "several-projects", label: "name a person in a further project", holds: (row) => projectsOf.has(row) },
  ]);
}

function analysisOf({ people, schools }: CountedReturn, analysis: AnalysisRows) {
  const has = (set: ReadonlySet<string> | undefined) => (one: CountedPerson) =>
    one.rows.some(({ row }) => row !== undefined && set!.has(row));
  const isAnalysed = has(analysis.analysed);
  const known = new Set(people.flatMap(({ rows }) => rows.flatMap(({ row }) => row ?? [])));
  const added = [...analysis.analysed].filter((row) => !known.has(row)).length;
  const reasons = [
    ...(analysis.linked === undefined
      ? []
      : [
          {
            id: "not-linked",
            label: "were not found in the census",
            holds: (one: CountedPerson) => !has(analysis.linked)(one),
          },
        ]),
    ...(analysis.withBaseline === undefined
      ? []
      : [
          {
            id: "no-baseline",
            label:
              "could not be compared: no record before the programme, gone before its first census, or left out by a rule",
            holds: (one: CountedPerson) => !has(analysis.withBaseline)(one),
          },
        ]),
    WITHDREW,
  ];
  const own = analysis.schools;
  const urns = new Set(schools.map(({ urn }) => urn));
  const working = new Set(people.filter(isAnalysed).flatMap(({ rows }) => rows.flatMap(({ urn }) => urn ?? [])));
  return {
    label: analysis.label,
    people: reconcileUnits(people, isAnalysed, reasons, added),
    ...(own !== undefined && {
      schools: reconcileUnits<CountedSchool>(
        schools,
        ({ urn }) => own.has(urn),
        [
          { id: "nobody-analysed", label: "have nobody in the analysis", holds: ({ urn }) => !working.has(urn) },
          WITHDREW,
        ],
        [...own].filter((urn) => !urns.has(urn)).length,
      ),
    }),
  };
}

function reconcileCount(
  counted: CountedReturn,
  stated: StatedCount,
  { snapshot, scope }: ReconcileOptions,
): ReconciledCount {
  const total = (what: "schools" | "participants"): number | undefined => {
    if (stated[what] !== undefined) return stated[what];
    const parts = stated.parts.flatMap((part) => part[what] ?? []);
    return parts.length === 0 || parts.length < stated.parts.length ? undefined : parts.reduce((a, b) => a + b, 0);
  };
  const [schools, participants] = [total("schools"), total("participants")];
  const isOfPart = stated.cohorts !== undefined || stated.projects !== undefined;
  const own = countPart(counted, stated);
  const isOtherScope = !isOfPart && stated.scope !== undefined && scope !== undefined && stated.scope !== scope;
  const isOtherDay = stated.snapshot !== undefined && snapshot !== undefined && stated.snapshot !== snapshot;
  const known = isOtherScope ? { people: [], schools: [] } : knownNumbers(own, stated);
  return {
    stated,
    isOfPart,
    ...(schools !== undefined && { schools: compareTotals(own.schools.length, schools, known.schools) }),
    ...(participants !== undefined && {
      participants: compareTotals(own.people.length, participants, known.people),
    }),
    remarks: [
      ...(isOtherScope ? [`it covers ${stated.scope}, and the return ${scope}`] : []),
      ...(isOtherDay ? ["it was taken on another day"] : []),
      ...(stated.snapshot === undefined ? ["it does not say on which day it was taken"] : []),
    ],
  };
}

/** Numbers of the return that another count may have left out, or taken in twice. */
function knownNumbers({ people, schools, rows }: CountedReturn, { snapshot }: StatedCount) {
  const several = rows.length - people.length;
  const numbers = (list: readonly ReasonCount[]) => list.filter(({ count }) => count !== 0);
  const recruitedLater =
    snapshot === undefined ? 0 : people.filter(({ first }) => (first.recruited ?? 0) > snapshot).length;
  return {
    people: numbers([
      { id: "withdrew", label: "withdrew", count: people.filter(({ withdrew }) => withdrew).length },
      { id: "recruited-later", label: "were recruited after that day", count: recruitedLater },
      {
        id: "no-number",
        label: "have no teacher number",
        count: people.filter(({ rows: own }) => own.every(({ trn }) => trn === undefined)).length,
      },
      { id: "no-school", label: "have no school", count: people.filter(({ urn }) => urn === undefined).length },
      // A count of rows is larger than one of people.
      { id: "rows", label: "stand in a second row", count: -several },
    ]),
    schools: numbers([
      { id: "withdrew", label: "withdrew", count: schools.filter(({ withdrew }) => withdrew).length },
      { id: "no-people", label: "have no participant", count: withoutPeople(rows, schools) },
    ]),
  };
}

function withoutPeople(rows: readonly Participant[], schools: readonly CountedSchool[]): number {
  const used = new Set(rows.flatMap(({ urn }) => urn ?? []));
  return schools.filter(({ urn }) => !used.has(urn)).length;
}
