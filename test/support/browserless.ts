import type { Hono } from "hono";

/** Asks an application as a browser without scripts would: keeps cookies, follows redirections when told to. */
export class Visitor {
  readonly #app: Hono;
  #cookie = "";

  constructor(app: Hono) {
    this.#app = app;
  }

  async get(path: string): Promise<Reply> {
    return await this.#ask(path, { method: "GET" });
  }

  /** Sends a form, as from a page of the same origin. */
  async post(path: string, fields: Readonly<Record<string, string | readonly string[] | File>> = {}): Promise<Reply> {
    const hasFile = Object.values(fields).some((value) => value instanceof File);
    const body = hasFile ? new FormData() : new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) {
      for (const one of Array.isArray(value) ? value : [value]) (body as FormData).append(name, one as string);
    }
    return await this.#ask(path, { method: "POST", body, headers: { origin: "http://localhost" } });
  }

  async #ask(path: string, init: RequestInit): Promise<Reply> {
    const headers = { ...(init.headers as Record<string, string>), cookie: this.#cookie, "user-agent": "test" };
    const response = await this.#app.request(`http://localhost${path}`, { ...init, headers });
    const [given] = response.headers.getSetCookie();
    if (given !== undefined) this.#cookie = given.split(";")[0]!;
    return {
      status: response.status,
      location: response.headers.get("location") ?? undefined,
      text: await response.text(),
      headers: response.headers,
    };
  }
}

export interface Reply {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
  readonly headers: Headers;
}
