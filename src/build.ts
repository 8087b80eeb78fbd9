/**
 * Bundles the command line into dist/. `main.js` is one file with all that the usual command needs, because
 * each further file costs a millisecond at start; what is imported lazily stands in dist/lazy, a chunk each.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, resolve } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";

const root = new URL("../", import.meta.url).pathname;
const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { version: string };

const shared: BuildOptions = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node24",
  minify: true,
  legalComments: "none",
  metafile: true,
  define: { AAC_VERSION: JSON.stringify(version) },
  logLevel: "warning",
};

/**
 * An `import` of one of Node's modules looks at every export and so loads what stands behind the lazy ones;
 * asking for the module itself does not. Measured: 6 ms of a start of 30.
 */
const SELDOM: Readonly<Record<string, readonly string[]>> = {
  // Commander starts programs for commands in files of their own, and strips colours off help: here neither is.
  child_process: ["spawn"],
  util: ["stripVTControlCharacters"],
};

const builtins: Plugin = {
  name: "builtins",
  setup(bundler) {
    bundler.onResolve({ filter: /^[a-z_:]+$/ }, ({ path, kind }) => {
      const name = path.replace(/^node:/, "");
      // What is asked for when it is needed is lazy already, and keeps its names.
      if (kind === "dynamic-import" && builtinModules.includes(name))
        return { path: `node:${name}`, external: true };
      return builtinModules.includes(name) ? { path: name, namespace: "builtin" } : undefined;
    });
    bundler.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => {
      const found = path === "process" ? "process" : `process.getBuiltinModule("node:${path}")`;
      const getters = SELDOM[path]?.map((name) => `get ${name}(){return ${found}.${name}}`);
      const contents = `module.exports=${getters === undefined ? found : `{${getters.join(",")}}`}`;
      return { contents, loader: "js" };
    });
  },
};

const lazy = new Map<string, string>();

const lazyFiles: Plugin = {
  name: "lazy files",
  setup(bundler) {
    bundler.onResolve({ filter: /^\./ }, (found) => {
      if (found.kind !== "dynamic-import") return undefined;
      const file = resolve(found.resolveDir, found.path);
      const name = file
        .slice(root.length)
        .replaceAll(/[^A-Za-z0-9]+/g, "-")
        .replace(/-(?:ts|json)$/, "");
      lazy.set(name, file);
      return { path: `./lazy/${name}.js`, external: true };
    });
  },
};

/** Made beside and put in place at the end: a build that fails leaves the former one as it was. */
const fresh = `${root}dist-new`;
rmSync(fresh, { recursive: true, force: true });
const main = await build({
  ...shared,
  entryPoints: { main: `${root}src/cli/main.ts` },
  outdir: fresh,
  plugins: [lazyFiles, builtins],
});
const rest = await build({
  ...shared,
  entryPoints: Object.fromEntries(lazy),
  outdir: `${fresh}/lazy`,
  splitting: true,
  plugins: [builtins],
});
// Which sources stand in which file: the tests of what a command loads read it.
const outputs = { ...main.metafile?.outputs, ...rest.metafile?.outputs };
const contents = Object.entries(outputs).map(([file, output]) => [
  basename(file),
  Object.keys(output.inputs),
]);
writeFileSync(`${fresh}/contents.json`, JSON.stringify(Object.fromEntries(contents)));
rmSync(`${root}dist`, { recursive: true, force: true });
renameSync(fresh, `${root}dist`);
