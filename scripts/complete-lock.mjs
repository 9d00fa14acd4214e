// Adds to package-lock.json the binaries of other platforms that the registry in use did not list.
// Run after every change of dependencies, then check with `npm ci --dry-run --ignore-scripts`.
import { readFileSync, writeFileSync } from "node:fs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(path === "" ? {} : (entry.optionalDependencies ?? {}))) {
    if ([`${path}/node_modules/${name}`, `node_modules/${name}`].some((place) => place in lock.packages)) continue;
    const words = name.toLowerCase().split(/[-_/]/);
    const os = words.includes("darwin")
      ? "darwin"
      : words.includes("win32")
        ? "win32"
        : (["linux", "android", "freebsd"].find((system) => words.includes(system)) ?? "any");
    const cpu = ["arm64", "x64", "ia32", "arm"].find((processor) => words.includes(processor)) ?? "any";
    lock.packages[`node_modules/${name}`] = {
      version,
      optional: true,
      ...(entry.dev && { dev: true }),
      os: [os],
      cpu: [cpu],
      ...(words.some((word) => word.startsWith("musl")) && { libc: ["musl"] }),
    };
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} platform entries added`);
