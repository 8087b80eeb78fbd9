import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect } from "vitest";
import { type Outcome, program } from "../../helpers/run-aac.ts";
import { type Call, end, inProject, type Project } from "../project.ts";

export const isRoot = process.getuid?.() === 0;

export interface BadDay extends Project {
  /** Ended with that code, and said that; nothing that any command said was a fault of our own. */
  says(args: string, code: number, ...parts: readonly (string | RegExp)[]): Promise<string>;
  /** Runs the command that a refusal names. */
  repair(said: string): void;
}

/** A project on which something goes wrong; whatever is said about it, it is never a stack trace. */
export async function badDay(
  name: string,
  files: Readonly<Record<string, string>>,
  body: (day: BadDay) => Promise<void>,
): Promise<void> {
  const said: string[] = [];
  await inProject(name, files, async (project) => {
    const aac = async (args: string, call?: Call): Promise<Outcome> => {
      const told = await project.aac(args, call);
      said.push(told.out, told.err);
      return told;
    };
    const day: BadDay = {
      ...project,
      aac,
      async says(args, code, ...parts) {
        const told = await aac(args);
        const text = told.out + told.err;
        expect({ args, code: told.code, text }).toEqual({ args, code, text });
        for (const part of parts) expect(text).toMatch(typeof part === "string" ? exactly(part) : part);
        return text;
      },
      repair,
    };
    try {
      await body(day);
    } catch (error) {
      // What is broken half-way could not be destroyed, and that would hide the reason.
      for (const { pid } of project.processes()) end(pid, "SIGKILL");
      rmSync(join(project.root, "state"), { recursive: true, force: true });
      throw error;
    }
  });
  for (const text of said) {
    expect(text).not.toContain("fault of aac");
    expect(text).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  }
}

const exactly = (text: string): RegExp => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));

function repair(said: string): void {
  const command = /(?:: |= )((?:mv|rm|chmod) \S.*)$/m.exec(said)?.[1];
  if (command === undefined) throw new Error(`no repair is named: ${said}`);
  execFileSync("sh", ["-c", command]);
}

export type Planted = "link" | "hard link" | "pipe" | "socket" | "folder";

/** Puts something in the place of a file of ours; what it could lead to is the canary. Returns how to take it away. */
export async function plant(what: Planted, path: string, canary: string): Promise<() => Promise<void>> {
  switch (what) {
    case "link":
      symlinkSync(canary, path);
      break;
    case "hard link":
      linkSync(canary, path);
      break;
    case "pipe":
      execFileSync("mkfifo", [path]);
      break;
    case "folder":
      execFileSync("mkdir", [path]);
      break;
    case "socket": {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(path, resolve));
      return () => new Promise((resolve) => server.close(() => resolve()));
    }
  }
  return () => Promise.resolve();
}

/** Everything below a folder, with what it is. */
export function walk(
  folder: string,
): readonly { readonly path: string; readonly mode: number; readonly kind: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const stat = lstatSync(path);
    const kind = entry.isDirectory()
      ? "folder"
      : entry.isFile()
        ? "file"
        : entry.isSocket()
          ? "socket"
          : "other";
    return [{ path, mode: stat.mode & 0o777, kind }, ...(kind === "folder" ? walk(path) : [])];
  });
}

/** The texts of all files below a folder, so that two looks can be compared. */
export const contents = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    walk(folder).map(({ path, kind, mode }) => [
      path,
      `${kind} ${mode.toString(8)} ${kind === "file" ? readFileSync(path, "latin1") : ""}`,
    ]),
  );

/** A program that anybody may run. */
export function script(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** The command line behind a few words of shell, such as a umask. */
export function behind(
  project: Project,
  words: string,
  args: string,
  environment: Call["environment"] = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(
      "sh",
      ["-c", `${words}; exec "$@"`, "sh", process.execPath, program, ...args.split(" ")],
      {
        cwd: project.folder,
        env: {
          PATH: process.env["PATH"],
          HOME: join(project.root, "home"),
          XDG_STATE_HOME: join(project.root, "state"),
          XDG_CACHE_HOME: join(project.root, "cache"),
          XDG_RUNTIME_DIR: join(project.root, "run"),
          ...environment,
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => void (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => void (err += text));
    child.once("close", (code) => resolve({ code, out, err }));
  });
}
