// Bundles the islands and the styles into web/static/built: main.js, main.css, and the chunks that main.js loads when it needs them.
//   node build.mjs            once, minified
//   node build.mjs --watch    again at every change, readable
import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, context } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const built = join(here, "..", "static", "built");
const watch = process.argv.includes("--watch");

// Names of chunks carry their hash, so old ones would pile up. The locales beside them are made by hatch_build.py.
const pruneOldFiles = {
  name: "prune-old-files",
  setup({ onEnd }) {
    onEnd(async ({ metafile }) => {
      if (!metafile) return; // a failed build leaves what stands
      const fresh = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
      for (const name of await readdir(built)) {
        if (!fresh.has(name) && !name.startsWith("locale-")) await rm(join(built, name));
      }
    });
  },
};

const options = {
  absWorkingDir: here,
  entryPoints: ["src/main.ts", "../styles/main.css"],
  outdir: built,
  entryNames: "[name]",
  chunkNames: "chunk-[hash]",
  assetNames: "asset-[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16.4"],
  loader: { ".svg": "file", ".woff2": "file", ".webp": "file", ".png": "file" },
  minify: !watch,
  sourcemap: true,
  legalComments: "linked",
  metafile: true,
  plugins: [pruneOldFiles],
  logLevel: watch ? "info" : "warning",
};

if (watch) {
  await (await context(options)).watch();
} else {
  await build(options);
}
