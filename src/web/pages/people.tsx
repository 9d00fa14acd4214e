import { may, newId } from "#accounts";
import {
  addParticipant,
  type Candidate,
  type Cohort,
  type Decision,
  endParticipation,
  findSchool,
  freePlaces,
  LEAVING_REASONS,
  listCohorts,
  type NewParticipant,
  type Participation,
  participantFaults,
  participationsOf,
  type School,
  STATUSES,
  type Status,
  schoolName,
  schoolsById,
  undoEnd,
} from "#programme";
import { formKey, once } from "../formKeys.ts";
import { Choice, Done, ErrorSummary, Page, printDay, Submit, TextField } from "../layout.tsx";
import { notFound } from "../notFound.tsx";
import { type Form, formOf, type ProgrammeVisit, type Route } from "../route.ts";

const fullName = ({ person }: Pick<Participation, "person">): string => `${person.givenName} ${person.familyName}`;

async function list(visit: ProgrammeVisit): Promise<Response> {
  const { programme, store, c } = visit;
  const cohorts = await listCohorts(store.db, programme.id);
  const cohort = cohorts.find(({ id }) => id === c.req.query("cohort")) ?? cohorts.at(-1);
  const root = `/p/${programme.shortName}`;
  if (cohort === undefined) {
    return c.html(
      <Page title="People" style={visit.style} account={visit.account} programme={programme} at="/people">
        <h1 class="govuk-heading-l">People</h1>
        <p class="govuk-body">No cohorts yet. A manager adds the first one.</p>
      </Page>,
    );
  }
  const all = await participationsOf(store.db, cohort);
  const wanted = Object.hasOwn(STATUSES, c.req.query("status") ?? "") ? (c.req.query("status") as Status) : undefined;
  const shown = all.filter(({ status }) => wanted === undefined || status === wanted);
  const schools = await schoolsById(store.db, [...new Set(shown.map(({ school }) => school))]);
  const people = new Set(all.map(({ person }) => person.id)).size;
  return c.html(
    <Page title="People" style={visit.style} account={visit.account} programme={programme} at="/people">
      <h1 class="govuk-heading-l">{`People, ${cohort.name}`}</h1>
      {cohorts.length < 2 ? null : (
        <p class="govuk-body">
          {cohorts.map((one) => (
            <>
              <a class="govuk-link" href={`${root}/people?cohort=${one.id}`}>
                {one.name}
              </a>{" "}
            </>
          ))}
        </p>
      )}
      {may(visit.account.roles, "add, end and replace participants", programme.id) ? (
        <p class="govuk-body">
          <a class="govuk-button govuk-button--secondary" href={`${root}/people/add?cohort=${cohort.id}`}>
            Add a participant
          </a>
        </p>
      ) : null}
      <ul class="assay-figures govuk-body">
        {(Object.keys(STATUSES) as Status[]).map((status) => {
          const count = all.filter((one) => one.status === status).length;
          return count === 0 ? null : (
            <li>
              <a class="govuk-link" href={`${root}/people?cohort=${cohort.id}&status=${status}`}>
                <strong>{count}</strong>
                {STATUSES[status]}
              </a>
            </li>
          );
        })}
      </ul>
      <p class="govuk-body">
        {all.length === 0
          ? `Nobody takes part in ${cohort.name} yet.`
          : wanted === undefined
            ? `${all.length} participation${all.length === 1 ? "" : "s"} of ${people} ${people === 1 ? "person" : "people"}, as at ${printDay(new Date().toISOString(), "long")}. Those who left are counted.`
            : `${shown.length} of ${all.length}: ${STATUSES[wanted].toLowerCase()}.`}{" "}
        {wanted === undefined ? null : (
          <a class="govuk-link" href={`${root}/people?cohort=${cohort.id}`}>
            Show all
          </a>
        )}
      </p>
      {shown.length === 0 ? null : (
        <table class="govuk-table assay-cards">
          <thead class="govuk-table__head">
            <tr>
              <th scope="col" class="govuk-table__header">
                Name
              </th>
              <th scope="col" class="govuk-table__header">
                School
              </th>
              <th scope="col" class="govuk-table__header">
                Job title
              </th>
              <th scope="col" class="govuk-table__header">
                Status
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <tr class="govuk-table__row">
                <th scope="row" class="govuk-table__header">
                  <a class="govuk-link" href={`${root}/people/${one.person.id}`}>
                    {fullName(one)}
                  </a>
                </th>
                <td class="govuk-table__cell" data-label="School">
                  {schoolName(schools.get(one.school)!)}
                </td>
                <td class="govuk-table__cell" data-label="Job title">
                  {one.jobTitle}
                </td>
                <td class="govuk-table__cell" data-label="Status">
                  {STATUSES[one.status]}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Page>,
  );
}

const EMPTY: NewParticipant = {
  givenName: "",
  familyName: "",
  email: "",
  phone: "",
  trn: "",
  birthDate: "",
  jobTitle: "",
  startsOn: "",
  replaces: "",
};
const FIELDS = Object.keys(EMPTY) as (keyof NewParticipant)[];

interface AddProps {
  readonly visit: ProgrammeVisit;
  readonly cohort: Cohort;
  readonly key: string;
  readonly urn?: string;
  readonly given?: NewParticipant;
  readonly places?: readonly Participation[];
  readonly faults?: Readonly<Record<string, string>>;
}

const AddPage = ({ visit, cohort, key, urn = "", given = EMPTY, places = [], faults = {} }: AddProps) => (
  <Page
    title="Add a participant"
    style={visit.style}
    account={visit.account}
    programme={visit.programme}
    at="/people"
    hasErrors={Object.keys(faults).length > 0}
  >
    <ErrorSummary faults={faults} />
    <span class="govuk-caption-l">{cohort.name}</span>
    <h1 class="govuk-heading-l">Add a participant</h1>
    <form method="post" action={`/p/${visit.programme.shortName}/people/add?cohort=${cohort.id}`} novalidate>
      <input type="hidden" name="form-key" value={key} />
      <TextField name="urn" label="URN of their school" value={urn} fault={faults.urn} width={10} />
      <TextField name="givenName" label="Given name" value={given.givenName} fault={faults.givenName} />
      <TextField name="familyName" label="Family name" value={given.familyName} fault={faults.familyName} />
      <TextField name="jobTitle" label="Job title, as it is written" value={given.jobTitle} fault={faults.jobTitle} />
      <TextField
        name="startsOn"
        label="Starts on"
        type="date"
        value={given.startsOn}
        fault={faults.startsOn}
        width={10}
      />
      {places.length === 0 ? null : (
        <Choice
          name="replaces"
          legend="Takes the place of (optional)"
          choices={{
            "": "Nobody",
            ...Object.fromEntries(places.map((one) => [one.id, `${fullName(one)}, who left`])),
          }}
          chosen={[given.replaces]}
          fault={faults.replaces}
        />
      )}
      <h2 class="govuk-heading-m">So that we know who they are</h2>
      <p class="govuk-body">Each helps to find them on record, and later in the census. All may be left empty.</p>
      <TextField name="trn" label="Teacher number" value={given.trn} fault={faults.trn} width={10} />
      <TextField
        name="birthDate"
        label="Birth date"
        type="date"
        value={given.birthDate}
        fault={faults.birthDate}
        width={10}
      />
      <TextField name="email" label="E-mail address" type="email" value={given.email} fault={faults.email} />
      <TextField name="phone" label="Phone" type="tel" value={given.phone} fault={faults.phone} width={20} />
      <Submit>Add them</Submit>
    </form>
  </Page>
);

interface DecideProps extends AddProps {
  readonly candidates: readonly Candidate[];
  readonly given: NewParticipant;
  readonly urn: string;
}

/** Somebody on record may be the one typed: nothing is written before somebody says. */
const DecidePage = ({ visit, cohort, key, urn, given, candidates, faults = {} }: DecideProps) => (
  <Page
    title="Is this the same person?"
    style={visit.style}
    account={visit.account}
    programme={visit.programme}
    at="/people"
    hasErrors={Object.keys(faults).length > 0}
  >
    <ErrorSummary faults={faults} />
    <span class="govuk-caption-l">{cohort.name}</span>
    <h1 class="govuk-heading-l">{`Is ${given.givenName} ${given.familyName} on record already?`}</h1>
    <p class="govuk-body">Nothing has been written yet.</p>
    <form method="post" action={`/p/${visit.programme.shortName}/people/add?cohort=${cohort.id}`} novalidate>
      <input type="hidden" name="form-key" value={key} />
      <input type="hidden" name="urn" value={urn} />
      <input type="hidden" name="asked" value="yes" />
      {FIELDS.map((field) => (
        <input type="hidden" name={field} value={given[field]} />
      ))}
      <Choice
        name="decision"
        legend="Who is it?"
        choices={{
          ...Object.fromEntries(
            candidates.map(({ person, why }) => [person.id, `${person.givenName} ${person.familyName}, with ${why}`]),
          ),
          new: "Somebody else, who is not on record",
        }}
        chosen={[]}
        fault={faults.decision}
      />
      <Submit>Go on</Submit>
    </form>
  </Page>
);

function participantOf(form: Form): NewParticipant {
  return Object.fromEntries(FIELDS.map((field) => [field, form.text(field)])) as unknown as NewParticipant;
}

async function cohortOf(visit: ProgrammeVisit): Promise<Cohort | undefined> {
  const cohorts = await listCohorts(visit.store.db, visit.programme.id);
  return cohorts.find(({ id }) => id === visit.c.req.query("cohort"));
}

async function add(visit: ProgrammeVisit): Promise<Response> {
  const cohort = await cohortOf(visit);
  if (cohort === undefined) return notFound(visit);
  const urn = visit.c.req.query("urn") ?? "";
  const school = urn === "" ? undefined : await findSchool(visit.store.db, urn);
  const places = school === undefined ? [] : await freePlaces(visit.store.db, cohort, school.id);
  return visit.c.html(<AddPage visit={visit} cohort={cohort} key={formKey()} urn={urn} places={places} />);
}

async function takeAdd(visit: ProgrammeVisit): Promise<Response> {
  const cohort = await cohortOf(visit);
  if (cohort === undefined) return notFound(visit);
  const form = await formOf(visit.c);
  const [given, urn, key] = [participantOf(form), form.text("urn").trim(), form.text("form-key")];
  const school = /^\d{6}$/.test(urn) ? await findSchool(visit.store.db, urn) : undefined;
  const places = school === undefined ? [] : await freePlaces(visit.store.db, cohort, school.id);
  if (school === undefined) {
    const faults = {
      urn: urn === "" ? "Enter the URN of their school" : `${urn} is not in the school register. Check the six digits`,
      ...participantFaults(given),
    };
    return visit.c.html(
      <AddPage visit={visit} cohort={cohort} key={key} urn={urn} given={given} faults={faults} />,
      422,
    );
  }
  const chosen = form.text("decision");
  const decision: Decision = chosen === "" ? "undecided" : chosen === "new" ? "new" : { person: chosen };
  let other: Response | undefined;
  const location = await once(visit.store, { key, account: visit.account.id }, async () => {
    const about = { cohort, school: school.id, decision, newId };
    const answer = await addParticipant(visit.store, visit.account.id, about, given);
    if ("made" in answer) return `/p/${visit.programme.shortName}/people/${answer.made}?done=added`;
    const props = { visit, cohort, key, urn, given, places };
    other = await visit.c.html(
      "faults" in answer ? (
        <AddPage {...props} faults={answer.faults} />
      ) : (
        <DecidePage
          {...props}
          candidates={answer.candidates}
          faults={form.text("asked") === "yes" ? { decision: "Choose who it is" } : {}}
        />
      ),
      422,
    );
    return undefined;
  });
  return location === undefined ? other! : visit.c.redirect(location, 303);
}

interface Found {
  readonly participation: Participation;
  readonly cohort: Cohort;
  readonly school: School;
}

/** What somebody takes part in, in the programme of the address, the latest cohort first. */
async function takenPartIn(visit: ProgrammeVisit): Promise<readonly Found[]> {
  const cohorts = await listCohorts(visit.store.db, visit.programme.id);
  const person = visit.c.req.param("id") ?? "";
  const found: Found[] = [];
  for (const cohort of [...cohorts].reverse()) {
    const own = await participationsOf(visit.store.db, cohort, { person });
    const schools = await schoolsById(
      visit.store.db,
      own.map(({ school }) => school),
    );
    found.push(...own.map((participation) => ({ participation, cohort, school: schools.get(participation.school)! })));
  }
  return found;
}

async function record(visit: ProgrammeVisit): Promise<Response> {
  const found = await takenPartIn(visit);
  const [first] = found;
  if (first === undefined) return notFound(visit);
  const { person } = first.participation;
  const { roles } = visit.account;
  const of = visit.programme.id;
  const root = `/p/${visit.programme.shortName}`;
  const recorded = (text: string) => (text === "" ? "Not recorded" : text);
  const rows: readonly (readonly [string, string])[] = [
    ...(may(roles, "see contact details", of)
      ? ([
          ["E-mail", recorded(person.email)],
          ["Phone", recorded(person.phone)],
        ] as const)
      : []),
    ...(may(roles, "see teacher numbers and birth dates", of)
      ? ([
          ["Teacher number", recorded(person.trn)],
          ["Birth date", person.birthDate === "" ? "Not recorded" : printDay(person.birthDate)],
        ] as const)
      : []),
  ];
  const mayEnd = may(roles, "add, end and replace participants", of);
  const done = visit.c.req.query("done");
  const said = { added: "was added", left: "leaves the programme", back: "stays in the programme" }[done ?? ""];
  return visit.c.html(
    <Page
      title={fullName(first.participation)}
      style={visit.style}
      account={visit.account}
      programme={visit.programme}
      at="/people"
    >
      {said === undefined ? null : (
        <Done>
          <p class="govuk-notification-banner__heading">{`${fullName(first.participation)} ${said}.`}</p>
        </Done>
      )}
      <h1 class="govuk-heading-l">{fullName(first.participation)}</h1>
      {rows.length === 0 ? null : (
        <dl class="govuk-summary-list">
          {rows.map(([term, value]) => (
            <div class="govuk-summary-list__row">
              <dt class="govuk-summary-list__key">{term}</dt>
              <dd class="govuk-summary-list__value">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {found.map(({ participation, cohort, school }) => (
        <>
          <h2 class="govuk-heading-m">{cohort.name}</h2>
          <p class="govuk-body">
            {`${STATUSES[participation.status]}. ${participation.jobTitle} at `}
            <a class="govuk-link" href={`${root}/schools/${school.urns[0]}`}>
              {schoolName(school)}
            </a>
            {`, from ${printDay(participation.startsOn)}`}
            {participation.end === undefined
              ? "."
              : ` until ${printDay(participation.end.on)} (${LEAVING_REASONS[participation.end.reason].toLowerCase()}).`}
          </p>
          {!mayEnd ? null : participation.end === undefined ? (
            <p class="govuk-body">
              <a class="govuk-link" href={`${root}/people/${person.id}/leaving?of=${participation.id}`}>
                {`${person.givenName} is leaving`}
                <span class="govuk-visually-hidden"> {cohort.name}</span>
              </a>
            </p>
          ) : (
            <>
              <p class="govuk-body">
                <a class="govuk-link" href={`${root}/people/add?cohort=${cohort.id}&urn=${school.urns[0]}`}>
                  Add who takes their place
                </a>
              </p>
              <form method="post" action={`${root}/people/${person.id}/staying?of=${participation.id}`}>
                <Submit secondary>Undo: they stay</Submit>
              </form>
            </>
          )}
        </>
      ))}
    </Page>,
  );
}

interface LeavingProps {
  readonly visit: ProgrammeVisit;
  readonly found: Found;
  readonly key: string;
  readonly given?: { readonly endsOn: string; readonly reason: string };
  readonly faults?: Readonly<Record<string, string>>;
}

const LeavingPage = ({ visit, found, key, given, faults = {} }: LeavingProps) => (
  <Page
    title={`${fullName(found.participation)} is leaving`}
    style={visit.style}
    account={visit.account}
    programme={visit.programme}
    at="/people"
    hasErrors={Object.keys(faults).length > 0}
  >
    <ErrorSummary faults={faults} />
    <span class="govuk-caption-l">{found.cohort.name}</span>
    <h1 class="govuk-heading-l">{`${fullName(found.participation)} is leaving`}</h1>
    <form
      method="post"
      action={`/p/${visit.programme.shortName}/people/${found.participation.person.id}/leaving?of=${found.participation.id}`}
      novalidate
    >
      <input type="hidden" name="form-key" value={key} />
      <TextField
        name="endsOn"
        label="Their last day in the programme"
        type="date"
        value={given?.endsOn ?? ""}
        fault={faults.endsOn}
        width={10}
      />
      <Choice
        name="reason"
        legend="Why"
        choices={LEAVING_REASONS}
        chosen={[given?.reason ?? ""]}
        fault={faults.reason}
      />
      <Submit>Record it</Submit>
    </form>
  </Page>
);

async function foundOf(visit: ProgrammeVisit): Promise<Found | undefined> {
  return (await takenPartIn(visit)).find(({ participation }) => participation.id === visit.c.req.query("of"));
}

async function leaving(visit: ProgrammeVisit): Promise<Response> {
  const found = await foundOf(visit);
  return found === undefined
    ? notFound(visit)
    : visit.c.html(<LeavingPage visit={visit} found={found} key={formKey()} />);
}

async function takeLeaving(visit: ProgrammeVisit): Promise<Response> {
  const found = await foundOf(visit);
  if (found === undefined) return notFound(visit);
  const form = await formOf(visit.c);
  const given = { endsOn: form.text("endsOn"), reason: form.text("reason") };
  const key = form.text("form-key");
  let faults: Readonly<Record<string, string>> = {};
  const location = await once(visit.store, { key, account: visit.account.id }, async () => {
    const about = { participation: found.participation, id: newId() };
    const answer = await endParticipation(visit.store, visit.account.id, about, given);
    if ("made" in answer) return `/p/${visit.programme.shortName}/people/${found.participation.person.id}?done=left`;
    faults = answer.faults;
    return undefined;
  });
  if (location !== undefined) return visit.c.redirect(location, 303);
  return visit.c.html(<LeavingPage visit={visit} found={found} key={key} given={given} faults={faults} />, 422);
}

async function staying(visit: ProgrammeVisit): Promise<Response> {
  const found = await foundOf(visit);
  if (found === undefined) return notFound(visit);
  const root = `/p/${visit.programme.shortName}/people/${found.participation.person.id}`;
  const why = await undoEnd(visit.store, visit.account.id, found.participation);
  if (why === undefined) return visit.c.redirect(`${root}?done=back`, 303);
  return visit.c.html(
    <Page title="Not undone" style={visit.style} account={visit.account} programme={visit.programme} at="/people">
      <h1 class="govuk-heading-l">That was not undone</h1>
      <p class="govuk-body">{why}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={root}>
          {`Back to ${fullName(found.participation)}`}
        </a>
      </p>
    </Page>,
    409,
  );
}

/** People in a cohort: who they are, adding one, leaving, taking that back. */
export const people: readonly Route[] = [
  { method: "get", path: "/p/:p/people", needs: "see participants' names", scope: "programme", answer: list },
  {
    method: "get",
    path: "/p/:p/people/add",
    needs: "add, end and replace participants",
    scope: "programme",
    answer: add,
  },
  {
    method: "post",
    path: "/p/:p/people/add",
    needs: "add, end and replace participants",
    scope: "programme",
    answer: takeAdd,
  },
  { method: "get", path: "/p/:p/people/:id", needs: "see participants' names", scope: "programme", answer: record },
  {
    method: "get",
    path: "/p/:p/people/:id/leaving",
    needs: "add, end and replace participants",
    scope: "programme",
    answer: leaving,
  },
  {
    method: "post",
    path: "/p/:p/people/:id/leaving",
    needs: "add, end and replace participants",
    scope: "programme",
    answer: takeLeaving,
  },
  {
    method: "post",
    path: "/p/:p/people/:id/staying",
    needs: "add, end and replace participants",
    scope: "programme",
    answer: staying,
  },
];
