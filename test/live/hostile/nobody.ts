import { spawn } from "node:child_process";
import { type Outcome, program } from "../../helpers/run-aac.ts";
import type { Project } from "../project.ts";

/** The command line as a user who owns nothing here; only root can do that. */
export function asNobody(
  project: Project,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: project.folder,
      uid: 65_534,
      gid: 65_534,
      env: { PATH: process.env["PATH"], HOME: "/nonexistent", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => void (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => void (err += text));
    child.once("close", (code) => resolve({ code, out, err }));
  });
}
