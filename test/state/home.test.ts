import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { faultOfStateFolder } from "../../src/state/home.ts";
import { system } from "../../src/system/system.ts";

const home = join(mkdtempSync(join(tmpdir(), "aac-home-")), "aac", "p", "local-process");
const on = (type: string | undefined) => ({ ...system, files: { ...system.files, fileSystem: () => type } });

test.each(["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"])(
  "state is not kept on %s, and the advice says where else",
  (type) => {
    const fault = faultOfStateFolder(on(type), home);
    expect(fault?.code).toBe("AAC4005");
    expect(fault?.message).toContain(`on a file system of another machine (${type})`);
    expect(fault?.notes.join("\n")).toContain("XDG_STATE_HOME");
  },
);

test.each(["ext4", "tmpfs", "overlay", "xfs", "btrfs", "apfs", undefined])(
  "state may be kept on %s",
  (type) => {
    expect(faultOfStateFolder(on(type), home)).toBeUndefined();
  },
);
