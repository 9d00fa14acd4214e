import type { Context } from "hono";
import type { Account, Action } from "#accounts";
import type { Programme } from "#programme";
import type { Store } from "#store";

/** What a page works with. */
export interface Visit {
  readonly c: Context;
  readonly store: Store;
  readonly style: string;
  /** Who is signed in. Pages that need nobody find nobody here. */
  readonly account: Account | undefined;
  /** The token of the session. */
  readonly token: string | undefined;
  /** The programme of the address, where it names one. */
  readonly programme: Programme | undefined;
}

/** A visit to a page that needs somebody signed in. */
export interface SignedVisit extends Visit {
  readonly account: Account;
  readonly token: string;
}

/** A visit to a page of a programme. */
export interface ProgrammeVisit extends SignedVisit {
  readonly programme: Programme;
}

type Answer = Response | Promise<Response>;

/** An address, who may use it, and what answers there. `:p` in a path is the short name of a programme. */
export type Route = { readonly method: "get" | "post"; readonly path: string } & (
  | { readonly needs: "nobody"; readonly answer: (visit: Visit) => Answer }
  | { readonly needs: "sign-in"; readonly answer: (visit: SignedVisit) => Answer }
  | { readonly needs: Action; readonly scope: "anywhere"; readonly answer: (visit: SignedVisit) => Answer }
  | { readonly needs: Action; readonly scope: "programme"; readonly answer: (visit: ProgrammeVisit) => Answer }
);

/** One text of a form; empty where it is missing. */
export async function formOf(c: Context): Promise<Form> {
  return new Form(await c.req.parseBody({ all: true }));
}

/** What a form sent. */
export class Form {
  readonly #sent: Readonly<Record<string, unknown>>;

  constructor(sent: Readonly<Record<string, unknown>>) {
    this.#sent = sent;
  }

  text(name: string): string {
    const value = this.#sent[name];
    const one = Array.isArray(value) ? value[0] : value;
    // A NUL character can be sent and cannot be kept.
    return typeof one === "string" ? one.replaceAll("\0", "").replaceAll("\r\n", "\n") : "";
  }

  texts(name: string): readonly string[] {
    const value = this.#sent[name];
    const all = Array.isArray(value) ? value : value === undefined ? [] : [value];
    return all.filter((one): one is string => typeof one === "string");
  }

  file(name: string): File | undefined {
    const value = this.#sent[name];
    return value instanceof File && value.size > 0 ? value : undefined;
  }
}
