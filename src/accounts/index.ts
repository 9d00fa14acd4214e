export {
  type Account,
  type AccountLine,
  acceptInvitation,
  accountOf,
  endRoles,
  endSession,
  findInvitation,
  grantRole,
  type Invitation,
  invite,
  listAccounts,
  openSession,
  plainEmail,
  type SessionLine,
  sessionsOf,
  signIn,
  signOut,
  startCode,
} from "./accounts.ts";
export { type Action, type HeldRole, may, PERMISSIONS, type Reach, ROLES, type Role, reachOf } from "./permissions.ts";
export { newCode, newId, passwordFault, SHORTEST_PASSWORD } from "./secrets.ts";
