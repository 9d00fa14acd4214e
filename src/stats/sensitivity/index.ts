export { robustnessValue } from "./robustnessValue.ts";
