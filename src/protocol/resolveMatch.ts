import type { Expression, Scope } from "#expression";
import { checkExact, resolveCovariates } from "./covariates.ts";
import type { DesignScope } from "./designScope.ts";
import { type Item, itemAt, keysAt, placeAt } from "./item.ts";
import { declaredAt, expressionAt, present, type Reading } from "./reading.ts";
import type { MatchText, SpecificationText } from "./schema.ts";
import type { ChooseRule, Covariate, MatchDeclaration, MatchSpecification } from "./study.ts";

const EMPTY: MatchText = { covariates: [] };

/** What a specification may be chosen by, as columns of one row. */
const CHOICE_WORDS: Scope = {
  name: "the rule",
  moments: "none",
  wants: "truth",
  columns: new Map([
    ["treated_kept", { type: { kind: "number", scale: "percent" }, label: "share of the treated kept" }],
    ["max_percent_bias", { type: { kind: "number", scale: "percent" }, label: "largest bias" }],
    ["effective_n", { type: { kind: "number", scale: "plain" }, label: "effective number of comparison units" }],
  ]),
};

/**
 * How comparison units are found.
 * @param comparison  The item of the comparison; `match` is looked up in it.
 * @param from        `everyone` compares with the whole pool: a `match` then serves only the balance table.
 */
export function resolveMatch(
  reading: Reading,
  comparison: Item,
  path: string,
  text: MatchText | undefined,
  from: "matching" | "everyone",
  scope: DesignScope,
): MatchDeclaration | undefined {
  const { defaults, faults } = reading;
  const match = text ?? EMPTY;
  const item = itemAt(comparison, ["match"]) ?? comparison;
  const covariates = resolveCovariates(reading, item, ["covariates"], match.covariates, scope);
  checkExact(reading, item, ["exact"], match.exact ?? [], scope);
  const names = covariates.map(({ name }) => name);
  checkNames(reading, item, match, names, covariates.length === match.covariates.length);
  if (from === "matching" && match.covariates.length === 0 && !allUnmatched(match) && !wasCut(reading, path)) {
    faults.add(
      "required-key",
      placeAt(item, ["covariates"]),
      "`match` does not say what units are matched on: `covariates` is empty.",
      "List at least one column.",
    );
  }
  const specifications =
    from === "everyone"
      ? [everyone(item, covariates)]
      : resolveSpecifications(reading, item, path, match, covariates, scope);
  const choose =
    from === "everyone" ? { use: "everyone" } : resolveChoose(reading, item, path, match, specifications, scope);
  if (from === "matching") addDefaults(reading, path, match);
  else defaults.add(`${path}.specifications`, "everyone, unmatched", "D-14");
  if (choose === undefined) return undefined;
  return {
    covariates,
    exact: match.exact ?? [],
    score: {
      quadratic: match.score?.quadratic ?? [],
      interactions: (match.score?.interactions ?? []).map(([a, b]) => [a!, b!] as const),
      separated: match.score?.separated ?? "leaveOut",
    },
    missing: match.missing ?? "multipleImputation",
    draws: match.draws ?? 20,
    allowMissing: match.allowMissing ?? {},
    specifications,
    choose,
    balanceOn: resolveCovariates(reading, item, ["balanceOn"], match.balanceOn ?? [], scope),
    place: item.place,
  };
}

/** The list was written, and emptied by faults that are said already. */
function wasCut(reading: Reading, path: string): boolean {
  const written = itemAt(reading.whole, [...path.split("."), "covariates"]);
  return written?.kind !== "list" || written.items.length > 0;
}

const allUnmatched = (match: MatchText): boolean => {
  const own = Object.values(match.specifications ?? {});
  return own.length > 0 && own.every((one) => one.method === "none" || (one.covariates ?? one.add ?? []).length > 0);
};

function addDefaults({ defaults }: Reading, path: string, match: MatchText): void {
  if (match.score?.separated === undefined)
    defaults.add(
      `${path}.score`,
      "logistic, main effects, factors by level; cells without treated units leave and the score is fitted again",
      "D-17",
    );
  if (match.missing === undefined) defaults.add(`${path}.missing`, "multipleImputation", "D-18");
  if ((match.missing ?? "multipleImputation") === "multipleImputation" && match.draws === undefined)
    defaults.add(`${path}.draws`, "20", "D-18");
  if (match.balanceOn === undefined) defaults.add(`${path}.balanceOn`, "the covariates", "D-20");
}

