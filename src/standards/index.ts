export { type RegistryText, registryIds, registryText } from "./registry.ts";
export { roleDictionary } from "./roleDictionary.ts";
