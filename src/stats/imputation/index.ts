export { chainedImputation } from "./chainedImputation.ts";
export { type Pooling, poolContrasts, poolImputations } from "./poolContrasts.ts";
