import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { main } from "../../src/cli/main.ts";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** The shared material beside the repository, where it is. */
export const SHARED = process.env.ASSAY_SHARED ?? join(ROOT, "..", "shared");

/** What one call of the command said and ended with. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process, with both streams caught. */
export async function assay(...words: readonly string[]): Promise<Said> {
  let out = "";
  let err = "";
  const catchOut = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const catchErr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += String(text);
    return true;
  });
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await main(words);
    return { code: Number(process.exitCode ?? 0), out, err };
  } finally {
    process.exitCode = before;
    catchOut.mockRestore();
    catchErr.mockRestore();
  }
}

/** Starts the command in a process of its own, from source. */
export function startAssay(...words: readonly string[]) {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "--conditions=source", join(ROOT, "src", "cli", "main.ts"), ...words],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let out = "";
  let err = "";
  child.stdout.on("data", (data) => {
    out += String(data);
  });
  child.stderr.on("data", (data) => {
    err += String(data);
  });
  const ended = new Promise<Said & { readonly signal: NodeJS.Signals | null }>((resolve) => {
    child.on("close", (code, signal) => resolve({ code: code ?? -1, signal, out, err }));
  });
  return { child, ended, err: () => err };
}

/** A study folder that goes away with the test: a panel of invented schools and a small protocol, to be bent as needed. */
export class Workshop implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "assay-test-"));

  constructor(options: { readonly panel?: string; readonly study?: string } = {}) {
    mkdirSync(join(this.folder, "data"));
    this.writeData("panel.csv", options.panel ?? smallPanel());
    this.writeStudy(options.study ?? SMALL_STUDY);
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  writeStudy(text: string): void {
    writeFileSync(this.path("study.yaml"), text);
  }

  /** The protocol with some lines replaced; a text that does not occur is a mistake of the test. */
  editStudy(...changes: readonly (readonly [from: string, to: string])[]): void {
    let text = this.read("study.yaml");
    for (const [from, to] of changes) {
      if (!text.includes(from)) throw new Error(`the protocol of this test does not hold ${JSON.stringify(from)}`);
      text = text.replace(from, to);
    }
    this.writeStudy(text);
  }

  writeData(name: string, content: string | Buffer): void {
    writeFileSync(this.path("data", name), content);
  }

  read(...parts: readonly string[]): string {
    return readFileSync(this.path(...parts), "utf8");
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A protocol over `smallPanel`, quick to run. */
export const SMALL_STUDY = `assay: 1
study: { title: A small study, question: Did marks change more in programme schools?, seed: 7 }
sources:
  panel:
    file: panel.csv
    key: [school, year]
    columns:
      school: { type: text, identifies: school }
      year: { type: academicYear, written: end }
      district: { type: text }
      programme: { type: truth }
      pupils: { type: whole, unit: pupils, measured: row year }
      fsm_pct: { type: percent, measured: row year }
      mark: { type: number, unit: points, measured: row year, codes: { SUPP: suppressed } }
units:
  schools: { is: school, from: panel, identity: school, year: year }
design:
  comparisons:
    main:
      unit: schools
      treated: programme = yes
      baselineYear: 2015/16
      assignedBy: district
      assignedOver: districts volunteered
      match:
        covariates: [mark at baseline, fsm_pct at baseline, pupils at baseline]
        missing: completeCase
        specifications:
          nearest-1: { neighbours: 1, replacement: no, caliper: none, order: largest }
          nearest-2: { neighbours: 2, replacement: no, caliper: none, order: largest }
        choose: { use: nearest-2 }
outcomes:
  mark: { unit: schools, column: mark, label: Mark, measure: points, better: higher, priority: primary }
analyses:
  change: { comparison: main, outcomes: [mark], horizons: [2017/18], clusters: district }
disclosure: { minimum: 0 }
`;

/**
 * 96 schools in 24 districts (eight with the programme) over four years, true effect 2 points in 2017/18. Plain
 * arithmetic instead of chance, so that a test can say what it changed.
 * @param change  Rewrites a row before it is printed; undefined leaves it out.
 */
export function smallPanel(change: (row: PanelRow) => PanelRow | undefined = (row) => row): string {
  const wave = (n: number) => (((n * 7919) % 101) - 50) / 10;
  const lines = ["school,year,district,programme,pupils,fsm_pct,mark"];
  for (let school = 0; school < 96; school++) {
    const district = school % 24;
    const programme = district < 8 ? 1 : 0;
    for (const year of [2015, 2016, 2017, 2018]) {
      const effect = programme === 1 && year === 2018 ? 2 : 0;
      const row: PanelRow = {
        school: `S${String(school + 1).padStart(3, "0")}`,
        year: String(year),
        district: `D${String(district + 1).padStart(2, "0")}`,
        programme: String(programme),
        pupils: String(200 + ((school * 37) % 150)),
        fsm_pct: (20 + wave(school * 13 + 5) * 1.5 + programme).toFixed(1),
        mark: (
          100 +
          wave(school * 3 + 1) +
          wave(school * 17 + year) * 0.3 +
          wave(district * 29) * 0.2 +
          effect
        ).toFixed(2),
      };
      const printed = change(row);
      if (printed !== undefined) lines.push(Object.values(printed).join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}

export interface PanelRow {
  readonly school: string;
  readonly year: string;
  readonly district: string;
  readonly programme: string;
  readonly pupils: string;
  readonly fsm_pct: string;
  readonly mark: string;
}
