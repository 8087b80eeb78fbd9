import { createServer } from "node:net";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "vitest";
import { rounds } from "../../helpers/figure.ts";
import { inProject } from "../project.ts";
import { failedApplies, type Ground } from "./failed-applies.ts";

const PORT = 16_410;
const portOf = (agent: string): number => PORT + Number(agent.slice(-1));

/** Runs what its folder says, so that the code of a failed apply is told from that of the one before. */
const RUN = "CODE=$(cat code.txt); export CODE; exec sleep 100000";

const file: Ground["file"] = (agent, round, after, broken) => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${agent}}
spec:
  runtime: exec
  command: [sh, ${broken === "a wrong command" ? "nothing.sh" : "run.sh"}, round-${round}]
  environment: [{name: ROUND, value: "${round}"}]
  config: {round: ${round}}
  resources: {limits: {memory: ${64 + round}Mi}}
  supervision: {stopGracePeriod: 200ms, backoff: {initial: 50ms, max: 100ms}}
${after.length === 0 ? "" : `  dependsOn: [${after.join(", ")}]\n`}${
  ["a check that never passes", "a crash", "a wrong command"].includes(broken ?? "")
    ? "  healthCheck: {file: never, interval: 100ms}\n"
    : ""
}${broken === "a busy port" ? `  ports: [{container: ${portOf(agent)}, host: ${portOf(agent)}}]\n  healthCheck: {type: tcp, port: ${portOf(agent)}, interval: 100ms}\n` : ""}`;

const beside: Ground["beside"] = (agent, round, broken) => ({
  "run.sh": `${broken === "a crash" ? "echo broken; exit 3\n" : ""}${
    broken === "a busy port" ? "echo the port is taken; exit 4\n" : ""
  }${RUN}\n`,
  "code.txt": `${agent} at ${round}\n`,
});

/** What runs: its arguments, its environment as it was given, and the code that it was started from. */
function look(root: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const environ = read(`/proc/${pid}/environ`).split("\0");
    const argv = read(`/proc/${pid}/cmdline`).split("\0").filter(Boolean);
    const marker = environ.find((one) => one.startsWith("AAC_MARKER="));
    if (marker === undefined || !environ.some((one) => one.includes(root)) || argv[0] !== "sleep") continue;
    const agent = / agent=(\S+)/.exec(marker)?.[1] ?? "?";
    const own = environ.filter((one) => /^(?:ROUND|CODE)=/.test(one));
    found[agent] = [...argv, ...own.toSorted()].join(" ");
  }
  return found;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Somebody takes the port after the plan was made. */
function taken(port: number): Promise<() => Promise<void>> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server
      .once("error", reject)
      .listen(port, "127.0.0.1", () => resolve(() => new Promise((done) => void server.close(() => done()))));
  });
}

test(
  "an apply to this machine that fails leaves everything as it was before",
  async () => {
    await inProject("rollbacks", { "agent-0/agent.yaml": file("agent-0", 0, []) }, async (project) => {
      await failedApplies(
        {
          name: "rollbacks",
          project,
          file,
          beside,
          ways: [
            { is: "a crash" },
            { is: "a wrong command" },
            { is: "a check that never passes" },
            { is: "a busy port", meanwhile: (agent) => taken(portOf(agent)) },
          ],
          look: () => Promise.resolve(look(project.root)),
        },
        2,
      );
    });
  },
  60_000 + rounds(2) * 30_000,
);
