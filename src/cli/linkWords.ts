import type { LinkRecord, MatchRate, PeopleRecord } from "#pipeline";

/** Pairs shown on a terminal; the list holds all. */
const SHOWN_PAIRS = 20;

/** What one linkage did, line by line. */
export function linkLines(record: LinkRecord): readonly string[] {
  const lines =
    record.kind === "people"
      ? peopleLines(record)
      : [
          `${record.linkage}: ${record.followed} numbers followed into another, ${record.merged} of them by merger`,
          ...record.sources.map(
            ({ source, numbers, identities, rowsChanged }) =>
              `  ${source}: ${numbers} numbers are ${identities} schools; ${rowsChanged} rows have another identity than their number`,
          ),
        ];
  return [...lines, ...record.warnings.map((warning) => `  warning: ${warning}`)];
}

function peopleLines(record: PeopleRecord): readonly string[] {
  const { rates, definitions, falseMatches, weights } = record;
  return [
    `${record.linkage}: ${record.from} (${record.rows} rows) → ${record.to}`,
    `  named ${rates.named} → linked ${part(rates.linked, rates)} → in the year ${part(rates.inYear, rates)} → usable ${part(rates.usable, rates)}`,
    ...Object.entries(definitions).map(([name, words]) => `    ${name}: ${words}`),
    "  by step (rows):",
    ...record.steps.map(({ name, rows }) => `    ${name}: ${rows}`),
    ...record.groups.flatMap(({ column, rates: groups }) => [
      `  by ${column}:`,
      ...groups.map(
        (one) =>
          `    ${one.group}: named ${one.named}, linked ${part(one.linked, one)}, usable ${part(one.usable, one)}`,
      ),
    ]),
    ...record.reasons.map(({ reason, rows }) => `  not linked: ${rows} ${rows === 1 ? "row" : "rows"}, ${reason}`),
    falseMatches.state === "estimated"
      ? `  expected wrong links: ${(100 * falseMatches.rate).toFixed(3)}% of ${falseMatches.links} automatic links, by their own probabilities`
      : `  expected wrong links: not estimable, ${falseMatches.reason}`,
    ...(weights === undefined
      ? []
      : [
          "  weights of evidence (share among matches, among others):",
          ...weights.fields.map(
            ({ column, m, u, from }) =>
              `    ${column}: exact ${share(m.exact)} and ${share(u.exact)}, near ${share(m.near)} and ${share(u.near)}; ${from}`,
          ),
        ]),
    ...(record.decisions.same + record.decisions.different === 0
      ? []
      : [
          `  decided: ${record.decisions.same} same, ${record.decisions.different} different (${record.decisions.file})`,
        ]),
    ...(record.roles === undefined
      ? []
      : [`  job titles: ${record.roles.texts.length} different, ${record.roles.unmapped.length} in no dictionary`]),
    ...(record.review.length === 0
      ? ["  nothing awaits a decision"]
      : [`  ${record.review.length} ${record.review.length === 1 ? "pair awaits" : "pairs await"} a decision:`]),
    ...record.review
      .slice(0, SHOWN_PAIRS)
      .flatMap((one) => [
        `    ${one.pair}  ${one.probability === undefined ? "" : `${(100 * one.probability).toFixed(1)}%  `}${one.why}`,
        ...one.fields.map(({ column, from, to }) => `      ${column}: ${from || "–"} | ${to || "–"}`),
      ]),
  ];
}

const part = (count: number, { named }: MatchRate): string =>
  named === 0 ? String(count) : `${count} (${((100 * count) / named).toFixed(1)}%)`;

const share = (value: number): string =>
  value >= 0.001 ? `${(100 * value).toFixed(1)}%` : `${(100 * value).toPrecision(2)}%`;
