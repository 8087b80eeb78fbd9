/**
 * Bundles the command line into dist/. `main.js` is one file with all that the usual command needs, because
 * each further file costs a millisecond at start; what is imported lazily stands in dist/lazy, a chunk each.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, dirname, resolve } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { referenceFiles } from "./cli/reference/files.ts";

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
  // React says much that only its authors read, unless it is told that this is no workshop.
  define: {
    AAC_VERSION: JSON.stringify(version),
    "process.env.NODE_ENV": '"production"',
    "process.env.DEV": '"false"',
  },
  jsx: "automatic",
  logLevel: "warning",
};

/**
 * An `import` of one of Node's modules looks at every export and so loads what stands behind the lazy ones;
 * asking for the module itself does not. Measured: 6 ms of a start of 30.
 */
const SELDOM: Readonly<Record<string, readonly string[]>> = {
  // Commander starts programs for commands in files of their own, and strips colours off help: here neither is.
  child_process: ["spawn", "spawnSync", "execFileSync"],
  util: ["stripVTControlCharacters"],
};

const builtins = (seldom: Readonly<Record<string, readonly string[]>>): Plugin => ({
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
      const getters = seldom[path]?.map((name) => `get ${name}(){return ${found}.${name}}`);
      const contents = `module.exports=${getters === undefined ? found : `{${getters.join(",")}}`}`;
      return { contents, loader: "js" };
    });
  },
});

const lazy = new Map<string, string>();
const completion = `${root}src/cli/complete/main.ts`;

const lazyFiles: Plugin = {
  name: "lazy files",
  setup(bundler) {
    bundler.onResolve({ filter: /^\./ }, (found) => {
      if (found.kind !== "dynamic-import") return undefined;
      const file = resolve(found.resolveDir, found.path);
      if (file === completion) return { path: "./complete.js", external: true };
      const name = file
        .slice(root.length)
        .replaceAll(/[^A-Za-z0-9]+/g, "-")
        .replace(/-(?:tsx?|json)$/, "");
      lazy.set(name, file);
      return { path: `./lazy/${name}.js`, external: true };
    });
  },
};

/** The table of commands holds one that is not lazy; who only reads the table has no use for its code. */
const tableAlone: Plugin = {
  name: "table alone",
  setup(bundler) {
    bundler.onResolve({ filter: /\/commands\// }, ({ path, kind }) =>
      kind === "import-statement" ? { path, namespace: "command" } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: "command" }, () => ({ contents: "module.exports={}" }));
  },
};

/**
 * The libraries that speak with an engine or a cluster, a file each: large, and wanted by one target only. What
 * they hold for others is left out or put off, because Node would read and run it at each start.
 */
interface Client {
  readonly file: string;
  readonly entry: string;
  /** By what an import of the library says: the module that stands there instead. */
  readonly instead: Readonly<Record<string, string>>;
}

/** Loads the real one when one of its functions or classes is used; without names, when it is called itself. */
function late(module: string, ...names: readonly string[]): string {
  const real = `require(${JSON.stringify(module)})`;
  const passOn = (wanted: string): string =>
    `function(...given){return new.target?new(${wanted})(...given):(${wanted})(...given)}`;
  const exports = names.map((name) => `${name}:${passOn(`${real}.${name}`)}`);
  return `module.exports=${names.length === 0 ? passOn(real) : `{${exports.join(",")}}`}`;
}

/** What the modem needs of Node's old module for addresses, whose `parse` prints a warning by now. */
const ADDRESSES = `
  const bare = (host) => host.replace(/^\\[|\\]$/g, "");
  exports.URL = URL;
  exports.parse = (text) => {
    if (!URL.canParse(text)) return {};
    const { protocol, hostname, port, pathname, search } = new URL(text);
    return { protocol, hostname: bare(hostname), port, pathname, path: pathname + search };
  };
  exports.format = ({ protocol, hostname, port, pathname = "/" }) => {
    const host = hostname.includes(":") ? "[" + bare(hostname) + "]" : hostname;
    return protocol.replace(/:?$/, "://") + host + (port ? ":" + port : "") + pathname;
  };
  exports.resolve = (base, path) => new URL(path, base).href;
`;
const SILENT = "module.exports=()=>()=>{}";
const CLIENTS: Readonly<Record<string, Client>> = {
  dockerode: {
    file: "dockerode",
    entry: `export { default } from "dockerode"`,
    instead: {
      // Native code, for engines behind ssh: those are refused before.
      ssh2: "module.exports={}",
      // Sign-in for BuildKit's own protocol, and its progress: 400 KB of gRPC and protocol buffers.
      "./session": `module.exports=(docker,auth,handler)=>handler(new Error("BuildKit sessions are left out"))`,
      "./buildkit": "module.exports={}",
      // The copy for old Nodes; this is the same without a package.
      "readable-stream": `module.exports=require("stream")`,
      // Most engines are behind a socket of this machine.
      https: late("https", "request"),
      // For a folder that is sent as an image.
      zlib: late("zlib", "createGzip"),
      "tar-fs": late("tar-fs", "pack"),
      "@balena/dockerignore": late("@balena/dockerignore"),
      // Would print each request, values of variables included.
      debug: SILENT,
      util: "module.exports={inspect:()=>undefined}",
      url: ADDRESSES,
    },
  },
  "@kubernetes/client-node": {
    file: "kubernetes-client",
    // The one part that finds clusters and signs in; the rest are classes for each kind of object.
    entry: `export { KubeConfig } from "@kubernetes/client-node/dist/config.js"`,
    instead: {
      "./gen/index.js": "export const createConfiguration=undefined,ServerConfiguration=undefined",
      "./middleware.js": "export const setHeaderMiddleware=undefined",
      // A second HTTP client. Requests go through Node's, with the certificates that the library finds.
      undici: "export const Agent=undefined,ProxyAgent=undefined",
      socks: "export const SocksClient=undefined",
      // Few clusters are behind a proxy.
      hpagent: late("hpagent", "HttpProxyAgent", "HttpsProxyAgent"),
      "socks-proxy-agent": late("socks-proxy-agent", "SocksProxyAgent"),
      debug: SILENT,
    },
  },
};

