const view = new DataView(new ArrayBuffer(8));

/**
 * ln x for a normal number x > 0, from + − × ÷ alone: the language leaves the last bits of `Math.log` to the engine, and
 * random streams must not depend on it. Error below one unit in the last place.
 *
 * Source: fdlibm 5.3, e_log.c (Sun Microsystems 1993).
 */
export function portableLog(x: number): number {
  view.setFloat64(0, x);
  const high = view.getUint32(0);
  let k = (high >>> 20) - 1023;
  // Mantissa brought to √½ … √2.
  const fraction = high & 0xfffff;
  const carry = (fraction + 0x95f64) & 0x100000;
  view.setUint32(0, fraction | (carry ^ 0x3ff00000));
  k += carry >>> 20;
  const f = view.getFloat64(0) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const half = 0.5 * f * f;
  return k * 0.6931471803691238 - (half - (s * (half + even + odd) + k * 1.9082149292705877e-10) - f);
}
