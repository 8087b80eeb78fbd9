import { entryOf } from "./read-entry.ts";
import { type Found, healthPathIn, portIn, variablesIn } from "./read-settings.ts";
import { type Runtime, RUNTIMES, type Variable } from "./shapes.ts";

/** What the code of a folder says about how it is run. */
export interface CodeFacts {
  /** `dockerfile`: nothing but a Dockerfile says what to run. */
  readonly kind: Runtime | "dockerfile" | undefined;
  /** Nothing: the runtime's own. */
  readonly command: readonly string[] | undefined;
  readonly port: Found<number> | undefined;
  readonly health: Found<string> | undefined;
  readonly variables: readonly Variable[];
  /** How it was found out, a sentence each. */
  readonly guesses: readonly string[];
}

type Files = ReadonlyMap<string, string>;

const MARKERS: Readonly<Record<Runtime, RegExp>> = {
  python: /^(?:main\.py|app\.py|requirements\.txt|pyproject\.toml)$/,
  nodejs: /^package\.json$/,
  go: /^go\.mod$/,
  rust: /^Cargo\.toml$/,
  java: /^(?:pom\.xml|build\.gradle(?:\.kts)?)$/,
};
const SOURCES: Readonly<Record<Runtime, RegExp>> = {
  python: /\.py$/,
  nodejs: /\.(?:js|mjs|cjs|ts|mts)$/,
  go: /\.go$/,
  rust: /\.rs$/,
  java: /\.(?:java|kt|properties)$/,
};
const SETTINGS = /(?:^|\/)(?:package\.json|Procfile|Dockerfile)$/;
/** Code that the agent does not run: its numbers and names would be somebody else's. */
const BESIDE =
  /(?:^|\/)(?:\.[^/]+|node_modules|vendor|venv|env|target|dist|build|__pycache__|tests?|__tests__|examples?|docs)\/|(?:^|\/)test_[^/]*$|_test\.\w+$|\.(?:test|spec)\.\w+$|^src\/test\//;

export function readCode(files: Files, wanted: Runtime | undefined, hasModel: boolean): CodeFacts {
  const own = new Map([...files].filter(([path]) => !BESIDE.test(path)).sort(byDepth));
  const guesses: string[] = [];
  const kind = wanted ?? kindOf(own, guesses);
  const runtime = kind === "dockerfile" ? undefined : kind;
  const entry = runtime === undefined ? {} : entryOf(runtime, own);
  if (entry.guess !== undefined) guesses.push(entry.guess);
  const sources = [...own]
    .filter(([path]) => SETTINGS.test(path) || wantedSource(path, runtime))
    .sort(([a], [b]) => Number(b === entry.file) - Number(a === entry.file));
  return {
    kind,
    command: entry.command,
    port: portIn(sources),
    health: healthPathIn(sources),
    variables: variablesIn(sources, hasModel),
    guesses,
  };
}

const byDepth = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
  a.split("/").length - b.split("/").length || (a < b ? -1 : 1);

function wantedSource(path: string, runtime: Runtime | undefined): boolean {
  return runtime === undefined
    ? RUNTIMES.some((one) => SOURCES[one].test(path))
    : SOURCES[runtime].test(path);
}

function kindOf(files: Files, guesses: string[]): CodeFacts["kind"] {
  const paths = [...files.keys()];
  const marked = RUNTIMES.map((runtime) => ({
    runtime,
    by: paths.filter((path) => MARKERS[runtime].test(path)),
  }));
  const [first, ...others] = marked.filter(({ by }) => by.length > 0);
  if (first !== undefined) {
    guesses.push(`runtime ${first.runtime}: found ${first.by.join(", ")}`);
    if (others.length > 0) {
      const names = others.map(({ runtime, by }) => `${runtime} (${by.join(", ")})`).join(", ");
      guesses.push(`there is also ${names}; --runtime NAME chooses another`);
    }
    if (files.has("Dockerfile"))
      guesses.push("the Dockerfile is not used; `build: {}` instead of `runtime` uses it");
    return first.runtime;
  }
  if (files.has("Dockerfile")) {
    guesses.push("`build: {}`: a Dockerfile is here, and no file that tells a runtime");
    return "dockerfile";
  }
  const bare = RUNTIMES.find((runtime) =>
    paths.some((path) => !path.includes("/") && SOURCES[runtime].test(path)),
  );
  if (bare !== undefined) guesses.push(`runtime ${bare}: by the names of the files`);
  return bare;
}
