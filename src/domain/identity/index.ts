export { jaroWinkler } from "./jaroWinkler.ts";
export { normaliseName } from "./normaliseName.ts";
export {
  normaliseTitle,
  ROLE_LEVELS,
  type RoleLevel,
  type RoleReading,
  type RoleRule,
  readRoleRules,
  roleLevel,
} from "./roleLevel.ts";
export { isSameForename, isSameNormalisedForename } from "./sameForename.ts";
export {
  compareNumbers,
  readTeacherNumber,
  type TeacherNumber,
  type WrittenTeacherNumber,
} from "./teacherNumber.ts";
export { compareDates, type DateAgreement, isOneSlipApart, readWrittenDate, type WrittenDate } from "./writtenDate.ts";
