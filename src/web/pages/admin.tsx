import { listAccounts, ROLES } from "#accounts";
import { listProgrammes } from "#programme";
import { readAudit, verifyAudit } from "#store";
import { Page, printInstant, TableHead } from "../layout.tsx";
import type { Route, SignedVisit } from "../route.ts";

const PAGE = 50;

async function accounts(visit: SignedVisit): Promise<Response> {
  const [people, programmes] = [await listAccounts(visit.store.db), await listProgrammes(visit.store.db)];
  const nameOf = new Map(programmes.map(({ id, name }) => [id, name]));
  return visit.c.html(
    <Page title="Accounts and roles" style={visit.style} account={visit.account}>
      <h1 class="govuk-heading-l">Accounts and roles</h1>
      <p class="govuk-body">
        <a class="govuk-link" href="/admin/invite">
          Invite another administrator
        </a>
      </p>
      <table class="govuk-table assay-cards">
        <TableHead labels={["Name", "E-mail", "Roles"]} />
        <tbody>
          {people.map((one) => (
            <tr class="govuk-table__row">
              <th scope="row" class="govuk-table__header">
                {one.name}
              </th>
              <td class="govuk-table__cell" data-label="E-mail">
                {one.email}
              </td>
              <td class="govuk-table__cell" data-label="Roles">
                {one.roles
                  .map(({ role, programme }) =>
                    programme === undefined ? ROLES[role] : `${ROLES[role]}, ${nameOf.get(programme) ?? "a programme"}`,
                  )
                  .join("; ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Page>,
  );
}

async function audit(visit: SignedVisit): Promise<Response> {
  const page = Math.max(1, Math.floor(Number(visit.c.req.query("page") ?? 1)) || 1);
  const [entries, chain] = [await readAudit(visit.store.db, { page, size: PAGE }), await verifyAudit(visit.store.db)];
  const people = new Map((await listAccounts(visit.store.db)).map(({ id, name }) => [id, name]));
  return visit.c.html(
    <Page title="Audit trail" style={visit.style} account={visit.account}>
      <h1 class="govuk-heading-l">Audit trail</h1>
      <p class="govuk-body">
        {chain.brokenAt === undefined
          ? `${chain.entries.toLocaleString("en-GB")} entries, each chained to the one before: none was changed or taken out.`
          : `The chain is broken at entry ${chain.brokenAt}: it, or one before it, was changed or taken out.`}
      </p>
      <table class="govuk-table assay-cards">
        <TableHead labels={["When", "Who", "What"]} />
        <tbody>
          {entries.map((one) => (
            <tr class="govuk-table__row">
              <td class="govuk-table__cell" data-label="When">
                {printInstant(one.at)}
              </td>
              <td class="govuk-table__cell" data-label="Who">
                {people.get(one.actor) ?? one.actor}
              </td>
              <td class="govuk-table__cell" data-label="What">
                {one.action} ({one.aboutKind})
                {Object.entries(one.detail)
                  .filter(([, value]) => value !== null && value !== "")
                  .map(([field, value]) => ` ${field}: ${value}.`)
                  .join("")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {entries.length < PAGE ? null : (
        <p class="govuk-body">
          <a class="govuk-link" href={`/admin/audit?page=${page + 1}`}>
            Earlier entries
          </a>
        </p>
      )}
    </Page>,
  );
}

/** What an administrator reads. */
export const administration: readonly Route[] = [
  { method: "get", path: "/admin/accounts", needs: "list every account", scope: "anywhere", answer: accounts },
  { method: "get", path: "/admin/audit", needs: "read the whole audit trail", scope: "anywhere", answer: audit },
];
