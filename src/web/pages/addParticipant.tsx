import { newId } from "#accounts";
import {
  addParticipant,
  type Candidate,
  type Cohort,
  type Decision,
  findSchool,
  freePlaces,
  listCohorts,
  type NewParticipant,
  type Participation,
  participantFaults,
} from "#programme";
import { formKey, once } from "../formKeys.ts";
import { Choice, DateField, ErrorSummary, Page, Submit, TextField } from "../layout.tsx";
import { notFound } from "../notFound.tsx";
import { type Form, formOf, type ProgrammeVisit } from "../route.ts";

import { fullName } from "./participations.ts";

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
      <DateField name="startsOn" label="Starts on" value={given.startsOn} fault={faults.startsOn} />
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
      <DateField name="birthDate" label="Birth date" value={given.birthDate} fault={faults.birthDate} />
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

export async function add(visit: ProgrammeVisit): Promise<Response> {
  const cohort = await cohortOf(visit);
  if (cohort === undefined) return notFound(visit);
  const urn = visit.c.req.query("urn") ?? "";
  const school = urn === "" ? undefined : await findSchool(visit.store.db, urn);
  const places = school === undefined ? [] : await freePlaces(visit.store.db, cohort, school.id);
  return visit.c.html(<AddPage visit={visit} cohort={cohort} key={formKey()} urn={urn} places={places} />);
}

export async function takeAdd(visit: ProgrammeVisit): Promise<Response> {
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
