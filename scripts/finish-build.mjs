// After tsc: copies what is not TypeScript beside the compiled files, and makes the command executable.
import { chmodSync, copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

const data = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => /\.(yaml|csv)$/.test(name));
for (const name of data) {
  mkdirSync(dirname(join("dist", name)), { recursive: true });
  copyFileSync(join("src", name), join("dist", name));
}
chmodSync("dist/cli/main.js", 0o755);