/**
 * Names that `score` and `allowMissing` speak of must be covariates. What may be missing is also a column that must
 * agree (`exact`), and a covariate by its column alone, at whatever moment it is read.
 */
function checkNames(
  reading: Reading,
  item: Item,
  match: MatchText,
  known: readonly string[],
  isComplete: boolean,
): void {
  if (!isComplete) return;
  const specifications = Object.values(match.specifications ?? {});
  const everywhere = new Set([...known, ...specifications.flatMap(namesIn)]);
  const check = (name: string, path: readonly (string | number)[], among: ReadonlySet<string> = everywhere): void => {
    if (!among.has(name)) reading.faults.unknownName("covariate", name, among, placeAt(item, path));
  };
  for (const [i, name] of (match.score?.quadratic ?? []).entries()) check(name, ["score", "quadratic", i]);
  for (const [i, pair] of (match.score?.interactions ?? []).entries()) {
    for (const [k, name] of pair.entries()) check(name, ["score", "interactions", i, k]);
  }
  const exact = [match, ...specifications].flatMap((own) => own.exact ?? []);
  const missing = new Set([...everywhere, ...[...everywhere].map((name) => name.replace(/ at .*$/, "")), ...exact]);
  for (const name of Object.keys(match.allowMissing ?? {})) check(name, ["allowMissing", name], missing);
}

const namesIn = (specification: SpecificationText): readonly string[] =>
  [...(specification.covariates ?? []), ...(specification.add ?? [])].map((text) =>
    (typeof text === "object" ? text.column : text).trim().replace(/\s+/g, " "),
  );

/** D-19: one neighbour with replacement within 0.2 sd of the logit. */
const DEFAULT_NAME = "nearest-1";

function resolveSpecifications(
  reading: Reading,
  item: Item,
  path: string,
  match: MatchText,
  covariates: readonly Covariate[],
  scope: DesignScope,
): readonly MatchSpecification[] {
  const texts = match.specifications ?? {};
  const ids = keysAt(itemAt(item, ["specifications"])).filter((id) => texts[id] !== undefined);
  if (ids.length === 0) {
    reading.defaults.add(
      `${path}.specifications.${DEFAULT_NAME}`,
      "nearest, 1 neighbour, replacement with, caliper 0.2 sd of the logit, commonSupport treated",
      "D-19",
    );
    return [{ ...nearestDefaults(), id: DEFAULT_NAME, covariates, exact: match.exact ?? [], place: item.place }];
  }
  return ids.map((id) =>
    resolveSpecification(
      reading,
      itemAt(item, ["specifications", id])!,
      `${path}.specifications.${id}`,
      id,
      texts[id]!,
      { match, covariates, scope },
    ),
  );
}

function nearestDefaults() {
  return {
    method: "nearest",
    neighbours: 1,
    caliper: { size: 0.2, unit: "sd" },
    replacement: true,
    order: "largest",
    commonSupport: "treated",
  } as const;
}

interface Around {
  readonly match: MatchText;
  readonly covariates: readonly Covariate[];
  readonly scope: DesignScope;
}

function resolveSpecification(
  reading: Reading,
  item: Item,
  path: string,
  id: string,
  text: SpecificationText,
  { match, covariates, scope }: Around,
): MatchSpecification {
  const { faults, defaults } = reading;
  const method = text.method ?? "nearest";
  const isNearest = method === "nearest";
  for (const key of isNearest ? [] : (["neighbours", "caliper", "replacement", "order"] as const)) {
    if (text[key] !== undefined)
      faults.add(
        "unknown-key",
        placeAt(item, [key]),
        `\`${key}\` has no meaning with \`method: ${method}\`.`,
        "Leave it out, or use `method: nearest`.",
      );
  }
  const by = nearestDefaults();
  const whenNearest: Readonly<Record<string, string>> = {
    neighbours: "1",
    caliper: "0.2 sd",
    replacement: "yes",
    order: "largest",
    commonSupport: "treated",
  };
  if (text.method === undefined) defaults.add(`${path}.method`, "nearest", "D-19");
  if (isNearest)
    for (const [key, value] of Object.entries(whenNearest))
      if (text[key as keyof SpecificationText] === undefined) defaults.add(`${path}.${key}`, value, "D-19");
  checkExact(reading, item, ["exact"], text.exact ?? [], scope);
  const caliper = isNearest ? readCaliper(reading, item, text) : undefined;
  return {
    id,
    method,
    neighbours: text.neighbours ?? by.neighbours,
    replacement: text.replacement ?? by.replacement,
    order: text.order ?? by.order,
    commonSupport: text.commonSupport ?? (isNearest ? by.commonSupport : "none"),
    covariates: ownCovariates(reading, item, text, covariates, scope),
    exact: text.exact ?? match.exact ?? [],
    place: item.place,
    ...present({ caliper }),
  };
}

