import { LOGISTIC } from "./family.ts";
import { fitGeneralised, type GeneralisedFit, type GeneralisedRequest } from "./generalisedFit.ts";

/** Logistic regression: `fitGeneralised` for outcomes of 0 and 1, or shares of patterns. */
export function fitLogistic(request: Omit<GeneralisedRequest, "family">): GeneralisedFit {
  return fitGeneralised({ family: LOGISTIC, ...request });
}
