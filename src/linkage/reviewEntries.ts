import type { PeopleLinkage } from "#protocol";
import type { Frame } from "#table";
import type { ReviewEntry } from "./linkRecord.ts";
import { type Census, rowsOfPerson } from "./people/census.ts";
import { cellText } from "./people/comparedField.ts";
import type { PeopleLinks } from "./people/linkPeople.ts";

/** The pairs that await a decision, each with what both sides say. */
export function reviewEntries(
  linkage: PeopleLinkage,
  from: Frame,
  to: Frame,
  keys: readonly Readonly<Record<string, string>>[],
  links: PeopleLinks,
  census: Census,
): readonly ReviewEntry[] {
  const compared = linkage.steps.flatMap((step) => (step.how === "exact" ? step.columns : step.compare));
  const columns = [...new Set(compared.map(({ column }) => column))];
  return links.review.map(({ row, person, probability, why }) => {
    const versions = rowsOfPerson(census, person);
    const identity = census.identity(person);
    return {
      pair: pairName(Object.values(keys[row]!), identity),
      row: keys[row]!,
      identity,
      probability: Number.isNaN(probability) ? undefined : probability,
      why,
      fields: columns.map((column) => ({
        column,
        from: cellText(from.columns.get(column)!, row),
        to: [...new Set(versions.map((at) => cellText(to.columns.get(column)!, at)))].join(" / "),
      })),
    };
  });
}

/** How a pair is called on the command line. */
export const pairName = (key: readonly string[], identity: string): string => `${key.join("/")}=${identity}`;
