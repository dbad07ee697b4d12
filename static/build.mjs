// Builds the front end into static/dist. Run by `npm run build` and `npm run watch`.
//   static/js/*.ts     → dist/js/*.js      one self-contained script each (a folder below is for shared parts)
//   static/css/*.css   → dist/css/*.css    @import is resolved, fonts and pictures are copied along
//   static/widget/     → dist/widget/loader.js, app.js (the panel), more.js and teaser.js (on demand)
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, context, transform } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const watching = process.argv.includes("--watch");

const common = { bundle: true, minify: true, charset: "utf8", legalComments: "none", logLevel: "warning" };
const copied = Object.fromEntries([".woff2", ".svg", ".png", ".webp"].map((end) => [end, "copy"]));

const sources = (folder, end) => {
  const path = join(here, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith(end) && !name.endsWith(".d.ts"))
    .map((name) => ({ in: join(path, name), out: `${folder}/${name.slice(0, -end.length)}` }));
};

// The widget's style sheets are constructed in a shadow root: they travel as minified strings.
const cssAsText = {
  name: "css-as-text",
  setup: (builder) =>
    builder.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text", watchFiles: [path] };
    }),
};

const run = async (options) => {
  if (!options.entryPoints.length) return;
  if (!watching) return build({ ...common, ...options });
  const live = await context({ ...common, ...options });
  await live.rebuild();
  await live.watch();
};

const widget = (name, options) => {
  const entry = join(here, "widget", `${name}.ts`);
  const entryPoints = existsSync(entry) ? [{ in: entry, out: `widget/${name}` }] : [];
  return run({ entryPoints, outdir: dist, target: "es2022", plugins: [cssAsText], ...options });
};

const fingerprint = (path) =>
  existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 6) : "";

// Each part names the next one with its fingerprint, so that a cached copy is never a stale one.
const version = (name) => JSON.stringify(watching ? "" : `?${fingerprint(join(dist, `widget/${name}.js`))}`);
const widgets = async () => {
  await Promise.all([widget("more", { format: "esm" }), widget("teaser", { format: "esm" })]);
  await widget("app", { format: "esm", define: { MORE_VERSION: version("more") } });
  await widget("loader", { format: "iife", define: { APP_VERSION: version("app") } });
};

await Promise.all([
  run({ entryPoints: sources("js", ".ts"), outdir: dist, format: "iife", target: "es2022", plugins: [cssAsText] }),
  run({ entryPoints: sources("css", ".css"), outdir: dist, loader: copied, assetNames: "assets/[name]" }),
  widgets(),
]);
