// Runs src/**/*.test.ts with Node's own test runner: Node.js 20 reads no TypeScript, so esbuild bundles the tests first.
//   node test.mjs [part of a path…] [--options of node --test]
import { spawnSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const bundles = join(here, "node_modules", ".cache", "tests"); // inside node_modules, so that packages are found from there
const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith("-"));
const flags = args.filter((arg) => arg.startsWith("-"));

const sources = (await readdir(join(here, "src"), { recursive: true }))
  .filter((path) => path.endsWith(".test.ts"))
  .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
  .sort();
if (sources.length === 0) {
  console.error(`no tests of the islands ${wanted.length ? `match ${wanted.join(" ")}` : "were found"}`);
  process.exit(wanted.length ? 1 : 0);
}

await rm(bundles, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: sources.map((path) => join("src", path)),
  outbase: "src",
  outdir: bundles,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  metafile: true,
  logLevel: "warning",
});
const files = Object.keys(metafile.outputs).map((path) => join(here, path));
const run = spawnSync(process.execPath, ["--enable-source-maps", ...flags, "--test", ...files], { stdio: "inherit" });
process.exit(run.status ?? 1);
