import { isSameForename, normaliseName } from "#domain";

/** What tells who somebody is. Empty where it is not known. */
export interface Identity {
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly trn: string;
  /** yyyy-mm-dd */
  readonly birthDate: string;
}

/** Both names as they are compared: without accents, titles, hyphens or order. */
export const nameKey = (given: string, family: string): string => normaliseName(`${given} ${family}`);

/**
 * Why two entries may be one person, strongest first; undefined where nothing says so. The rules by which a return is linked
 * to a census: a number, else a birth date and family name, else an e-mail address, else the name at the same school. A name
 * alone is never enough, and two different numbers are two people.
 */
export function whySamePerson(a: Identity, b: Identity, isSameSchool: boolean): string | undefined {
  const bothHave = (field: keyof Identity) => a[field] !== "" && b[field] !== "";
  if (bothHave("trn")) return a.trn === b.trn ? "the same teacher number" : undefined;
  const family = normaliseName(a.familyName) === normaliseName(b.familyName);
  const given = isSameForename(a.givenName, b.givenName);
  if (bothHave("birthDate") && a.birthDate === b.birthDate && (family || given))
    return family ? "the same birth date and family name" : "the same birth date and given name";
  if (bothHave("email") && a.email.toLowerCase() === b.email.toLowerCase()) return "the same e-mail address";
  const differs = bothHave("birthDate") && a.birthDate !== b.birthDate;
  return isSameSchool && family && given && !differs ? "the same name at the same school" : undefined;
}
