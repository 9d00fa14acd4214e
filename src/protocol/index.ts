export { changesBetween, type ProtocolChange } from "./changes.ts";
export { describedSource } from "./describedSource.ts";
export { readStudy, readStudyText } from "./readStudy.ts";
export { readTargets, readTargetsText } from "./readTargets.ts";
export { fileOf, rowYearOf, sourcesOf, yearColumnOf } from "./rowYears.ts";
export { studySchema } from "./schema.ts";
export * from "./study.ts";
