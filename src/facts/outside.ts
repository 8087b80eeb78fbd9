import { isAbsolute, normalise } from "../base/paths.ts";
import type { SecretPlace } from "../model/facts.ts";
import type { AgentIr } from "../model/ir.ts";
import type { Files } from "../model/system.ts";

/** Where texts come from that no agent file holds, and how they are read. */
export interface Outside {
  /** The project's root, absolute. */
  readonly root: string;
  readonly files: Files;
  /** Whoever runs this: a secret that belongs to another user is not taken. */
  readonly uid: number;
  /** A variable as an agent file of that folder sees it. */
  readonly lookup: (folder: string) => (name: string) => string | undefined;
  readonly parseEnv: (text: string) => ReadonlyMap<string, string>;
}

export type Found =
  | { readonly is: "found"; readonly text: string; readonly place: SecretPlace }
  /** Each place that was looked at, as a person would name it. */
  | { readonly is: "nothing"; readonly looked: readonly string[] }
  /** Something is there that may not be used: the next place is not tried, it could hold another value. */
  | { readonly is: "refused"; readonly why: string };

/** A variable cannot be longer on any system that agents run on. */
const LONGEST = 128 * 1024;
const LARGEST_ENV_FILE = 1 << 20;

/** The folder of an agent file, absolute; standard input stands in the root. */
export function folderOf(root: string, agent: AgentIr): string {
  const { file } = agent.source;
  const cut = file.lastIndexOf("/");
  return cut < 0 ? root : absolute(root, file.slice(0, cut));
}

export function absolute(root: string, path: string): string {
  return normalise(isAbsolute(path) ? path : `${root}/${path}`);
}

export function variable(outside: Outside, agent: AgentIr, name: string): Found {
  const text = outside.lookup(folderOf(outside.root, agent))(name);
  if (text === undefined) return { is: "nothing", looked: [`variable ${name}`] };
  if (text.includes("\0"))
    return { is: "refused", why: `variable ${name} holds a NUL, which no variable can` };
  return { is: "found", text, place: { from: "variable", name } };
}

/** The text of a small file; `path` from the root. One line end at its end is the editor's, not the author's. */
export function fileText(outside: Outside, path: string): Found {
  const whole = absolute(outside.root, path);
  const read = outside.files.read(whole, LONGEST);
  switch (read.is) {
    case "absent":
      return { is: "nothing", looked: [path] };
    case "large":
      return {
        is: "refused",
        why: `${path} has ${read.size} bytes: a variable holds ${LONGEST} at the most`,
      };
    case "refused":
      return { is: "refused", why: `${path}: ${read.why}` };
    case "read": {
      const text = decoded(read.bytes);
      if (text === undefined || text.includes("\0"))
        return { is: "refused", why: `${path} is not UTF-8 text, so no variable can hold it` };
      return { is: "found", text: text.replace(/\r?\n$/, ""), place: { from: "file", path: whole } };
    }
  }
}

/** A file that holds a secret of ours: its owner's alone, and reached without a link. */
export function privateText(outside: Outside, path: string): Found {
  const { files, uid } = outside;
  const root = files.realPath(outside.root) ?? outside.root;
  const whole = absolute(root, path);
  const stat = files.stat(whole);
  if (stat === undefined) return { is: "nothing", looked: [path] };
  const refused = (why: string): Found => ({ is: "refused", why: `${path} ${why}` });
  if (stat.is === "link" || files.realPath(whole) !== whole)
    return refused("is reached by a link, which may lead anywhere: put the file itself there");
  if (stat.is !== "file") return refused("is not a file");
  if (stat.uid !== uid) return refused(`belongs to another user: \`chown ${uid} ${path}\``);
  if ((stat.mode & 0o077) !== 0) return refused(`is open to other users: \`chmod 600 ${path}\``);
  return fileText(outside, path);
}

export interface EnvFiles {
  readonly values: ReadonlyMap<string, string>;
  /** Files that could not be read: path and reason. */
  readonly unread: readonly { readonly path: string; readonly why: string }[];
}

/** What an agent's env files give together: a later file wins. */
export function envFiles(outside: Outside, agent: AgentIr): EnvFiles {
  const values = new Map<string, string>();
  const unread: { path: string; why: string }[] = [];
  for (const path of agent.envFile) {
    const read = outside.files.read(absolute(outside.root, path), LARGEST_ENV_FILE);
    const text = read.is === "read" ? decoded(read.bytes) : undefined;
    if (text !== undefined) for (const [name, value] of outside.parseEnv(text)) values.set(name, value);
    else if (read.is === "read") unread.push({ path, why: "it is not UTF-8 text" });
    else if (read.is === "absent") unread.push({ path, why: "it is not there" });
    else unread.push({ path, why: read.is === "large" ? `it has ${read.size} bytes` : read.why });
  }
  return { values, unread };
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
