type Row = Readonly<Record<string, number>>;
type Named = Readonly<Record<string, unknown>>;

/**
 * The result of a factor analysis with its factors renamed and turned so that they lie nearest to the expected ones: the
 * order and the signs of factors carry no meaning. Anything without `loadings` on both sides is left as it is.
 */
export function alignFactors(result: unknown, expected: unknown): unknown {
  const own = loadingsOf(result);
  const wanted = loadingsOf(expected);
  if (own === undefined || wanted === undefined) return result;
  const factors = Object.keys(Object.values(wanted)[0] ?? {});
  const items = Object.keys(wanted).filter((item) => own[item] !== undefined);
  const product = (mine: string, theirs: string) =>
    items.reduce((sum, item) => sum + own[item][mine] * wanted[item][theirs], 0);
  const left = new Set(Object.keys(Object.values(own)[0] ?? {}));
  if (left.size !== factors.length) return result;
  const partner = new Map<string, { readonly from: string; readonly sign: number }>();
  for (const factor of factors) {
    const from = [...left].reduce((best, one) =>
      Math.abs(product(one, factor)) > Math.abs(product(best, factor)) ? one : best,
    );
    left.delete(from);
    partner.set(factor, { from, sign: product(from, factor) < 0 ? -1 : 1 });
  }
  const turnRow = (row: Row): Row =>
    Object.fromEntries(factors.map((factor) => [factor, partner.get(factor)!.sign * row[partner.get(factor)!.from]]));
  const turnRows = (rows: Readonly<Record<string, Row>>) =>
    Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, turnRow(row)]));
  const { loadings, structure, phi, ssLoadings } = result as {
    readonly loadings: Readonly<Record<string, Row>>;
    readonly structure?: Readonly<Record<string, Row>>;
    readonly phi?: Readonly<Record<string, Row>>;
    readonly ssLoadings?: readonly number[];
  };
  const names = Object.keys(Object.values(own)[0]);
  return {
    ...(result as Named),
    loadings: turnRows(loadings),
    ...(structure === undefined ? {} : { structure: turnRows(structure) }),
    ...(phi === undefined ? {} : { phi: turnPhi(phi) }),
    ...(ssLoadings === undefined
      ? {}
      : { ssLoadings: factors.map((factor) => ssLoadings[names.indexOf(partner.get(factor)!.from)]) }),
  };

  function turnPhi(square: Readonly<Record<string, Row>>) {
    return Object.fromEntries(
      factors.map((factor) => {
        const { from, sign } = partner.get(factor)!;
        const row = turnRow(square[from]);
        return [factor, Object.fromEntries(Object.entries(row).map(([other, value]) => [other, sign * value]))];
      }),
    );
  }
}

function loadingsOf(value: unknown): Readonly<Record<string, Row>> | undefined {
  const loadings = (value as { loadings?: unknown } | null | undefined)?.loadings;
  if (typeof loadings !== "object" || loadings === null) return undefined;
  const rows = Object.values(loadings);
  return rows.length > 0 && rows.every((row) => typeof row === "object" && row !== null)
    ? (loadings as Readonly<Record<string, Row>>)
    : undefined;
}
