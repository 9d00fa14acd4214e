/** A cell as printed, with the number behind it where there is one, or the reason why there is none. */
export interface ExhibitCell {
  readonly text: string;
  readonly value?: number;
  /** Both ends of an interval, at full precision. */
  readonly range?: { readonly low: number; readonly high: number };
  /** Counts of units are what disclosure rules look at. */
  readonly isCount?: true;
  /** How many units another count beside it leaves over: it is withheld where they are few. */
  readonly rest?: number;
  /** A count the others of its column are parts of. */
  readonly isTotal?: true;
  /** A share of units, or made of such shares: it gives back the count of its row. */
  readonly isShare?: true;
  /** The cluster the text names: disclosure rules may put a number in its place. */
  readonly cluster?: ClusterName;
  readonly reason?: string;
}

/** A cluster named in a cell, whose text is `before`, then the name, then `after`. */
export interface ClusterName {
  readonly name: string;
  /** The column it is a value of, where that is none of the columns the analysis clusters by. */
  readonly column?: string;
  readonly before?: string;
  readonly after?: string;
}

export interface ExhibitColumn {
  readonly id: string;
  readonly label: string;
  readonly align: "left" | "right";
}

export const left = (id: string, label: string): ExhibitColumn => ({ id, label, align: "left" });
export const right = (id: string, label: string): ExhibitColumn => ({ id, label, align: "right" });

export interface ExhibitRow {
  readonly id: string;
  readonly cells: Readonly<Record<string, ExhibitCell>>;
  /** Printed grey: shown, but no evidence for what the table is about. */
  readonly isGrey?: true;
  /** Keys of units behind the row, up to ten, for tracing. */
  readonly keys?: readonly string[];
}

/** What `assay trace` answers about an exhibit. */
export interface ExhibitAbout {
  readonly definition: string;
  readonly base: string;
  readonly set: string;
  readonly date: string;
  readonly filters: readonly string[];
  readonly model: string;
  /** Ids of the sources read. */
  readonly sources: readonly string[];
  /** Keys of units behind the table, up to ten: those of rows without keys of their own. */
  readonly keys?: readonly string[];
}

/** One table of the report, with its chart where it has one. The first column names the row. */
export interface Exhibit {
  readonly id: string;
  readonly title: string;
  /** One sentence: what the table shows. */
  readonly summary: string;
  readonly columns: readonly ExhibitColumn[];
  readonly rows: readonly ExhibitRow[];
  readonly notes: readonly string[];
  readonly about: ExhibitAbout;
  readonly chart?: Chart;
}

/** A chart as data: drawn from rows of its exhibit and from nothing else. `alt` says what a reader would see. */
export type Chart =
  | {
      readonly kind: "love";
      readonly alt: string;
      readonly points: readonly { readonly label: string; readonly before: number; readonly after: number }[];
    }
  | {
      readonly kind: "forest";
      readonly alt: string;
      /** Of the intervals: 0.95. */
      readonly level: number;
      /** One panel for each unit of measure: different units never share an axis. */
      readonly panels: readonly ForestPanel[];
    }
  | {
      readonly kind: "years";
      readonly alt: string;
      /** Of the intervals: 0.95. */
      readonly level: number;
      readonly unit: string;
      /** Treated minus comparison by year, in order. */
      readonly marks: readonly YearMark[];
      readonly baseline: string;
      /** Labels of years of announcement or the like, shaded. */
      readonly shaded: readonly string[];
    }
  | {
      readonly kind: "flow";
      readonly alt: string;
      readonly steps: readonly {
        readonly label: string;
        readonly treated: number;
        readonly comparison: number;
        readonly isLoss: boolean;
      }[];
    };

export interface ForestPanel {
  readonly unit: string;
  readonly marks: readonly ForestMark[];
}

export interface ForestMark {
  readonly label: string;
  readonly estimate: number;
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly isStrong: boolean;
}

export interface YearMark {
  readonly label: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly phase: "before" | "baseline" | "matched on" | "after" | "not an outcome year";
}

/** The same rows with ids that differ: a second `st-mary` is `st-mary-2`; an id without letters or digits is `row`. */
export function withUniqueIds(rows: readonly ExhibitRow[]): readonly ExhibitRow[] {
  const taken = new Set(rows.map(({ id }) => id));
  const used = new Set<string>();
  return rows.map((row) => {
    const own = row.id === "" ? "row" : row.id;
    let id = own;
    for (let n = 2; used.has(id) || (id !== row.id && taken.has(id)); n++) id = `${own}-${n}`;
    used.add(id);
    return id === row.id ? row : { ...row, id };
  });
}

/** Marks grouped into panels by their unit, in order of first appearance. */
export function panelsByUnit(marks: readonly (ForestMark & { readonly unit: string })[]): readonly ForestPanel[] {
  const panels = new Map<string, ForestMark[]>();
  for (const { unit, ...mark } of marks) {
    const known = panels.get(unit);
    if (known === undefined) panels.set(unit, [mark]);
    else known.push(mark);
  }
  return [...panels].map(([unit, own]) => ({ unit, marks: own }));
}
