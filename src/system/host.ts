import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import type { Host } from "../model/system.ts";

declare const AAC_VERSION: string | undefined;

let boot: string | undefined;

export const host: Host = {
  platform: process.platform,
  name: hostname(),
  uid: process.getuid?.() ?? -1,
  user: userName(),
  /** Found when it is first asked for: on macOS that costs a process. */
  get bootId(): string {
    boot ??= readBootId();
    return boot;
  },
  pid: process.pid,
  version: typeof AAC_VERSION === "string" ? AAC_VERSION : "0.0.0-source",
  self: [process.execPath, process.argv[1] ?? ""],
  environment: process.env,
};

/** A container often runs as a number that no list of users knows. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}

function readBootId(): string {
  try {
    if (process.platform === "darwin")
      return execFileSync("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"], { encoding: "utf8" }).trim();
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "unknown";
  }
}
