import { deleteCookie, setCookie } from "hono/cookie";
import {
  acceptInvitation,
  endSession,
  findInvitation,
  openSession,
  passwordFault,
  ROLES,
  SHORTEST_PASSWORD,
  sessionsOf,
  signIn,
  signOut,
} from "#accounts";
import { ErrorSummary, Page, printInstant, Submit, TableHead, TextField } from "../layout.tsx";
import { formOf, type Route, type Visit } from "../route.ts";

/** The cookie that holds a session's token. */
export const COOKIE = "assay";

function keepSignedIn({ c }: Visit, token: string): void {
  const isSecure = new URL(c.req.url).protocol === "https:" || c.req.header("x-forwarded-proto") === "https";
  setCookie(c, COOKIE, token, { httpOnly: true, sameSite: "Lax", path: "/", secure: isSecure });
}

const agentOf = ({ c }: Visit): string => c.req.header("user-agent") ?? "unknown browser";

function SignInPage({
  visit,
  email = "",
  next = "",
  faults = {},
}: {
  readonly visit: Visit;
  readonly email?: string;
  readonly next?: string;
  readonly faults?: Readonly<Record<string, string>>;
}) {
  return (
    <Page title="Sign in" style={visit.style} hasErrors={Object.keys(faults).length > 0}>
      <ErrorSummary faults={faults} />
      <h1 class="govuk-heading-l">Sign in</h1>
      <form method="post" action="/sign-in" novalidate>
        <input type="hidden" name="next" value={next} />
        <TextField
          name="email"
          label="E-mail address"
          value={email}
          fault={faults.email}
          type="email"
          autocomplete="username"
        />
        <TextField
          name="password"
          label="Password"
          fault={faults.password}
          type="password"
          autocomplete="current-password"
        />
        <Submit>Sign in</Submit>
      </form>
    </Page>
  );
}

/** Only a path of our own: a link to elsewhere could be made to look like one of ours. */
const ownPath = (path: string): string => (/^\/(?![/\\])/.test(path) ? path : "/");

async function trySignIn(visit: Visit): Promise<Response> {
  const form = await formOf(visit.c);
  const [email, password, next] = [form.text("email"), form.text("password"), form.text("next")];
  const empty = {
    ...(email.trim() === "" && { email: "Enter your e-mail address" }),
    ...(password === "" && { password: "Enter your password" }),
  };
  const again = (faults: Readonly<Record<string, string>>, status: 422 | 429) =>
    visit.c.html(<SignInPage visit={visit} email={email} next={next} faults={faults} />, status);
  if (Object.keys(empty).length > 0) return again(empty, 422);
  const found = await signIn(visit.store, { email, password, agent: agentOf(visit) });
  if ("token" in found) {
    keepSignedIn(visit, found.token);
    return visit.c.redirect(ownPath(next), 303);
  }
  return found.refused === "wrong"
    ? again({ password: "The e-mail address or the password is not right" }, 422)
    : again({ email: "There were too many attempts for this address. Wait 15 minutes and try again" }, 429);
}

function AcceptPage({
  visit,
  code,
  isStart,
  invited,
  given = { email: "", name: "" },
  faults = {},
}: {
  readonly visit: Visit;
  readonly code: string;
  readonly isStart: boolean;
  readonly invited: { readonly email: string; readonly role: string };
  readonly given?: { readonly email: string; readonly name: string };
  readonly faults?: Readonly<Record<string, string>>;
}) {
  const title = isStart ? "Set up Assay" : "You have been invited";
  return (
    <Page title={title} style={visit.style} hasErrors={Object.keys(faults).length > 0}>
      <ErrorSummary faults={faults} />
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">
        {isStart
          ? "Make the first account. It administers this Assay: it invites others and reads the audit trail. It starts programmes and reads no names in them."
          : `You are invited as ${invited.role}, with the address ${invited.email}.`}
      </p>
      <form method="post" action={`/invitation/${code}`} novalidate>
        {isStart ? (
          <TextField
            name="email"
            label="Your e-mail address"
            value={given.email}
            fault={faults.email}
            type="email"
            autocomplete="username"
          />
        ) : null}
        <TextField name="name" label="Your name" value={given.name} fault={faults.name} autocomplete="name" />
        <TextField
          name="password"
          label="Choose a password"
          hint={`At least ${SHORTEST_PASSWORD} characters. Three or four words that do not belong together are easy to remember and hard to guess.`}
          fault={faults.password}
          type="password"
          autocomplete="new-password"
        />
        <Submit>{isStart ? "Make the account" : "Accept"}</Submit>
      </form>
    </Page>
  );
}

const Expired = ({ visit }: { readonly visit: Visit }) => (
  <Page title="This link cannot be used" style={visit.style}>
    <h1 class="govuk-heading-l">This link cannot be used</h1>
    <p class="govuk-body">
      It was used already, or is too old. Ask who gave it to you for a new one; whoever runs this Assay gets a new start
      link by starting it again.
    </p>
    <p class="govuk-body">
      <a class="govuk-link" href="/sign-in">
        Sign in
      </a>
    </p>
  </Page>
);

