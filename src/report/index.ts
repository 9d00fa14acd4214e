export type {
  ChoiceBy,
  PrintedAmendment,
  PrintedChoice,
  PrintedSource,
  Publication,
  Result,
  Section,
  Standing,
} from "./publication.ts";
export { writeCsv } from "./writeCsv.ts";
export { type Registered, writeHtml } from "./writeHtml.ts";
export { type ReturnPage, writeReturnHtml } from "./writeReturnHtml.ts";
