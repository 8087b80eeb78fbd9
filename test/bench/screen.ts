import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "@lydell/node-pty";
import { build } from "esbuild";
import { AAC, sleepers } from "./agents.ts";

/** A screen in a real pseudo-terminal: how long until it is there, and how long a key takes. */

const root = new URL("../../", import.meta.url).pathname;

export interface Frames {
  /** Milliseconds, the best of some rounds: from the command to the last line of its first frame, or of its text. */
  readonly review: number;
  readonly plain: number;
  readonly floor: number;
}

/** The first full frame of a review of so many objects, beside the same plan in lines and the least that Ink can do. */
export async function firstFrames(objects: number, rounds: number): Promise<Frames> {
  const project = sleepers(objects);
  const floor = await floorInk();
  const best = {
    review: Number.POSITIVE_INFINITY,
    plain: Number.POSITIVE_INFINITY,
    floor: Number.POSITIVE_INFINITY,
  };
  try {
    // Once more than is counted, so that caches are warm.
    for (let round = 0; round <= rounds; round++) {
      const times = {
        review: await untilShown([...AAC, "apply"], project, "keys"),
        plain: await untilShown([...AAC, "plan", "--no-pager"], project, "Next:"),
        floor: await untilShown([process.execPath, floor], project, "floor"),
      };
      if (round === 0) continue;
      for (const name of ["review", "plain", "floor"] as const)
        best[name] = Math.min(best[name], times[name]);
    }
  } finally {
    project.end();
  }
  return best;
}

export interface Pressed {
  readonly key: string;
  /** Milliseconds from the key to the first byte of the frame that answers it. */
  readonly median: number;
  readonly worst: number;
}

/** What a key takes in the review of a plan of so many objects. */
export async function keyTimes(objects: number, each: number): Promise<readonly Pressed[]> {
  const project = sleepers(objects);
  try {
    const terminal = open([...AAC, "apply"], project);
    await terminal.shows("keys");
    const measured: Pressed[] = [];
    for (const [key, bytes] of KEYS) {
      const times: number[] = [];
      for (let i = 0; i < each; i++) times.push(await terminal.answers(bytes[i % bytes.length] ?? ""));
      times.sort((a, b) => a - b);
      measured.push({ key, median: times[Math.floor(times.length / 2)] ?? 0, worst: times.at(-1) ?? 0 });
    }
    terminal.end();
    return measured;
  } finally {
    project.end();
  }
}

const KEYS: readonly (readonly [string, readonly string[]])[] = [
  ["down", ["\u001B[B"]],
  ["page down", ["\u001B[6~"]],
  ["to the end and back", ["g", "G"]],
  ["unfold and fold all", ["z"]],
  ["a letter of the filter", ["/", "9", "\u001B"]],
];

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

async function untilShown(argv: readonly string[], place: Place, what: string): Promise<number> {
  const began = process.hrtime.bigint();
  const terminal = open(argv, place);
  const shown = await terminal.shows(what);
  terminal.end();
  return Number(shown - began) / 1e6;
}

function open([file = "", ...args]: readonly string[], { cwd, env }: Place) {
  const pty = spawn(file, args, {
    name: "xterm-256color",
    cols: 100,
    rows: 40,
    cwd,
    env: { ...env, LANG: "C.UTF-8" },
  });
  let written = "";
  let told: (() => void) | undefined;
  pty.onData((data) => {
    written = (written + data).slice(-200_000);
    told?.();
  });
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      told = resolve;
    });
  return {
    async shows(what: string): Promise<bigint> {
      while (!written.includes(what)) await next();
      return process.hrtime.bigint();
    },
    async answers(bytes: string): Promise<number> {
      // What an earlier key still draws is no answer to this one.
      await new Promise((resolve) => setTimeout(resolve, 150));
      const answered = next();
      const began = process.hrtime.bigint();
      pty.write(bytes);
      await answered;
      return Number(process.hrtime.bigint() - began) / 1e6;
    },
    end: () => pty.kill("SIGKILL"),
  };
}

/** Bundled and started as we are. */
async function floorInk(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "aac-floor-ink-"));
  const empty = join(folder, "empty.js");
  writeFileSync(empty, "export default {}");
  await build({
    entryPoints: [`${root}test/bench/floor-ink.tsx`],
    outfile: join(folder, "floor.js"),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node24",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' },
    alias: { "react-devtools-core": empty },
    banner: { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' },
  });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(
    join(folder, "floor.cjs"),
    `require("module").enableCompileCache(${JSON.stringify(join(folder, "cache"))});import(${JSON.stringify(`file://${folder}/floor.js`)});`,
  );
  return join(folder, "floor.cjs");
}
