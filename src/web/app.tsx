import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie } from "hono/cookie";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { accountOf, may } from "#accounts";
import { findProgramme } from "#programme";
import type { Store } from "#store";
import { Page } from "./layout.tsx";
import { notFound } from "./notFound.tsx";
import { administration } from "./pages/admin.tsx";
import { COOKIE, entrance } from "./pages/entrance.tsx";
import { home } from "./pages/home.tsx";
import { people } from "./pages/people.tsx";
import { recruitment } from "./pages/recruitment.tsx";
import { schools } from "./pages/schools.tsx";
import { settingUp } from "./pages/setUp.tsx";
import type { Route, Visit } from "./route.ts";
import { styleSheet } from "./styles.ts";

/** Every address there is. */
export const ROUTES: readonly Route[] = [
  ...entrance,
  ...home,
  ...settingUp,
  ...schools,
  ...recruitment,
  ...people,
  ...administration,
];

const LARGEST_BODY = 25_000_000;
const DAY_SECONDS = 86_400;

/** What is told of trouble on our side. */
export type Trouble = (problem: unknown, code: string) => void;

/** The workbench as a web application over a store. */
export function createApp(store: Store, onTrouble: Trouble = () => undefined): Hono {
  const style = styleSheet();
  const app = new Hono();
  const visitOf = (c: Context): Visit => ({
    c,
    store,
    style: style.path,
    account: undefined,
    token: undefined,
    programme: undefined,
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", "data:"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
      xFrameOptions: "DENY",
      referrerPolicy: "same-origin",
    }),
  );
  app.use(csrf());
  app.use(
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: (c) =>
        c.html(
          <Page title="Too large" style={style.path}>
            <h1 class="govuk-heading-l">That is too large</h1>
            <p class="govuk-body">The largest file we take is 20 MB. Nothing was saved.</p>
          </Page>,
          413,
        ),
    }),
  );
  app.get(style.path, (c) =>
    c.body(style.text, 200, {
      "content-type": "text/css; charset=utf-8",
      "cache-control": `public, max-age=${30 * DAY_SECONDS}, immutable`,
    }),
  );
  app.get("/favicon.ico", (c) => c.body(null, 204));
  app.get("/health", async (c) =>
    (await store.isAlive()) ? c.json({ state: "ok" }) : c.json({ state: "no database" }, 503),
  );
  for (const route of ROUTES) app.on(route.method.toUpperCase(), route.path, (c) => answer(route, visitOf(c)));
  app.notFound((c) => notFound(visitOf(c)));
  app.onError((problem, c) => {
    if (problem instanceof HTTPException && problem.status === 403) {
      return c.html(
        <Page title="Not sent from here" style={style.path}>
          <h1 class="govuk-heading-l">That form was not sent from a page of this Assay</h1>
          <p class="govuk-body">Nothing was saved. Open the page here, and send it again.</p>
        </Page>,
        403,
      );
    }
    const code = randomBytes(2).toString("hex").toUpperCase();
    onTrouble(problem, code);
    return c.html(
      <Page title="Something went wrong" style={style.path}>
        <h1 class="govuk-heading-l">Something went wrong on our side</h1>
        <p class="govuk-body">{`Nothing you sent was saved. Go back, where what you typed still stands, and try again, or quote ${code}.`}</p>
      </Page>,
      500,
    );
  });
  return app;
}

async function answer(route: Route, bare: Visit): Promise<Response> {
  const { c, store } = bare;
  const token = getCookie(c, COOKIE);
  const account = token === undefined ? undefined : await accountOf(store.db, token);
  const visit = { ...bare, account, token };
  if (route.needs === "nobody") return await route.answer(visit);
  // Nothing behind a sign-in is kept by a browser or on the way to it: the back button shows nothing after signing out.
  c.header("cache-control", "no-store");
  if (account === undefined || token === undefined) {
    const to = route.method === "get" ? `?next=${encodeURIComponent(pathOf(c))}` : "";
    return c.redirect(`/sign-in${to}`, 303);
  }
  const signed = { ...visit, account, token };
  if (route.needs === "sign-in") return await route.answer(signed);
  if (route.scope === "anywhere")
    return may(account.roles, route.needs) ? await route.answer(signed) : await notFound(signed);
  const programme = await findProgramme(store.db, c.req.param("p") ?? "");
  if (programme === undefined || !may(account.roles, route.needs, programme.id)) return await notFound(signed);
  return await route.answer({ ...signed, programme });
}

function pathOf(c: Context): string {
  const { pathname, search } = new URL(c.req.url);
  return `${pathname}${search}`;
}
