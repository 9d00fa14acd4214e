import { nearestOf } from "./faultList.ts";
import { type Item, itemAt, keysAt, placeAt } from "./item.ts";
import { declaredAt, present, type Reading } from "./reading.ts";
import type { ProtocolText } from "./schema.ts";
import type { DisclosureDeclaration, ReportDeclaration, SimulationDeclaration, StudyCard } from "./study.ts";
import type { UnitModel } from "./unitColumns.ts";

/** The title page, the seed and what stands beside results. */
export function resolveCard(reading: Reading, study: ProtocolText["study"]): StudyCard {
  const { defaults, faults } = reading;
  const item = itemAt(reading.sound, ["study"])!;
  if (study.seed === undefined) defaults.add("study.seed", "1", "D-01");
  if (study.yearName === undefined) defaults.add("study.yearName", "slash", "D-02");
  if (study.period !== undefined) checkOrder(reading, item, ["period"], study.period);
  for (const [i, event] of (study.context ?? []).entries()) checkOrder(reading, item, ["context", i], event);
  const names = caveatNames(reading);
  const caveats = (study.caveats ?? []).map(({ text, on }, i) => {
    const all = typeof on === "string" ? [on] : on;
    for (const [k, name] of all.entries()) {
      const place = placeAt(item, typeof on === "string" ? ["caveats", i, "on"] : ["caveats", i, "on", k]);
      if (!names.has(name)) faults.unknownName("result", name, names, place);
    }
    return { text, on: all };
  });
  const { programme, evaluator, funder } = study;
  const period = study.period === undefined ? undefined : { from: study.period.from, to: study.period.to };
  return {
    title: study.title,
    question: study.question,
    seed: study.seed ?? 1,
    yearName: study.yearName ?? "slash",
    context: (study.context ?? []).map(({ what, from, to, years }) => ({ what, from, to, years: years ?? [] })),
    caveats,
    registeredWith: (study.registeredWith ?? []).map(({ where, reference, date }) => ({ where, reference, date })),
    approvals: (study.approvals ?? []).map(({ because: _because, ...approval }) => present(approval)),
    changes: (study.changes ?? []).map(({ because: _because, ...change }) => change),
    ...present({ programme, evaluator, funder, period }),
    ...proseOf(study),
  };
}

/** What is printed on the title page and in the appendix, and read by nothing else. */
function proseOf({ contacts, timeline, requests, archive }: ProtocolText["study"]): Partial<StudyCard> {
  const listed = (value: string | readonly string[] | undefined) => (typeof value === "string" ? [value] : value);
  return present({
    contacts: listed(contacts),
    timeline: timeline?.map(({ date, what }) => ({ date, what })),
    requests: requests?.map(({ because: _because, ...request }) => present(request)),
    archive:
      archive === undefined
        ? undefined
        : present({ sets: listed(archive.sets), until: archive.until, followUp: archive.followUp }),
  });
}

function checkOrder(
  reading: Reading,
  item: Item,
  path: readonly (string | number)[],
  { from, to }: { readonly from: number; readonly to: number },
): void {
  if (from > to)
    reading.faults.add(
      "wrong-kind",
      placeAt(item, [...path, "to"]),
      "`to` lies before `from`.",
      "Write the earlier day first.",
    );
}

/** Invented inputs. Which options go together is checked when they are made. */
export function resolveSimulation(text: ProtocolText["simulation"]): SimulationDeclaration | undefined {
  if (text === undefined) return undefined;
  const { because: _because, ...workforce } = text.workforce;
  return { workforce: present(workforce) };
}

/** What a caveat may stand beside: a section, or an entry of one. */
function caveatNames(reading: Reading): ReadonlySet<string> {
  const paths = [["design", "comparisons"], ["outcomes"], ["analyses"], ["sensitivity"]];
  return new Set([
    "comparisons",
    "outcomes",
    "analyses",
    "sensitivity",
    ...paths.flatMap((path) => declaredAt(reading, path)),
  ]);
}

/** Rule sets → the smallest count they print. Files already public at unit level need none. */
const RULE_SETS: Readonly<Record<string, number>> = { "assay/minimum-10@1": 10, "assay/published-school-data@1": 0 };
const DEFAULT_RULES = "assay/minimum-10@1";

export function resolveDisclosure(
  reading: Reading,
  text: ProtocolText["disclosure"],
  units: ReadonlyMap<string, UnitModel>,
): DisclosureDeclaration {
  const { defaults, faults } = reading;
  const item = itemAt(reading.sound, ["disclosure"]) ?? reading.sound;
  const ruleSet = text?.ruleSet ?? DEFAULT_RULES;
  const known = Object.hasOwn(RULE_SETS, ruleSet) ? RULE_SETS[ruleSet]! : undefined;
  if (known === undefined)
    faults.add(
      "edition-unknown",
      placeAt(item, ["ruleSet"]),
      `No disclosure rules called ${ruleSet} are held.`,
      nearestOf(ruleSet, Object.keys(RULE_SETS)) ?? `Held: ${Object.keys(RULE_SETS).join(", ")}.`,
    );
  if (text?.ruleSet === undefined) defaults.add("disclosure.ruleSet", DEFAULT_RULES, "D-42");
  if (text?.minimum === undefined) defaults.add("disclosure.minimum", String(known ?? 10), "D-42");
  const columns = new Set([...units.values()].flatMap((unit) => [...unit.columns.keys()]));
  for (const [i, name] of (text?.namesAllowed ?? []).entries()) {
    if (!columns.has(name))
      faults.unknownColumn("No unit of the study", name, columns, placeAt(item, ["namesAllowed", i]));
  }
  return { ruleSet, minimum: text?.minimum ?? known ?? 10, namesAllowed: text?.namesAllowed ?? [] };
}

export function resolveReport({ defaults, sound }: Reading, text: ProtocolText["report"]): ReportDeclaration {
  const written = keysAt(itemAt(sound, ["report"]));
  const by = { skeleton: "programme", formats: "html", language: "en" };
  for (const [key, value] of Object.entries(by))
    if (!written.includes(key)) defaults.add(`report.${key}`, value, "D-44");
  defaults.add("report.stars", "off", "D-45");
  defaults.add(
    "report.decimals",
    "percentages 1; effects 2 in sentences, in tables two figures of their standard error; halves rounded up",
    "D-45",
  );
  return {
    skeleton: text?.skeleton ?? "programme",
    formats: text?.formats ?? ["html"],
    language: text?.language ?? "en",
  };
}
