import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Limits, SlotRecord } from "../../../src/model/supervision.ts";
import type { Tree } from "./edits-model.ts";

/** From the process where that shows it; what no process shows, from what its supervisor keeps. */
export function seen({ charge, run }: SlotRecord): Tree {
  const pid = run?.pid ?? 0;
  const [program = "", ...args] = words(String(pid), "cmdline");
  const all = variablesOf(pid);
  const { limits, health, supervision, logging, dependsOn, ports } = charge;
  return {
    command: [basename(program), ...args],
    environment: Object.fromEntries(
      Object.entries(all).filter(([name]) => /^(?:V_.*|LOG_LEVEL|PORT)$/.test(name)),
    ),
    ports: Object.fromEntries(
      Object.entries(ports).map(([inside, port]) => [
        `${inside}/tcp`,
        { port, address: "127.0.0.1", inside: false },
      ]),
    ),
    limits: {
      ...kernelLimits(pid, limits),
      ...(limits.files === undefined ? {} : { files: openFiles(pid) }),
    },
    health: Object.fromEntries(
      Object.entries(health).map(([kind, probe]) => [
        kind,
        {
          type: probe.type,
          command: probe.type === "command" ? probe.command : [],
          interval: probe.interval.text,
          timeout: probe.timeout.text,
          retries: probe.retries,
          startPeriod: probe.startPeriod.text,
        },
      ]),
    ),
    supervision: {
      restart: supervision.restart,
      stopGracePeriod: supervision.stopGracePeriod.text,
      circuitBreaker: { failures: supervision.circuitBreaker.failures },
    },
    logging: { maxFiles: logging.maxFiles },
    dependsOn,
    // So much nicer than whoever started it.
    priority: niceOf(pid) === niceOf(process.pid) ? "normal" : niceOf(process.pid) - niceOf(pid),
    code: charge.asked["code"] ?? {},
    running: true,
    recorded: true,
    // What it has been told, whatever its supervisor keeps.
    ...(all["AAC_CONFIG"] === undefined ? {} : { config: true }),
  };
}

const FILES = { memory: "memory.limit_in_bytes", cpu: "cpu.cfs_quota_us", pids: "pids.max" } as const;

/** The folder of its control group, where this kernel has those of the first kind. */
export function groupOf(pid: number, name: keyof typeof FILES): string | undefined {
  const line = read(`/proc/${pid}/cgroup`)
    .split("\n")
    .find((one) => one.split(":")[1]?.split(",").includes(name) === true);
  const folder = line === undefined ? undefined : `/sys/fs/cgroup/${name}${line.split(":")[2] ?? ""}`;
  return folder !== undefined && existsSync(join(folder, FILES[name])) ? folder : undefined;
}

/** A machine without such groups has nothing to show: there what its supervisor keeps has to do. */
function kernelLimits(pid: number, kept: Limits): Tree {
  const value = (name: keyof typeof FILES, shared: string): string | undefined => {
    const folder = groupOf(pid, name);
    // Of a group that others share nothing is the agent's own.
    if (folder === undefined) return kept[name] === undefined ? undefined : shared;
    return folder.includes("aac") ? read(join(folder, FILES[name])).trim() : undefined;
  };
  const memory = value("memory", String(kept.memory));
  const cpu = value("cpu", String((kept.cpu ?? 0) * 100));
  const pids = value("pids", String(kept.pids));
  return {
    ...(memory === undefined || Number(memory) > 2 ** 50 ? {} : { memory: `${Number(memory) / 2 ** 20}Mi` }),
    ...(cpu === undefined || cpu === "-1" ? {} : { cpu: `${Number(cpu) / 100}m` }),
    ...(pids === undefined || pids === "max" ? {} : { pids: Number(pids) }),
  };
}

const openFiles = (pid: number): number =>
  Number(/^Max open files\s+(\d+)/m.exec(read(`/proc/${pid}/limits`))?.[1]);

/** What stands behind the name of a process, which may hold blanks. */
const stat = (pid: number): readonly string[] =>
  read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
const niceOf = (pid: number): number => Number(stat(pid)[16]);
export const startOf = (pid: number): string => stat(pid)[19] ?? "gone";

export function variablesOf(pid: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words(String(pid), "environ").map((word) => {
      const at = word.indexOf("=");
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

export function words(pid: string, file: string): readonly string[] {
  const text = read(`/proc/${pid}/${file}`);
  return text === "" ? [] : text.replace(/\0$/, "").split("\0");
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
