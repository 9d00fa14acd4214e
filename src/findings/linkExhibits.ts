import { type Fault, printAcademicYear } from "#domain";
import type { LinkRecord, MatchRate, PeopleRecord, RepairRecord, SchoolsRecord } from "#linkage";
import type { Study } from "#protocol";
import { slug } from "./aboutComparison.ts";
import { type Exhibit, type ExhibitAbout, type ExhibitRow, left, right, withUniqueIds } from "./exhibit.ts";
import { count, nothing, number, printNumber, share, text, totalCount } from "./print.ts";

/** Tables of what linkage did: how many of those named were found, step by step and by group, and how schools were followed. */
export function linkExhibits(records: readonly LinkRecord[]): readonly Exhibit[] {
  return records.flatMap((record) =>
    record.kind === "schools"
      ? [schoolsExhibit(record)]
      : [funnelExhibit(record), ...groupsExhibit(record), stepsExhibit(record)],
  );
}

const aboutLinks = (definition: string, base: string, sources: readonly string[], linkage: string): ExhibitAbout => ({
  definition,
  base,
  set: `linkage ${linkage}`,
  date: "as delivered",
  filters: [],
  model: "counts and shares",
  sources,
});

/** The funnel from those named to those who can be analysed, each rate with its definition. */
function funnelExhibit({ linkage, from, to, rates, definitions, falseMatches }: PeopleRecord): Exhibit {
  const steps = [
    ["named", "Named in the return"],
    ["linked", "Found in the census in some year"],
    ["inYear", "With a record in the year asked for"],
    ["usable", "Usable"],
  ] as const;
  const { named } = rates;
  const rate = named === 0 ? 0 : (100 * rates.usable) / named;
  return {
    id: `links-${linkage}`,
    title: `How many of those named were found: ${linkage}`,
    summary:
      named === 0
        ? "Nobody is named in the return."
        : `${printNumber(rate, 0)}% of those named can be analysed. Two rates are given, because one counts everybody found and the other those who can be used.`,
    columns: [
      left("step", "Step"),
      right("people", "People"),
      right("percent", "% of those named"),
      left("meaning", "What is counted"),
    ],
    rows: steps.map(([key, label]) => ({
      id: key,
      cells: {
        step: text(label),
        people: key === "named" ? totalCount(named) : count(rates[key]),
        percent: named === 0 ? nothing("nobody is named") : share(number((100 * rates[key]) / named, 1)),
        meaning: text(definitions[key]),
      },
    })),
    notes: [
      falseMatches.state === "estimated"
        ? `Of the links made, an estimated ${printNumber(100 * falseMatches.rate, 2)}% are wrong (mean of one minus the probability of each).`
        : `How many links are wrong cannot be estimated: ${falseMatches.reason}.`,
    ],
    about: aboutLinks("People at each step of linkage", `people named in ${from}`, [from, to], linkage),
  };
}

function groupsExhibit({ linkage, from, to, groups }: PeopleRecord): readonly Exhibit[] {
  return groups.map(({ column, rates }) => ({
    id: `links-${linkage}-by-${slug(column)}`,
    title: `How many were found, by ${column}: ${linkage}`,
    summary: "A rate that differs between groups means that those found are not like those named.",
    columns: [
      left("group", column),
      right("named", "Named"),
      right("linked", "Found in some year"),
      right("usable", "Usable"),
      right("percent", "Usable, %"),
    ],
    rows: withUniqueIds(
      rates.map(
        (rate): ExhibitRow => ({
          id: slug(rate.group),
          cells: {
            group: text(rate.group),
            named: count(rate.named),
            linked: count(rate.linked),
            usable: count(rate.usable),
            percent: rate.named === 0 ? nothing("nobody is named") : share(number((100 * rate.usable) / rate.named, 1)),
          },
        }),
      ),
    ),
    notes: [],
    about: aboutLinks(`Match rates by ${column}`, `people named in ${from}`, [from, to], linkage),
  }));
}

function stepsExhibit({ linkage, from, to, steps, reasons }: PeopleRecord): Exhibit {
  const rows = [
    ...steps.map(({ name, rows: own }) => ({ how: name, rows: own })),
    ...reasons.map(({ reason, rows: own }) => ({ how: `not linked: ${reason}`, rows: own })),
  ];
  return {
    id: `link-steps-${linkage}`,
    title: `How links were found: ${linkage}`,
    summary: "Rows of the return by the step that linked them, and why the others have no link.",
    columns: [left("how", "How"), right("rows", "Rows of the return")],
    rows: withUniqueIds(
      rows.map(({ how, rows: own }) => ({ id: slug(how), cells: { how: text(how), rows: count(own) } })),
    ),
    notes: [],
    about: aboutLinks("Rows by the step that linked them", `rows of ${from}`, [from, to], linkage),
  };
}

