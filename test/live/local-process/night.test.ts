import { readdirSync, readFileSync } from "node:fs";
import { test } from "vitest";
import { night } from "../night.ts";
import { inProject } from "../project.ts";

const file = (agent: string, release: number, isBad: boolean): string => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${agent}}
spec:
  runtime: exec
  command: [sh, -c, "${isBad ? "echo out of memory; exit 3" : "touch up; exec sleep 100000"}"]
  environment: [{name: RELEASE, value: "${release}"}]
  healthCheck: {file: ${isBad ? "never" : "up"}, interval: 100ms}
  supervision: {stopGracePeriod: 300ms}
`;

function runs(root: string, agent: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const environ = read(`/proc/${pid}/environ`);
      const isOurs = environ.includes(root) && environ.includes(` agent=${agent} `);
      const isSleep = read(`/proc/${pid}/cmdline`).startsWith("sleep\0");
      return isOurs && isSleep ? [/(?:^|\0)RELEASE=(\d+)/.exec(environ)?.[1] ?? "?"] : [];
    });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

test("a night on this machine", { timeout: 120_000 }, async () => {
  const files = { "desk/agent.yaml": file("desk", 1, false) };
  await inProject("night", files, (project) =>
    night({ project, file, runs: (agent) => Promise.resolve(runs(project.root, agent)) }),
  );
});
