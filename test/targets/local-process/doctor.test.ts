import { describe, expect, test } from "vitest";
import type { Check, Finding } from "../../../src/model/doctor.ts";
import type { Ran, System } from "../../../src/model/system.ts";
import { system } from "../../../src/system/system.ts";
import { treeChecks } from "../../../targets/local-process/doctor/trees.ts";

interface Machine {
  /** By path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly folders?: readonly string[];
  readonly platform?: string;
  readonly ran?: Ran;
}

/** A machine that has these files and nothing else. */
function machine({ files = {}, folders = [], platform = "linux", ran }: Machine): System {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  return {
    ...system,
    host: { ...system.host, platform, uid: 1000 },
    files: {
      ...system.files,
      read: (path) => {
        const text = files[path];
        return text === undefined ? { is: "absent" } : { is: "read", bytes: bytes(text) };
      },
      kind: (path) => (files[path] !== undefined ? "file" : folders.includes(path) ? "folder" : "absent"),
      stat: (path) =>
        folders.includes(path)
          ? { is: "folder", uid: 1000, mode: 0o755, size: 0, identity: path, links: 1 }
          : undefined,
      list: () => [],
      append: (path) => expect.fail(`${path} was written to`),
      makeFolder: (path) => expect.fail(`${path} was made`),
    },
    processes: {
      ...system.processes,
      run: () => Promise.resolve(ran ?? { is: "not started", why: "nothing runs here" }),
    },
  };
}

async function found(checks: readonly Check[]): Promise<ReadonlyMap<string, Finding>> {
  const { signal } = new AbortController();
  const all = await Promise.all(checks.map(({ look }) => look(signal)));
  return new Map(all.flat().map((one) => [one.about, one]));
}

const OWN = "/sys/fs/cgroup/user.slice/own";
const DELEGATED: Machine = {
  files: {
    "/proc/self/mountinfo": "30 1 0:25 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
    "/proc/self/cgroup": "0::/user.slice/own\n",
    [`${OWN}/cgroup.subtree_control`]: "cpu memory pids\n",
    [`${OWN}/cgroup.controllers`]: "cpu memory pids\n",
    [`${OWN}/cgroup.type`]: "domain\n",
    "/usr/bin/unshare": "",
    "/usr/bin/bwrap": "",
  },
  folders: [OWN, "/run/systemd/system"],
  ran: { is: "ended", code: 7, output: "" },
};

describe("by what trees of processes are ended and limited", () => {
  test("is found without writing anything", async () => {
    const all = await found(treeChecks(machine(DELEGATED)));
    expect(all.get("control groups")).toMatchObject({
      is: "ok",
      found: `${OWN} can be written: limits are held (cpu, memory, pids)`,
    });
    expect(all.get("namespaces")).toMatchObject({ is: "ok" });
    expect(all.get("isolation")).toMatchObject({
      is: "unneeded",
      found: expect.stringMatching(/^bwrap at \/usr\/bin\/bwrap, systemd runs: nothing needs them/),
    });
  });

  test("a limit that nobody holds is watched, and said with what would hold it", async () => {
    const some = { ...DELEGATED.files, [`${OWN}/cgroup.subtree_control`]: "pids\n" };
    const partly = await found(treeChecks(machine({ ...DELEGATED, files: some })));
    expect(partly.get("control groups")).toMatchObject({ is: "ok" });
    const busy = { ...some, [`${OWN}/cgroup.procs`]: "12\n" };
    const all = await found(treeChecks(machine({ ...DELEGATED, files: busy })));
    expect(all.get("control groups")).toEqual({
      about: "control groups",
      is: "warn",
      found: `${OWN} can be written: pids held, the others watched (cpu, memory)`,
      repair: "systemd-run --user --scope -p Delegate=yes aac daemon restart",
    });
  });

  test("a machine with nothing of it says so, and what each is good for", async () => {
    const all = await found(treeChecks(machine({})));
    expect(all.get("control groups")).toMatchObject({
      is: "warn",
      found: "none can be written: no limit is held, they are watched (cpu, memory, pids)",
    });
    expect(all.get("namespaces")).toMatchObject({ is: "warn", repair: "install util-linux" });
    expect(all.get("isolation")?.found).toMatch(/^bwrap is not there, no systemd runs/);
    const refused = machine({ files: { "/usr/bin/unshare": "" }, ran: { is: "ended", code: 1, output: "" } });
    expect((await found(treeChecks(refused))).get("namespaces")).toMatchObject({
      is: "warn",
      repair: expect.stringMatching(/^sysctl /),
    });
  });

  test("another system has none of these, and is told in one line", async () => {
    const all = await found(treeChecks(machine({ platform: "darwin" })));
    expect([...all.keys()]).toEqual(["process trees"]);
  });
});
