import { assertNever } from "../../base/assert-never.ts";
import { portIn } from "./read-settings.ts";
import type { Runtime } from "./shapes.ts";

/** By path, the shallow ones first. */
type Files = ReadonlyMap<string, string>;

export interface Entry {
  readonly file?: string;
  /** Nothing: the runtime's own. */
  readonly command?: readonly string[];
  readonly guess?: string;
}

/** The program that the runtime starts, as the files tell it. */
export function entryOf(runtime: Runtime, files: Files): Entry {
  switch (runtime) {
    case "python":
      return pythonEntry(files);
    case "nodejs":
      return nodeEntry(files);
    case "go":
      return goEntry(files);
    case "rust":
      return rustEntry(files);
    case "java":
      return {
        guess: "entry `java -jar app.jar`: the build must make app.jar, with its main class in the manifest",
      };
    default:
      return assertNever(runtime);
  }
}

const PYTHON_NAMES = ["main.py", "app.py", "server.py"];

function pythonEntry(files: Files): Entry {
  const guarded = ([path, text]: readonly [string, string]): boolean =>
    path.endsWith(".py") && text.includes("__name__") && text.includes("__main__");
  const named = ["", "src/", "app/"].flatMap((folder) => PYTHON_NAMES.map((name) => folder + name));
  const scripts = [...files.keys()].filter((path) => path.endsWith(".py") && !path.includes("/"));
  const file =
    named.find((path) => files.has(path)) ??
    [...files].find(guarded)?.[0] ??
    (scripts.length === 1 ? scripts[0] : undefined);
  if (file === undefined)
    return { guess: "no entry file found: main.py is what runs; write `command` for another" };
  const text = files.get(file) ?? "";
  const module = file.slice(0, -".py".length).replaceAll("/", ".");
  // An application that nothing in its own file starts: a server is meant to import it.
  if (!/\.run\(/.test(text)) {
    const asgi = /^(\w{1,60})(?:: ?\w{1,60})? ?= ?(?:\w{1,60}\.)?(?:FastAPI|Starlette)\(/m.exec(text)?.[1];
    const port = portIn([[file, text], ...files])?.value;
    if (asgi !== undefined) {
      const command = [
        "python",
        "-m",
        "uvicorn",
        `${module}:${asgi}`,
        "--host",
        "0.0.0.0",
        "--port",
        String(port ?? 8000),
      ];
      return {
        file,
        command,
        guess: `entry \`${command.join(" ")}\`: ${file} makes \`${asgi}\` and does not run it`,
      };
    }
    const flask = /^(\w{1,60})(?:: ?\w{1,60})? ?= ?(?:\w{1,60}\.)?Flask\(/m.exec(text)?.[1];
    if (flask !== undefined) {
      const where = ["--host", "0.0.0.0", "--port", String(port ?? 5000)];
      const command = ["python", "-m", "flask", "--app", `${module}:${flask}`, "run", ...where];
      return {
        file,
        command,
        guess: `entry \`${command.join(" ")}\`: ${file} makes \`${flask}\` and does not run it`,
      };
    }
  }
  const guess = `entry \`python ${file}\``;
  return file === "main.py" ? { file, guess } : { file, command: ["python", file], guess };
}

function nodeEntry(files: Files): Entry {
  const { main, start } = manifestOf(files.get("package.json"));
  const words = start?.trim().split(/\s+/) ?? [];
  const simple =
    words.length > 1 && words[0] === "node" && words.every((word) => /^[\w@%+=:,./-]+$/.test(word));
  const told = words.find((word) => files.has(normal(word)));
  if (start !== undefined && !simple) {
    return {
      ...(told === undefined ? {} : { file: normal(told) }),
      command: ["npm", "start"],
      guess: `entry \`npm start\`: that is \`${start}\``,
    };
  }
  const usual = [
    "index.js",
    "server.js",
    "app.js",
    "main.js",
    "index.mjs",
    "src/index.js",
    "src/server.js",
    "index.ts",
    "src/index.ts",
  ];
  const file = simple
    ? normal(told ?? words.at(-1) ?? "")
    : [normal(main ?? ""), ...usual].find((path) => files.has(path));
  if (file === undefined)
    return { guess: "no entry file found: index.js is what runs; write `command` for another" };
  const command = simple ? words : ["node", file];
  const guess = `entry \`${command.join(" ")}\`${simple ? ": scripts.start of package.json" : ""}`;
  return command.length === 2 && file === "index.js" ? { file, guess } : { file, command, guess };
}

const normal = (path: string): string => path.replace(/^\.\//, "");

function manifestOf(text: string | undefined): { readonly main?: string; readonly start?: string } {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "{}");
  } catch {
    return {};
  }
  const main = at(value, "main");
  const start = at(at(value, "scripts"), "start");
  return { ...(typeof main === "string" ? { main } : {}), ...(typeof start === "string" ? { start } : {}) };
}

const at = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

function goEntry(files: Files): Entry {
  const mains = [...files]
    .filter(([path, text]) => path.endsWith(".go") && /^package main\b/m.test(text))
    .map(([path]) => path);
  const [file] = mains;
  if (file === undefined)
    return { guess: "entry `./app`: no `package main` was found, so the build will not make it" };
  if (!file.includes("/")) return { file, guess: "entry `./app`: what `go build` makes of the folder" };
  return {
    file,
    guess: `entry \`./app\`: but \`package main\` is in ${file}, so it needs a Dockerfile or a main.go here`,
  };
}

function rustEntry(files: Files): Entry {
  // The program is named after [[bin]] where there is one, else after [package].
  let section = "";
  const names = new Map<string, string>();
  for (const line of (files.get("Cargo.toml") ?? "").split("\n")) {
    const head = /^\[+([\w.-]{1,60})\]/.exec(line)?.[1];
    if (head !== undefined) section = head;
    const name = /^name *= *"([\w-]{1,64})"/.exec(line)?.[1];
    if (name !== undefined && !names.has(section)) names.set(section, name);
  }
  const name = names.get("bin") ?? names.get("package") ?? "app";
  const file = "src/main.rs";
  const guess = `entry \`./target/release/${name}\`: the name in Cargo.toml`;
  return name === "app" ? { file, guess } : { file, command: [`./target/release/${name}`], guess };
}
