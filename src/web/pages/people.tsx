import { may } from "#accounts";
import {
  LEAVING_REASONS,
  listCohorts,
  participationsOf,
  STATUSES,
  type Status,
  schoolName,
  schoolsById,
} from "#programme";
import { Done, Page, printDay, Submit, TableHead } from "../layout.tsx";
import { notFound } from "../notFound.tsx";
import type { ProgrammeVisit, Route } from "../route.ts";

import { add, takeAdd } from "./addParticipant.tsx";
import { leaving, staying, takeLeaving } from "./leaving.tsx";
import { fullName, takenPartIn } from "./participations.ts";

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
          <TableHead labels={["Name", "School", "Job title", "Status"]} />
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
