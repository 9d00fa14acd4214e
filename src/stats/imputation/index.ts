export { chainedImputation } from "./chainedImputation.ts";
export { type PooledInterval, poolContrasts } from "./poolContrasts.ts";
