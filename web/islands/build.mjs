// Bundles the islands and the styles into web/static/built: main.js, main.css, and the chunks that main.js loads when it needs them.
//   node build.mjs            once, minified
//   node build.mjs --watch    again at every change, readable
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, context } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const built = join(here, "..", "static", "built");
const styles = join(here, "..", "styles");
const watch = process.argv.includes("--watch");
const SHELL = "shell"; // what every page is made of

// A slice has its islands in src/<slice>/main.ts, and its styles in styles/<slice>.css or, when they are several files, in
// styles/<slice>/main.css. The styles of the shell come first; its islands come last, when every element is registered.
const collectSlices = {
  name: "collect-slices",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^slices:/ }, ({ path }) => ({ path, namespace: "slices" }));
    onLoad({ filter: /^slices:islands$/, namespace: "slices" }, async () => {
      const found = (await mains(join(here, "src"), "main.ts")).filter((path) => path !== `./${SHELL}/main.ts`);
      const contents = [...found, `./${SHELL}/main.ts`].map((path) => `import "${path}";\n`).join("");
      return { contents, resolveDir: join(here, "src"), watchDirs: [join(here, "src")] };
    });
    onLoad({ filter: /^slices:styles$/, namespace: "slices" }, async () => {
      const found = (await mains(styles, "main.css")).filter((path) => path !== `./${SHELL}/main.css`);
      const contents = [`./${SHELL}/main.css`, ...found].map((path) => `@import "${path}";\n`).join("");
      return { contents, loader: "css", resolveDir: styles, watchDirs: [styles] };
    });
  },
};

/** The main file of each folder, and the single files of styles, by name. */
async function mains(folder, main) {
  const found = [];
  for (const name of (await readdir(folder)).sort()) {
    if (existsSync(join(folder, name, main))) found.push(`./${name}/${main}`);
    else if (name.endsWith(".css")) found.push(`./${name}`);
  }
  return found;
}

// Names of chunks carry their hash, so old ones would pile up. The locales beside them are made by hatch_build.py.
const pruneOldFiles = {
  name: "prune-old-files",
  setup({ onEnd }) {
    onEnd(async ({ metafile }) => {
      if (!metafile) return; // a failed build keeps the previous files
      const fresh = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
      for (const name of await readdir(built)) {
        if (!fresh.has(name) && !name.startsWith("locale-")) await rm(join(built, name));
      }
    });
  },
};

const options = {
  absWorkingDir: here,
  nodePaths: [join(here, "node_modules")], // for the fonts that web/styles names
  entryPoints: [
    { in: "slices:islands", out: "main" },
    { in: "slices:styles", out: "main" },
  ],
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
  plugins: [collectSlices, pruneOldFiles],
  logLevel: watch ? "info" : "warning",
};

if (watch) {
  await (await context(options)).watch();
} else {
  await build(options);
}
