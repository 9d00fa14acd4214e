import type { Study } from "#protocol";

const SECTIONS = ["units", "design", "outcomes", "analyses", "sensitivity", "disclosure"];

/**
 * The columns of a source that a study may look at: every column whose name occurs anywhere in the resolved sections
 * after `sources`, its key, and the numbers schools are printed with (for `rawIdentity`). Described files have dozens of
 * columns more, which are checked on reading and never taken out of the engine.
 */
export function usedColumns(study: Study, sourceId: string): ReadonlySet<string> {
  const source = study.sources.get(sourceId)!;
  const said = JSON.stringify(SECTIONS.map((section) => study.resolved[section]));
  const words = new Set(said.match(/[A-Za-z][A-Za-z0-9_]*/g));
  const used = source.columns.filter(
    ({ name, type }) => words.has(name) || source.key.includes(name) || type === "urn",
  );
  return new Set(used.map((column) => column.name));
}
