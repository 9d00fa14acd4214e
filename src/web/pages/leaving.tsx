import { newId } from "#accounts";
import { endParticipation, LEAVING_REASONS, undoEnd } from "#programme";
import { formKey, once } from "../formKeys.ts";
import { Choice, DateField, ErrorSummary, Page, Submit } from "../layout.tsx";
import { notFound } from "../notFound.tsx";
import { formOf, type ProgrammeVisit } from "../route.ts";

import { type Found, fullName, takenPartIn } from "./participations.ts";

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
      <DateField
        name="endsOn"
        label="Their last day in the programme"
        value={given?.endsOn ?? ""}
        fault={faults.endsOn}
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

export async function leaving(visit: ProgrammeVisit): Promise<Response> {
  const found = await foundOf(visit);
  return found === undefined
    ? notFound(visit)
    : visit.c.html(<LeavingPage visit={visit} found={found} key={formKey()} />);
}

export async function takeLeaving(visit: ProgrammeVisit): Promise<Response> {
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

export async function staying(visit: ProgrammeVisit): Promise<Response> {
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
