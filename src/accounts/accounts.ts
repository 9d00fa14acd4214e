import { appendAudit, type Queries, type Store } from "#store";
import type { HeldRole, Role } from "./permissions.ts";
import { digestOfCode, hashPassword, isPassword, newCode, newId } from "./secrets.ts";

/** Somebody who signs in. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly HeldRole[];
}

/** A session as its owner sees it listed. */
export interface SessionLine {
  readonly id: string;
  readonly agent: string;
  readonly createdAt: string;
  readonly seenAt: string;
  readonly isThis: boolean;
}

/** An invitation that can still be used. */
export interface Invitation {
  readonly email: string;
  readonly role: Role | undefined;
  readonly programme: string | undefined;
}

/** Why somebody was not signed in. */
export type Refusal = "wrong" | "too many attempts";

const HOURS = 3_600_000;
const SESSION_HOURS = 12;
const INVITATION_HOURS = 7 * 24;
const START_HOURS = 24;
const ATTEMPTS = 10;
const ATTEMPT_MINUTES = 15;

const after = (hours: number): string => new Date(Date.now() + hours * HOURS).toISOString();
const now = (): string => new Date().toISOString();
const today = (): string => now().slice(0, 10);

/** E-mail addresses are the same whatever their case and the spaces around them. */
export const plainEmail = (email: string): string => email.normalize("NFKC").trim().toLowerCase();

/**
 * A code for the page on which the first administrator is made: a new one at every start until somebody has used one, so that
 * an old link is of no use. Undefined where there is an administrator.
 */
export async function startCode(store: Store): Promise<string | undefined> {
  const code = newCode();
  const made = await store.transaction(async (db) => {
    if (await hasAdministrator(db)) return false;
    await db.deleteFrom("invitation").where("kind", "=", "start").execute();
    await addInvitation(db, { code, kind: "start", email: "", hours: START_HOURS });
    return true;
  });
  return made ? code : undefined;
}

