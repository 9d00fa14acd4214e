import type { ComparisonSample } from "#design";
import { makeSafe, type SafeExhibit } from "#disclosure";
import type { Fault } from "#domain";
import { evaluate } from "#expression";
import { linkCautions, linkExhibits, repairCautions, repairExhibit } from "#findings";
import { frameContext, type UnitTable } from "#linkage";
import type { PeopleLinkage, Study } from "#protocol";
import type { Section } from "#report";
import { type Frame, type NumberColumn, rowsWhere, takeRows } from "#table";
import type { DesignedStudy } from "./designStudy.ts";
import type { Inputs } from "./openInputs.ts";
import { studyReturnExhibits } from "./returns/index.ts";

/** What a report says of the data before any comparison: who was named, who was found, which gaps were filled. */
export interface DataSections {
  readonly sections: readonly Section[];
  readonly exhibits: readonly SafeExhibit[];
  readonly warnings: readonly Fault[];
}

/** The registry entry of a provider's return, and of its list of schools. */
const RETURN = "assay/mi-return@1";
const RETURN_SCHOOLS = "assay/mi-schools@1";

/** Sections on the return, on linkage and on filled gaps, for a study that has any of them. */
export async function dataSections(
  study: Study,
  inputs: Inputs,
  designed: DesignedStudy,
  units: ReadonlyMap<string, UnitTable>,
): Promise<DataSections> {
  const parts = [
    ...(await Promise.all(
      [...study.linkage.values()].map((linkage) =>
        linkage.kind === "people" ? returnPart(study, inputs, designed, linkage) : undefined,
      ),
    )),
    await linkPart(study, inputs),
    repairPart(study, units),
  ].filter((part) => part !== undefined);
  return {
    sections: parts.map(({ section }) => section),
    exhibits: parts.flatMap(({ exhibits }) => exhibits),
    warnings: parts.flatMap(({ warnings }) => warnings),
  };
}

interface Part {
  readonly section: Section;
  readonly exhibits: readonly SafeExhibit[];
  readonly warnings: readonly Fault[];
}

const partOf = (
  id: string,
  title: string,
  text: readonly string[],
  exhibits: readonly SafeExhibit[],
  warnings: readonly Fault[] = [],
): Part => ({
  section: { id, title, text, exhibits: exhibits.map((exhibit) => exhibit.id), isFolded: false },
  exhibits,
  warnings,
});

/** The tables of the provider's return, the analysis among its counts. */
async function returnPart(
  study: Study,
  inputs: Inputs,
  designed: DesignedStudy,
  linkage: PeopleLinkage,
): Promise<Part | undefined> {
  const source = study.sources.get(linkage.from)!;
  if (source.registry !== RETURN) return undefined;
  const everybody = (await inputs.view(linkage.from)).frame;
  const [sample] = [...designed.samples.values()].filter(({ comparison }) => isOf(study, comparison.unit, linkage));
  const frame = ofProgramme(study, everybody, sample, linkage);
  const schools = [...study.sources.values()].find(({ registry }) => registry === RETURN_SCHOOLS);
  const register = [...study.sources.values()].find(
    ({ key }) => key.includes("urn") && key.length === 2 && key.includes("year"),
  );
  const project = projectsOf(frame);
  const exhibits = studyReturnExhibits({
    participants: frame,
    ...(schools !== undefined && { schools: ofProjects((await inputs.view(schools.id)).frame, project) }),
    ...(register !== undefined && { register: { frame: (await inputs.view(register.id)).frame, source: register.id } }),
    ...(sample !== undefined && { analysis: analysisRows(frame, linkage, sample) }),
    asAt: source.snapshot ?? study.about.period?.to ?? 0,
    minimum: study.disclosure.minimum,
    sources: [linkage.from],
  });
  return partOf(
    `return-${linkage.from}`,
    "Who took part, as the provider returned it",
    [
      "Every count names its base. Counts of the provider and of the analysis are both kept, and the difference is explained as far as rows can.",
    ],
    exhibits,
  );
}

