export { clusterLabel } from "./hideNames.ts";
export { makeSafe, type SafeExhibit, type Safety } from "./makeSafe.ts";
