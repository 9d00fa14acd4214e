// A study of teachers as a protocol would declare it, put to invented careers by the product's own steps.
import { estimateAnalysis, openSample } from "#estimation";
import { warningsOf } from "#findings";
import { buildUnit } from "#linkage";
import { readStudyText } from "#protocol";
// The door of pipeline offers whole runs on files; a calibration study puts its steps to tables in memory.
import { designInWaves } from "../../../dist/pipeline/waves.js";
import { inMemory, named, numbers, text } from "./inMemory.mjs";

const STUDY = `assay: 1
study: { title: Calibration, question: Does the interval hold the truth?, yearName: start, seed: 1 }
sources:
  census:
    file: census.csv
    key: [person_id, year]
    columns:
      person_id: { type: text, identifies: person }
      year: { type: academicYear, written: start }
      school_id: { type: text, measured: row year }
      x1: { type: number, unit: points, measured: row year }
      x2: { type: number, unit: points, measured: row year }
      x3: { type: number, unit: points, measured: row year }
      x4: { type: number, unit: points, measured: row year }
      role: { type: category, levels: [classroom, middle], reference: classroom, measured: row year }
      programme_school: { type: truth, measured: row year }
  participants:
    file: participants.csv
    key: [person_id]
    columns:
      person_id: { type: text, identifies: person }
      recruited: date
units:
  teachers:
    is: teacher
    from: census
    identity: person_id
    year: year
    member: { school: school_id }
    columns:
      recruited: { summary: min, of: participants, on: [person_id], value: recruited }
design:
  comparisons:
    main:
      unit: teachers
      treated: recruited is not missing
      baselineYear: { rule: firstRecruitment, from: recruited, comparison: sampleYear }
      timeZero: { rule: {{rule}} }
      estimand: treated
      pool: programme_school = no
      assignedBy: school_id
      assignedOver: schools volunteered and nominated staff
      match:
        covariates: [x1, x2, x3, x4]
        exact: [baseline_year]
        specifications:
          nearest: { neighbours: 10, replacement: no, caliper: none }
        choose: { use: nearest }
outcomes:
  retained: { unit: teachers, rule: retention, within: [profession], present: a record, horizons: [1 year], measure: percentage points, better: higher, priority: primary }
  progressed: { unit: teachers, rule: progression, within: [profession], role: role, ladder: [classroom, middle], horizons: [1 year], measure: percentage points, better: higher, priority: primary }
analyses:
  main:
    comparison: main
    outcomes: [{{outcome}}]
    horizons: [1 year]
    primaryHorizon: 1 year
    model: logistic
    contrast: difference
    adjustFor: matchingCovariates
    yearEffects: yes
    clusters: [school_id, person_id, set]
    show: [rates, marginalEffect, oddsRatio]
`;

/** The study with one rule of time zero and one outcome. */
export function teacherStudy({ rule = "firstCensusInPost", outcome = "retained" } = {}) {
  return readStudyText(STUDY.replace("{{rule}}", rule).replace("{{outcome}}", outcome), "study.yaml");
}

/** The censuses and the return of participants, as the product would see them. */
export function inputsOf({ rows, people, schools, recruited }) {
  const names = named("P", people);
  return inMemory({
    census: {
      person_id: text(rows.person, names),
      year: numbers(rows.year, "academicYear"),
      school_id: text(rows.school, named("S", schools)),
      x1: numbers(rows.x1),
      x2: numbers(rows.x2),
      x3: numbers(rows.x3),
      x4: numbers(rows.x4),
      role: {
        kind: "code",
        type: "category",
        levels: ["classroom", "middle"],
        codes: Int32Array.from(rows.role, (role) => Number(role === "middle")),
      },
      programme_school: numbers(rows.programmeSchool, "truth"),
    },
    participants: {
      person_id: text([...recruited.keys()], names),
      recruited: numbers([...recruited.values()], "date"),
    },
  });
}

/**
 * Designs the comparison under the seal and estimates on the open table, as `assay run` does.
 */
export async function runTeacherStudy(study, inputs, seed) {
  const own = { ...study, about: { ...study.about, seed } };
  const comparison = own.comparisons.get("main");
  const declaration = own.units.get("teachers");
  const sample = await designInWaves(own, inputs, comparison, declaration);
  const open = openSample(sample, buildUnit(declaration, inputs.all(), { repair: true }));
  const effects = estimateAnalysis(own, own.analyses.get("main"), open);
  const isKept = (_, row) => open.treated[row] === 1 && open.draws[0].weights[row] > 0;
  return {
    effect: effects[0],
    kept: open.identities.filter(isKept).map((identity) => Number(identity.slice(1))),
    gone: sample.flow.find(({ id }) => id === "gone")?.treated ?? 0,
    codes: [...sample.warnings, ...warningsOf(own, effects, [], new Map([["main", sample]]))].map(({ code }) => code),
  };
}
