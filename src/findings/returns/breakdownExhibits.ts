import { ROLE_LEVELS } from "#domain";
import {
  ABOUT_THE_SAME_POINTS,
  type Breakdown,
  breakdown,
  type LevelCount,
  type NationalShares,
  representation,
  type SchoolTraits,
  SMALL_BASE,
  sharesOfRegister,
} from "#programme";
import { type Exhibit, type ExhibitCell, type ExhibitRow, left, right, withUniqueIds } from "../exhibit.ts";
import { count, isFew, nothing, number, plural, protectedPlural, share, text } from "../print.ts";
import { aboutReturn, type ReturnShown } from "./shown.ts";

/** One trait units are broken down by. */
interface Trait {
  readonly id: string;
  readonly label: string;
  readonly order: readonly string[];
  readonly of: (school: SchoolTraits) => string | undefined;
  /** How a level is printed. */
  readonly print: (level: string) => string;
}

const numbered = (to: number): readonly string[] => Array.from({ length: to }, (_, i) => String(i + 1));
const named =
  (names: Readonly<Record<string, string>>) =>
  (level: string): string =>
    names[level] ?? level;

const TRAITS: readonly Trait[] = [
  {
    id: "phase",
    label: "phase",
    order: ["primary", "secondary", "special", "nursery", "sixteenPlus"],
    of: ({ phase }) => phase,
    print: named({ sixteenPlus: "16 plus" }),
  },
  { id: "region", label: "region", order: [], of: ({ region }) => region, print: (level) => level },
  {
    id: "aea",
    label: "AEA category (1 strong to 6 weak)",
    order: numbered(6),
    of: ({ aea }) => aea,
    print: named({ "1": "1 (strong)", "6": "6 (weak)" }),
  },
  {
    id: "imd",
    label: "deprivation decile of the area",
    order: numbered(10),
    of: ({ imd }) => imd,
    print: named({ "1": "1 (most deprived)", "10": "10 (least deprived)" }),
  },
  {
    id: "ofsted",
    label: "latest Ofsted grade",
    order: numbered(4),
    of: ({ ofsted }) => ofsted,
    print: named({ "1": "1 outstanding", "2": "2 good", "3": "3 requires improvement", "4": "4 inadequate" }),
  },
];

/** Schools, and people by their school and role, each trait in a table of its own beside the national shares. */
export function breakdownExhibits(shown: ReturnShown): readonly Exhibit[] {
  const { counted, register } = shown;
  const traits = new Map((register?.schools ?? []).map((school) => [school.urn, school]));
  const traitOf = (trait: Trait, urn: string | undefined) => {
    const school = urn === undefined ? undefined : traits.get(urn);
    return school === undefined ? undefined : trait.of(school);
  };
  const known = register === undefined ? [] : TRAITS.filter((trait) => register.schools.some(trait.of));
  const schools = known.map((trait) => {
    const counts = breakdown(
      counted.schools,
      ({ urn }) => traitOf(trait, urn),
      trait.order,
      statedShares(shown, trait.id, "schools") ?? sharesOfRegister(register!.schools, trait.of, register!.source),
    );
    return table(shown, "school", trait, counts);
  });
  const roles = breakdown(
    counted.people,
    ({ roleLevel }) => (roleLevel === "unknown" ? undefined : roleLevel),
    ROLE_LEVELS,
    statedShares(shown, "role", "participants"),
  );
  const people = known.map((trait) =>
    table(
      shown,
      "participant",
      trait,
      breakdown(
        counted.people,
        ({ urn }) => traitOf(trait, urn),
        trait.order,
        statedShares(shown, trait.id, "participants"),
      ),
    ),
  );
  return [...schools, ...(roles.base > 0 ? [table(shown, "participant", ROLE, roles)] : []), ...people];
}

const ROLE: Trait = {
  id: "role",
  label: "role level",
  order: ROLE_LEVELS,
  of: () => undefined,
  print: (level) => level,
};

/** National shares that were typed in, with the publication they come from. */
function statedShares(
  { yardsticks }: ReturnShown,
  by: string,
  of: "schools" | "participants",
): NationalShares | undefined {
  const found = yardsticks?.national.find((one) => one.by === by && one.of === of);
  return found && { source: found.source, percent: new Map(Object.entries(found.percent)) };
}

type Noun = "school" | "participant";

