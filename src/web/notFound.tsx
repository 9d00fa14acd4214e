import { Page } from "./layout.tsx";
import type { Visit } from "./route.ts";

/** A page that is missing and one that may not be seen answer alike. */
export function notFound(visit: Visit): Response | Promise<Response> {
  return visit.c.html(
    <Page title="Page not found" style={visit.style} account={visit.account}>
      <h1 class="govuk-heading-l">We cannot find that page, or you may not see it</h1>
      <p class="govuk-body">
        Check the address, or{" "}
        <a class="govuk-link" href="/">
          go to This week
        </a>
        .
      </p>
    </Page>,
    404,
  );
}
