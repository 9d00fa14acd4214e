import type { Kind } from "./index.ts";
import { agreement } from "./measurement/agreement.ts";
import { factorAnalysisKind } from "./measurement/factorAnalysis.ts";
import { invariance } from "./measurement/invariance.ts";
import { polychoric } from "./measurement/polychoric.ts";
import { reliability } from "./measurement/reliability.ts";

export const MEASUREMENT: Readonly<Record<string, Kind>> = {
  fa: factorAnalysisKind,
  polychoric,
  reliability,
  agreement,
  invariance,
};