function table(shown: ReturnShown, noun: Noun, trait: Trait, counts: Breakdown): Exhibit {
  const { national, base } = counts;
  const minimum = noun === "school" ? shown.schoolMinimum : shown.minimum;
  const rows = counts.levels.map((level) => row(level, counts, trait, noun));
  if (counts.unknown > 0) rows.push(unknownRow(counts));
  const bases = basesInWords(counts, noun, minimum);
  const byWhat = noun === "school" || trait.id === "role" ? trait.label : `${trait.label} of their school`;
  return {
    id: `mi-${noun}s-by-${trait.id}`,
    title: `${noun === "school" ? "Schools" : "Participants"} by ${byWhat}`,
    summary: `${bases} ${national === undefined ? "No national figure was given." : `National figures: ${national.source}.`}`,
    columns: [
      left("level", capital(trait.label)),
      right("all", "Recruited"),
      right("all_percent", "% of recruited"),
      right("remaining", "Without withdrawn"),
      right("remaining_percent", "% without withdrawn"),
      right("national", "National %"),
      left("words", "Against national"),
    ],
    rows: withUniqueIds(rows),
    notes: [
      `Recruited counts those who withdrew as well; percentages are of ${noun}s whose ${trait.label} is known, in whole percent, and may not add to 100.`,
      ...(national === undefined
        ? []
        : [
            `Over- or under-represented: the share of those recruited differs from the national one by more than ${ABOUT_THE_SAME_POINTS} percentage points, and one ${noun} more or fewer would not close the gap.`,
          ]),
      ...(national?.base === undefined ? [] : [`The national figures rest on ${plural(national.base, "school")}.`]),
      ...(base > 0 && base < SMALL_BASE && !isFew(base, minimum)
        ? [
            `Small base: with ${plural(base, noun)}, one ${noun} more or fewer is ${(100 / base).toFixed(1)} percentage points. Read differences of a few points as no difference.`,
          ]
        : []),
      ...(isFew(base, minimum) ? ["Small base: shares of so few say nothing about the programme."] : []),
    ],
    about: aboutReturn(shown, {
      definition: `${capital(noun)}s counted once each by ${byWhat}, ${noun === "participant" ? "as at recruitment, " : ""}in percent of those known.`,
      base: bases,
    }),
  };
}

function row({ level, all, remaining, national }: LevelCount, counts: Breakdown, trait: Trait, noun: Noun): ExhibitRow {
  const { base, remainingBase } = counts;
  const percent = (part: number, whole: number): ExhibitCell =>
    share(number(whole === 0 ? undefined : (100 * part) / whole, 0, `no ${noun} is known`));
  return {
    id: slug(level),
    cells: {
      level: text(trait.print(level)),
      all: count(all),
      all_percent: percent(all, base),
      remaining: { ...count(remaining), rest: all - remaining },
      remaining_percent: percent(remaining, remainingBase),
      // Published by others: no count of ours can be worked out from it.
      national: national === undefined ? nothing("no national figure") : text(number(national, 0).text),
      words: national === undefined ? nothing("no national figure") : share(text(inWords(all, base, national))),
    },
  };
}

function inWords(part: number, base: number, national: number): string {
  const found = representation(part, base, national);
  if (found === undefined) return "–";
  return `${found}: ${number((100 * part) / base, 0).text}% against ${number(national, 0).text}%`;
}

function unknownRow({ unknown, remainingUnknown }: Breakdown): ExhibitRow {
  const outside = nothing("outside the base");
  return {
    id: "not-known",
    isGrey: true,
    cells: {
      level: text("not known"),
      all: count(unknown),
      all_percent: outside,
      remaining: { ...count(remainingUnknown), rest: unknown - remainingUnknown },
      remaining_percent: outside,
      national: outside,
      words: outside,
    },
  };
}

/** `Base: 53 schools recruited, 51 of them without those that withdrew.` Protected as the table is. */
function basesInWords({ base, remainingBase }: Breakdown, noun: Noun, minimum: number): string {
  const all = protectedPlural(base, noun, minimum);
  const withdrew = base - remainingBase;
  if (withdrew === 0) return `Base: ${all}, none of them withdrawn.`;
  if (isFew(base, minimum) || isFew(withdrew, minimum) || isFew(remainingBase, minimum))
    return `Base: ${all}, those who withdrew among them.`;
  return `Base: ${all}, ${protectedPlural(remainingBase, noun, minimum)} without those who withdrew.`;
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
const slug = (words: string): string =>
  words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
