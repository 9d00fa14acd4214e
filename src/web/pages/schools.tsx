import { may, newId } from "#accounts";
import {
  type FactField,
  findSchool,
  isDay,
  previewRegister,
  type RegisterRow,
  schoolName,
  searchSchools,
  takeRegister,
} from "#programme";
import { formKey, once } from "../formKeys.ts";
import { DateField, Done, ErrorSummary, Page, printDay, Submit, TableHead, TextField } from "../layout.tsx";
import { notFound } from "../notFound.tsx";
import { formOf, type ProgrammeVisit, type Route } from "../route.ts";
import { pipelineOf } from "./recruitment.tsx";

const PAGE = 50;
const LARGEST_MB = 20;
/** Rows of each fate a preview lists; their number is always told. */
const SHOWN = 100;

const FACTS: Readonly<Record<FactField, string>> = {
  name: "Name",
  phase: "Phase",
  type: "Type",
  authority: "Local authority",
  district: "District",
  region: "Region",
  postcode: "Postcode",
  status: "Status",
};

async function list(visit: ProgrammeVisit): Promise<Response> {
  const { programme, store, c } = visit;
  const words = c.req.query("q") ?? "";
  const page = Math.max(1, Math.floor(Number(c.req.query("page") ?? 1)) || 1);
  const { schools, count } = await searchSchools(store.db, { words, page, size: PAGE });
  const root = `/p/${programme.shortName}/schools`;
  const mayBring = may(visit.account.roles, "bring in the school register", programme.id);
  const query = (to: number) => `${root}?q=${encodeURIComponent(words)}&page=${to}`;
  return c.html(
    <Page title="Schools" style={visit.style} account={visit.account} programme={programme} at="/schools">
      {c.req.query("done") === "register" ? (
        <Done>
          <p class="govuk-notification-banner__heading">
            {Number(c.req.query("added") ?? 0).toLocaleString("en-GB")} schools added,{" "}
            {Number(c.req.query("changed") ?? 0).toLocaleString("en-GB")} changed.
          </p>
        </Done>
      ) : null}
      <h1 class="govuk-heading-l">Schools</h1>
      <form method="get" action={root}>
        <TextField name="q" label="Name or URN" value={words} width={20} />
        <Submit secondary>Find</Submit>
      </form>
      {mayBring ? (
        <p class="govuk-body">
          <a class="govuk-link" href={`${root}/register`}>
            Bring in the school register
          </a>
        </p>
      ) : null}
      <p class="govuk-body">
        {count === 0
          ? words === ""
            ? "No schools yet. Bring in the school register first."
            : "No school has that in its name or as its URN."
          : `${count.toLocaleString("en-GB")} school${count === 1 ? "" : "s"}${words === "" ? " in the register" : ` with “${words}”`}.`}
      </p>
      {count === 0 ? null : (
        <table class="govuk-table assay-cards">
          <TableHead labels={["School", "URN", "Phase", "Local authority"]} />
          <tbody>
            {schools.map((school) => (
              <tr class="govuk-table__row">
                <th scope="row" class="govuk-table__header">
                  <a class="govuk-link" href={`${root}/${school.urns[0]}`}>
                    {schoolName(school)}
                  </a>
                </th>
                <td class="govuk-table__cell" data-label="URN">
                  {school.urns[0]}
                </td>
                <td class="govuk-table__cell" data-label="Phase">
                  {school.facts.phase?.value ?? "Not recorded"}
                </td>
                <td class="govuk-table__cell" data-label="Local authority">
                  {school.facts.authority?.value ?? "Not recorded"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p class="govuk-body">
        {page > 1 ? (
          <a class="govuk-link" href={query(page - 1)}>
            Previous page
          </a>
        ) : null}{" "}
        {page * PAGE < count ? (
          <a class="govuk-link" href={query(page + 1)}>
            Next page
          </a>
        ) : null}
      </p>
    </Page>,
  );
}

async function record(visit: ProgrammeVisit): Promise<Response> {
  const { programme, store, c } = visit;
  const urn = c.req.param("s") ?? "";
  const school = await findSchool(store.db, urn);
  if (school === undefined) return notFound(visit);
  const isOld = school.urns[0] !== urn;
  return c.html(
    <Page title={schoolName(school)} style={visit.style} account={visit.account} programme={programme} at="/schools">
      {isOld ? (
        <div class="govuk-inset-text">{`${urn} is now ${school.urns[0]}. This is the current record.`}</div>
      ) : null}
      <span class="govuk-caption-l">{`URN ${school.urns[0]}`}</span>
      <h1 class="govuk-heading-l">{schoolName(school)}</h1>
      {may(visit.account.roles, "read the pipeline", programme.id) ? await pipelineOf(visit, school) : null}
      <h2 class="govuk-heading-m">From the register</h2>
      <dl class="govuk-summary-list">
        {(Object.keys(FACTS) as FactField[]).map((field) => {
          const fact = school.facts[field];
          return (
            <div class="govuk-summary-list__row">
              <dt class="govuk-summary-list__key">{FACTS[field]}</dt>
              <dd class="govuk-summary-list__value">
                {fact === undefined ? "Not recorded" : fact.value}
                {fact === undefined ? null : (
                  <span class="govuk-hint govuk-!-margin-bottom-0 assay-source">{`register of ${printDay(fact.trueFrom)}`}</span>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </Page>,
  );
}

interface UploadProps {
  readonly visit: ProgrammeVisit;
  readonly asAt?: string;
  readonly faults?: Readonly<Record<string, string>>;
}

const UploadPage = ({ visit, asAt = "", faults = {} }: UploadProps) => (
  <Page
    title="Bring in the school register"
    style={visit.style}
    account={visit.account}
    programme={visit.programme}
    at="/schools"
    hasErrors={Object.keys(faults).length > 0}
  >
    <ErrorSummary faults={faults} />
    <h1 class="govuk-heading-l">Bring in the school register</h1>
    <p class="govuk-body">
      The file of all establishments of the public register, saved as CSV. You see what it would change before anything
      is written, and old values are kept.
    </p>
    <form
      method="post"
      action={`/p/${visit.programme.shortName}/schools/register`}
      enctype="multipart/form-data"
      novalidate
    >
      <DateField name="asAt" label="The day the file describes" value={asAt} fault={faults.asAt} />
      <div class={`govuk-form-group${faults.file === undefined ? "" : " govuk-form-group--error"}`}>
        <label class="govuk-label" for="file">
          The file
        </label>
        {faults.file === undefined ? null : (
          <p id="file-error" class="govuk-error-message">
            <span class="govuk-visually-hidden">Error:</span> {faults.file}
          </p>
        )}
        <input
          class="govuk-file-upload"
          type="file"
          id="file"
          name="file"
          accept=".csv,text/csv"
          {...(faults.file === undefined ? {} : { "aria-describedby": "file-error" })}
        />
      </div>
      <Submit>See what will happen</Submit>
    </form>
  </Page>
);

async function upload(visit: ProgrammeVisit): Promise<Response> {
  const form = await formOf(visit.c);
  const file = form.file("file");
  const asAt = form.text("asAt");
  const today = new Date().toISOString().slice(0, 10);
  const faults: Record<string, string> = {
    ...((!isDay(asAt) || asAt > today) && { asAt: "Enter the day the file describes, today or in the past" }),
    ...(file === undefined && { file: "Choose the file of the register" }),
    ...(file !== undefined &&
      file.size > LARGEST_MB * 1e6 && {
        file: `The file is ${Math.ceil(file.size / 1e6)} MB. The largest we take is ${LARGEST_MB} MB`,
      }),
  };
  const again = (all: Readonly<Record<string, string>>) =>
    visit.c.html(<UploadPage visit={visit} asAt={asAt} faults={all} />, 422);
  if (Object.keys(faults).length > 0 || file === undefined) return again(faults);
  const bytes = Buffer.from(await file.arrayBuffer());
  const text = textOf(bytes);
  if (text === undefined)
    return again({ file: "The file is no text: a spreadsheet or an archive. Save the sheet as CSV" });
  const seen = await previewRegister(visit.store.db, text);
  if (seen.state === "not a register") return again({ file: seen.says });
  const id = newId();
  await visit.store.db
    .insertInto("upload")
    .values({
      id,
      account: visit.account.id,
      kind: "register",
      name: `${asAt} ${file.name.slice(0, 120)}`,
      text,
      at: new Date().toISOString(),
    })
    .execute();
  return visit.c.redirect(`/p/${visit.programme.shortName}/schools/register/${id}`, 303);
}

/** The text of a file in UTF-8, or as the public register is written, in Windows-1252; undefined where it is none. */
function textOf(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

async function uploadOf(visit: ProgrammeVisit) {
  const row = await visit.store.db
    .selectFrom("upload")
    .selectAll()
    .where("id", "=", visit.c.req.param("id") ?? "")
    .where("account", "=", visit.account.id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { id: row.id, asAt: row.name.slice(0, 10), file: row.name.slice(11), text: row.text };
}

const FATES: Readonly<Record<RegisterRow["fate"], string>> = {
  unreadable: "cannot be read and will be left out",
  changed: "will change",
  new: "will be added",
  same: "are the same",
};

async function preview(visit: ProgrammeVisit): Promise<Response> {
  const found = await uploadOf(visit);
  if (found === undefined) return notFound(visit);
  const seen = await previewRegister(visit.store.db, found.text);
  if (seen.state === "not a register") return notFound(visit);
  const of = (fate: RegisterRow["fate"]) => seen.rows.filter((row) => row.fate === fate);
  const writes = of("new").length + of("changed").length;
  return visit.c.html(
    <Page
      title="Check what will happen"
      style={visit.style}
      account={visit.account}
      programme={visit.programme}
      at="/schools"
    >
      <h1 class="govuk-heading-l">Check what will happen</h1>
      <p class="govuk-body">
        {`${found.file}, ${seen.rows.length.toLocaleString("en-GB")} rows, register of ${printDay(found.asAt)}. Nothing has been written yet.`}
      </p>
      <ul class="assay-figures govuk-body">
        {(Object.keys(FATES) as RegisterRow["fate"][]).map((fate) => (
          <li>
            <strong>{of(fate).length.toLocaleString("en-GB")}</strong> {FATES[fate]}
          </li>
        ))}
      </ul>
      {writes === 0 ? (
        <p class="govuk-body">There is nothing to bring in.</p>
      ) : (
        <form method="post" action={`/p/${visit.programme.shortName}/schools/register/${found.id}`}>
          <input type="hidden" name="form-key" value={formKey()} />
          <Submit>{`Bring in ${writes.toLocaleString("en-GB")} row${writes === 1 ? "" : "s"}`}</Submit>
        </form>
      )}
      {(["unreadable", "changed", "new"] as const).map((fate) =>
        of(fate).length === 0 ? null : (
          <>
            <h2 class="govuk-heading-m">{`${of(fate).length.toLocaleString("en-GB")} ${FATES[fate]}`}</h2>
            <table class="govuk-table assay-cards">
              <TableHead labels={["Line", "School", "What"]} />
              <tbody>
                {of(fate)
                  .slice(0, SHOWN)
                  .map((row) => (
                    <tr class="govuk-table__row">
                      <td class="govuk-table__cell" data-label="Line">
                        {row.line}
                      </td>
                      <th scope="row" class="govuk-table__header">{`${row.values.name} ${row.urn}`}</th>
                      <td class="govuk-table__cell" data-label="What">
                        {row.says}
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
            {of(fate).length > SHOWN ? <p class="govuk-body">{`The first ${SHOWN} are shown.`}</p> : null}
          </>
        ),
      )}
    </Page>,
  );
}

async function bringIn(visit: ProgrammeVisit): Promise<Response> {
  const form = await formOf(visit.c);
  const key = form.text("form-key");
  const location = await once(visit.store, { key, account: visit.account.id }, async () => {
    const found = await uploadOf(visit);
    if (found === undefined) return undefined;
    const { added, changed } = await takeRegister(visit.store, visit.account.id, {
      text: found.text,
      file: found.file,
      asAt: found.asAt,
      newId,
    });
    await visit.store.db.deleteFrom("upload").where("id", "=", found.id).execute();
    return `/p/${visit.programme.shortName}/schools?done=register&added=${added}&changed=${changed}`;
  });
  return location === undefined ? notFound(visit) : visit.c.redirect(location, 303);
}

/** Schools of the register: finding one, its record, and bringing in a new register file. */
export const schools: readonly Route[] = [
  { method: "get", path: "/p/:p/schools", needs: "read schools", scope: "programme", answer: list },
  {
    method: "get",
    path: "/p/:p/schools/register",
    needs: "bring in the school register",
    scope: "programme",
    answer: (visit) => visit.c.html(<UploadPage visit={visit} />),
  },
  {
    method: "post",
    path: "/p/:p/schools/register",
    needs: "bring in the school register",
    scope: "programme",
    answer: upload,
  },
  {
    method: "get",
    path: "/p/:p/schools/register/:id",
    needs: "bring in the school register",
    scope: "programme",
    answer: preview,
  },
  {
    method: "post",
    path: "/p/:p/schools/register/:id",
    needs: "bring in the school register",
    scope: "programme",
    answer: bringIn,
  },
  { method: "get", path: "/p/:p/schools/:s", needs: "read schools", scope: "programme", answer: record },
];
