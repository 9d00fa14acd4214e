import type { ColumnDeclaration } from "#domain";

/** What the template says of one field: for whoever fills in the return. */
export interface FieldWords {
  /** The plain name of the column, as the registry has it. */
  readonly name: string;
  /** What goes in. */
  readonly what: string;
  /** How it is written, beyond what its type says. */
  readonly form?: string;
  readonly example: string;
  /** When it may be left empty; undefined where it never may. */
  readonly emptyWhen?: string;
  /** Why it is asked: nothing is collected that nobody uses. */
  readonly why: string;
  /** What it is read as although it may be kept as text, since it arrives in every form. */
  readonly reads?: "date" | "trn";
}

/** One file of the return: the described columns and the words for each. */
export interface ReturnFile {
  /** The registry's id, for example `assay/mi-return@1`. */
  readonly edition: string;
  /** The name of the file in the template. */
  readonly file: string;
  readonly title: string;
  /** What one row is. */
  readonly row: string;
  readonly columns: readonly ColumnDeclaration[];
  readonly fields: readonly FieldWords[];
}

/** The two files of the return, before their columns are known. */
export const RETURN_FILES: Readonly<Record<"participants" | "schools", Omit<ReturnFile, "columns">>> = {
  participants: {
    edition: "assay/mi-return@1",
    file: "mi_participants.csv",
    title: "Participants",
    row: "one person recruited to one project: somebody in two projects has two rows",
    fields: [
      {
        name: "mi_row",
        what: "A number of your own for this row. It stays the same in every later return.",
        example: "1",
        why: "Questions about a row name it by this number, and corrections find it again.",
      },
      {
        name: "project",
        what: "The project the person was recruited to, spelled the same in every row.",
        example: "Stronger Middle Leaders",
        why: "Numbers are reported by project, and a person may rightly be in two.",
      },
      {
        name: "provider",
        what: "The organisation that delivers the project.",
        example: "Harbour Learning Trust",
        why: "The return is held against the count of the same provider.",
      },
      {
        name: "trn",
        what: "Teacher reference number.",
        form: "Seven digits, leading noughts kept. In a spreadsheet set the column to text first.",
        example: "0123456",
        emptyWhen: "the person has none, for example non-teaching staff",
        why: "With name and date of birth it finds the person in the workforce census.",
        reads: "trn",
      },
      {
        name: "surname",
        what: "Family name, as on the teaching record.",
        example: "Merriweather",
        why: "It confirms that a teacher reference number belongs to the person.",
      },
      {
        name: "forename",
        what: "First name, as on the teaching record; no nickname.",
        example: "Odette",
        why: "It confirms that a teacher reference number belongs to the person.",
      },
      {
        name: "birth_date",
        what: "Date of birth.",
        form: "Year, month, day: yyyy-mm-dd.",
        example: "1984-05-23",
        emptyWhen: "the provider does not hold it",
        why: "It tells two people of one name apart.",
        reads: "date",
      },
      {
        name: "urn",
        what: "Unique reference number of the school the person worked in when recruited.",
        form: "Six digits, not the four-digit establishment number.",
        example: "137654",
        emptyWhen: "the person worked in no school, for example for a trust",
        why: "It says in which school and area the programme worked.",
      },
      {
        name: "role_text",
        what: "Job title when recruited, in the person's own words.",
        example: "Assistant headteacher (teaching and learning)",
        emptyWhen: "it was never asked",
        why: "It is sorted into role levels: headteacher, senior leader, middle leader, classroom teacher, other staff.",
      },
      {
        name: "recruited",
        what: "The day the person signed up.",
        example: "2018-09-14",
        why: "It decides which census shows the person before the programme.",
      },
      {
        name: "start_date",
        what: "The first day the person took part.",
        example: "2018-10-02",
        emptyWhen: "the person has not begun, or the provider does not hold it",
        why: "With the end date it says how long somebody took part.",
      },
      {
        name: "end_date",
        what: "The last day the person took part, finished or withdrawn.",
        example: "2020-07-10",
        emptyWhen: "the person is still taking part",
        why: "Without it nobody can tell a person who finished from one who left.",
      },
      {
        name: "withdrawn",
        what: "Whether the person left before the end.",
        form: "yes or no.",
        example: "no",
        why: "Numbers are reported with and without people who withdrew.",
      },
    ],
  },
  schools: {
    edition: "assay/mi-schools@1",
    file: "mi_schools.csv",
    title: "Schools",
    row: "one school in one project",
    fields: [
      {
        name: "urn",
        what: "Unique reference number of the school.",
        form: "Six digits, not the four-digit establishment number.",
        example: "137654",
        why: "It finds the school in the national register.",
      },
      {
        name: "project",
        what: "The project, spelled as in the participants file.",
        example: "Stronger Middle Leaders",
        why: "A school may be in two projects; each is counted.",
      },
      {
        name: "cohort",
        what: "The intake the school joined with.",
        example: "1",
        why: "Targets are set by cohort.",
      },
      {
        name: "agreed",
        what: "The day the school signed its agreement.",
        example: "2018-06-29",
        emptyWhen: "the school has not signed",
        why: "It says when the school was told, which the evaluation must not read as later than it was.",
      },
      {
        name: "withdrawn",
        what: "Whether the school left before the end.",
        form: "yes or no.",
        example: "no",
        why: "Schools are counted with and without those that withdrew.",
      },
    ],
  },
};

/** The words for a column; undefined for one that is described nowhere. */
export const wordsFor = (file: ReturnFile, column: string): FieldWords | undefined =>
  file.fields.find(({ name }) => name === column);

/** How a column is read: a date of birth is a date for whoever fills it in, whatever it is kept as. */
export function readsAs(file: ReturnFile, column: ColumnDeclaration): "date" | "trn" | undefined {
  if (column.type === "date" || column.type === "trn") return column.type;
  return wordsFor(file, column.name)?.reads;
}

/** How the values of a column are written, in words: the same sentence stands in the template and in a fault. */
export function formOf(file: ReturnFile, column: ColumnDeclaration): string {
  const own = wordsFor(file, column.name)?.form;
  if (own !== undefined) return own;
  if (column.levels !== undefined && column.type !== "ofstedGrade")
    return `One of: ${column.levels.map((level) => `"${level}"`).join(", ")}.`;
  switch (column.type) {
    case "date":
      return `Year, month, day: ${column.written ?? "yyyy-mm-dd"}.`;
    case "truth":
      return "yes or no.";
    case "whole":
      return "A whole number in digits.";
    case "number":
    case "money":
    case "percent":
    case "proportion":
      return "A number in digits, without thousands separators.";
    case "urn":
      return "Six digits.";
    case "trn":
      return "Seven digits.";
    case "ofstedGrade":
      return "A grade from 1 to 4.";
    default:
      return "Text.";
  }
}