async function showInvitation(visit: Visit): Promise<Response> {
  const code = visit.c.req.param("code") ?? "";
  const found = await findInvitation(visit.store.db, code);
  if (found === undefined) return visit.c.html(<Expired visit={visit} />, 410);
  const invited = { email: found.email, role: found.role === undefined ? "" : ROLES[found.role] };
  return visit.c.html(<AcceptPage visit={visit} code={code} isStart={found.email === ""} invited={invited} />);
}

async function takeInvitation(visit: Visit): Promise<Response> {
  const code = visit.c.req.param("code") ?? "";
  const found = await findInvitation(visit.store.db, code);
  if (found === undefined) return visit.c.html(<Expired visit={visit} />, 410);
  const form = await formOf(visit.c);
  const given = { email: form.text("email"), name: form.text("name").trim(), password: form.text("password") };
  const isStart = found.email === "";
  const bad = passwordFault(given.password);
  const faults: Record<string, string> = {
    ...(isStart &&
      !/^\S+@\S+$/.test(given.email.trim()) && { email: "Enter your e-mail address, like name@example.org" }),
    ...(given.name === "" && { name: "Enter your name" }),
    ...([...given.name].length > 120 && { name: "Your name must be 120 characters or fewer" }),
    ...(bad !== undefined && { password: bad }),
  };
  const again = (all: Readonly<Record<string, string>>) =>
    visit.c.html(
      <AcceptPage
        visit={visit}
        code={code}
        isStart={isStart}
        invited={{ email: found.email, role: found.role === undefined ? "" : ROLES[found.role] }}
        given={given}
        faults={all}
      />,
      422,
    );
  if (Object.keys(faults).length > 0) return again(faults);
  const made = await acceptInvitation(visit.store, code, given);
  if (made === "used") return visit.c.html(<Expired visit={visit} />, 410);
  if (made === "known")
    return again({
      password: "There is an account with this address already. Enter its password to add this role to it",
    });
  keepSignedIn(visit, await openSession(visit.store, made, agentOf(visit)));
  return visit.c.redirect("/", 303);
}

/** Signing in and out, invitations, one's own account. */
export const entrance: readonly Route[] = [
  {
    method: "get",
    path: "/sign-in",
    needs: "nobody",
    answer: (visit) => visit.c.html(<SignInPage visit={visit} next={visit.c.req.query("next") ?? ""} />),
  },
  { method: "post", path: "/sign-in", needs: "nobody", answer: trySignIn },
  { method: "get", path: "/invitation/:code", needs: "nobody", answer: showInvitation },
  { method: "post", path: "/invitation/:code", needs: "nobody", answer: takeInvitation },
  {
    method: "post",
    path: "/sign-out",
    needs: "nobody",
    answer: async (visit) => {
      if (visit.token !== undefined) await signOut(visit.store, visit.token);
      deleteCookie(visit.c, COOKIE, { path: "/" });
      return visit.c.redirect("/sign-in", 303);
    },
  },
  {
    method: "get",
    path: "/account",
    needs: "sign-in",
    answer: async (visit) => {
      const sessions = await sessionsOf(visit.store.db, visit.account.id, visit.token);
      return visit.c.html(
        <Page title="Your account" style={visit.style} account={visit.account}>
          <h1 class="govuk-heading-l">Your account</h1>
          <dl class="govuk-summary-list">
            {[
              ["Name", visit.account.name],
              ["E-mail", visit.account.email],
            ].map(([term, value]) => (
              <div class="govuk-summary-list__row">
                <dt class="govuk-summary-list__key">{term}</dt>
                <dd class="govuk-summary-list__value">{value}</dd>
              </div>
            ))}
          </dl>
          <h2 class="govuk-heading-m">Where you are signed in</h2>
          <table class="govuk-table assay-cards">
            <TableHead labels={["Browser", "Since", "End it"]} />
            <tbody>
              {sessions.map((one) => (
                <tr class="govuk-table__row">
                  <td class="govuk-table__cell" data-label="Browser">
                    {one.agent}
                    {one.isThis ? " (this one)" : ""}
                  </td>
                  <td class="govuk-table__cell" data-label="Since">
                    {printInstant(one.createdAt)}
                  </td>
                  <td class="govuk-table__cell">
                    <form method="post" action={`/account/sessions/${one.id}/end`}>
                      <button type="submit" class="govuk-button govuk-button--secondary govuk-!-margin-bottom-0">
                        Sign out<span class="govuk-visually-hidden"> of {one.agent}</span>
                      </button>
                    </form>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Page>,
      );
    },
  },
  {
    method: "post",
    path: "/account/sessions/:id/end",
    needs: "sign-in",
    answer: async (visit) => {
      await endSession(visit.store, visit.account.id, visit.c.req.param("id") ?? "");
      return visit.c.redirect("/account", 303);
    },
  },
];
