import { createHash } from "node:crypto";
import { type ClusterName, type Exhibit, type ExhibitRow, withUniqueIds } from "#findings";
import type { Safety } from "./makeSafe.ts";

/**
 * Puts a number in place of every cluster that may not be named, in cells and in ids of rows. Numbers follow no alphabet,
 * and neither do the rows, since an order would give names away. A cluster has one number in all exhibits that share the
 * numbers of `safety`.
 */
export function hideNames(exhibit: Exhibit, safety: Safety): Exhibit {
  const hidden = exhibit.rows.flatMap((row) => clustersIn(row).filter((cluster) => !mayBeNamed(cluster, safety)));
  const numbers = safety.clusterNumbers ?? new Map<string, number>();
  const fresh = [...new Set(hidden.map(keyOf))].filter((key) => !numbers.has(key));
  for (const key of fresh.sort((a, b) => (digest(a) < digest(b) ? -1 : 1))) numbers.set(key, numbers.size + 1);
  const numberOf = (cluster: ClusterName) => numbers.get(keyOf(cluster))!;
  const rows = runsOf(exhibit.rows).flatMap((run) => {
    const first = clustersIn(run[0]!)[0];
    if (first === undefined) return run;
    if (mayBeNamed(first, safety)) return run.map((row) => writeNames(row, ({ name }) => name));
    const order = (row: ExhibitRow) => numberOf(clustersIn(row)[0]!);
    return [...run]
      .sort((a, b) => order(a) - order(b))
      .map((row) => ({
        ...writeNames(row, (cluster) => `Cluster ${numberOf(cluster)}`),
        id: `cluster-${order(row)}`,
      }));
  });
  return { ...exhibit, rows: withUniqueIds(rows) };
}

/** How a cluster is called outside tables, with the words around it: by its name where that is allowed, else by number. */
export function clusterLabel(cluster: ClusterName, safety: Safety): string {
  if (mayBeNamed(cluster, safety)) return around(cluster, cluster.name);
  const numbers = safety.clusterNumbers ?? new Map<string, number>();
  const known = numbers.get(keyOf(cluster)) ?? numbers.size + 1;
  numbers.set(keyOf(cluster), known);
  return around(cluster, `Cluster ${known}`);
}

const around = ({ before = "", after = "" }: ClusterName, label: string): string => `${before}${label}${after}`;

/** Clusters are named where inputs are public or their columns are allowed; a unit that is its own cluster has no column. */
function mayBeNamed({ column }: ClusterName, { minimum, namesAllowed, clusterColumns }: Safety): boolean {
  if (minimum === 0) return true;
  const columns = column === undefined ? clusterColumns : [column];
  return columns.length > 0 && columns.every((one) => namesAllowed.includes(one));
}

const keyOf = ({ name, column = "" }: ClusterName): string => `${column}\n${name}`;
const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

const clustersIn = (row: ExhibitRow): readonly ClusterName[] =>
  Object.values(row.cells).flatMap((cell) => (cell.cluster === undefined ? [] : [cell.cluster]));

function writeNames(row: ExhibitRow, label: (cluster: ClusterName) => string): ExhibitRow {
  const cells = Object.entries(row.cells).map(([id, { cluster, ...cell }]) => [
    id,
    cluster === undefined ? cell : { ...cell, text: around(cluster, label(cluster)) },
  ]);
  return { ...row, cells: Object.fromEntries(cells) };
}

/** Rows that follow each other and each name another cluster of one kind: what may be put in another order. */
function runsOf(rows: readonly ExhibitRow[]): readonly (readonly ExhibitRow[])[] {
  const runs: ExhibitRow[][] = [];
  let seen = new Set<string>();
  let kind: string | undefined;
  for (const row of rows) {
    const [cluster] = clustersIn(row);
    const own = cluster === undefined ? undefined : `${cluster.column ?? ""}\n${cluster.before ?? ""}`;
    const continues = cluster !== undefined && own === kind && !seen.has(cluster.name);
    if (continues) runs.at(-1)!.push(row);
    else {
      runs.push([row]);
      seen = new Set();
    }
    kind = own;
    if (cluster !== undefined) seen.add(cluster.name);
  }
  return runs;
}
