import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const program = new URL("../../src/cli/aac.cjs", import.meta.url).pathname;

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly node?: readonly string[];
}

/** The built command line in a process of its own, with no environment but what a test gives it. */
export function aac(args: readonly string[], options: RunOptions = {}): Outcome {
  const result = spawnSync(process.execPath, [...(options.node ?? []), program, ...args], {
    cwd: options.cwd ?? tmpdir(),
    input: options.input ?? "",
    env: { PATH: process.env["PATH"], HOME: join(tmpdir(), "aac-test-home"), ...options.environment },
    encoding: "utf8",
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

/** A folder with these files. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "aac-test-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

export const GOOD = `apiVersion: agent.dev/v1
kind: Agent
metadata:
  name: reading-room
spec:
  runtime: python
  ports:
    - container: 8080
  healthCheck:
    path: /health
  resources:
    limits:
      cpu: "1"
      memory: 512Mi
`;
