export type { LinkRecord, MatchRate, PeopleRecord } from "#linkage";
export { FAULTS_HEADER, faultsAsCsv } from "./dataFaults.ts";
export type { DesignRecord } from "./designRecord.ts";
export { evaluateOnWorkforce, type LinkageEvaluation } from "./linkEvaluation.ts";
export { type Decider, decideLink, type LinkReview, linkReview } from "./linkReview.ts";
export { program } from "./program.ts";
export type { Progress } from "./progress.ts";
export { readPublication } from "./publishing.ts";
export type { Registrant, RegistrationRecord } from "./registration/index.ts";
export {
  type CheckedReturn,
  checkReturnFiles,
  participantsOf,
  type ReportedReturn,
  type ReturnOptions,
  reportReturn,
  roleReader,
  type StudyReturn,
  safeReturnExhibits,
  schoolEntriesOf,
  studyReturnExhibits,
  traitsOf,
  writeReturnTemplate,
} from "./returns/index.ts";
export {
  amendStudy,
  type Checked,
  check,
  type Designed,
  design,
  type Estimated,
  estimate,
  registerStudy,
  report,
  run,
  type StepOptions,
  studyFile,
} from "./steps.ts";
export { inputNow, type Trace, trace } from "./trace.ts";
export { writeFile } from "./writing.ts";
