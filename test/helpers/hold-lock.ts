/** A process of its own that takes the lock of a folder, says so, and keeps it until it is ended. */
import { takeLock } from "../../src/state/lock.ts";
import { files } from "../../src/system/files.ts";

const [folder = ""] = process.argv.slice(2);
const lock = takeLock(files, folder, {
  pid: process.pid,
  host: "here",
  command: "aac apply",
  since: "2026-01-01T00:00:00Z",
});
process.stdout.write(`${lock.is}\n`);
if (lock.is === "held") process.stdin.resume();
