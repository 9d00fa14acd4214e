/** How a study's effect will be estimated, as far as its precision depends on it. */
export interface PrecisionDesign {
  readonly kind: keyof typeof DESIGNS;
  /** Units of the top level: pupils, schools or areas. */
  readonly units: number;
  /** Units of the middle level in each of the top level, for three levels. */
  readonly middle?: number;
  /** Individuals in each unit of the lowest group; not for `individuals`. */
  readonly size?: number;
  /** Share of units (of individuals, in blocks) treated, between 0 and 1. */
  readonly treatedShare: number;
  /** Intraclass correlations: share of variance between schools, and between areas for three levels. */
  readonly icc?: number;
  readonly iccTop?: number;
  /** Variance explained at the level of individuals, of schools, of areas. */
  readonly r2?: number;
  readonly r2Middle?: number;
  readonly r2Top?: number;
  /** Variance of the effect between blocks as a share of the variance between blocks. */
  readonly effectVariance?: number;
  /** Covariates at the level of assignment (or individuals, for `individuals` and `blocks fixed`). */
  readonly covariates?: number;
}

/** The variance of the effect in SD units, and the degrees of freedom it is estimated with. */
export interface Precision {
  readonly se: number;
  readonly df: number;
}

/** A setting of a design that cannot be. */
export class BadDesign extends Error {
  override readonly name = "BadDesign";
}

interface Settings {
  readonly j: number;
  readonly k: number;
  readonly n: number;
  readonly p: number;
  readonly icc: number;
  readonly top: number;
  readonly r1: number;
  readonly r2: number;
  readonly r3: number;
  readonly omega: number;
  readonly g: number;
}

/**
 * The designs there are: variance of the standardised effect and degrees of freedom. j units at the top, k in the middle,
 * n individuals in each, p the share treated.
 *
 * Source: Dong and Maynard (2013), Journal of Research on Educational Effectiveness 6(1), tables 4 to 11.
 */
const DESIGNS = {
  /** Individuals assigned, no clusters. */
  individuals: {
    levels: 1,
    variance: ({ j, p, r1 }: Settings) => (1 - r1) / (p * (1 - p) * j),
    df: ({ j, g }: Settings) => j - g - 2,
  },
  /** Schools assigned, individuals measured. */
  clusters: {
    levels: 2,
    variance: ({ j, n, p, icc, r1, r2 }: Settings) =>
      (icc * (1 - r2)) / (p * (1 - p) * j) + ((1 - icc) * (1 - r1)) / (p * (1 - p) * j * n),
    df: ({ j, g }: Settings) => j - g - 2,
  },
  /** Areas assigned, individuals in schools measured. */
  "clusters of clusters": {
    levels: 3,
    variance: ({ j, k, n, p, icc, top, r1, r2, r3 }: Settings) =>
      ((top * (1 - r3)) / j + (icc * (1 - r2)) / (j * k) + ((1 - icc - top) * (1 - r1)) / (j * k * n)) / (p * (1 - p)),
    df: ({ j, g }: Settings) => j - g - 2,
  },
  /** Individuals assigned within each school, the effect the same in all. */
  "blocks fixed": {
    levels: 2,
    variance: ({ j, n, p, icc, r1 }: Settings) => ((1 - icc) * (1 - r1)) / (p * (1 - p) * j * n),
    df: ({ j, n, g }: Settings) => j * (n - 1) - g - 1,
  },
  /** Individuals assigned within each school, the effect varying between schools. */
  "blocks random": {
    levels: 2,
    variance: ({ j, n, p, icc, omega, r1, r2 }: Settings) =>
      (icc * omega * (1 - r2)) / j + ((1 - icc) * (1 - r1)) / (p * (1 - p) * j * n),
    df: ({ j, g }: Settings) => j - g - 1,
  },
  /** Schools assigned within each area, the effect the same in all. */
  "clusters in blocks fixed": {
    levels: 3,
    variance: ({ j, k, n, p, icc, top, r1, r2 }: Settings) =>
      ((icc * (1 - r2)) / (j * k) + ((1 - icc - top) * (1 - r1)) / (j * k * n)) / (p * (1 - p)),
    df: ({ j, k, g }: Settings) => j * (k - 2) - g,
  },
  /** Schools assigned within each area, the effect varying between areas. */
  "clusters in blocks random": {
    levels: 3,
    variance: ({ j, k, n, p, icc, top, omega, r1, r2, r3 }: Settings) =>
      (top * omega * (1 - r3)) / j +
      ((icc * (1 - r2)) / (j * k) + ((1 - icc - top) * (1 - r1)) / (j * k * n)) / (p * (1 - p)),
    df: ({ j, g }: Settings) => j - g - 1,
  },
} as const;

/**
 * Standard error of the effect in SD units, and its degrees of freedom.
 * @throws BadDesign  a share, correlation or count is impossible, or one that the design needs is missing.
 */
export function precisionOf(design: PrecisionDesign): Precision {
  const { levels, variance, df } = DESIGNS[design.kind];
  const need = (name: keyof PrecisionDesign, from: number): number => {
    const value = design[name];
    if (levels < from) return 1;
    if (typeof value !== "number") throw new BadDesign(`a design of "${design.kind}" needs ${name}`);
    return value;
  };
  const share = (name: keyof PrecisionDesign, otherwise: number): number => {
    const value = design[name];
    const own = typeof value === "number" ? value : otherwise;
    if (!(own >= 0 && own <= 1)) throw new BadDesign(`${name} is ${own}; from 0 to 1 is possible`);
    return own;
  };
  const settings: Settings = {
    j: design.units,
    k: need("middle", 3),
    n: need("size", 2),
    p: design.treatedShare,
    icc: levels > 1 ? share("icc", Number.NaN) : 0,
    top: levels > 2 ? share("iccTop", Number.NaN) : 0,
    r1: share("r2", 0),
    r2: share("r2Middle", 0),
    r3: share("r2Top", 0),
    omega: design.effectVariance ?? 0,
    g: design.covariates ?? 0,
  };
  if (!(settings.p > 0 && settings.p < 1))
    throw new BadDesign(`treatedShare is ${settings.p}; between 0 and 1 is possible`);
  if (!(settings.j > 0 && settings.k > 0 && settings.n > 0)) throw new BadDesign("counts of units must be above 0");
  if (settings.icc + settings.top > 1) throw new BadDesign("the intraclass correlations add up to more than 1");
  return { se: Math.sqrt(variance(settings)), df: df(settings) };
}
