import type { System } from "../../model/system.ts";
import type { StreamPlace } from "./place.ts";

const PROGRAMS = ["/usr/bin/fallocate", "/bin/fallocate"];
/** A refusal may have been the machine's mood: one that comes twice is the file system's word. */
const TRIES = 2;

/**
 * Makes a hole of the head of a file that somebody else appends to. Its end stays where it is, so the writer notices
 * nothing and no byte comes between; the blocks go back to the disk.
 */
export async function punch(
  system: System,
  place: StreamPlace,
  length: number,
  signal: AbortSignal,
): Promise<"made" | "impossible" | "stopped"> {
  const program = PROGRAMS.find((path) => system.files.kind(path) === "file");
  if (program === undefined) return "impossible";
  for (let tries = 0; tries < TRIES; tries++) {
    const ran = await system.processes.run({
      command: [program, "--punch-hole", "--offset", "0", "--length", String(length), place.live],
      cwd: place.folder,
      environment: {},
      timeoutMs: 10_000,
      signal,
    });
    if (ran.is === "ended" && ran.code === 0) return "made";
    if (signal.aborted) return "stopped";
  }
  return "impossible";
}
