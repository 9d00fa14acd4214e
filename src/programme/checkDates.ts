import { printDate } from "#domain";
import type { Participant } from "./records.ts";
import type { RemarkKind, RemarkList } from "./remark.ts";

/** The days a return is held against, in days since 1970. */
export interface CheckDays {
  /** The day the return describes; nothing in it may be later. */
  readonly asAt: number;
  /** The first day of the programme, where it is known. */
  readonly from?: number;
}

const DAYS_A_YEAR = 365.25;
const YOUNGEST = 16;
const OLDEST = 80;

/** Days of one person that cannot stand beside each other, or that somebody should look at. */
export function checkDates(person: Participant, days: CheckDays, remarks: RemarkList): void {
  const { line, birth, recruited, start, end, withdrawn } = person;
  const say = (kind: RemarkKind, code: string, column: string, found: number, message: string, advice: string) =>
    remarks.add({ kind, code, line, column, found: printDate(found), message, expected: "", advice });
  const on = printDate;
  if (birth !== undefined && birth > days.asAt)
    say("fault", "birth-in-future", "birth_date", birth, `Born on ${on(birth)}, after the return`, CORRECT);
  if (recruited !== undefined) {
    if (recruited > days.asAt)
      say(
        "fault",
        "recruited-in-future",
        "recruited",
        recruited,
        `Recruited on ${on(recruited)}, after the day of the return, ${on(days.asAt)}`,
        CORRECT,
      );
    if (days.from !== undefined && recruited < days.from)
      say(
        "fault",
        "recruited-before-programme",
        "recruited",
        recruited,
        `Recruited on ${on(recruited)}, before the programme began on ${on(days.from)}`,
        CORRECT,
      );
    if (birth !== undefined && birth <= days.asAt) checkAge(birth, recruited, say);
  }
  if (start !== undefined && end !== undefined && end < start)
    say(
      "fault",
      "end-before-start",
      "end_date",
      end,
      `It ends on ${on(end)}, before it starts on ${on(start)}`,
      CORRECT,
    );
  if (start === undefined && recruited !== undefined && end !== undefined && end < recruited)
    say(
      "fault",
      "end-before-recruited",
      "end_date",
      end,
      `It ends on ${on(end)}, before recruitment on ${on(recruited)}`,
      CORRECT,
    );
  if (start !== undefined && recruited !== undefined && start < recruited)
    say(
      "query",
      "start-before-recruited",
      "start_date",
      start,
      `It starts on ${on(start)}, before recruitment on ${on(recruited)}`,
      "Ask which of the two is right",
    );
  if (withdrawn === true && end === undefined)
    remarks.add({
      kind: "query",
      code: "withdrawn-without-end",
      line,
      column: "end_date",
      found: "",
      message: "The person withdrew, and no end date says when",
      expected: "",
      advice: "Ask for the last day the person took part",
    });
  if (withdrawn === true && end !== undefined && end > days.asAt)
    say(
      "query",
      "withdrawn-ends-later",
      "end_date",
      end,
      `The person withdrew, and the end date ${on(end)} is after the return`,
      "Ask whether it is the planned end",
    );
}

const CORRECT = "Ask the provider, and correct the date that is wrong";

type Say = (kind: RemarkKind, code: string, column: string, found: number, message: string, advice: string) => void;

function checkAge(birth: number, recruited: number, say: Say): void {
  const years = Math.floor((recruited - birth) / DAYS_A_YEAR);
  if (recruited <= birth)
    say(
      "fault",
      "recruited-before-birth",
      "recruited",
      recruited,
      `Recruited on ${printDate(recruited)}, and born on ${printDate(birth)}`,
      CORRECT,
    );
  else if (years < YOUNGEST || years > OLDEST)
    say(
      "query",
      "age-unlikely",
      "birth_date",
      birth,
      `Born on ${printDate(birth)}, so aged ${years} when recruited`,
      "Ask whether the date of birth is right",
    );
}
