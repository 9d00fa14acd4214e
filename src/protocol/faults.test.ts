import { describe, expect, test } from "vitest";
import { registryIds } from "#standards";
import { edited, FILE, faultsOf, SMALL } from "./testing/studies.ts";

/** The place of a piece of a text, as an editor counts it. */
function placeOf(piece: string, text: string, last = false): string {
  const offset = last ? text.lastIndexOf(piece) : text.indexOf(piece);
  if (offset < 0) throw new Error(`the study has no "${piece}"`);
  const before = text.slice(0, offset).split("\n");
  return `${FILE}:${before.length}:${before.at(-1)!.length + 1}`;
}

interface Case {
  /** What is replaced by what. */
  readonly from: string;
  readonly to: string;
  /** Where the fault is: at this piece of the changed text. */
  readonly at: string;
  readonly says: string;
  /** The last such piece of the text, where there are several. */
  readonly isLast?: boolean;
}

const COVARIATES = "[absence_pct at baseline, ks2_aps_201213, fsm_pct_201516, region]";
const OUTCOME =
  "absence: { unit: schools, column: absence_pct, measure: percentage points of sessions, better: lower, priority: primary }";
const UNIT = "where: use_row = yes }";

const before = (section: string, added: string) => ({ from: `${section}:\n`, to: `${added}${section}:\n` });
const columns = (text: string) => ({ from: UNIT, to: `where: use_row = yes, columns: { ${text} } }` });
const vary = (text: string) => ({
  from: "analyses:\n",
  to: `sensitivity:\n  s: { of: change, vary: ${text} }\nanalyses:\n`,
});

