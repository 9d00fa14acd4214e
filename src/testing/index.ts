export { numberColumn, schoolsOf, textColumn } from "./panel.ts";
export { invented, type Parts, type Row, studyOf, unitOf } from "./schools.ts";
