import type { Limits } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import { type Cgroups, handOn, held, makeGroup, writeControl } from "./cgroups.ts";
import { CONTROLLERS, type ControlGroup, type Controller, type Placement, textOf } from "./folder.ts";

/** Microseconds in which a share of the processors is counted. */
const PERIOD = 100_000;
/** The kernel takes no smaller share than a hundredth of a core. */
const LEAST_QUOTA = 1000;

export type Held = Readonly<Record<Controller, boolean>>;

export function limitsHeldBy(system: System, cgroups: Cgroups): Held {
  const unified = cgroups.unified[0] === undefined ? [] : held(system, cgroups.unified[0]);
  const can = (one: Controller): boolean => cgroups.first[one] !== undefined || unified.includes(one);
  return { memory: can("memory"), pids: can("pids"), cpu: can("cpu") };
}

/** Makes the groups of a run. `base` is where its unified group goes: a process is in one such group only. */
export function makeLimitGroups(
  system: System,
  cgroups: Cgroups,
  base: string | undefined,
  name: string,
  wanted: readonly Controller[],
): Placement["limits"] {
  const made: Partial<Record<Controller, ControlGroup>> = {};
  const unified = base === undefined ? [] : held(system, base);
  for (const one of wanted) {
    const first = cgroups.first[one];
    if (first !== undefined) {
      const folder = `${first}/${name}`;
      if (makeGroup(system, folder)) made[one] = { folder, version: 1 };
    } else if (base !== undefined && unified.includes(one) && handOn(system, base, [one])) {
      const folder = `${base}/${name}`;
      if (makeGroup(system, folder)) made[one] = { folder, version: 2 };
    }
  }
  return made;
}

/** A group costs the kernel a millisecond: one is made only for what has a limit. */
export const controllersOf = (limits: Limits): readonly Controller[] =>
  CONTROLLERS.filter((one) => limits[one] !== undefined);

/** Sets what is asked for and lifts what is not; names what could not be set. */
export function applyLimits(
  system: System,
  groups: Placement["limits"],
  limits: Limits,
): readonly Controller[] {
  return CONTROLLERS.filter((one) => {
    const group = groups[one];
    const wanted = limits[one];
    if (group === undefined) return wanted !== undefined;
    return !SET[one](system, group, wanted) && wanted !== undefined;
  });
}

const SET: Readonly<
  Record<Controller, (system: System, group: ControlGroup, wanted: number | undefined) => boolean>
> = {
  memory(system, { folder, version }, wanted) {
    const write = (name: string, text: string): boolean => writeControl(system, `${folder}/${name}`, text);
    if (version === 2) {
      write("memory.oom.group", "1");
      write("memory.swap.max", wanted === undefined ? "max" : "0");
      return write("memory.max", wanted === undefined ? "max" : String(wanted));
    }
    const value = String(wanted ?? -1);
    // With swap may never be less than without: which of both goes first depends on whether it rises or falls.
    const atOnce = write("memory.limit_in_bytes", value);
    write("memory.memsw.limit_in_bytes", value);
    return atOnce || write("memory.limit_in_bytes", value);
  },
  pids(system, { folder }, wanted) {
    return writeControl(system, `${folder}/pids.max`, wanted === undefined ? "max" : String(wanted));
  },
  cpu(system, { folder, version }, wanted) {
    const quota = wanted === undefined ? undefined : quotaOf(wanted);
    if (version === 2) return writeControl(system, `${folder}/cpu.max`, `${quota ?? "max"} ${PERIOD}`);
    writeControl(system, `${folder}/cpu.cfs_period_us`, String(PERIOD));
    return writeControl(system, `${folder}/cpu.cfs_quota_us`, String(quota ?? -1));
  },
};

function quotaOf(thousandths: number): number {
  return Math.max(LEAST_QUOTA, Math.round((thousandths * PERIOD) / 1000));
}

/** What holds for a run now. A value that the kernel had to round is told as it was asked for. */
export function readLiveLimits(
  system: System,
  groups: Placement["limits"],
  asked: Limits,
): Limits | undefined {
  if (CONTROLLERS.every((one) => groups[one] === undefined)) return undefined;
  const memory = liveMemory(system, groups.memory, asked.memory);
  const pids = number(readControl(system, groups.pids, "pids.max", "pids.max"));
  const cpu = liveCpu(system, groups.cpu, asked.cpu);
  return {
    ...(memory === undefined ? {} : { memory }),
    ...(pids === undefined ? {} : { pids }),
    ...(cpu === undefined ? {} : { cpu }),
  };
}

function liveMemory(
  system: System,
  group: ControlGroup | undefined,
  asked: number | undefined,
): number | undefined {
  const live = number(readControl(system, group, "memory.limit_in_bytes", "memory.max"));
  // Version 1 writes "no limit" as the largest number of pages.
  if (live === undefined || live > 2 ** 60) return undefined;
  const rounded = asked !== undefined && live % 4096 === 0 && asked - live >= 0 && asked - live < 65_536;
  return rounded ? asked : live;
}

function liveCpu(
  system: System,
  group: ControlGroup | undefined,
  asked: number | undefined,
): number | undefined {
  const [quotaText, ownPeriod] = (readControl(system, group, "cpu.cfs_quota_us", "cpu.max") ?? "").split(" ");
  const quota = number(quotaText);
  if (quota === undefined || quota < 0) return undefined;
  const period = number(ownPeriod ?? readControl(system, group, "cpu.cfs_period_us", "cpu.max")) ?? PERIOD;
  if (asked !== undefined && period === PERIOD && quotaOf(asked) === quota) return asked;
  return Math.round((quota * 1000) / period);
}

/** The hard one: a program may move the other below it as it likes. */
export function openFilesOf(system: System, pid: number): number | undefined {
  const text = textOf(system.files, `/proc/${pid}/limits`) ?? "";
  return number(/^Max open files\s+\S+\s+(\d+)/m.exec(text)?.[1]);
}

/** Whether the kernel ended something of a run because its memory was full. */
export function ranOutOfMemory(system: System, groups: Placement["limits"]): boolean {
  const text = readControl(system, groups.memory, "memory.oom_control", "memory.events") ?? "";
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0) > 0;
}

/** Bytes in use without what the kernel would give back at once. */
export function memoryInUse(system: System, groups: Placement["limits"]): number | undefined {
  const used = number(readControl(system, groups.memory, "memory.usage_in_bytes", "memory.current"));
  if (used === undefined) return undefined;
  const stat = readControl(system, groups.memory, "memory.stat", "memory.stat") ?? "";
  const cached = Number(/^(?:total_)?inactive_file (\d+)$/m.exec(stat)?.[1] ?? 0);
  return Math.max(0, used - cached);
}

function readControl(
  system: System,
  group: ControlGroup | undefined,
  first: string,
  second: string,
): string | undefined {
  if (group === undefined) return undefined;
  return textOf(system.files, `${group.folder}/${group.version === 1 ? first : second}`)?.trim();
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
