export { entropyBalance } from "./entropyBalance.ts";
export { inverseProbabilityWeights } from "./inverseProbabilityWeights.ts";
export { matchNearest } from "./matchNearest.ts";
