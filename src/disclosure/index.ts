export { makeSafe, type SafeExhibit, type Safety } from "./makeSafe.ts";
