import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { type Account, type Action, may } from "#accounts";
import type { Programme } from "#programme";

/** What every page is drawn with. */
export interface PageProps {
  readonly title: string;
  readonly style: string;
  readonly account?: Account | undefined;
  readonly programme?: Programme | undefined;
  /** The link of the navigation this page belongs to. */
  readonly at?: string;
  readonly hasErrors?: boolean;
  readonly children?: Child;
}

/** The frame of a page: skip link, header, navigation of the programme, one main part. */
export function Page({ title, style, account, programme, at, hasErrors = false, children }: PageProps) {
  const of = programme === undefined ? "" : ` – ${programme.name}`;
  return (
    <>
      {raw("<!DOCTYPE html>")}
      <html lang="en" class="govuk-template">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{`${hasErrors ? "Error: " : ""}${title}${of} – Assay`}</title>
          <link rel="stylesheet" href={style} />
          <link rel="icon" href="data:," />
        </head>
        <body class="govuk-template__body">
          <a href="#main" class="govuk-skip-link">
            Skip to main content
          </a>
          <header class="assay-header">
            <div class="govuk-width-container assay-header__row">
              <a href="/" class="assay-header__name govuk-body govuk-!-margin-bottom-0">
                Assay
              </a>
              {account === undefined ? null : (
                <span class="govuk-body-s govuk-!-margin-bottom-0">
                  <a href="/account">{account.name}</a>{" "}
                  <form method="post" action="/sign-out">
                    <button type="submit">Sign out</button>
                  </form>
                </span>
              )}
            </div>
          </header>
          {programme === undefined || account === undefined ? null : (
            <Navigation programme={programme} account={account} at={at ?? ""} />
          )}
          <div class="govuk-width-container">
            <main id="main" class="govuk-main-wrapper" tabindex={-1}>
              {children}
            </main>
          </div>
        </body>
      </html>
    </>
  );
}

interface NavigationProps {
  readonly programme: Programme;
  readonly account: Account;
  readonly at: string;
}

