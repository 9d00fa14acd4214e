import { formOf, type ReturnFile, wordsFor } from "./returnFields.ts";

/** One file of the template. */
export interface TemplateFile {
  readonly name: string;
  readonly content: string;
}

/** One sheet of the template as a workbook. */
export interface TemplateSheet {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

/**
 * The published template: a CSV file with nothing but its header for each file of the return, and a page that says of
 * every field what goes in, how, whether it may stay empty and why it is asked. Made from the same described columns that
 * a return is checked against, so that the two cannot disagree.
 */
export function returnTemplate(files: readonly ReturnFile[]): readonly TemplateFile[] {
  return [
    ...files.map((file) => ({ name: file.file, content: `${file.columns.map(({ from }) => from).join(",")}\n` })),
    { name: "README.md", content: `${readme(files).join("\n")}\n` },
  ];
}

/** The same as sheets: one to fill in for each file, named after it, and the words for their fields. */
export function returnSheets(files: readonly ReturnFile[]): readonly TemplateSheet[] {
  const asked = files.flatMap((file) => file.columns.map((column) => [file.title, ...fieldCells(file, column.name)]));
  return [
    ...files.map((file) => ({ name: sheetName(file), rows: [file.columns.map(({ from }) => from)] })),
    { name: "how_to_fill_in", rows: [["File", ...FIELD_HEADINGS], ...asked] },
  ];
}

/** `mi_participants.csv` → `mi_participants`. */
export const sheetName = ({ file }: ReturnFile): string => file.replace(/\.csv$/, "");

const FIELD_HEADINGS = ["Field", "What goes in", "How it is written", "Example", "May it be empty?", "Why it is asked"];

function readme(files: readonly ReturnFile[]): readonly string[] {
  return [
    "# Management information return",
    "",
    `The return has ${files.length === 2 ? "two files" : `${files.length} files`}: ${files.map(({ file }) => `\`${file}\``).join(" and ")}. Each is a CSV file in UTF-8`,
    "(office programs call that `CSV UTF-8`), divided by commas, with the columns below in this order and under these names.",
    "",
    "- Fill in one row under the header for each row described; leave a cell empty where its field allows it, and write no",
    "  dash, `n/a` or `unknown` instead.",
    "- Dates are written yyyy-mm-dd, so that nobody has to guess which number is the month.",
    "- Put a value that holds a comma in double quotes. Nothing may begin with `=`, `+`, `-` or `@`.",
    "- Leave out columns that are not asked for: what is not needed should not be sent.",
    "",
    `Before sending: \`assay mi check ${files[0]!.file}${files[1] === undefined ? "" : ` --schools ${files[1].file}`}\` says everything that is wrong, with its row and what to do.`,
    "These files hold personal data: send them only by the way agreed with whoever asked for them.",
    ...files.flatMap((file) => [
      "",
      `## ${file.title}: \`${file.file}\``,
      "",
      `Each row is ${file.row}. Described as \`${file.edition}\`.`,
      "",
      `| ${FIELD_HEADINGS.join(" | ")} |`,
      `|${FIELD_HEADINGS.map(() => "---").join("|")}|`,
      ...file.columns.map(({ name }) => `| ${fieldCells(file, name).map(inTable).join(" | ")} |`),
    ]),
  ];
}

const inTable = (text: string, i: number): string => {
  const safe = text.replaceAll("|", "\\|");
  return FIELD_HEADINGS[i] === "Field" || FIELD_HEADINGS[i] === "Example" ? `\`${safe}\`` : safe;
};

function fieldCells(file: ReturnFile, name: string): readonly string[] {
  const column = file.columns.find((other) => other.name === name)!;
  const words = wordsFor(file, name);
  return [
    column.from,
    words?.what ?? column.label ?? name,
    formOf(file, column),
    words?.example ?? "",
    words?.emptyWhen === undefined ? "no" : `yes, when ${words.emptyWhen}`,
    words?.why ?? "",
  ];
}
