import { grantRole, may, newId, ROLES } from "#accounts";
import { contactsOf, listCohorts, listProgrammes, standingsOf, startProgramme } from "#programme";
import { formKey, once } from "../formKeys.ts";
import { Done, ErrorSummary, Page, printDay, Submit, TextArea, TextField } from "../layout.tsx";
import { formOf, type ProgrammeVisit, type Route, type SignedVisit } from "../route.ts";

async function thisWeek(visit: SignedVisit): Promise<Response> {
  const { account, store } = visit;
  const programmes = (await listProgrammes(store.db)).filter(({ id }) => may(account.roles, "see a programme", id));
  const today = new Date().toISOString().slice(0, 10);
  return visit.c.html(
    <Page title="This week" style={visit.style} account={account}>
      <h1 class="govuk-heading-l">This week</h1>
      <p class="govuk-body">{printDay(today, "long")}</p>
      {programmes.length === 0 ? (
        <p class="govuk-body">Nothing needs you this week. You are in no programme yet.</p>
      ) : (
        <>
          <h2 class="govuk-heading-m">Your programmes</h2>
          <ul class="govuk-list govuk-list--bullet">
            {programmes.map((one) => (
              <li>
                <a class="govuk-link" href={`/p/${one.shortName}`}>
                  {one.name}
                </a>
                {rolesIn(visit, one.id)}
              </li>
            ))}
          </ul>
        </>
      )}
      {may(account.roles, "start a programme") ? (
        <>
          <h2 class="govuk-heading-m">Administration</h2>
          <ul class="govuk-list govuk-list--bullet">
            <li>
              <a class="govuk-link" href="/programmes/start">
                Start a programme
              </a>
            </li>
            <li>
              <a class="govuk-link" href="/admin/accounts">
                Accounts and roles
              </a>
            </li>
            <li>
              <a class="govuk-link" href="/admin/audit">
                Audit trail
              </a>
            </li>
          </ul>
        </>
      ) : null}
    </Page>,
  );
}

function rolesIn({ account }: SignedVisit, programme: string): string {
  const own = account.roles.filter((held) => held.programme === programme).map(({ role }) => ROLES[role].toLowerCase());
  return own.length === 0 ? "" : `, as ${own.join(" and ")}`;
}

interface StartProps {
  readonly visit: SignedVisit;
  readonly key: string;
  readonly given?: Readonly<Record<"name" | "provider" | "funder" | "aims", string>>;
  readonly faults?: Readonly<Record<string, string>>;
}

const NOTHING = { name: "", provider: "", funder: "", aims: "" };

const StartPage = ({ visit, key, given = NOTHING, faults = {} }: StartProps) => (
  <Page
    title="Start a programme"
    style={visit.style}
    account={visit.account}
    hasErrors={Object.keys(faults).length > 0}
  >
    <ErrorSummary faults={faults} />
    <h1 class="govuk-heading-l">Start a programme</h1>
    <form method="post" action="/programmes/start" novalidate>
      <input type="hidden" name="form-key" value={key} />
      <TextField name="name" label="Name of the programme" value={given.name} fault={faults.name} />
      <TextField name="provider" label="Who provides it" value={given.provider} fault={faults.provider} />
      <TextField name="funder" label="Who pays for it" value={given.funder} fault={faults.funder} />
      <TextArea name="aims" label="What it is for (optional)" value={given.aims} fault={faults.aims} />
      <Submit>Start the programme</Submit>
    </form>
  </Page>
);

async function start(visit: SignedVisit): Promise<Response> {
  const form = await formOf(visit.c);
  const given = {
    name: form.text("name"),
    provider: form.text("provider"),
    funder: form.text("funder"),
    aims: form.text("aims"),
  };
  const key = form.text("form-key");
  let faults: Readonly<Record<string, string>> = {};
  const location = await once(visit.store, { key, account: visit.account.id }, async () => {
    const answer = await startProgramme(visit.store, visit.account.id, newId(), given);
    if ("faults" in answer) {
      faults = answer.faults;
      return undefined;
    }
    // Who starts it can set it up; others are invited from its pages.
    await visit.store.transaction((db) => grantRole(db, visit.account.id, visit.account.id, "manager", answer.made.id));
    return `/p/${answer.made.shortName}?done=started`;
  });
  if (location === undefined)
    return visit.c.html(<StartPage visit={visit} key={key} given={given} faults={faults} />, 422);
  return visit.c.redirect(location, 303);
}