function schoolsExhibit({ linkage, sources, followed, merged }: SchoolsRecord): Exhibit {
  return {
    id: `links-${linkage}`,
    title: `How schools were followed through changes of number: ${linkage}`,
    summary: `${followed.toLocaleString("en-GB")} numbers were followed into another, ${merged.toLocaleString("en-GB")} share an identity because their schools merged.`,
    columns: [
      left("source", "Source"),
      right("numbers", "Different numbers"),
      right("identities", "Schools they make"),
      right("changed", "Rows whose number changed"),
    ],
    rows: sources.map(({ source, numbers, identities, rowsChanged }) => ({
      id: slug(source),
      cells: {
        source: text(source),
        numbers: number(numbers, 0),
        identities: number(identities, 0),
        changed: number(rowsChanged, 0),
      },
    })),
    notes: [],
    about: aboutLinks(
      "Different school numbers and the schools they make",
      "rows of each source",
      sources.map(({ source }) => source),
      linkage,
    ),
  };
}

/** What filling gaps did, census by census. */
export function repairExhibit(study: Study, unit: string, { years }: RepairRecord): Exhibit {
  const { from } = study.units.get(unit)!;
  return {
    id: `repairs-${unit}`,
    title: `Years without a record, and those filled: ${unit}`,
    summary:
      "A year without a record is filled where a later record says that the role had begun by then. Filled rows follow people and are nobody's baseline.",
    columns: [
      left("year", "Census"),
      right("rows", "Records delivered"),
      right("filled", "Filled"),
      right("unfilled", "Missing between two records, not filled"),
    ],
    rows: years.map(({ year, rows, filled, unfilled }, i) => ({
      id: String(year),
      cells: {
        year: text(printAcademicYear(year, study.about.yearName)),
        rows: number(rows, 0),
        filled: number(filled, 0),
        unfilled:
          i === 0 || i === years.length - 1
            ? nothing("the first and the last census have no record on one side")
            : number(unfilled, 0),
      },
    })),
    notes: [
      "Of the people the analyses need, in all their years.",
      "A gap in the last census cannot be told from leaving, and nothing later can fill it: the last horizon is a little too low.",
    ],
    about: aboutLinks("Rows filled and left missing by census", `rows of ${unit}`, [from], "repair"),
  };
}

/** A match rate this many points apart between two groups is said. */
const POINTS_APART = 10;
/** Groups of fewer people have rates that jump about. */
const FEWEST_NAMED = 30;

/** Match rates that differ between groups: those found are not like those named. */
export function linkCautions(study: Study, records: readonly LinkRecord[]): readonly Fault[] {
  return records.flatMap((record) => {
    if (record.kind === "schools") return [];
    return record.groups.flatMap(({ column, rates }): readonly Fault[] => {
      const large = rates.filter(({ named }) => named >= FEWEST_NAMED);
      if (large.length < 2) return [];
      const sorted = [...large].sort((a, b) => rateOf(a) - rateOf(b));
      const [low, high] = [sorted[0]!, sorted.at(-1)!];
      if (rateOf(high) - rateOf(low) < POINTS_APART) return [];
      return [
        {
          code: "match-rate-differs",
          severity: "warning",
          place: study.linkage.get(record.linkage)!.place,
          message: `${record.linkage}: ${printNumber(rateOf(low), 0)}% of those named are usable in ${column} "${low.group}" and ${printNumber(rateOf(high), 0)}% in "${high.group}".`,
          suggestion: "Those found are not like those named: say so beside the results, or complete the return.",
        },
      ];
    });
  });
}

const rateOf = ({ usable, named }: MatchRate): number => (100 * usable) / named;

/** The last census holds the end of some horizon: its gaps look like leaving. */
export function repairCautions(study: Study, unit: string, { years }: RepairRecord, last: number): readonly Fault[] {
  const latest = years.at(-1);
  if (latest === undefined || latest.year !== last) return [];
  const inner = years.slice(1, -1);
  const gaps = inner.reduce((sum, { filled, unfilled }) => sum + filled + unfilled, 0);
  const rows = inner.reduce((sum, own) => sum + own.rows, 0);
  if (gaps === 0) return [];
  return [
    {
      code: "last-census-gaps",
      severity: "warning",
      message: `${unit}: in earlier censuses ${printNumber((100 * gaps) / (rows + gaps), 1)}% of records were missing; those of ${printAcademicYear(latest.year, study.about.yearName)}, the last, cannot be filled and count as leaving.`,
      suggestion: "Read the last horizon as slightly too low in both groups; the next census will mend it.",
    },
  ];
}
