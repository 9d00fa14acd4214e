import { relative } from "node:path";
import type { Publication } from "#report";

/** What must be read first, then the main findings, what each table says, the warnings, and where the files are. */
export function publicationLines(publication: Publication, files: readonly string[]): readonly string[] {
  const { standing, firstLines, findings } = publication;
  const main = findings.filter((finding) => finding.isPrimary);
  const shown = main.length > 0 ? main : findings;
  return [
    ...firstLines,
    ...(standing.exploratory ? ["EXPLORATORY: not registered beforehand; every page says so."] : []),
    ...(standing.retrospective ? ["Retrospective registration: outcomes had been opened before."] : []),
    ...shown.flatMap((finding) => [finding.headline, `  ${finding.howSure}`]),
    ...publication.exhibits.map(({ title, summary }, i) => `Table ${i + 1}. ${title}. ${summary}`),
    ...publication.warnings.map((warning) => `warning: ${warning.code}  ${warning.message}`),
    ...mainFiles(files).map((file) => `wrote ${shorter(file)}`),
  ];
}

export function publicationJson(publication: Publication, files: readonly string[]): unknown {
  return {
    state: "ok",
    standing: publication.standing,
    firstLines: publication.firstLines,
    findings: publication.findings,
    warnings: publication.warnings,
    files,
  };
}

const mainFiles = (files: readonly string[]): readonly string[] => files.filter((file) => !file.endsWith(".csv"));

function shorter(file: string): string {
  const here = relative(process.cwd(), file);
  return here.startsWith("..") ? file : here;
}
