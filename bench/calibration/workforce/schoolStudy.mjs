// A difference in differences of schools as a protocol would declare it, put to invented years by the product's own steps.
import { estimateYearly, openSample } from "#estimation";
import { warningsOf } from "#findings";
import { buildUnit } from "#linkage";
import { readStudyText } from "#protocol";
import { analysisOfSeed000 } from "../../../dist/pipeline/presets.js";
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
  school-years:
    file: school_years.csv
    key: [school_id, year]
    columns:
      school_id: { type: text, identifies: school }
      year: { type: academicYear, written: start }
      x: { type: number, unit: points, measured: row year }
      z: { type: number, unit: points, measured: row year }
  participants:
    file: participants.csv
    key: [person_id]
    columns:
      person_id: { type: text, identifies: person }
      school_id: { type: text, identifies: school }
      recruited: date
units:
  teachers:
    is: teacher
    from: census
    identity: person_id
    year: year
    member: { school: school_id }
  schools:
    is: school
    from: school-years
    identity: school_id
    year: year
    columns:
      in_programme: { summary: count, of: participants, on: [school_id] }
{{rates}}design:
  comparisons:
    main:
      unit: schools
      treated: in_programme > 0
      baselineYear: { rule: modalRecruitment, from: participants.recruited, ties: earliest }
      timeZero: { rule: firstCensusInPost }
      estimand: treated
      assignedOver: schools volunteered
      match:
        covariates: [x, z{{covariates}}]
        exact: [baseline_year]
        specifications:
          nearest: { neighbours: 3, replacement: no, caliper: none }
        choose: { use: nearest }
outcomes:
  retained: { unit: teachers, rule: retention, within: [profession], present: a record, horizons: [1 year], measure: percentage points, better: higher, priority: primary }
analyses:
  main:
    comparison: main
    rowsOf: teachers
    carriedBy: school_id
    outcomes: [retained]
    model: mixedLogistic
    contrast: differenceInDifferences
    relativeYears: { before: [-3, -2, -1], after: [1, 2] }
    span: eachYear
    horizons: [1 year]
    primaryHorizon: 1 year
    random: schoolAndYear
    adjustFor: matchingCovariates
    yearEffects: yes
    show: [rates, marginalEffect, oddsRatio]
`;

const RATES =
  "      retained_before: { rule: rateBefore, outcome: retained.profession, of: teachers, intervals: [-1, -2, -3] }\n";
const RATE_NAMES = [1, 2, 3].map((interval) => `, retained_before_${interval}`).join("");

/** @param isMatchedOnRates  Whether the rates of the three years before are matching covariates too. */
export function schoolStudy({ isMatchedOnRates = false } = {}) {
  const [rates, names] = isMatchedOnRates ? [RATES, RATE_NAMES] : ["", ""];
  return readStudyText(STUDY.replace("{{rates}}", rates).replace("{{covariates}}", names), "study.yaml");
}

export function inputsOf({ people, schools, recruits, count, total }) {
  const persons = named("P", count);
  const names = named("S", total);
  return inMemory({
    census: {
      person_id: text(people.person, persons),
      year: numbers(people.year, "academicYear"),
      school_id: text(people.school, names),
    },
    "school-years": {
      school_id: text(schools.school, names),
      year: numbers(schools.year, "academicYear"),
      x: numbers(schools.x),
      z: numbers(schools.z),
    },
    participants: {
      person_id: text(recruits.person, persons),
      school_id: text(recruits.school, names),
      recruited: numbers(recruits.recruited, "date"),
    },
  });
}

/** The declared result and that of the preset `seed-000`, `random: school`. */
export async function runSchoolStudy(study, inputs, seed) {
  const own = { ...study, about: { ...study.about, seed } };
  const sample = await designInWaves(own, inputs, own.comparisons.get("main"), own.units.get("schools"));
  const tables = inputs.all();
  const open = openSample(sample, buildUnit(own.units.get("schools"), tables));
  const people = buildUnit(own.units.get("teachers"), tables);
  const analysis = own.analyses.get("main");
  const effects = estimateYearly(own, analysis, open, people);
  const preset = estimateYearly(own, analysisOfSeed000(analysis), open, people);
  const isKept = (_, row) => open.treated[row] === 1 && open.draws[0].weights[row] > 0;
  const codesOf = (found) => warningsOf(own, found, [], new Map([["main", sample]])).map(({ code }) => code);
  return {
    effect: effects[0],
    preset: preset[0],
    kept: open.identities.filter(isKept).map((identity) => Number(identity.slice(1))),
    codes: codesOf(effects),
    presetCodes: codesOf(preset),
  };
}