const isOf = (study: Study, unit: string, { identity }: PeopleLinkage): boolean =>
  study.units.get(unit)!.identity === identity;

/** Rows of the programme asked about: a return may hold several, and the treatment says which counts. */
function ofProgramme(study: Study, frame: Frame, sample: ComparisonSample | undefined, { from }: PeopleLinkage): Frame {
  if (sample === undefined) return frame;
  const unit = study.units.get(sample.comparison.unit)!;
  const counting = unit.columns.find(
    (column) =>
      column.how === "summary" && column.of === from && column.where !== undefined && column.value !== undefined,
  );
  if (counting?.how !== "summary" || counting.where === undefined) return frame;
  const kept = (evaluate(counting.where, frameContext(frame)) as NumberColumn).values;
  return takeRows(
    frame,
    rowsWhere(frame.rows, (row) => kept[row] === 1),
  );
}

function projectsOf(frame: Frame): ReadonlySet<string> {
  return new Set(textsOf(frame, "project").filter((text) => text !== undefined));
}

function ofProjects(frame: Frame, projects: ReadonlySet<string>): Frame {
  const own = textsOf(frame, "project");
  if (projects.size === 0 || own.length === 0) return frame;
  return takeRows(
    frame,
    rowsWhere(frame.rows, (row) => projects.has(own[row]!)),
  );
}

function textsOf(frame: Frame, name: string): readonly (string | undefined)[] {
  const column = frame.columns.get(name);
  if (column === undefined || column.kind !== "code") return [];
  return Array.from(column.codes, (code) => (code < 0 ? undefined : column.levels[code]));
}

/** Which rows of the return were found, had a baseline and were analysed. */
function analysisRows(frame: Frame, linkage: PeopleLinkage, { candidates, draws }: ComparisonSample) {
  const names = textsOf(frame, linkage.rowKey[0] ?? "mi_row");
  const people = textsOf(frame, linkage.identity);
  const analysed = new Set<string>();
  const eligible = new Set<string>();
  for (const [row, identity] of candidates.identities.entries()) {
    if (candidates.treated[row] !== 1) continue;
    eligible.add(identity);
    if (draws[0]!.weights[row]! > 0) analysed.add(identity);
  }
  const rowsOf = (set: ReadonlySet<string> | undefined) =>
    new Set(
      names.filter((name, row): name is string => {
        const person = people[row];
        return name !== undefined && person !== undefined && (set === undefined || set.has(person));
      }),
    );
  return {
    label: "Analysis",
    analysed: rowsOf(analysed),
    linked: rowsOf(undefined),
    withBaseline: rowsOf(eligible),
  };
}

async function linkPart(study: Study, inputs: Inputs): Promise<Part | undefined> {
  if (study.linkage.size === 0) return undefined;
  const { records } = await inputs.linked();
  const exhibits = linkExhibits(records).map((exhibit) => makeSafe(exhibit, safetyOf(study)));
  return partOf(
    "linkage",
    "How people and schools were found again",
    [
      "Links were made before the comparison was chosen and without sight of any outcome; what a person decided is read first and wins.",
    ],
    exhibits,
    linkCautions(study, records),
  );
}

function repairPart(study: Study, units: ReadonlyMap<string, UnitTable>): Part | undefined {
  const repaired = [...units].flatMap(([id, { repairs, years }]) =>
    repairs === undefined ? [] : [{ id, repairs, years }],
  );
  if (repaired.length === 0) return undefined;
  const exhibits = repaired.map(({ id, repairs }) => makeSafe(repairExhibit(study, id, repairs), safetyOf(study)));
  const warnings = repaired.flatMap(({ id, repairs, years }) => repairCautions(study, id, repairs, years.at(-1)!));
  return partOf("repairs", "Gaps in the records", [], exhibits, warnings);
}

const safetyOf = ({ disclosure: { minimum, namesAllowed } }: Study) => ({ minimum, namesAllowed, clusterColumns: [] });
