import type { ProcessFacts, System } from "../../../../src/model/system.ts";
import { initCommand, INIT } from "../shim.ts";
import { findTool } from "../tools.ts";
import type { Family } from "./group.ts";

/** What is put before a command so that it lives in a process namespace; undefined where none can be had. */
export type Wrap = (command: readonly string[]) => readonly string[];

/**
 * Tried by doing it. A `/proc` of its own lets the agent find itself there by its own number; without it the
 * namespace still ends whole.
 */
export async function tryNamespace(system: System): Promise<Wrap | undefined> {
  const unshare = findTool(system.files, "unshare");
  if (unshare === undefined) return undefined;
  const user = system.host.uid === 0 ? [] : ["--user", "--map-current-user"];
  const options = [...user, "--pid", "--fork", "--kill-child"];
  for (const flags of [[...options, "--mount-proc"], options]) {
    const wrap: Wrap = (command) => [unshare, ...flags, "--", ...initCommand(command)];
    const [program = unshare, ...rest] = wrap(["/bin/sh", "-c", "exit 7"]);
    const ran = await system.processes.run({
      command: [program, ...rest],
      cwd: "/",
      environment: {},
      timeoutMs: 5000,
    });
    if (ran.is === "ended" && ran.code === 7) return wrap;
  }
  return undefined;
}

/** The agent is the first child of the namespace's first process; orphans become its children later. */
export function mainOf(all: readonly ProcessFacts[], outermost: number): ProcessFacts | undefined {
  const first = all.find((one) => one.parent === outermost && one.argv.includes(INIT));
  return all
    .filter((one) => one.parent === first?.pid)
    .toSorted((a, b) => Number(a.started) - Number(b.started) || a.pid - b.pid)[0];
}

/**
 * With its first process the kernel ends the rest, also who hides. Who waits for that one goes before it: it would say
 * something of its own about such an end, in the agent's log.
 */
export function killNamespace(system: System, family: Family): void {
  const pids = new Set(family.wrapping.map(({ pid }) => pid));
  const inward = family.wrapping.toSorted((a, b) => Number(pids.has(a.parent)) - Number(pids.has(b.parent)));
  for (const one of inward) system.processes.signal(one.pid, "SIGKILL");
}
