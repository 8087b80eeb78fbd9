/**
 * Keeps the logs of a folder in a process of its own. With `calls` only until its so-many-th call of the outside world,
 * before or after which it is killed.
 */
import type { Files, System } from "../../src/model/system.ts";
import { keepLogs } from "../../src/supervisor/logs/keep.ts";
import { system } from "../../src/system/system.ts";

const [folder = "", maxBytes = "0", maxFiles = "0", calls = "0"] = process.argv.slice(2);
let left = Number(calls);

function counted<T>(act: () => T): T {
  left--;
  if (left === 0) process.kill(process.pid, "SIGKILL");
  const done = act();
  left--;
  if (left === 0) process.kill(process.pid, "SIGKILL");
  return done;
}

const files: Files = {
  ...system.files,
  append: (path, text) => counted(() => system.files.append(path, text)),
  rename: (from, to) => counted(() => system.files.rename(from, to)),
  remove: (path) => counted(() => system.files.remove(path)),
  readAt: (...piece) => counted(() => system.files.readAt(...piece)),
};
const mortal: System = {
  ...system,
  files,
  processes: { ...system.processes, run: (request) => counted(() => system.processes.run(request)) },
};
keepLogs(mortal, folder).watch("desk", 0, { maxBytes: Number(maxBytes), maxFiles: Number(maxFiles) });