/** Left alone in every other file: the one that asks for it in vain. */
const ASKED_BY: Readonly<Record<string, string>> = {
  util: "/docker-modem/lib/modem.js",
  url: "/docker-modem/lib/modem.js",
  socks: "/client-node/dist/config.js",
};

const lightened = ({ instead }: Client): Plugin => ({
  name: "lightened",
  setup(bundler) {
    bundler.onResolve({ filter: /.*/ }, ({ path, importer, namespace, resolveDir }) => {
      // What stands instead asks for the real one by the same name.
      if (namespace === "instead" || !importer.endsWith(ASKED_BY[path] ?? "")) return undefined;
      return instead[path] === undefined ? undefined : { path, namespace: "instead", pluginData: resolveDir };
    });
    bundler.onLoad({ filter: /.*/, namespace: "instead" }, ({ path, pluginData }) => ({
      contents: instead[path] ?? "",
      loader: "js",
      resolveDir: String(pluginData),
    }));
  },
});

/** Of Ink: it draws, and neither it nor React is looked into while it runs. */
const bareInk: Plugin = {
  name: "bare ink",
  setup(bundler) {
    // A variable of somebody's shell would be enough to load it.
    bundler.onResolve({ filter: /^\.\/devtools\.js$/ }, ({ path, importer }) =>
      importer.includes("/ink/") ? { path, namespace: "left out" } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: "left out" }, () => ({ contents: "export default {}" }));
    // It would fetch its own bytes from a text of its own, and Node load a whole client for that.
    bundler.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll("typeof fetch", '"nothing"'),
    }));
  },
};

const clientFiles: Plugin = {
  name: "client files",
  setup(bundler) {
    bundler.onResolve({ filter: /^[@a-z]/ }, ({ path, kind }) => {
      const client = kind === "dynamic-import" ? CLIENTS[path] : undefined;
      return client === undefined ? undefined : { path: `./${client.file}.js`, external: true };
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
  plugins: [lazyFiles, builtins(SELDOM)],
});
const complete = await build({
  ...shared,
  entryPoints: { complete: completion },
  outdir: fresh,
  plugins: [tableAlone, lazyFiles, builtins(SELDOM)],
});
const rest = await build({
  ...shared,
  entryPoints: Object.fromEntries(lazy),
  outdir: `${fresh}/lazy`,
  splitting: true,
  plugins: [clientFiles, bareInk, builtins(SELDOM)],
});
const clients = await Promise.all(
  Object.values(CLIENTS).map((client) =>
    build({
      ...shared,
      stdin: { contents: client.entry, resolveDir: root },
      outfile: `${fresh}/lazy/${client.file}.js`,
      plugins: [lightened(client), builtins({})],
    }),
  ),
);
// Which sources stand in which file: the tests of what a command loads read it.
const outputs = [main, complete, rest, ...clients].flatMap(({ metafile }) =>
  Object.entries(metafile?.outputs ?? {}),
);
const contents = outputs.map(([file, output]) => [basename(file), Object.keys(output.inputs)]);
writeFileSync(`${fresh}/contents.json`, JSON.stringify(Object.fromEntries(contents)));
for (const [path, text] of Object.entries(referenceFiles(version))) {
  mkdirSync(dirname(`${fresh}/${path}`), { recursive: true });
  writeFileSync(`${fresh}/${path}`, text);
}
rmSync(`${root}dist`, { recursive: true, force: true });
renameSync(fresh, `${root}dist`);