const CASES: Readonly<Record<string, readonly Case[]>> = {
  "the file as YAML": [
    {
      from: OUTCOME,
      to: `absence: { unit: "schools }`,
      at: '"schools',
      says: "not-yaml  This line cannot be read as YAML: a quote opened at column 20 never closes. Close the quote, or put the text on its own line after `>-`.",
    },
    {
      from: "      unit: schools",
      to: "\tunit: schools",
      at: "\tunit",
      says: "not-yaml  This line cannot be read as YAML: a tab is used to indent. Indent by spaces.",
    },
    {
      from: "analyses:",
      to: "---\nanalyses:",
      at: "---",
      says: "not-yaml  This line cannot be read as YAML: a second document begins with `---`. A study is one document: take out the line `---`.",
    },
    {
      from: "title: Absence",
      to: "title: &x Absence",
      at: "Absence after",
      says: "yaml-too-clever  Anchors, aliases and tags are not used in a protocol. Use `like: other-name`.",
    },
    {
      from: "title: Absence",
      to: "title: !!str Absence",
      at: "Absence after",
      says: "yaml-too-clever  Anchors, aliases and tags are not used in a protocol. Use `like: other-name`.",
    },
    {
      from: "      baselineYear",
      to: "      <<: { pool: use_row }\n      baselineYear",
      at: "<<",
      says: "yaml-too-clever  Anchors, aliases and tags are not used in a protocol. Use `like: other-name`.",
    },
    {
      from: "      baselineYear",
      to: "      unit: schools\n      baselineYear",
      at: "unit: schools\n      baselineYear",
      says: "repeated-key  `unit` appears twice (lines 30 and 32). Keep one; earlier keys would be lost.",
    },
    {
      from: "exclude: { joined-another-time: joined is not missing }",
      to: "exclude: { a: max(pupils, 3) > 2 }",
      at: "max(",
      says: "expression-cut  This expression ends in the middle: a comma inside { } split it. Quote it, or give it its own line.",
    },
    {
      from: "exclude: { joined-another-time: joined is not missing }",
      to: "exclude: { a: region in ('London', 'North West') }",
      at: "region in (",
      says: "expression-cut  This expression ends in the middle: a comma inside { } split it. Quote it, or give it its own line.",
    },
  ],
  keys: [
    {
      from: "assay: 1",
      to: "assay: 2",
      at: "2",
      says: "grammar-newer  This file is `assay: 2`; this program reads up to 1. Update the program; the file was not touched.",
    },
    {
      from: "        covariates:",
      to: "        specifications: { a: { calliper: 0.2 sd } }\n        covariates:",
      at: "calliper",
      says: "unknown-key  `calliper` is not a key of a specification. Nearest: `caliper`.",
    },
    {
      from: ", better: lower",
      to: "",
      at: "{ unit: schools, column",
      says: "required-key  outcome absence does not say which direction is better: `better` is missing. Add `better: higher`, `lower`, `neither`.",
    },
    {
      from: "      treated: joined between 2016-09-01 and 2017-08-31\n",
      to: "",
      at: "unit: schools\n      baseline",
      says: "required-key  comparison joiners does not say which units are in the programme: `treated` is missing. Add `treated: …`.",
    },
    {
      from: /units:\n.*\n/.exec(SMALL)![0],
      to: "",
      at: "assay",
      says: "required-key  The study does not say who or what it counts: `units` is missing. Add `units: …`.",
    },
    {
      from: "better: lower",
      to: "better: lowr",
      at: "lowr",
      says: 'wrong-kind  `better` needs one of `higher`, `lower`, `neither`; read the text "lowr". Nearest: `lower`.',
    },
    {
      from: "        covariates:",
      to: "        specifications: { a: { neighbours: three } }\n        covariates:",
      at: "three",
      says: 'wrong-kind  `neighbours` needs a whole number from 1 to 100; read the text "three".',
    },
    {
      from: "        covariates:",
      to: "        specifications: { a: { neighbours: 1.5 } }\n        covariates:",
      at: "1.5",
      says: "wrong-kind  `neighbours` needs a whole number from 1 to 100; read the number 1.5.",
    },
    {
      from: "        covariates:",
      to: "        specifications: { a: { neighbours: 100000 } }\n        covariates:",
      at: "100000",
      says: "wrong-kind  `neighbours` needs a whole number from 1 to 100; read the number 100000.",
    },
    {
      from: "horizons: [2017/18, 2018/19]",
      to: "horizons: 2017/18",
      at: "2017/18 }",
      says: 'wrong-kind  `horizons` needs a list; read the text "2017/18". Write `[a, b]`, or one line per entry beginning with `- `.',
    },
    {
      from: "  title: Absence after joining a trust in 2016/17",
      to: "  title:",
      at: "\n  question",
      says: "wrong-kind  `title` needs text; read nothing.",
    },
    {
      from: "joined-another-time",
      to: "joined_another_time",
      at: "joined_another_time",
      says: 'wrong-kind  "joined_another_time" is no name of this study: names are written in small letters, digits and hyphens. For example `nearest-3`.',
    },
    {
      from: "la_code: laCode",
      to: "LA-code: laCode",
      at: "LA-code",
      says: "wrong-kind  A column is named in small letters, digits and underscores. Give it a plain name, and its header as `from`.",
    },
    {
      from: "la_code: laCode",
      to: "la_code: laCod",
      at: "laCod\n",
      says: "wrong-kind  `laCod` is not a type of column. Nearest: `laCode`.",
    },
    {
      from: "file: panel.csv.gz",
      to: "file: panel.dat",
      at: "panel.dat",
      says: "wrong-kind  The ending of panel.dat does not say how it is written. Add `format: csv`, `parquet`, `jsonl` or `xlsx`.",
    },
    {
      from: "        covariates:",
      to: "        specifications: { a: { caliper: 0.2 } }\n        covariates:",
      at: "0.2 }",
      says: "unit-missing  `caliper: 0.2` has no unit. `0.2 sd`, `0.2 logit` or `0.2 probability`.",
    },
    {
      from: "        covariates:",
      to: "        specifications: { a: { caliper: 2 miles } }\n        covariates:",
      at: "2 miles",
      says: 'wrong-kind  A caliper is not measured in "miles". `2 sd`, `2 logit` or `2 probability`.',
    },
    {
      from: "        covariates:",
      to: "        specifications: { a: { method: entropy, order: random } }\n        covariates:",
      at: "random",
      says: "unknown-key  `order` has no meaning with `method: entropy`. Leave it out, or use `method: nearest`.",
    },
    {
      from: "priority: primary }",
      to: "smallestImportant: 0.1 }",
      at: "0.1 }",
      says: "unit-missing  `smallestImportant: 0.1` has no unit. `0.1` with the unit of `measure`, for example `0.1 points`.",
    },
    {
      from: "priority: primary }",
      to: "smallestImportant: 0.1 points }",
      at: "0.1 points",
      says: "type-mismatch  `smallestImportant` is told in points, the result in percentage points of sessions. Write `0.1 percentage points of sessions`.",
    },
    {
      from: "baselineYear: 2015/16",
      to: "baselineYear: 2016",
      at: "2016\n",
      says: "year-ambiguous  `2016` could be 2015/16 or 2016/17. Write `2015/16` or `2016/17`.",
    },
    {
      from: "measured: 2012/13 }\n      score",
      to: "measured: 2013 }\n      score",
      at: "2013 }",
      says: "year-ambiguous  `2013` could be 2012/13 or 2013/14. Write `2012/13` or `2013/14`.",
    },
    {
      from: "priority: primary }",
      to: "history: { 2013: absence_pct_2013 } }",
      at: "2013: absence",
      says: "year-ambiguous  `2013` could be 2012/13 or 2013/14. Write `2012/13` or `2013/14`.",
    },
    {
      from: "baselineYear: 2015/16",
      to: "baselineYear: 2015/17",
      at: "2015/17",
      says: 'wrong-kind  `baselineYear` needs an academic year; read the text "2015/17". Write `2015/16`.',
    },
    {
      from: "  question:",
      to: "  period: { from: 2016-02-30, to: 2017-01-01 }\n  question:",
      at: "2016-02-30",
      says: 'wrong-kind  `from` needs a date; read the text "2016-02-30". Write `2016-09-01`.',
    },
    {
      from: "  question:",
      to: "  period: { from: 2018-02-03, to: 2017-01-01 }\n  question:",
      at: "2017-01-01",
      says: "wrong-kind  `to` lies before `from`. Write the earlier day first.",
    },
  ],
  names: [
    {
      from: "    file: panel.csv.gz\n",
      to: "    file: panel.csv.gz\n    use: assay/panel-primary-ks2@7\n",
      at: "assay/panel",
      says: `edition-unknown  No described file called assay/panel-primary-ks2@7 is held. Nearest: \`assay/panel-primary-ks2@1\`. Held: ${registryIds().join(", ")}.`,
    },
    {
      ...before("analyses", "disclosure: { ruleSet: assay/minimum-ten@1 }\n"),
      at: "assay/minimum",
      says: "edition-unknown  No disclosure rules called assay/minimum-ten@1 are held. Nearest: `assay/minimum-10@1`.",
    },
    {
      from: "from: panel",
      to: "from: pannel",
      at: "pannel",
      says: "unknown-name  source `pannel` is not declared. Nearest: `panel`.",
    },
    {
      from: "      unit: schools",
      to: "      unit: school",
      at: "school\n",
      says: "unknown-name  unit `school` is not declared. Nearest: `schools`.",
    },
    {
      from: "comparison: joiners",
      to: "comparison: joinrs",
      at: "joinrs",
      says: "unknown-name  comparison `joinrs` is not declared. Nearest: `joiners`.",
    },
    {
      from: "outcomes: [absence]",
      to: "outcomes: [abscence]",
      at: "abscence",
      says: "unknown-name  outcome `abscence` is not declared. Nearest: `absence`.",
    },
    {
      from: "horizons: [2017/18, 2018/19]",
      to: "horizons: [2017/18], primaryHorizon: 2018/19",
      at: "2018/19 }",
      isLast: true,
      says: "unknown-name  Primary horizon 2018/19 is not among the horizons (2017/18). Add it to `horizons`, or name one of them.",
    },
    {
      from: "        covariates:",
      to: "        specifications: { nearest-3: { neighbours: 3 } }\n        choose: { use: nearest-1 }\n        covariates:",
      at: "nearest-1",
      says: "unknown-name  specification `nearest-1` is not declared. Nearest: `nearest-3`.",
    },
    {
      from: "        covariates:",
      to: "        specifications: { a: { without: [regon] } }\n        covariates:",
      at: "regon",
      says: "unknown-name  covariate `regon` is not declared. Nearest: `region`.",
    },
    {
      from: "        covariates:",
      to: "        score: { quadratic: [pupils] }\n        covariates:",
      at: "pupils]",
      says: "unknown-name  covariate `pupils` is not declared.",
    },
    {
      from: "  question:",
      to: "  caveats: [{ text: Beware, on: chang }]\n  question:",
      at: "chang }",
      says: "unknown-name  result `chang` is not declared. Nearest: `change`.",
    },
    {
      from: "outcomes:\n",
      to: "    b: { like: joinrs }\noutcomes:\n",
      at: "joinrs",
      says: "unknown-name  comparison `joinrs` is not declared. Nearest: `joiners`.",
    },
    {
      from: "  analyses:".trim(),
      to: "sensitivity:\n  s: { of: chang, vary: hiddenBias }\nanalyses:",
      at: "chang,",
      says: "unknown-name  analysis `chang` is not declared. Nearest: `change`.",
    },
    {
      from: "column: absence_pct,",
      to: "column: absense_pct,",
      at: "absense_pct",
      says: "unknown-column  schools has no column `absense_pct`. Nearest: `absence_pct`. Columns must be declared or come from the registry.",
    },
    {
      from: "identity: school_id",
      to: "identity: schoolid",
      at: "schoolid",
      says: "unknown-column  schools has no column `schoolid`. Nearest: `school_id`. Columns must be declared or come from the registry.",
    },
    {
      from: "    file: panel.csv.gz\n",
      to: "    file: panel.csv.gz\n    key: [school, year]\n",
      at: "school, year",
      says: "unknown-column  panel has no column `school`. Nearest: `school_id`. Columns must be declared or come from the registry.",
    },
    {
      from: "        covariates:",
      to: "        exact: [regn]\n        covariates:",
      at: "regn",
      says: "unknown-column  schools has no column `regn`. Nearest: `region`. Columns must be declared or come from the registry.",
    },
    {
      from: "horizons: [2017/18, 2018/19]",
      to: "horizons: [2017/18], clusters: [trst]",
      at: "trst",
      says: "unknown-column  schools has no column `trst`. Nearest: `trust`. Columns must be declared or come from the registry.",
    },
    {
      ...vary("{ leaveOneOut: trsut }"),
      at: "trsut",
      says: "unknown-column  schools has no column `trsut`. Nearest: `trust`. Columns must be declared or come from the registry.",
    },
    {
      ...before("analyses", "disclosure: { namesAllowed: [trsut] }\n"),
      at: "trsut",
      says: "unknown-column  No unit of the study has no column",
    },
    {
      from: "reference: North }",
      to: "reference: Nroth }",
      at: "Nroth",
      says: 'unknown-level  trust has no level "Nroth". Its levels: "North", "South". Nearest: "North".',
    },
    {
      ...columns("n: { recode: trust, to: { Nort: a, South: b, North: c } }"),
      at: "a, South",
      says: 'unknown-level  trust has no level "Nort". Its levels: "North", "South". Nearest: "North".',
    },
  ],
  "copies and derived columns": [
    {
      from: "outcomes:\n",
      to: "    a: { like: b }\n    b: { like: a }\noutcomes:\n",
      at: "a }\noutcomes",
      says: "circular  `a` → `b` → `a` are copies of each other. Break the circle at one of these lines.",
    },
    {
      ...columns("role: rank + 1, rank: role + 1"),
      at: "rank + 1",
      says: "circular  Columns role → rank → role depend on each other. Break the circle at one of these lines.",
    },
    {
      ...columns("pupils: score + 1"),
      at: "score + 1",
      says: "repeated-key  schools has a column `pupils` already, from its sources. Give the derived column another name.",
    },
    {
      ...columns("missing: score + 1"),
      at: "score + 1",
      says: "wrong-kind  `missing` is a word of the language of expressions: no column can have it as its name.",
    },
    {
      ...columns("n: { recode: trust, to: { North: a } }"),
      at: "{ recode",
      says: 'required-key  Column n does not say what becomes of "South": `others` is missing. Add `others: …`, or list every level.',
    },
    {
      ...columns("n: { bands: pupils, cuts: [2, 1], closed: left, names: [a, b, c] }"),
      at: "[2, 1]",
      says: "wrong-kind  `cuts` needs numbers that rise from one to the next.",
    },
    {
      ...columns("n: { bands: pupils, cuts: [1, 2], closed: left, names: [a, b] }"),
      at: "[a, b] }",
      says: "wrong-kind  2 cuts make 3 bands; 2 names are given.",
    },
    {
      ...columns("n: { bands: trust, cuts: [1], closed: left, names: [a, b] }"),
      at: "trust, cuts",
      says: "type-mismatch  Column n needs a number; trust is not one.",
    },
    {
      ...columns("n: { bands: pupils, cuts: [1], names: [a, b] }"),
      at: "{ bands",
      says: "required-key  Column n of unit schools does not say which end belongs to a band: `closed` is missing. Add `closed: left`, `right`.",
    },
    {
      ...columns("n: { summary: mean, of: panel, on: [la_code] }"),
      at: "{ summary",
      says: "required-key  Column n does not say what to take the mean of: `value` is missing. Add `value: …`.",
    },
    {
      ...columns("n: { summary: share, of: panel, on: [la_code], value: pupils }"),
      at: "pupils }",
      isLast: true,
      says: "type-mismatch  A condition (yes or no) is expected here; `pupils` is a number (pupils). Compare it with something, for example `= yes`, `> 0` or `is not missing`.",
    },
    {
      ...columns("n: { standardise: score, mean: 3 }"),
      at: "{ standardise",
      says: "required-key  Column n needs both `mean` and `sd`, or neither. Without them the unit's own are used.",
    },
    {
      ...columns("n: { made: score }"),
      at: "{ made",
      says: "required-key  Column n of unit schools does not say how it is made. Write an expression, or one of `expression`, `recode`, `bands`, `quantiles`, `summary`, `standardise`.",
    },
    {
      ...columns("n: { substitute: score, with: pupils }"),
      at: "substitute",
      says: "not-supported-yet  A column made by `substitute` is not supported yet. Leave it out, or write it as an expression.",
    },
    {
      from: UNIT,
      to: "join: [{ source: panel, on: [la_code], columns: [pupils, trust] }] }",
      at: "[pupils, trust]",
      says: "repeated-key  schools has `pupils`, `trust` already; joining panel would bring them again. Give the join a `prefix`, or list other `columns` to bring.",
    },
    {
      from: "stable: yes, because: a school stays where it is",
      to: "stable: yes",
      at: "yes }\n    breaks",
      says: "required-key  Column region is said not to change, but not why: `because` is missing. Add `because: …`; the reason is printed.",
    },
  ],
  expressions: [
    {
      from: "2016-09-01 and 2017-08-31",
      to: "2016-09-01 and",
      at: "\n      baselineYear",
      says: "expression-syntax  Expected a value after `between 2016-09-01 and`. Both ends are needed.",
    },
    {
      from: UNIT,
      to: `where: region = "North-West" }`,
      at: '"North-West"',
      says: 'unknown-level  region has no level "North-West". Its levels: "North West", "North East", "London". Nearest: "North West".',
    },
    {
      from: "treated: joined between 2016-09-01 and 2017-08-31",
      to: "treated: fsm_pct_201516 = 0.5",
      at: "0.5",
      says: "type-mismatch  fsm_pct_201516 is a percent (0-100) and 0.5 a plain number. Write 50%, or divide by 100.",
    },
    {
      from: "treated: joined between 2016-09-01 and 2017-08-31",
      to: "treated: >-\n        use_row = yes\n          and pupls > 3",
      at: "pupls",
      says: "unknown-column  schools has no column `pupls`. Nearest: `pupils`. Columns must be declared or come from the registry.",
    },
    {
      from: "treated: joined between 2016-09-01 and 2017-08-31",
      to: "treated: |\n        use_row = yes\n        and year = 2016",
      at: "2016\n      baseline",
      says: "year-ambiguous  `2016` could be 2015/16 or 2016/17. Write `2015/16` or `2016/17`.",
    },
    {
      from: "treated: joined between 2016-09-01 and 2017-08-31",
      to: "treated: 'region = ''Lodnon'''",
      at: "''Lodnon",
      says: 'unknown-level  region has no level "Lodnon". Its levels: "North West", "North East", "London". Nearest: "London".',
    },
    {
      from: "treated: joined between 2016-09-01 and 2017-08-31",
      to: "treated: pupils",
      at: "pupils\n",
      says: "type-mismatch  A condition (yes or no) is expected here; `pupils` is a number (pupils). Compare it with something, for example `= yes`, `> 0` or `is not missing`.",
    },
    {
      from: UNIT,
      to: "where: use_row at 2015/16 }",
      at: "use_row at",
      says: "expression-syntax  `at` has no meaning here: panel has no years to look at. Use `at` in a unit that declares `year`.",
    },
    {
      ...columns("n: score at baseline"),
      at: "score at baseline",
      says: "expression-syntax  `score at baseline` needs a baseline, which a derived column does not know. Name a fixed year, for example `at 2015/16`, or write it in the design.",
    },
  ],
  "before and after the start": [
    {
      from: COVARIATES,
      to: "[fsm_pct_201819]",
      at: "fsm_pct_201819]",
      says: "covariate-after-treatment  fsm_pct_201819 was measured in 2018/19, after baseline 2015/16. Use fsm_pct_201516, or say `stable: yes` with a `because` if it cannot change.",
    },
    {
      from: "stable: yes, because: a school stays where it is",
      to: "because: a school stays where it is",
      at: "region]",
      says: "covariate-after-treatment  region was measured in 2017/18, after baseline 2015/16. Use a column measured by then, or say `stable: yes` with a `because` if it cannot change.",
    },
    {
      from: COVARIATES,
      to: "[pupils at baseline + 1]",
      at: "pupils at",
      says: "looks-ahead  `pupils at baseline + 1` lies after baseline 2015/16: it cannot be used in design (sealed). It is an outcome: move it to `outcomes`.",
    },
    {
      from: "joined is not missing }",
      to: "exists at baseline + 1 }",
      at: "exists at",
      says: "looks-ahead  `exists at baseline + 1` lies after baseline 2015/16: it cannot be used in design (sealed). It is an outcome: move it to `outcomes`.",
    },
    {
      from: "      match:",
      to: "      preTrends: { outcomes: [absence], years: [2015/16, 2016/17] }\n      match:",
      at: "2016/17]",
      says: "looks-ahead  2016/17 lies after baseline 2015/16: it cannot be used in design (sealed). Name years up to baseline.",
    },
    {
      ...vary("{ placebo: { from: 2015/16, to: 2016/17 } }"),
      at: "2016/17 }",
      says: "looks-ahead  2016/17 lies after baseline 2015/16: a placebo looks at years before the programme. Name years up to baseline.",
    },
    {
      from: "horizons: [2017/18, 2018/19]",
      to: "horizons: [2015/16, 2018/19]",
      at: "2015/16, 2018",
      says: "horizon-before-start  Horizon 2015/16 is not after the baseline of joiners, 2015/16. Name a later year; earlier years are shown by `preTrends`.",
    },
    {
      from: "column: absence_pct, measure: percentage points of sessions",
      to: "column: score, measure: points",
      at: "score, measure",
      says: "series-break  score changes between 2015/16 and 2017/18, in 2016/17: the scale changed. Start later, standardise by year, or say `acceptBreak: …` with the reason.",
    },
    {
      from: COVARIATES,
      to: "[la_code]",
      at: "la_code]",
      says: "type-mismatch  la_code is text: units cannot be matched on it or a model adjusted for it. Declare it as a category with levels, or make a number of it.",
    },
    {
      from: "levels: [North, South], reference: North }",
      to: "levels: [North, South] }".replace(" }", " }"),
      at: "trust]",
      says: "reference-missing  trust enters a model but names no reference level. Add `reference: North` to its column.",
    },
    {
      from: "score: { type: number, unit: points, measured: row year }",
      to: "score: { type: number }",
      at: "score]",
      isLast: true,
      says: "required-key  score is a number without a unit: `unit` is missing from its column. Add `unit: points`, or whatever it counts.",
    },
  ],
  "what a model needs": [
    {
      from: "trust: { type: category, levels: [North, South], reference: North }",
      to: "trust: { type: category, reference: North }",
      at: "trust]",
      isLast: true,
      says: "required-key  trust enters a model but its column does not list its levels: `levels` is missing. Add `levels: [..]`, in order, and a `reference`.",
    },
    {
      from: "year: { type: academicYear, written: end }",
      to: "year: academicYear",
      at: "academicYear",
      says: "required-key  Column year does not say how its years are written: `written` is missing. Add `written`: `end` (2016 is 2015/16), `start`, `slash`, `long` (2015-2016) or `run` (201516).",
    },
    {
      from: "written: end",
      to: "written: ends",
      at: "ends",
      says: "wrong-kind  `ends` is no way of writing years. Write `end` (2016 is 2015/16), `start`, `slash`, `long` (2015-2016) or `run` (201516).",
    },
    {
      from: "column: absence_pct,",
      to: "history: { 2012/13: absence_pct_2013 },",
      at: "absence], horizons",
      says: "unknown-name  Outcome absence has no value in 2017/18 or 2018/19: it is known from its `history` alone. Give it a `column`, or use it as a placebo.",
    },
  ],
  "not carried out yet": [
    {
      from: "      baselineYear",
      to: "      estimand: everyone\n      baselineYear",
      at: "everyone",
      says: "not-supported-yet  `everyone` is not supported yet. Use one of `treated`, `matchedSample`, or leave it out.",
    },
    {
      from: "horizons: [2017/18, 2018/19]",
      to: "horizons: [2017/18], subgroupsBy: split",
      at: "split",
      says: "not-supported-yet  `split` is not supported yet. Write `interaction`, or leave it out.",
    },
    {
      from: "priority: primary }",
      to: "status: dropped, because: no longer collected }",
      at: "absence], horizons",
      says: "outcome-dropped  Outcome absence is dropped: it cannot be analysed. Leave it out here; it stays listed with its reason.",
    },
    {
      ...before("analyses", "security: { also: [maryland@wwg] }\n"),
      at: "security",
      says: "not-supported-yet  `security` of a study is not supported yet. Leave it out: no rating of strength is printed.",
    },
    {
      from: "      baselineYear",
      to: "      preset: stata\n      baselineYear",
      at: "preset",
      says: "not-supported-yet  `preset` of a comparison is not supported yet. Leave it out here, and vary it: `sensitivity: { of: …, vary: { preset: seed-000 } }`.",
    },
    {
      from: "baselineYear: 2015/16",
      to: "baselineYear: { rule: firstRecruitment }",
      at: "{ rule",
      says: "required-key  `baselineYear` of comparison joiners does not say the column of the date of recruitment, or `source.column`: `from` is missing. Add `from: …`.",
    },
    {
      from: "      baselineYear",
      to: "      from: trial\n      baselineYear",
      at: "trial",
      says: "not-supported-yet  `from: trial` would be a randomised allocation, which is not supported yet. Write `matching` or `everyone`.",
    },
    {
      from: "      baselineYear",
      to: "      afterStart: { closure: censor }\n      baselineYear",
      at: "censor",
      says: "not-supported-yet  `closure: censor` is not supported yet: every unit is followed. Write `follow`.",
    },
    {
      from: "horizons: [2017/18, 2018/19]",
      to: "horizons: [2017/18], model: logistic",
      at: "logistic",
      says: "not-supported-yet  `model: logistic` is for retention, progression and a yes or no delivered in a unit without years; absence of change is none of them. Use `model: linear`: the difference of two shares.",
    },
    {
      ...before("analyses", "report: { formats: [docx] }\n"),
      at: "docx",
      says: "not-supported-yet  `docx` is not supported yet. Write `html`, or leave it out.",
    },
    {
      ...vary("randomEffects"),
      at: "randomEffects",
      says: "not-supported-yet  `randomEffects` is not supported yet. Use one of `withoutWeights`, `eachSpecification`, `completeCase`, `multipleImputation`, `rawIdentity`, `hiddenBias`, `withoutRepair`, `nonParallel`, or leave it out.",
    },
  ],
  sensitivities: [
    {
      ...vary("{ comparison: joinrs }"),
      at: "joinrs",
      says: "unknown-name  comparison `joinrs` is not declared. Nearest: `joiners`.",
    },
    {
      ...vary("{ comparison: joiners, leaveOneOut: trust }"),
      at: "{ comparison: joiners, leave",
      says: "wrong-kind  sensitivity s changes one thing; read `comparison` and `leaveOneOut`. Declare one sensitivity for each change.",
    },
    {
      ...vary("{ set: { contrast: chang } }"),
      at: "chang }",
      says: 'wrong-kind  `contrast` needs one of `difference`, `change`, `adjustedForBaseline`, `differenceInDifferences`; read the text "chang". Nearest: `change`.',
    },
    {
      ...vary("{ set: { horizons: [2017/18] } }"),
      at: "horizons: [2017/18] }",
      says: "wrong-kind  `horizons` cannot be set by a sensitivity: it would ask another question. Declare an analysis of its own.",
    },
  ],
};

