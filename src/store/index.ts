export { type AuditEntry, type AuditRecord, appendAudit, erasePersonal, readAudit, verifyAudit } from "./audit.ts";
export { databaseFile, holdsStore, type Place, type Queries, Store } from "./openStore.ts";
export { backupFolder, restoreFolder } from "./restore.ts";
export { BadValue } from "./values.ts";
