export { chainedImputation } from "./chainedImputation.ts";
export { poolContrasts } from "./poolContrasts.ts";
