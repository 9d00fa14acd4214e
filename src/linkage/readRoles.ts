import { Faults, ROLE_LEVELS, type RoleReading, type RoleRule, readRoleRules, roleLevel } from "#domain";
import type { CompanionFile } from "#protocol";
import { roleDictionary } from "#standards";
import type { CodeColumn, Column } from "#table";
import type { RoleRecord } from "./linkRecord.ts";
import { asTexts } from "./linkSchools.ts";

/**
 * The dictionaries a study reads job titles by: its own, then the shipped one.
 * @throws Faults  the study's dictionary is not there, or lines of it cannot be read.
 */
export function roleDictionaries(own: CompanionFile | undefined): readonly (readonly RoleRule[])[] {
  const shipped = roleDictionary();
  const { rules } = readRoleRules(shipped.text, shipped.id);
  if (own === undefined) return [rules];
  if (own.content === undefined) {
    throw new Faults(own.file, [
      {
        code: "role-dictionary",
        severity: "fault",
        place: { file: own.file, line: 1, column: 1 },
        message: `The dictionary of job titles ${own.file} is not in the study folder.`,
        suggestion: "Make the file (its first line is `how,text,level`), or leave `dictionary` out.",
      },
    ]);
  }
  const read = readRoleRules(own.content, own.file);
  if (read.faults.length > 0) throw new Faults(own.file, read.faults);
  return [read.rules, rules];
}

/** Reads a column of job titles: each distinct title once, a row without a title is `unknown`. */
export function readRoles(titles: Column, dictionaries: readonly (readonly RoleRule[])[]): CodeColumn {
  const { codes, levels } = asTexts(titles);
  const unknown = ROLE_LEVELS.indexOf("unknown");
  const levelOf = levels.map((title) => ROLE_LEVELS.indexOf(roleLevel(title, dictionaries).level));
  return {
    kind: "code",
    type: "category",
    levels: ROLE_LEVELS,
    codes: codes.map((code) => (code < 0 ? unknown : levelOf[code]!)),
  };
}

/** Every title with its level and rule, the most frequent first; those no rule speaks of apart. */
export function roleRecord(column: string, titles: Column, dictionaries: readonly (readonly RoleRule[])[]): RoleRecord {
  const { codes, levels } = asTexts(titles);
  const counts = new Int32Array(levels.length);
  for (const code of codes) if (code >= 0) counts[code]!++;
  const texts = levels
    .map((text, code) => ({ text, rows: counts[code]!, ...named(roleLevel(text, dictionaries)) }))
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.rows - a.rows || (a.text < b.text ? -1 : 1));
  const unmapped = texts.filter(({ rule }) => rule === undefined).map(({ text, rows }) => ({ text, rows }));
  return { column, texts, unmapped };
}

const named = ({ level, rule }: RoleReading): { readonly level: string; readonly rule?: string } => ({
  level,
  ...(rule !== undefined && { rule: `${rule.how} "${rule.text}" (${rule.source})` }),
});
