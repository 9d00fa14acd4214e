const SERIES = [
  57.15623566586292, -59.59796035547549, 14.136097974741746, -0.4919138160976202, 0.3399464998481189e-4,
  0.4652362892704858e-4, -0.9837447530487956e-4, 0.1580887032249125e-3, -0.21026444172410488e-3, 0.21743961811521265e-3,
  -0.1643181065367639e-3, 0.8441822398385275e-4, -0.26190838401581408e-4, 0.3689918265953162e-5,
];

/**
 * ln Γ(x) for x > 0, to about 1e-15.
 *
 * Source: Lanczos (1964), SIAM Journal on Numerical Analysis B 1, with Godfrey's 15 coefficients for g = 607/128.
 */
export function logGamma(x: number): number {
  const shifted = x + 671 / 128;
  let series = 0.9999999999999971;
  for (let i = 0; i < SERIES.length; i++) series += SERIES[i] / (x + 1 + i);
  return (x + 0.5) * Math.log(shifted) - shifted + Math.log((2.5066282746310007 * series) / x);
}

/** ln Γ(x + 1) − (x + ½) ln x + x − ½ ln 2π: what Stirling's formula leaves over, for x > 0. */
export function stirlingRest(x: number): number {
  if (x < 15) return logGamma(x + 1) - (x + 0.5) * Math.log(x) + x - 0.9189385332046728;
  const xx = x * x;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / xx) / xx) / xx) / xx) / x;
}