/** The pages of a programme that its reader may see. */
function Navigation({ programme, account, at }: NavigationProps) {
  const root = `/p/${programme.shortName}`;
  const all: readonly (readonly [path: string, words: string, needs: Action])[] = [
    ["", programme.name, "see a programme"],
    ["/schools", "Schools", "read schools"],
    ["/recruitment", "Recruitment", "read the pipeline"],
    ["/people", "People", "see participants' names"],
    ["/set-up", "Set up", "define a programme"],
  ];
  const links = all.filter(([, , needs]) => may(account.roles, needs, programme.id));
  return (
    <nav class="assay-nav" aria-label="Programme">
      <ul class="govuk-width-container govuk-body">
        {links.map(([path, words]) => (
          <li>
            <a class="govuk-link" href={`${root}${path}`} {...(at === path ? { "aria-current": "page" as const } : {})}>
              {words}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** What is wrong with a form, first on the page and focused, each with a link to its field. */
export function ErrorSummary({ faults }: { readonly faults: Readonly<Record<string, string>> }) {
  if (Object.keys(faults).length === 0) return null;
  return (
    <div class="govuk-error-summary" role="alert" tabindex={-1} autofocus>
      <h2 class="govuk-error-summary__title">There is a problem</h2>
      <div class="govuk-error-summary__body">
        <ul class="govuk-list govuk-error-summary__list">
          {Object.entries(faults).map(([field, words]) => (
            <li>
              <a href={`#${field}`}>{words}</a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly value?: string | undefined;
  readonly fault?: string | undefined;
  readonly type?: string;
  readonly autocomplete?: string;
  readonly width?: number;
}

/** One line of text, with its message beside it. What was typed stays. */
export function TextField({ name, label, hint, value = "", fault, type = "text", autocomplete, width }: FieldProps) {
  return (
    <div class={`govuk-form-group${fault === undefined ? "" : " govuk-form-group--error"}`}>
      <label class="govuk-label" for={name}>
        {label}
      </label>
      <Told name={name} hint={hint} fault={fault} />
      <input
        class={`govuk-input${fault === undefined ? "" : " govuk-input--error"}${width === undefined ? "" : ` govuk-input--width-${width}`}`}
        id={name}
        name={name}
        type={type}
        value={type === "password" ? "" : value}
        {...(autocomplete === undefined ? {} : { autocomplete })}
        {...describedBy(name, hint, fault)}
      />
    </div>
  );
}

/** A day, with its message beside it. */
export const DateField = (field: Omit<FieldProps, "type" | "autocomplete" | "width">) => (
  <TextField {...field} type="date" width={10} />
);

/** The head of a table: what each column holds. */
export const TableHead = ({ labels }: { readonly labels: readonly string[] }) => (
  <thead class="govuk-table__head">
    <tr>
      {labels.map((label) => (
        <th scope="col" class="govuk-table__header">
          {label}
        </th>
      ))}
    </tr>
  </thead>
);

/** Several lines of text. */
export function TextArea({ name, label, hint, value = "", fault }: FieldProps) {
  return (
    <div class={`govuk-form-group${fault === undefined ? "" : " govuk-form-group--error"}`}>
      <label class="govuk-label" for={name}>
        {label}
      </label>
      <Told name={name} hint={hint} fault={fault} />
      <textarea
        class={`govuk-textarea${fault === undefined ? "" : " govuk-textarea--error"}`}
        id={name}
        name={name}
        rows={4}
        {...describedBy(name, hint, fault)}
      >
        {value}
      </textarea>
    </div>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly legend: string;
  readonly hint?: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly chosen: readonly string[];
  readonly fault?: string | undefined;
  readonly several?: boolean;
}

/** One of several, or any of several. */
export function Choice({ name, legend, hint, choices, chosen, fault, several = false }: ChoiceProps) {
  const kind = several ? "checkboxes" : "radios";
  return (
    <div class={`govuk-form-group${fault === undefined ? "" : " govuk-form-group--error"}`}>
      <fieldset class="govuk-fieldset" {...describedBy(name, hint, fault)}>
        <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{legend}</legend>
        <Told name={name} hint={hint} fault={fault} />
        <div class={`govuk-${kind} govuk-${kind}--small`}>
          {Object.entries(choices).map(([value, words], place) => (
            <div class={`govuk-${kind}__item`}>
              <input
                class={`govuk-${kind}__input`}
                id={place === 0 ? name : `${name}-${value}`}
                name={name}
                type={several ? "checkbox" : "radio"}
                value={value}
                checked={chosen.includes(value)}
              />
              <label class={`govuk-label govuk-${kind}__label`} for={place === 0 ? name : `${name}-${value}`}>
                {words}
              </label>
            </div>
          ))}
        </div>
      </fieldset>
    </div>
  );
}

function Told({
  name,
  hint,
  fault,
}: {
  readonly name: string;
  readonly hint: string | undefined;
  readonly fault: string | undefined;
}) {
  return (
    <>
      {hint === undefined ? null : (
        <div id={`${name}-hint`} class="govuk-hint">
          {hint}
        </div>
      )}
      {fault === undefined ? null : (
        <p id={`${name}-error`} class="govuk-error-message">
          <span class="govuk-visually-hidden">Error:</span> {fault}
        </p>
      )}
    </>
  );
}

function describedBy(name: string, hint: string | undefined, fault: string | undefined) {
  const ids = [...(hint === undefined ? [] : [`${name}-hint`]), ...(fault === undefined ? [] : [`${name}-error`])];
  return ids.length === 0 ? {} : { "aria-describedby": ids.join(" ") };
}

/** A button that sends a form. */
export const Submit = ({
  children,
  secondary = false,
}: {
  readonly children?: Child;
  readonly secondary?: boolean;
}) => (
  <button type="submit" class={`govuk-button${secondary ? " govuk-button--secondary" : ""}`}>
    {children}
  </button>
);

/** What has just been done, at the head of the page it led to. */
export const Done = ({ children }: { readonly children?: Child }) => (
  <div class="govuk-notification-banner govuk-notification-banner--success" role="alert" aria-labelledby="done-title">
    <div class="govuk-notification-banner__header">
      <h2 class="govuk-notification-banner__title" id="done-title">
        Done
      </h2>
    </div>
    <div class="govuk-notification-banner__content">{children}</div>
  </div>
);

/** A day as people write it: Thursday 5 November 2026, or 5 Nov 2026 in tables. */
export function printDay(day: string, how: "long" | "short" = "short"): string {
  const date = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  const options: Intl.DateTimeFormatOptions =
    how === "long"
      ? { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }
      : { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat("en-GB", options).format(date).replace(",", "");
}

/** An instant as the clock showed it in London. */
export const printInstant = (instant: string): string =>
  new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Europe/London",
  })
    .format(new Date(instant))
    .replace(",", "");
