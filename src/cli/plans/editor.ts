import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { Written } from "../../model/resource.ts";
import type { Fronted } from "../../model/system.ts";
import { system } from "../../system/system.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How editors are told a line; one that is not here gets the file alone. */
const PLUS = new Set([
  "vi",
  "vim",
  "nvim",
  "view",
  "nano",
  "emacs",
  "emacsclient",
  "micro",
  "kak",
  "joe",
  "mg",
]);
const COLON = new Set(["hx", "helix", "zed", "subl"]);
/** Else these come back before anybody has typed a letter. */
const WAITING: Readonly<Record<string, string>> = { subl: "-w", zed: "--wait" };
const GOTO = new Set(["code", "codium", "cursor", "code-insiders", "windsurf"]);

/** What `$VISUAL` or `$EDITOR` says, as a shell would take it; undefined where there is no editor. */
export function editorCommand(
  environment: Environment,
  path: string,
  line: number,
  has: (program: string) => boolean,
): readonly [string, ...string[]] | undefined {
  const named = [environment["VISUAL"], environment["EDITOR"]].find(
    (one) => one !== undefined && one.trim() !== "",
  );
  const editor = named ?? ["vi", "nano"].find(has);
  if (editor === undefined) return undefined;
  const name = editor.trim().split(/\s+/)[0]?.split("/").at(-1) ?? "";
  // The variable is a line for a shell, options and all; the file is a word of its own, whatever is in its name.
  return ["/bin/sh", "-c", `${editor} "$@"`, "aac", ...placed(name, editor, path, line)];
}

function placed(name: string, editor: string, path: string, line: number): readonly string[] {
  if (PLUS.has(name)) return [`+${line}`, path];
  const waits = editor.includes("-w") ? undefined : WAITING[name];
  if (COLON.has(name)) return [...(waits === undefined ? [] : [waits]), `${path}:${line}`];
  if (GOTO.has(name)) return [...(editor.includes("--wait") ? [] : ["--wait"]), "--goto", `${path}:${line}`];
  return [path];
}

/** Opens the line in an editor, with this terminal, until it is closed. Undefined where that went well, else why not. */
export async function edit(
  environment: Environment,
  { root, cwd }: { readonly root: string; readonly cwd: string },
  at: Written,
): Promise<string | undefined> {
  // Places of a plan are told from the project's root, those of a fault as somebody here would name them.
  const fromRoot = resolve(root, at.file);
  const path = system.files.kind(fromRoot) === "file" ? fromRoot : resolve(cwd, at.file);
  if (system.files.kind(path) !== "file") return `${at.file} is no file that can be opened`;
  const command = editorCommand(environment, path, at.line, (program) => isInstalled(environment, program));
  if (command === undefined) return "no editor was found: set VISUAL or EDITOR";
  const told = await system.processes.foreground({
    command,
    cwd,
    environment: given(environment),
    input: "ours",
    output: "ours",
    signal: new AbortController().signal,
  });
  return faultOf(told);
}

function faultOf(told: Fronted): string | undefined {
  if (told.is === "not started") return `the editor was not started: ${told.why}`;
  if (told.is === "ended" && told.code === 127) return "the editor was not found: look at VISUAL and EDITOR";
  return undefined;
}

function isInstalled(environment: Environment, program: string): boolean {
  return (environment["PATH"] ?? "")
    .split(delimiter)
    .some((folder) => isAbsolute(folder) && system.files.kind(join(folder, program)) === "file");
}

const given = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
