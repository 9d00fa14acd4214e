export { type MarginalEffect, marginalEffect, type RatioInterval, sharesOf } from "./marginalEffect.ts";
