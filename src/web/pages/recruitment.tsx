import type { Child } from "hono/jsx";
import { listAccounts, may, newId } from "#accounts";
import {
  type Cohort,
  contactsOf,
  declineReasons,
  findSchool,
  funnelOf,
  listCohorts,
  type NewContact,
  type PipelineEvent,
  REASONS,
  recordContact,
  type School,
  STAGES,
  type Stage,
  schoolName,
  schoolsById,
  standingsOf,
  undoContact,
  WAYS,
} from "#programme";
import { formKey, once } from "../formKeys.ts";
import { Choice, DateField, Done, ErrorSummary, Page, printDay, Submit, TableHead, TextArea } from "../layout.tsx";
import { notFound } from "../notFound.tsx";
import { formOf, type ProgrammeVisit, type Route } from "../route.ts";

const FEW = 10;

const counted = (schools: number): string => `${schools} school${schools === 1 ? "" : "s"}`;

/** A share in words: no percentage of a base below ten. */
function share(count: number, of: number): string {
  if (of === 0) return "nobody yet";
  return of < FEW ? `${count} of ${of}` : `${count} of ${of} (${Math.round((100 * count) / of)}%)`;
}

async function list(visit: ProgrammeVisit): Promise<Response> {
  const { programme, store, c } = visit;
  const cohorts = await listCohorts(store.db, programme.id);
  const cohort = cohorts.find(({ id }) => id === c.req.query("cohort")) ?? cohorts.at(-1);
  const root = `/p/${programme.shortName}`;
  const frame = (children: Child) => (
    <Page title="Recruitment" style={visit.style} account={visit.account} programme={programme} at="/recruitment">
      <h1 class="govuk-heading-l">{cohort === undefined ? "Recruitment" : `Recruitment, ${cohort.name}`}</h1>
      {children}
    </Page>
  );
  if (cohort === undefined)
    return c.html(frame(<p class="govuk-body">No cohorts yet. A manager adds the first one.</p>));
  const events = await contactsOf(store.db, cohort.id);
  const standings = standingsOf(events);
  const wanted = Object.hasOwn(STAGES, c.req.query("stage") ?? "") ? (c.req.query("stage") as Stage) : undefined;
  const shown = standings.filter(({ stage }) => wanted === undefined || stage === wanted);
  const schools = await schoolsById(
    store.db,
    shown.map(({ school }) => school),
  );
  const today = new Date().toISOString().slice(0, 10);
  const late = (day: string | undefined) => day !== undefined && day < today;
  const sorted = [...shown].sort((a, b) => ((a.nextContact ?? "9") < (b.nextContact ?? "9") ? -1 : 1));
  const reasons = [...declineReasons(events)];
  return c.html(
    frame(
      <>
        {cohorts.length < 2 ? null : (
          <p class="govuk-body">
            {cohorts.map((one) => (
              <>
                <a class="govuk-link" href={`${root}/recruitment?cohort=${one.id}`}>
                  {one.name}
                </a>{" "}
              </>
            ))}
          </p>
        )}
        <ul class="assay-figures govuk-body">
          {(Object.keys(STAGES) as Stage[]).map((stage) => (
            <li>
              <a class="govuk-link" href={`${root}/recruitment?cohort=${cohort.id}&stage=${stage}`}>
                <strong>{standings.filter((one) => one.stage === stage).length}</strong>
                {STAGES[stage]}
              </a>
            </li>
          ))}
        </ul>
        <p class="govuk-body">
          {wanted === undefined
            ? `${counted(standings.length)} in contact, ${standings.filter(({ nextContact }) => late(nextContact)).length} with a contact overdue.`
            : `${shown.length} of ${standings.length} schools stand at ${STAGES[wanted].toLowerCase()}.`}{" "}
          {wanted === undefined ? null : (
            <a class="govuk-link" href={`${root}/recruitment?cohort=${cohort.id}`}>
              Show all
            </a>
          )}
        </p>
        {sorted.length === 0 ? (
          <p class="govuk-body">
            {wanted === undefined
              ? "No school has been contacted yet. Find one under Schools and record a contact."
              : `No schools at this stage in ${cohort.name}.`}
          </p>
        ) : (
          <table class="govuk-table assay-cards">
            <TableHead labels={["School", "Stands at", "Since", "Next contact"]} />
            <tbody>
              {sorted.map(({ school, stage, since, nextContact }) => (
                <tr class="govuk-table__row">
                  <th scope="row" class="govuk-table__header">
                    <a class="govuk-link" href={`${root}/schools/${schools.get(school)?.urns[0]}`}>
                      {schoolName(schools.get(school)!)}
                    </a>
                  </th>
                  <td class="govuk-table__cell" data-label="Stands at">
                    {STAGES[stage]}
                  </td>
                  <td class="govuk-table__cell" data-label="Since">
                    {printDay(since)}
                  </td>
                  <td class="govuk-table__cell" data-label="Next contact">
                    {nextContact === undefined ? "None set" : printDay(nextContact)}
                    {late(nextContact) ? <strong class="govuk-tag govuk-tag--red"> overdue</strong> : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {events.length === 0 ? null : (
          <>
            <h2 class="govuk-heading-m">How far schools came</h2>
            <ul class="govuk-list govuk-list--bullet">
              {funnelOf(events).map(({ stage, schools: count, of }, place) => (
                <li>
                  {place === 0 ? `${count} approached or further` : `${STAGES[stage]} or further: ${share(count, of)}`}
                </li>
              ))}
            </ul>
            {reasons.length === 0 ? null : (
              <>
                <h2 class="govuk-heading-m">Why schools said no</h2>
                <p class="govuk-body">
                  {`${counted(standings.filter(({ stage }) => stage === "declined").length)} said no; one may give several reasons.`}
                </p>
                <ul class="govuk-list govuk-list--bullet">
                  {reasons.map(([reason, count]) => (
                    <li>{`${REASONS[reason]}: ${count}`}</li>
                  ))}
                </ul>
              </>
            )}
          </>
        )}
      </>,
    ),
  );
}

/** Where a school stands in every cohort, with its contacts, on its record. */
export async function pipelineOf(visit: ProgrammeVisit, school: School) {
  const { programme, store, c } = visit;
  const cohorts = await listCohorts(store.db, programme.id);
  const people = new Map((await listAccounts(store.db)).map(({ id, name }) => [id, name]));
  const mayRecord = may(visit.account.roles, "record a contact with a school", programme.id);
  const root = `/p/${programme.shortName}/schools/${school.urns[0]}`;
  const parts = await Promise.all(
    cohorts.map(async (cohort) => ({ cohort, events: await contactsOf(store.db, cohort.id, school.id) })),
  );
  const done = c.req.query("done");
  const justMade = parts.flatMap(({ events }) => events).find(({ id }) => id === c.req.query("event"));
  return (
    <>
      {done === "contact" && justMade !== undefined && justMade.undoneAt === undefined ? (
        <Done>
          <p class="govuk-notification-banner__heading">
            {`Contact of ${printDay(justMade.on)} recorded: ${STAGES[justMade.stage].toLowerCase()}.`}
          </p>
          <form method="post" action={`${root}/contacts/${justMade.id}/undo`}>
            <Submit secondary>Undo</Submit>
          </form>
        </Done>
      ) : null}
      {done === "undone" ? (
        <Done>
          <p class="govuk-notification-banner__heading">The contact was undone.</p>
        </Done>
      ) : null}
      <h2 class="govuk-heading-m">Recruitment</h2>
      {cohorts.length === 0 ? <p class="govuk-body">No cohorts yet.</p> : null}
      {parts.map(({ cohort, events }) => {
        const [standing] = standingsOf(events);
        return (
          <>
            <p class="govuk-body">
              <strong>{cohort.name}:</strong>{" "}
              {standing === undefined
                ? "not approached"
                : `${STAGES[standing.stage].toLowerCase()} since ${printDay(standing.since)}${standing.nextContact === undefined ? "" : `, next contact ${printDay(standing.nextContact)}`}`}
              {". "}
              {mayRecord ? (
                <a class="govuk-link" href={`${root}/contact?cohort=${cohort.id}`}>
                  Record a contact<span class="govuk-visually-hidden"> about {cohort.name}</span>
                </a>
              ) : null}
            </p>
            {events.length === 0 ? null : <History events={events} people={people} />}
          </>
        );
      })}
    </>
  );
}

const History = ({
  events,
  people,
}: {
  readonly events: readonly PipelineEvent[];
  readonly people: ReadonlyMap<string, string>;
}) => (
  <ul class="govuk-list govuk-list--bullet">
    {events.map((one) => (
      <li class={one.undoneAt === undefined ? "" : "assay-history__undone"}>
        {`${printDay(one.on)}, ${WAYS[one.how as keyof typeof WAYS]?.toLowerCase() ?? one.how}, ${people.get(one.by) ?? "somebody"}: ${STAGES[one.stage].toLowerCase()}`}
        {one.reasons.length === 0 ? "" : ` (${one.reasons.map((reason) => REASONS[reason].toLowerCase()).join(", ")})`}
        {one.note === "" ? "" : `. ${one.note}`}
        {one.undoneAt === undefined ? "" : " – undone"}
      </li>
    ))}
  </ul>
);

interface ContactProps {
  readonly visit: ProgrammeVisit;
  readonly school: School;
  readonly cohort: Cohort;
  readonly key: string;
  readonly given?: NewContact;
  readonly faults?: Readonly<Record<string, string>>;
}

const ContactPage = ({ visit, school, cohort, key, given, faults = {} }: ContactProps) => (
  <Page
    title={`Record a contact with ${schoolName(school)}`}
    style={visit.style}
    account={visit.account}
    programme={visit.programme}
    at="/schools"
    hasErrors={Object.keys(faults).length > 0}
  >
    <ErrorSummary faults={faults} />
    <span class="govuk-caption-l">{cohort.name}</span>
    <h1 class="govuk-heading-l">{`Record a contact with ${schoolName(school)}`}</h1>
    <form
      method="post"
      action={`/p/${visit.programme.shortName}/schools/${school.urns[0]}/contact?cohort=${cohort.id}`}
      novalidate
    >
      <input type="hidden" name="form-key" value={key} />
      <DateField
        name="on"
        label="Date of contact"
        value={given?.on ?? new Date().toISOString().slice(0, 10)}
        fault={faults.on}
      />
      <Choice name="how" legend="How" choices={WAYS} chosen={[given?.how ?? ""]} fault={faults.how} />
      <Choice
        name="stage"
        legend="Where the school stands now"
        hint="Signing happens on the agreement."
        choices={STAGES}
        chosen={[given?.stage ?? ""]}
        fault={faults.stage}
      />
      <Choice
        name="reasons"
        legend="If it said no, why"
        hint="Several may apply."
        choices={REASONS}
        chosen={given?.reasons ?? []}
        fault={faults.reasons}
        several
      />
      <TextArea name="note" label="What was said (optional)" value={given?.note ?? ""} fault={faults.note} />
      <DateField
        name="nextContact"
        label="Next contact (optional)"
        value={given?.nextContact ?? ""}
        fault={faults.nextContact}
      />
      <Submit>Record the contact</Submit>
    </form>
  </Page>
);

async function schoolAndCohort(visit: ProgrammeVisit) {
  const school = await findSchool(visit.store.db, visit.c.req.param("s") ?? "");
  const cohorts = await listCohorts(visit.store.db, visit.programme.id);
  const cohort = cohorts.find(({ id }) => id === visit.c.req.query("cohort"));
  return school === undefined || cohort === undefined ? undefined : { school, cohort };
}

async function contact(visit: ProgrammeVisit): Promise<Response> {
  const found = await schoolAndCohort(visit);
  if (found === undefined) return notFound(visit);
  return visit.c.html(<ContactPage visit={visit} {...found} key={formKey()} />);
}

async function takeContact(visit: ProgrammeVisit): Promise<Response> {
  const found = await schoolAndCohort(visit);
  if (found === undefined) return notFound(visit);
  const form = await formOf(visit.c);
  const given: NewContact = {
    stage: form.text("stage"),
    on: form.text("on"),
    how: form.text("how"),
    reasons: form.texts("reasons"),
    note: form.text("note"),
    nextContact: form.text("nextContact"),
  };
  const key = form.text("form-key");
  let faults: Readonly<Record<string, string>> = {};
  const location = await once(visit.store, { key, account: visit.account.id }, async () => {
    const id = newId();
    const about = { school: found.school.id, cohort: found.cohort, id };
    const answer = await recordContact(visit.store, visit.account.id, about, given);
    if ("made" in answer)
      return `/p/${visit.programme.shortName}/schools/${found.school.urns[0]}?done=contact&event=${id}`;
    faults = answer.faults;
    return undefined;
  });
  if (location !== undefined) return visit.c.redirect(location, 303);
  return visit.c.html(<ContactPage visit={visit} {...found} key={key} given={given} faults={faults} />, 422);
}

async function undo(visit: ProgrammeVisit): Promise<Response> {
  const { c, programme } = visit;
  const root = `/p/${programme.shortName}/schools/${c.req.param("s")}`;
  const why = await undoContact(visit.store, visit.account.id, c.req.param("id") ?? "");
  if (why === undefined) return c.redirect(`${root}?done=undone`, 303);
  return c.html(
    <Page title="Not undone" style={visit.style} account={visit.account} programme={programme} at="/schools">
      <h1 class="govuk-heading-l">The contact was not undone</h1>
      <p class="govuk-body">{why}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={root}>
          Back to the school
        </a>
      </p>
    </Page>,
    409,
  );
}

/** The pipeline: where schools stand, contacts with them, taking one back. */
export const recruitment: readonly Route[] = [
  { method: "get", path: "/p/:p/recruitment", needs: "read the pipeline", scope: "programme", answer: list },
  {
    method: "get",
    path: "/p/:p/schools/:s/contact",
    needs: "record a contact with a school",
    scope: "programme",
    answer: contact,
  },
  {
    method: "post",
    path: "/p/:p/schools/:s/contact",
    needs: "record a contact with a school",
    scope: "programme",
    answer: takeContact,
  },
  {
    method: "post",
    path: "/p/:p/schools/:s/contacts/:id/undo",
    needs: "record a contact with a school",
    scope: "programme",
    answer: undo,
  },
];
