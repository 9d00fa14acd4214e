export { type CheckContext, checkReturn, type ReadReturn, type ReturnTable } from "./checkReturn.ts";
export type { Participant, SchoolEntry, SchoolTraits } from "./records.ts";
export { counted, REMARKS_HEADER, type Remark, ReturnFaults, remarkLines, remarksAsCsv } from "./remark.ts";
export { RETURN_FILES, type ReturnFile } from "./returnFields.ts";
export { returnSheets, returnTemplate, sheetName, type TemplateFile } from "./returnTemplate.ts";
