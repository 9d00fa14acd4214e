import { ROLE_LEVELS } from "#domain";
import {
  ABOUT_THE_SAME_POINTS,
  type Breakdown,
  breakdown,
  type NationalShares,
  representation,
  type SchoolTraits,
  SMALL_BASE,
  sharesOfRegister,
} from "#programme";
import { type Exhibit, type ExhibitCell, type ExhibitRow, left, right, withUniqueIds } from "../exhibit.ts";
import {
  count,
  isFew,
  nothing,
  number,
  plural,
  printCount,
  printNumber,
  protectedPlural,
  share,
  text,
} from "../print.ts";
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
  const traitOf = (trait: Trait, urn: string | undefined) => {
    const school = urn === undefined ? undefined : register?.known.get(urn);
    return school === undefined ? undefined : trait.of(school);
  };
  const known = register === undefined ? [] : TRAITS.filter((trait) => register.schools.some(trait.of));
  const schools = known.flatMap((trait) => {
    const counts = breakdown(
      counted.schools,
      ({ urn }) => traitOf(trait, urn),
      trait.order,
      statedShares(shown, trait.id, "schools") ?? sharesOfRegister(register!.schools, trait.of, register!.source),
    );
    return tables(shown, "school", trait, counts);
  });
  const roles = breakdown(
    counted.people,
    ({ roleLevel }) => (roleLevel === "unknown" ? undefined : roleLevel),
    ROLE_LEVELS,
    statedShares(shown, "role", "participants"),
  );
  const people = known.flatMap((trait) =>
    tables(
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
  return [...schools, ...(roles.base > 0 ? tables(shown, "participant", ROLE, roles) : []), ...people];
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

/** A table of all recruited, and one without those who withdrew where they are enough to be shown. */
function tables(shown: ReturnShown, noun: Noun, trait: Trait, counts: Breakdown): readonly Exhibit[] {
  const minimum = noun === "school" ? shown.schoolMinimum : shown.minimum;
  const hasWithdrawn = counts.base > counts.remainingBase && !hidesRemaining(counts, minimum);
  const whole = table(shown, noun, trait, counts, "recruited");
  return hasWithdrawn ? [whole, table(shown, noun, trait, counts, "remaining")] : [whole];
}

function table(shown: ReturnShown, noun: Noun, trait: Trait, counts: Breakdown, who: Who): Exhibit {
  const { national } = counts;
  const isAll = who === "recruited";
  const base = isAll ? counts.base : counts.remainingBase;
  const minimum = noun === "school" ? shown.schoolMinimum : shown.minimum;
  const bases = basesInWords(counts, noun, minimum);
  const byWhat = noun === "school" || trait.id === "role" ? trait.label : `${trait.label} of their school`;
  const isSmall = base > 0 && base < SMALL_BASE;
  return {
    id: `mi-${noun}s-by-${trait.id}${isAll ? "" : "-remaining"}`,
    title: `${noun === "school" ? "Schools" : "Participants"} by ${byWhat}${isAll ? "" : ", without those who withdrew"}`,
    summary: `${bases} ${national === undefined ? "No national figure was given." : `National figures: ${national.source}.`}`,
    columns: [
      left("level", capital(trait.label)),
      right("n", isAll ? "Recruited" : "Without withdrawn"),
      right("percent", "%"),
      ...(national === undefined ? [] : [right("national", "National %"), left("words", "Against national")]),
    ],
    rows: withUniqueIds(rowsOf(counts, trait, noun, who)),
    notes: [
      `${isAll ? "Those who withdrew are counted. " : ""}Percentages are of ${noun}s whose ${trait.label} is known, in whole percent, and may not add to 100.`,
      ...(national === undefined
        ? []
        : [
            `Over- or under-represented: the share differs from the national one by more than ${ABOUT_THE_SAME_POINTS} percentage points, and one ${noun} more or fewer would not close the gap.`,
          ]),
      ...(national?.base === undefined ? [] : [`The national figures rest on ${plural(national.base, "school")}.`]),
      ...(isSmall && !isFew(base, minimum)
        ? [
            `Small base: with ${hidesCounts(counts, minimum) ? about(base, noun) : plural(base, noun)}, one ${noun} more or fewer is ${printNumber(100 / base, 1)} percentage points. Read differences of a few points as no difference.`,
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

/** Bases beside withheld counts are told to so many. */
const ROUGHLY = 10;

type Who = "recruited" | "remaining";

function rowsOf(counts: Breakdown, trait: Trait, noun: Noun, who: Who): readonly ExhibitRow[] {
  const isAll = who === "recruited";
  const base = isAll ? counts.base : counts.remainingBase;
  const rows = counts.levels.map(({ level, all, remaining, national }): ExhibitRow => {
    const n = isAll ? all : remaining;
    const none = nothing("no national figure");
    return {
      id: slug(level),
      cells: {
        level: text(trait.print(level)),
        // Beside the table of all recruited it tells how many withdrew.
        n: isAll ? count(n) : { ...count(n), rest: all - remaining },
        percent: share(number(base === 0 ? undefined : (100 * n) / base, 0, `no ${noun} is known`)),
        // Published by others: no count of ours can be worked out from it.
        national: national === undefined ? none : text(number(national, 0).text),
        words: national === undefined ? none : share(text(inWords(n, base, national))),
      },
    };
  });
  if (counts.unknown === 0) return rows;
  const { unknown, remainingUnknown } = counts;
  return [
    ...rows,
    isAll ? unknownRow(count(unknown)) : unknownRow({ ...count(remainingUnknown), rest: unknown - remainingUnknown }),
  ];
}

function unknownRow(n: ExhibitCell): ExhibitRow {
  const outside = nothing("outside the base");
  const cells = { level: text("not known"), n, percent: outside, national: outside, words: outside };
  return { id: "not-known", isGrey: true, cells };
}

function inWords(part: number, base: number, national: number): string {
  const found = representation(part, base, national);
  if (found === undefined) return "–";
  return `${found}: ${number((100 * part) / base, 0).text}% against ${number(national, 0).text}%`;
}

/**
 * `Base: 53 schools recruited, 51 of them without those that withdrew.` Protected as the table is: where a count of it is
 * withheld, an exact base would give that away, as what is left of it.
 */
function basesInWords(counts: Breakdown, noun: Noun, minimum: number): string {
  const { base, remainingBase } = counts;
  const isWithheld = hidesCounts(counts, minimum);
  const told = (n: number) => (isWithheld && !isFew(n, minimum) ? about(n, noun) : protectedPlural(n, noun, minimum));
  const all = told(base);
  const withdrew = base - remainingBase;
  if (withdrew === 0) return `Base: ${all}, none of them withdrawn.`;
  if (hidesRemaining({ base, remainingBase }, minimum))
    return `Base: ${all}, those who withdrew among them; they are too few for a table without them.`;
  return `Base: ${all}, ${told(remainingBase)} without those who withdrew.`;
}

/** Whether some count of a table is too small to be shown. */
const hidesCounts = ({ levels, unknown, remainingUnknown }: Breakdown, minimum: number): boolean =>
  [unknown, remainingUnknown, ...levels.flatMap(({ all, remaining }) => [all, remaining])].some((n) =>
    isFew(n, minimum),
  );

const about = (n: number, noun: Noun): string => `about ${printCount(ROUGHLY * Math.round(n / ROUGHLY))} ${noun}s`;

/** Whether the base without those who withdrew would say how few they are. */
const hidesRemaining = ({ base, remainingBase }: Pick<Breakdown, "base" | "remainingBase">, minimum: number): boolean =>
  [base, base - remainingBase, remainingBase].some((n) => isFew(n, minimum));

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
const slug = (words: string): string =>
  words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