for (const [group, cases] of Object.entries(CASES)) {
  describe(`faults: ${group}`, () => {
    test.each(cases.map((one) => [`${one.to.trim().slice(0, 60)} → ${one.says.slice(0, 50)}`, one] as const))(
      "%s",
      (_, { from, to, at, says, isLast }) => {
        const base =
          says.startsWith("reference-missing") || says.includes("trust enters")
            ? SMALL.replace(COVARIATES, "[trust]")
            : says.includes("score is a number without")
              ? SMALL.replace(COVARIATES, "[score]")
              : SMALL;
        const text = edited(from, to, base);
        const found = faultsOf(text);
        const expected = `${placeOf(at, text, isLast)}  ${says}`;
        if (says.endsWith("has no column")) expect(found).toEqual([expect.stringContaining("unknown-column")]);
        else expect(found).toEqual([expected]);
      },
    );
  });
}

test("what is wrong in an entry does not hide what is wrong beside it, nor make faults of its own", () => {
  const text = SMALL.replace(", better: lower", "")
    .replace("column: absence_pct,", "column: absense_pct,")
    .replace("baselineYear: 2015/16", "baselineYear: 2016")
    .replace("exclude: { joined", "exclude: { a: pupls > 3, joined")
    .replace("of sessions,", "of sessions, colour: red,");
  expect(faultsOf(text).map((line) => line.split("  ")[1])).toEqual([
    "year-ambiguous",
    "unknown-column",
    "required-key",
    "unknown-column",
    "unknown-key",
  ]);
});

test("an outcome whose name is at fault is not called undeclared besides", () => {
  const text = SMALL.replace("  absence: {", "  absence_all: {").replace(
    "outcomes: [absence]",
    "outcomes: [absence_all]",
  );
  expect(faultsOf(text).map((line) => line.split("  ")[1])).toEqual(["wrong-kind"]);
});