async function hasAdministrator(db: Queries): Promise<boolean> {
  const found = await db
    .selectFrom("account_role")
    .select("id")
    .where("role", "=", "administrator")
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

interface NewInvitation {
  readonly code: string;
  readonly kind: "start" | "invitation";
  readonly email: string;
  readonly role?: Role;
  readonly programme?: string | undefined;
  readonly by?: string;
  readonly hours: number;
}

async function addInvitation(db: Queries, own: NewInvitation): Promise<void> {
  await db
    .insertInto("invitation")
    .values({
      code_digest: digestOfCode(own.code),
      kind: own.kind,
      email: own.email,
      role: own.role ?? null,
      programme: own.programme ?? null,
      created_by: own.by ?? null,
      expires_at: after(own.hours),
      used_at: null,
    })
    .execute();
}

/** Invites somebody into a role; the code is for the link that is handed to them, and kept nowhere. */
export async function invite(
  store: Store,
  by: string,
  { email, role, programme }: { readonly email: string; readonly role: Role; readonly programme: string | undefined },
): Promise<string> {
  const code = newCode();
  await store.transaction(async (db) => {
    await addInvitation(db, {
      code,
      kind: "invitation",
      email: plainEmail(email),
      role,
      programme,
      by,
      hours: INVITATION_HOURS,
    });
    await appendAudit(db, {
      actor: by,
      action: "invited",
      about: { kind: "invitation", id: digestOfCode(code).slice(0, 12) },
      detail: { role, programme: programme ?? null },
      personal: { email: plainEmail(email) },
    });
  });
  return code;
}

/** What an unused, unexpired code invites to. */
export async function findInvitation(db: Queries, code: string): Promise<Invitation | undefined> {
  const row = await db
    .selectFrom("invitation")
    .selectAll()
    .where("code_digest", "=", digestOfCode(code))
    .executeTakeFirst();
  if (row === undefined || row.used_at !== null || row.expires_at < now()) return undefined;
  const isStart = row.kind === "start";
  return {
    email: row.email,
    role: isStart ? "administrator" : ((row.role as Role | null) ?? undefined),
    programme: row.programme ?? undefined,
  };
}

/**
 * Makes the account an invitation is for, or gives its role to the one there is. The code is used up with it.
 * @returns  The account's id; `used` where the code can no longer be used; `known` where there is an account under this
 *           address and the password is not its own.
 */
export async function acceptInvitation(
  store: Store,
  code: string,
  given: { readonly email: string; readonly name: string; readonly password: string },
): Promise<string | "used" | "known"> {
  const hashed = await hashPassword(given.password);
  return await store.transaction(async (db) => {
    const invitation = await findInvitation(db, code);
    if (invitation === undefined) return "used";
    const email = plainEmail(invitation.email === "" ? given.email : invitation.email);
    const known = await db
      .selectFrom("account")
      .select(["id", "password_hash"])
      .where("email", "=", email)
      .executeTakeFirst();
    if (known !== undefined && !(await isPassword(given.password, known.password_hash))) return "known";
    const id = known?.id ?? newId();
    if (known === undefined) {
      await db
        .insertInto("account")
        .values({ id, email, name: given.name, password_hash: hashed, created_at: now(), ended_at: null })
        .execute();
      await appendAudit(db, {
        actor: id,
        action: "made an account",
        about: { kind: "account", id },
        personal: { email, name: given.name },
      });
    }
    if (invitation.role !== undefined) await giveRole(db, id, id, invitation.role, invitation.programme);
    await db.updateTable("invitation").set({ used_at: now() }).where("code_digest", "=", digestOfCode(code)).execute();
    return id;
  });
}

async function giveRole(
  db: Queries,
  by: string,
  account: string,
  role: Role,
  programme: string | undefined,
): Promise<void> {
  await db
    .insertInto("account_role")
    .values({
      id: newId(),
      account,
      role,
      programme: programme ?? null,
      from_day: today(),
      until_day: null,
    })
    .execute();
  await appendAudit(db, {
    actor: by,
    action: "took a role",
    about: { kind: "account", id: account },
    detail: { role, programme: programme ?? null },
  });
}

/** Gives a role to an account that is there, such as that of manager to who started a programme. */
export async function grantRole(
  db: Queries,
  by: string,
  account: string,
  role: Role,
  programme: string,
): Promise<void> {
  await giveRole(db, by, account, role, programme);
}

/** Ends every role somebody has in a programme; their sessions there end with it, since roles are read at every request. */
export async function endRoles(
  store: Store,
  by: string,
  account: string,
  programme: string | undefined,
): Promise<void> {
  await store.transaction(async (db) => {
    let query = db.updateTable("account_role").set({ until_day: today() }).where("account", "=", account);
    query = programme === undefined ? query.where("programme", "is", null) : query.where("programme", "=", programme);
    await query.where("until_day", "is", null).execute();
    await appendAudit(db, {
      actor: by,
      action: "ended roles",
      about: { kind: "account", id: account },
      detail: { programme: programme ?? null },
    });
  });
}

/**
 * Signs somebody in.
 * @returns  The token for the cookie; or why not, which does not tell whether there is such an account.
 */
export async function signIn(
  store: Store,
  { email, password, agent }: { readonly email: string; readonly password: string; readonly agent: string },
): Promise<{ readonly token: string } | { readonly refused: Refusal }> {
  const address = plainEmail(email);
  const about = { kind: "sign-in", id: digestOfCode(address).slice(0, 24) };
  const since = new Date(Date.now() - ATTEMPT_MINUTES * 60_000).toISOString();
  const failed = await store.db
    .selectFrom("audit")
    .select("number")
    .where("action", "=", "sign-in failed")
    .where("about_id", "=", about.id)
    .where("at", ">", since)
    .limit(ATTEMPTS)
    .execute();
  if (failed.length >= ATTEMPTS) return { refused: "too many attempts" };
  const account = await store.db
    .selectFrom("account")
    .selectAll()
    .where("email", "=", address)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  if (!(await isPassword(password, account?.password_hash)) || account === undefined) {
    await store.transaction((db) => appendAudit(db, { actor: "nobody", action: "sign-in failed", about }));
    return { refused: "wrong" };
  }
  return { token: await openSession(store, account.id, agent) };
}

/** Opens a session for somebody who has just shown who they are. */
export async function openSession(store: Store, account: string, agent: string): Promise<string> {
  const token = newCode();
  await store.transaction(async (db) => {
    await db
      .insertInto("session")
      .values({
        token_digest: digestOfCode(token),
        account,
        agent: agent.slice(0, 200),
        created_at: now(),
        seen_at: now(),
        expires_at: after(SESSION_HOURS),
        ended_at: null,
      })
      .execute();
    await appendAudit(db, { actor: account, action: "signed in", about: { kind: "account", id: account } });
  });
  return token;
}

/** Who a token stands for, with the roles that hold today; undefined where it has ended. */
export async function accountOf(db: Queries, token: string): Promise<Account | undefined> {
  const row = await db
    .selectFrom("session")
    .innerJoin("account", "account.id", "session.account")
    .select(["account.id", "account.email", "account.name", "session.expires_at", "session.ended_at"])
    .where("session.token_digest", "=", digestOfCode(token))
    .where("account.ended_at", "is", null)
    .executeTakeFirst();
  if (row === undefined || row.ended_at !== null || row.expires_at < now()) return undefined;
  return { id: row.id, email: row.email, name: row.name, roles: await rolesOf(db, row.id) };
}

async function rolesOf(db: Queries, account: string): Promise<readonly HeldRole[]> {
  const rows = await db
    .selectFrom("account_role")
    .select(["role", "programme", "until_day"])
    .where("account", "=", account)
    .where("from_day", "<=", today())
    .execute();
  return rows
    .filter(({ until_day }) => until_day === null || until_day > today())
    .map(({ role, programme }) => ({ role: role as Role, programme: programme ?? undefined }));
}

/** Ends one session. */
export async function signOut(store: Store, token: string): Promise<void> {
  await store.transaction(async (db) => {
    const account = await accountOf(db, token);
    if (account === undefined) return;
    await db.updateTable("session").set({ ended_at: now() }).where("token_digest", "=", digestOfCode(token)).execute();
    await appendAudit(db, { actor: account.id, action: "signed out", about: { kind: "account", id: account.id } });
  });
}

/** The sessions of somebody that have not ended, the latest first. */
export async function sessionsOf(db: Queries, account: string, token: string): Promise<readonly SessionLine[]> {
  const rows = await db
    .selectFrom("session")
    .selectAll()
    .where("account", "=", account)
    .where("ended_at", "is", null)
    .where("expires_at", ">", now())
    .orderBy("created_at", "desc")
    .execute();
  return rows.map((row) => ({
    id: row.token_digest.slice(0, 16),
    agent: row.agent,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    isThis: row.token_digest === digestOfCode(token),
  }));
}

/** Ends one of somebody's own sessions, by the id it is listed under. */
export async function endSession(store: Store, account: string, id: string): Promise<void> {
  await store.transaction(async (db) => {
    await db
      .updateTable("session")
      .set({ ended_at: now() })
      .where("account", "=", account)
      .where("token_digest", "like", `${id.replaceAll(/[^0-9a-f]/g, "")}%`)
      .execute();
    await appendAudit(db, { actor: account, action: "ended a session", about: { kind: "account", id: account } });
  });
}

/** Somebody in the list of accounts. */
export interface AccountLine {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly HeldRole[];
}

/** Everybody with a role that holds: in one programme, or anywhere. */
export async function listAccounts(db: Queries, programme?: string): Promise<readonly AccountLine[]> {
  const rows = await db
    .selectFrom("account")
    .select(["id", "name", "email"])
    .where("ended_at", "is", null)
    .orderBy("name")
    .execute();
  const all = await Promise.all(rows.map(async (row) => ({ ...row, roles: await rolesOf(db, row.id) })));
  return all.filter(
    ({ roles }) => roles.length > 0 && (programme === undefined || roles.some((own) => own.programme === programme)),
  );
}