async function overview(visit: ProgrammeVisit): Promise<Response> {
  const { programme, account, store } = visit;
  const cohorts = await listCohorts(store.db, programme.id);
  const seesPipeline = may(account.roles, "read the pipeline", programme.id);
  const counts = await Promise.all(
    cohorts.map(async (cohort) =>
      seesPipeline ? standingsOf(await contactsOf(store.db, cohort.id)).length : undefined,
    ),
  );
  return visit.c.html(
    <Page title="Overview" style={visit.style} account={account} programme={programme} at="">
      {visit.c.req.query("done") === "started" ? (
        <Done>
          <p class="govuk-notification-banner__heading">
            {programme.name} has been started, and you manage it. Next: add a cohort, and bring in the school register.
          </p>
        </Done>
      ) : null}
      <h1 class="govuk-heading-l">{programme.name}</h1>
      <dl class="govuk-summary-list">
        {[
          ["Provided by", programme.provider],
          ["Paid for by", programme.funder],
          ["What it is for", programme.aims === "" ? "Not recorded" : programme.aims],
        ].map(([term, value]) => (
          <div class="govuk-summary-list__row">
            <dt class="govuk-summary-list__key">{term}</dt>
            <dd class="govuk-summary-list__value">{value}</dd>
          </div>
        ))}
      </dl>
      <h2 class="govuk-heading-m">Cohorts</h2>
      {cohorts.length === 0 ? (
        <p class="govuk-body">
          No cohorts yet.{" "}
          <a class="govuk-link" href={`/p/${programme.shortName}/set-up`}>
            Add the first one
          </a>
          .
        </p>
      ) : (
        <table class="govuk-table assay-cards">
          <thead class="govuk-table__head">
            <tr>
              <th scope="col" class="govuk-table__header">
                Cohort
              </th>
              <th scope="col" class="govuk-table__header">
                Recruiting
              </th>
              <th scope="col" class="govuk-table__header">
                Delivery
              </th>
              {seesPipeline ? (
                <th scope="col" class="govuk-table__header govuk-table__header--numeric">
                  Schools in contact
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {cohorts.map((cohort, place) => (
              <tr class="govuk-table__row">
                <th scope="row" class="govuk-table__header">
                  {seesPipeline ? (
                    <a class="govuk-link" href={`/p/${programme.shortName}/recruitment?cohort=${cohort.id}`}>
                      {cohort.name}
                    </a>
                  ) : (
                    cohort.name
                  )}
                </th>
                <td class="govuk-table__cell" data-label="Recruiting">
                  {printDay(cohort.recruitFrom)} to {printDay(cohort.recruitUntil)}
                </td>
                <td class="govuk-table__cell" data-label="Delivery">
                  {printDay(cohort.deliveryFrom)} to {printDay(cohort.deliveryUntil)}
                </td>
                {seesPipeline ? (
                  <td class="govuk-table__cell govuk-table__cell--numeric" data-label="Schools in contact">
                    {counts[place]}
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Page>,
  );
}

/** What needs the reader this week, and programmes: starting one, seeing one. */
export const home: readonly Route[] = [
  { method: "get", path: "/", needs: "sign-in", answer: thisWeek },
  {
    method: "get",
    path: "/programmes/start",
    needs: "start a programme",
    scope: "anywhere",
    answer: (visit) => visit.c.html(<StartPage visit={visit} key={formKey()} />),
  },
  { method: "post", path: "/programmes/start", needs: "start a programme", scope: "anywhere", answer: start },
  { method: "get", path: "/p/:p", needs: "see a programme", scope: "programme", answer: overview },
];
