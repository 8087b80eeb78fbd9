import { expect, test } from "vitest";
import { fileSystemOf } from "../../src/system/mounts.ts";
import { files } from "../../src/system/files.ts";

const TABLE = `22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/root rw
30 22 0:40 / /home rw - nfs4 server:/home rw,vers=4.2
31 30 0:41 / /home/ann/disk rw master:3 propagate_from:2 - xfs /dev/sdb rw
32 22 0:42 / /with\\040space rw - 9p share rw
33 22 0:43 / /twice rw - ext4 /dev/sdc rw
34 22 0:44 / /twice rw - cifs //server/twice rw
half a line
`;

test("the nearest mount above a path says which file system holds it", () => {
  expect(fileSystemOf(TABLE, "/var/lib")).toBe("ext4");
  expect(fileSystemOf(TABLE, "/home")).toBe("nfs4");
  expect(fileSystemOf(TABLE, "/home/ann/.local/state")).toBe("nfs4");
  expect(fileSystemOf(TABLE, "/home/ann/disk/state")).toBe("xfs");
  expect(fileSystemOf(TABLE, "/home/ann/disks")).toBe("nfs4");
  expect(fileSystemOf(TABLE, "/homes")).toBe("ext4");
});

test("a mount over another hides it, and names with spaces are read", () => {
  expect(fileSystemOf(TABLE, "/twice/x")).toBe("cifs");
  expect(fileSystemOf(TABLE, "/with space/x")).toBe("9p");
});

test("a table that says nothing of a path tells nothing", () => {
  expect(fileSystemOf("", "/x")).toBeUndefined();
  expect(fileSystemOf("half a line\n", "/x")).toBeUndefined();
});

test.skipIf(process.platform !== "linux")("this machine tells it, also of what is not there yet", () => {
  expect(files.fileSystem?.("/proc/self")).toBe("proc");
  expect(files.fileSystem?.("/tmp/not/there/yet")).toMatch(/^[a-z0-9.]+$/);
});
