import { invite, listAccounts, newId, ROLES, type Role } from "#accounts";
import { addCohort, listCohorts, type NewCohort } from "#programme";
import { formKey, once } from "../formKeys.ts";
import { Choice, DateField, ErrorSummary, Page, printDay, Submit, TextField } from "../layout.tsx";
import { formOf, type ProgrammeVisit, type Route, type SignedVisit } from "../route.ts";

/** Roles a manager gives in their own programme: not their own kind of reach over everything. */
const GIVEN: readonly Role[] = [
  "manager",
  "recruiter",
  "partner",
  "lead",
  "head",
  "participant",
  "finance",
  "evaluator",
  "commissioner",
  "surveyManager",
  "dataManager",
];
const CHOICES = Object.fromEntries(GIVEN.map((role) => [role, ROLES[role]]));

const NO_COHORT: NewCohort = { name: "", recruitFrom: "", recruitUntil: "", deliveryFrom: "", deliveryUntil: "" };

interface SetUpProps {
  readonly visit: ProgrammeVisit;
  readonly key: string;
  readonly cohort?: NewCohort;
  readonly faults?: Readonly<Record<string, string>>;
}

async function setUp({ visit, key, cohort = NO_COHORT, faults = {} }: SetUpProps) {
  const { programme, store } = visit;
  const cohorts = await listCohorts(store.db, programme.id);
  const people = await listAccounts(store.db, programme.id);
  const root = `/p/${programme.shortName}/set-up`;
  return (
    <Page
      title="Set up"
      style={visit.style}
      account={visit.account}
      programme={programme}
      at="/set-up"
      hasErrors={Object.keys(faults).length > 0}
    >
      <ErrorSummary faults={faults} />
      <h1 class="govuk-heading-l">Set up</h1>
      <h2 class="govuk-heading-m">Cohorts</h2>
      {cohorts.length === 0 ? <p class="govuk-body">No cohorts yet.</p> : null}
      <ul class="govuk-list govuk-list--bullet">
        {cohorts.map((one) => (
          <li>
            {one.name}: recruiting {printDay(one.recruitFrom)} to {printDay(one.recruitUntil)}, delivery{" "}
            {printDay(one.deliveryFrom)} to {printDay(one.deliveryUntil)}
          </li>
        ))}
      </ul>
      <form method="post" action={`${root}/cohorts`} novalidate>
        <input type="hidden" name="form-key" value={key} />
        <h3 class="govuk-heading-s">Add a cohort</h3>
        <TextField name="name" label="Name, like Cohort 3" value={cohort.name} fault={faults.name} />
        <DateField name="recruitFrom" label="Recruiting begins" value={cohort.recruitFrom} fault={faults.recruitFrom} />
        <DateField
          name="recruitUntil"
          label="Recruiting ends"
          value={cohort.recruitUntil}
          fault={faults.recruitUntil}
        />
        <DateField
          name="deliveryFrom"
          label="Delivery begins"
          value={cohort.deliveryFrom}
          fault={faults.deliveryFrom}
        />
        <DateField
          name="deliveryUntil"
          label="Delivery ends"
          value={cohort.deliveryUntil}
          fault={faults.deliveryUntil}
        />
        <Submit>Add the cohort</Submit>
      </form>
      <h2 class="govuk-heading-m">People who sign in</h2>
      <ul class="govuk-list govuk-list--bullet">
        {people.map((one) => (
          <li>
            {one.name}:{" "}
            {one.roles
              .filter(({ programme: of }) => of === programme.id)
              .map(({ role }) => ROLES[role].toLowerCase())
              .join(", ")}
          </li>
        ))}
      </ul>
      <p class="govuk-body">
        <a class="govuk-link" href={`${root}/invite`}>
          Invite somebody
        </a>
      </p>
    </Page>
  );
}

async function takeCohort(visit: ProgrammeVisit): Promise<Response> {
  const form = await formOf(visit.c);
  const given: NewCohort = {
    name: form.text("name"),
    recruitFrom: form.text("recruitFrom"),
    recruitUntil: form.text("recruitUntil"),
    deliveryFrom: form.text("deliveryFrom"),
    deliveryUntil: form.text("deliveryUntil"),
  };
  const key = form.text("form-key");
  let faults: Readonly<Record<string, string>> = {};
  const location = await once(visit.store, { key, account: visit.account.id }, async () => {
    const answer = await addCohort(visit.store, visit.account.id, visit.programme.id, newId(), given);
    if ("made" in answer) return `/p/${visit.programme.shortName}/set-up`;
    faults = answer.faults;
    return undefined;
  });
  if (location !== undefined) return visit.c.redirect(location, 303);
  return visit.c.html(await setUp({ visit, key, cohort: given, faults }), 422);
}

