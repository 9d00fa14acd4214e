import { createHash, randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

/** A code to put into a link or a cookie: 256 random bits. */
export const newCode = (): string => randomBytes(32).toString("base64url");

/** What is kept of a code. Who reads the database cannot use it. */
export const digestOfCode = (code: string): string => createHash("sha256").update(code).digest("hex");

export const newId = (): string => randomBytes(12).toString("base64url");

/** Fewer letters are guessed; more help nobody. */
export const SHORTEST_PASSWORD = 12;
const LONGEST_PASSWORD = 200;

/** What is wrong with a password somebody chose, as it stands beside the field; undefined where nothing is. */
export function passwordFault(password: string): string | undefined {
  if (password === "") return "Enter a password";
  if ([...password].length < SHORTEST_PASSWORD) return `Password must be ${SHORTEST_PASSWORD} characters or more`;
  if ([...password].length > LONGEST_PASSWORD) return `Password must be ${LONGEST_PASSWORD} characters or fewer`;
  return new Set(password).size < 4 ? "Password must have more different characters" : undefined;
}

/** Argon2id with the parameters OWASP asks for (19 MiB, 2 passes). Text is put in one form first, so that accents match. */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize("NFKC"));

/** A hash of nothing anybody knows: comparing with it takes as long as with a real one. */
let nobodys: Promise<string> | undefined;

/** Whether a password is the one behind a hash. Takes the same time where there is no account. */
export async function isPassword(password: string, hashed: string | null | undefined): Promise<boolean> {
  nobodys ??= hashPassword(newCode());
  const matches = await verify(hashed ?? (await nobodys), password.normalize("NFKC"));
  return matches && hashed !== null && hashed !== undefined;
}
