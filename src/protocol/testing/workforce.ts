/** A study of teachers and their schools who start in different years, with columns of its own so that it stands by itself. */
export const WORKFORCE = `assay: 1
study: { title: Leading, question: Did they stay? }
simulation:
  workforce: { seed: 3, teachers: 14000 }
sources:
  returned:
    file: mi.csv
    columns:
      person_id: text
      school_id: text
      recruited: date
      project: text
  census:
    file: census.parquet
    columns:
      person_id: { type: text, identifies: person }
      school_id: { type: text, identifies: school }
      year: { type: academicYear, written: start }
      la_code: laCode
      post: { type: category, levels: [Head, Teacher], reference: Teacher, measured: row year }
      pay: { type: number, unit: GBP, measured: row year }
      age: { type: whole, unit: years, measured: row year }
      grade: { type: whole, unit: grade, measured: row year }
      role_start: { type: date, measured: row year }
  open:
    file: open.csv
    columns:
      school_id: { type: text, identifies: school }
      year: { type: academicYear, written: start }
      fsm_pct: { type: percent, measured: row year }
units:
  teachers:
    is: teacher
    from: census
    identity: person_id
    year: year
    member: { school: school_id, authority: la_code }
    repair: { rule: roleStartGap, roleStart: role_start, fixed: [post], countDown: [age] }
    columns:
      role: { rule: roleLevel, post: post, tlr: pay, tlrAtLeast: 100 GBP, middle: [Teacher], senior: [Head], others: classroom, reference: classroom }
      challenging: { rule: challengingSchool, grade: grade, grades: [3, 4], gradeYear: yearOfMove }
      recruited: { summary: min, of: returned, on: [person_id], value: recruited }
  schools:
    is: school
    from: open
    identity: school_id
    year: year
    columns:
      taking_part: { summary: count, of: returned, on: [school_id] }
      before: { rule: rateBefore, outcome: retained.profession, of: teachers, intervals: [-1, -2] }
design:
  comparisons:
    people:
      unit: teachers
      treated: recruited is not missing
      baselineYear: { rule: firstRecruitment, from: recruited }
      timeZero: { rule: firstCensusInPost }
      match: { covariates: [age, role] }
    staying:
      like: people
      restrictTo: exists at timeZero + 1
      specificationFrom: people
    places:
      unit: schools
      treated: taking_part > 0
      baselineYear: { rule: modalRecruitment, from: returned.recruited, where: project = "leading" }
      match: { covariates: [fsm_pct, before_1] }
outcomes:
  retained:
    unit: teachers
    rule: retention
    within: [profession, school, localAuthority, challengingSchool]
    columns: { challengingSchool: challenging }
    horizons: [1 year, 2 years]
    measure: percentage points
    better: higher
    priority: { profession: primary, others: secondary }
  progressed:
    unit: teachers
    rule: progression
    within: [profession, school]
    role: role
    ladder: [classroom, middle, senior]
    horizons: [1 year]
    measure: percentage points
    better: higher
analyses:
  people: { comparison: people, outcomes: [retained, progressed], primaryHorizon: 1 year }
  places:
    comparison: places
    rowsOf: teachers
    carriedBy: school_id
    outcomes: [retained]
    model: mixedLogistic
    contrast: differenceInDifferences
    relativeYears: { before: [-2, -1], after: [1, 2] }
    primaryHorizon: 1 year
sensitivity:
  published: { of: people, vary: { preset: seed-000 } }
  bend: { of: places, vary: nonParallel }
  stayers: { of: people, vary: { comparison: staying } }
`;
