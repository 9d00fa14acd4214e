import { Faults, faultLine } from "#domain";
import { readStudyText } from "../readStudy.ts";
import type { Study } from "../study.ts";

/** The smallest useful study of the protocol page, with columns of its own so that it stands by itself. */
export const SMALL = `assay: 1
study:
  title: Absence after joining a trust in 2016/17
  question: Did absence change more in joiners than in similar schools that did not join?
sources:
  panel:
    file: panel.csv.gz
    columns:
      school_id: urn
      year: { type: academicYear, written: end }
      use_row: truth
      joined: { type: date, label: joined a trust }
      absence_pct: { type: percent, measured: row year }
      absence_pct_2013: { type: percent, measured: 2012/13 }
      score: { type: number, unit: points, measured: row year }
      ks2_aps_201213: { type: number, unit: points, measured: 2012/13 }
      fsm_pct_201516: { type: percent, measured: 2015/16 }
      fsm_pct_201819: { type: percent, measured: 2018/19 }
      pupils: { type: whole, unit: pupils }
      la_code: laCode
      trust: { type: category, levels: [North, South], reference: North }
      region: { type: category, levels: [North West, North East, London], reference: London, measured: 2017/18, stable: yes, because: a school stays where it is }
    breaks:
      - { columns: [score], from: 2016/17, kind: level, what: the scale changed }
units:
  schools: { is: school, from: panel, identity: school_id, year: year, where: use_row = yes }
design:
  comparisons:
    joiners:
      unit: schools
      treated: joined between 2016-09-01 and 2017-08-31
      baselineYear: 2015/16
      exclude: { joined-another-time: joined is not missing }
      match:
        covariates: [absence_pct at baseline, ks2_aps_201213, fsm_pct_201516, region]
outcomes:
  absence: { unit: schools, column: absence_pct, measure: percentage points of sessions, better: lower, priority: primary }
analyses:
  change: { comparison: joiners, outcomes: [absence], horizons: [2017/18, 2018/19] }
`;

export const FILE = "study.yaml";

/** A study with one piece of its text replaced. */
export function edited(from: string, to: string, text = SMALL): string {
  if (!text.includes(from)) throw new Error(`the study has no "${from}"`);
  return text.replace(from, () => to);
}

export function read(text: string): Study {
  return readStudyText(text, FILE);
}

/** What the last fault says where one kept something else from being looked at. */
export const MORE = / More may be found once (?:this is|these are) mended\.$/;

/** Every fault of a text, as its line would be printed, without the word on what else may follow. */
export function faultsOf(text: string): readonly string[] {
  return linesOf(text).map((line) => line.replace(MORE, ""));
}

/** Every fault of a text, to the last word. */
export function linesOf(text: string): readonly string[] {
  try {
    read(text);
  } catch (problem) {
    if (problem instanceof Faults) return problem.faults.map(faultLine);
    throw problem;
  }
  return [];
}
