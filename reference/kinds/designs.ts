import { detectableEffect, type PrecisionDesign, powerOf } from "#stats";
import { type Call, readCalls } from "../call.ts";
import type { Request } from "../case.ts";
import { BadSpec, NotAnswered } from "../spec.ts";

/** PowerUpR's arguments that mean the same in every two-level design. */
const KNOWN = [
  "rho2",
  "p",
  "g2",
  "g1",
  "g",
  "r21",
  "r22",
  "r1",
  "r2",
  "n",
  "J",
  "es",
  "alpha",
  "power",
  "two.tailed",
  "omega2",
  "r2t2",
];

/**
 * Detectable effects and power, from the arguments in `call`: each `mdes.…` call is lettered a, b, …, each `power.…` call is
 * `power` (power2, … for more).
 */
export function mdes({ spec, call }: Request): unknown {
  const design = spec.choice("design", ["cra2", "ira1", "bira2c1", "bira2r1"]);
  const result: Record<string, unknown> = {};
  let letters = 0;
  let powers = 0;
  for (const one of readCalls(call)) {
    const [what, named] = one.name.split(".");
    if (named !== design) throw new BadSpec(`call "${one.name}" is of another design than spec.design "${design}"`);
    for (const key of one.values.keys())
      if (!KNOWN.includes(key)) throw new BadSpec(`${one.name}: "${key}" is not known`);
    const asked = designOf(design, one);
    const aim = aimOf(one);
    if (what === "mdes") {
      const found = detectableEffect(asked, aim);
      if (found.state === "not estimable") throw new NotAnswered(found.reason);
      const letter = String.fromCharCode(97 + letters++);
      result[letter] = { mdes: found.effect, lower: found.low, upper: found.high, df: found.df };
    } else if (what === "power") {
      result[powers++ === 0 ? "power" : `power${powers}`] = powerOf(one.values.get("es") ?? 0.25, asked, aim);
    } else throw new BadSpec(`call "${one.name}" is neither mdes nor power`);
  }
  return result;
}

function designOf(design: string, { name, values }: Call): PrecisionDesign {
  const get = (key: string, otherwise?: number): number => {
    const value = values.get(key) ?? otherwise;
    if (value === undefined) throw new BadSpec(`${name} needs ${key}`);
    return value;
  };
  const treatedShare = get("p", 0.5);
  if (design === "ira1") {
    return {
      kind: "individuals",
      units: get("n"),
      treatedShare,
      r2: get("r21", get("r2", get("r1", 0))),
      covariates: get("g1", get("g", 0)),
    };
  }
  const common = { units: get("J"), size: get("n"), treatedShare, icc: get("rho2", 0), r2: get("r21", 0) };
  if (design === "bira2c1") return { kind: "blocks fixed", ...common, icc: 0, covariates: get("g1", 0) };
  if (design === "bira2r1") {
    return {
      kind: "blocks random",
      ...common,
      r2Middle: get("r2t2", 0),
      effectVariance: get("omega2"),
      covariates: get("g2", 0),
    };
  }
  return { kind: "clusters", ...common, r2Middle: get("r22", 0), covariates: get("g2", 0) };
}

function aimOf({ name, values }: Call): { alpha: number; power: number; tails: 1 | 2 } {
  const tails = values.get("two.tailed") ?? 1;
  if (tails !== 0 && tails !== 1) throw new BadSpec(`${name}: two.tailed is ${tails}; TRUE or FALSE is expected`);
  return {
    alpha: values.get("alpha") ?? 0.05,
    power: values.get("power") ?? 0.8,
    tails: tails === 0 ? 1 : 2,
  };
}
