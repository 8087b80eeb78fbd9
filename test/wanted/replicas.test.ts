import { describe, expect, test } from "vitest";
import { runningReplica } from "../../src/wanted/replicas.ts";
import { unstartable } from "../../src/wanted/unstartable.ts";

const one = (agent: string, replica: number, state = "ready") => ({
  agent,
  replica,
  state,
  isUp: state === "ready",
});
const ALL = [one("desk", 1), one("desk", 0, "backoff"), one("store", 0, "stopped"), one("page", 2)];

const told = (agent: string, replica?: number): unknown => {
  const found = runningReplica(replica === undefined ? { agent } : { agent, replica }, ALL);
  return found.ok ? found.value.replica : [found.error.code, found.error.message, ...found.error.notes];
};

describe("where a command runs", () => {
  test("is the first replica that runs, or the one that was asked for", () => {
    expect(told("desk")).toBe(1);
    expect(told("desk", 1)).toBe(1);
    expect(told("page")).toBe(2);
  });

  test("where it cannot, that is said with what to do", () => {
    expect(told("desk", 0)).toEqual([
      "AAC4008",
      "replica 0 of `desk` does not run now: backoff",
      "aac status desk tells what it waits for",
    ]);
    expect(told("store")).toEqual([
      "AAC4008",
      "`store` does not run now: stopped",
      "start it: aac start store",
    ]);
    expect(told("desk", 7)).toEqual(["AAC4008", "`desk` has no replica 7", "there are 0, 1"]);
    expect(told("stor")).toEqual([
      "AAC4008",
      "no agent `stor` lives here: did you mean `store`?",
      "there are desk, page, store",
    ]);
    expect(runningReplica({ agent: "desk" }, [])).toMatchObject({
      error: { message: "no agent `desk` lives here", notes: ["nothing is applied yet: aac apply"] },
    });
  });
});

describe("a program that could not be started", () => {
  test.each([
    [
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown',
      { code: 127, why: '"nope": executable file not found in $PATH' },
    ],
    [
      'OCI runtime exec failed: exec failed: container_linux.go:380: starting container process caused: exec: "/no/such": stat /no/such: no such file or directory: unknown\r\n',
      { code: 127, why: '"/no/such": stat /no/such: no such file or directory' },
    ],
    [
      'Internal error occurred: error executing command in container: failed to start exec "77": OCI runtime exec failed: exec failed: unable to start container process: exec: "/etc/passwd": permission denied: unknown',
      { code: 126, why: '"/etc/passwd": permission denied' },
    ],
    [
      "OCI runtime exec failed: executable file `nope` not found in $PATH: No such file or directory",
      { code: 127, why: "executable file `nope` not found in $PATH: No such file or directory" },
    ],
    ["error dialing backend: connection refused", undefined],
  ])("%s", (said, wanted) => {
    expect(unstartable(said)).toEqual(wanted);
  });
});