const CALIPER_UNITS = ["sd", "logit", "probability"] as const;

function readCaliper(reading: Reading, item: Item, text: SpecificationText): MatchSpecification["caliper"] | undefined {
  if (text.caliper === undefined) return nearestDefaults().caliper;
  if (text.caliper === "none") return undefined;
  const { size, unit } = text.caliper;
  const known = CALIPER_UNITS.find((own) => own === unit);
  const place = placeAt(item, ["caliper"]);
  if (known === undefined)
    return reading.faults.add(
      "wrong-kind",
      place,
      `A caliper is not measured in "${unit}".`,
      `\`${size} sd\`, \`${size} logit\` or \`${size} probability\`.`,
    );
  if (size <= 0)
    return reading.faults.add("wrong-kind", place, "A caliper needs a size above 0.", "`caliper: none` leaves it out.");
  return { size, unit: known };
}

/** Its own list, or that of `match` with `add` and without `without`. */
function ownCovariates(
  reading: Reading,
  item: Item,
  text: SpecificationText,
  shared: readonly Covariate[],
  scope: DesignScope,
): readonly Covariate[] {
  if (text.covariates !== undefined) {
    for (const key of ["add", "without"] as const) {
      if (text[key] !== undefined)
        reading.faults.add(
          "unknown-key",
          placeAt(item, [key]),
          `\`${key}\` has no meaning beside \`covariates\`, which replaces the whole list.`,
          "Keep one of the two.",
        );
    }
    return resolveCovariates(reading, item, ["covariates"], text.covariates, scope);
  }
  const names = shared.map(({ name }) => name);
  for (const [i, name] of (text.without ?? []).entries()) {
    if (!names.includes(name)) reading.faults.unknownName("covariate", name, names, placeAt(item, ["without", i]));
  }
  const added = resolveCovariates(reading, item, ["add"], text.add ?? [], scope);
  return [
    ...shared.filter(({ name }) => text.without?.includes(name) !== true),
    ...added.filter(({ name }) => !names.includes(name)),
  ];
}

/** `from: everyone`: the whole pool, unmatched. */
function everyone(item: Item, covariates: readonly Covariate[]): MatchSpecification {
  return {
    ...nearestDefaults(),
    id: "everyone",
    method: "none",
    commonSupport: "none",
    covariates,
    exact: [],
    place: item.place,
  };
}

function resolveChoose(
  reading: Reading,
  item: Item,
  path: string,
  match: MatchText,
  specifications: readonly MatchSpecification[],
  scope: DesignScope,
): ChooseRule | undefined {
  const { choose } = match;
  if (choose === undefined) {
    // The specification the rule then chose is a choice of its own, at `choose`.
    reading.defaults.add(
      `${path}.choose.by`,
      "lowest median absolute percent bias among the feasible (95% of the treated kept, effective n 3 × treated clusters, no key covariate above 25%)",
      "D-20",
    );
    return { by: "medianAbsoluteBias", over: [] };
  }
  if ("use" in choose) {
    const ids = specifications.map(({ id }) => id);
    const declared = new Set([...ids, ...declaredAt(reading, [...path.split("."), "specifications"])]);
    if (!declared.has(choose.use))
      return reading.faults.unknownName("specification", choose.use, declared, placeAt(item, ["choose", "use"]));
    return { use: choose.use, ...present({ because: choose.because }) };
  }
  const over = resolveCovariates(reading, item, ["choose", "over"], choose.over ?? [], scope);
  if (choose.over === undefined)
    reading.defaults.add(`${path}.choose.over`, "the covariates of all specifications", "D-20");
  if (choose.require === undefined)
    reading.defaults.add(
      `${path}.choose.require`,
      "95% of the treated kept, effective n 3 × treated clusters, no key covariate above 25%",
      "D-20",
    );
  const require: Expression | undefined = expressionAt(reading, item, ["choose", "require"], CHOICE_WORDS);
  return { by: "medianAbsoluteBias", over, ...present({ require }) };
}
