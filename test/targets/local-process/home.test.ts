import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Place } from "../../../src/model/target.ts";
import { system } from "../../../src/system/system.ts";
import { faultOfHome } from "../../../targets/local-process/home.ts";
import { sizeFaults } from "../../../targets/local-process/sizes.ts";

const home = join(mkdtempSync(join(tmpdir(), "aac-home-")), "aac", "p", "local-process");
const place: Place = {
  project: "p",
  target: "local-process",
  where: "here",
  key: "000000000000",
  origin: "here",
  root: "/",
  home,
  cache: home,
  runtime: home,
  portRange: [20_000, 20_001],
};
const on = (type: string | undefined) => ({ ...system, files: { ...system.files, fileSystem: () => type } });

test.each(["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"])(
  "state is not kept on %s, and the advice says where else",
  (type) => {
    const fault = faultOfHome(on(type), place);
    expect(fault?.code).toBe("AAC4005");
    expect(fault?.message).toContain(`on a file system of another machine (${type})`);
    expect(fault?.notes.join("\n")).toContain("XDG_STATE_HOME");
  },
);

test.each(["ext4", "tmpfs", "overlay", "xfs", "btrfs", "apfs", undefined])(
  "state may be kept on %s",
  (type) => {
    expect(faultOfHome(on(type), place)).toBeUndefined();
  },
);

test("one text of 128 KiB, 2 MB together and a NUL are refused with their size, and never shown", () => {
  const faults = (variables: Readonly<Record<string, string>>, command: readonly string[] = ["/bin/true"]) =>
    sizeFaults("desk", { command, variables }).map(({ message }) => message);
  expect(faults({ A: "x".repeat(128 * 1024 - 3) })).toEqual([]);
  expect(faults({ A: "x".repeat(128 * 1024 - 2) })).toEqual([
    "desk: the variable A has 131072 bytes, and the system takes 131071",
  ]);
  expect(faults({ A: "é".repeat(65_536) })).toEqual([
    "desk: the variable A has 131074 bytes, and the system takes 131071",
  ]);
  expect(faults({}, ["/bin/true", "a\0b"])).toEqual([
    "desk: argument 1 holds a NUL, at which every program would stop reading",
  ]);
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`A${i}`, "x".repeat(100_000)]));
  expect(faults(many).join("")).toMatch(/^desk: its arguments and variables have 20\d{5} bytes together/);
});
