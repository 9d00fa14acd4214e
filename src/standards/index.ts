export { type RegistryText, registryIds, registryText } from "./registry.ts";