interface InviteProps {
  readonly visit: SignedVisit;
  readonly action: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly given?: { readonly email: string; readonly role: string };
  readonly faults?: Readonly<Record<string, string>>;
  readonly programme?: ProgrammeVisit["programme"];
}

const NOBODY = { email: "", role: "" };

/** Asks whom to invite into which role. */
const InvitePage = ({ visit, action, choices, given = NOBODY, faults = {}, programme }: InviteProps) => (
  <Page
    title="Invite somebody"
    style={visit.style}
    account={visit.account}
    programme={programme}
    at="/set-up"
    hasErrors={Object.keys(faults).length > 0}
  >
    <ErrorSummary faults={faults} />
    <h1 class="govuk-heading-l">Invite somebody</h1>
    <form method="post" action={action} novalidate>
      <TextField name="email" label="Their e-mail address" type="email" value={given.email} fault={faults.email} />
      <Choice name="role" legend="Their role" choices={choices} chosen={[given.role]} fault={faults.role} />
      <Submit>Make the invitation</Submit>
    </form>
  </Page>
);

/** Makes the invitation and shows its link, which is to be handed over. */
async function takeInvite(
  visit: SignedVisit,
  choices: Readonly<Record<string, string>>,
  programme?: ProgrammeVisit["programme"],
): Promise<Response> {
  const form = await formOf(visit.c);
  const given = { email: form.text("email").trim(), role: form.text("role") };
  const faults = {
    ...(!/^\S+@\S+$/.test(given.email) && { email: "Enter their e-mail address, like name@example.org" }),
    ...(!Object.hasOwn(choices, given.role) && { role: "Choose their role" }),
  };
  const action = new URL(visit.c.req.url).pathname;
  if (Object.keys(faults).length > 0) {
    const page = (
      <InvitePage
        visit={visit}
        action={action}
        choices={choices}
        given={given}
        faults={faults}
        {...(programme !== undefined && { programme })}
      />
    );
    return visit.c.html(page, 422);
  }
  const code = await invite(visit.store, visit.account.id, {
    email: given.email,
    role: given.role as Role,
    programme: programme?.id,
  });
  const link = `${new URL(visit.c.req.url).origin}/invitation/${code}`;
  return visit.c.html(
    <Page title="Invitation made" style={visit.style} account={visit.account} programme={programme} at="/set-up">
      <div class="govuk-panel govuk-panel--confirmation">
        <h1 class="govuk-panel__title">Invitation made</h1>
      </div>
      <p class="govuk-body">Send this link to {given.email}. It works once, for 7 days, and is shown only now.</p>
      <p class="govuk-body assay-scroll">
        <code>{link}</code>
      </p>
    </Page>,
  );
}

/** Defining a programme: cohorts, and who works in it. Administrators invite other administrators. */
export const settingUp: readonly Route[] = [
  {
    method: "get",
    path: "/p/:p/set-up",
    needs: "define a programme",
    scope: "programme",
    answer: async (visit) => visit.c.html(await setUp({ visit, key: formKey() })),
  },
  { method: "post", path: "/p/:p/set-up/cohorts", needs: "define a programme", scope: "programme", answer: takeCohort },
  {
    method: "get",
    path: "/p/:p/set-up/invite",
    needs: "invite, end and give roles",
    scope: "programme",
    answer: (visit) =>
      visit.c.html(
        <InvitePage
          visit={visit}
          action={`/p/${visit.programme.shortName}/set-up/invite`}
          choices={CHOICES}
          programme={visit.programme}
        />,
      ),
  },
  {
    method: "post",
    path: "/p/:p/set-up/invite",
    needs: "invite, end and give roles",
    scope: "programme",
    answer: (visit) => takeInvite(visit, CHOICES, visit.programme),
  },
  {
    method: "get",
    path: "/admin/invite",
    needs: "invite administrators",
    scope: "anywhere",
    answer: (visit) =>
      visit.c.html(
        <InvitePage visit={visit} action="/admin/invite" choices={{ administrator: ROLES.administrator }} />,
      ),
  },
  {
    method: "post",
    path: "/admin/invite",
    needs: "invite administrators",
    scope: "anywhere",
    answer: (visit) => takeInvite(visit, { administrator: ROLES.administrator }),
  },
];
