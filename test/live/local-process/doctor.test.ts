import { expect, test } from "vitest";
import { until } from "../../helpers/until.ts";
import { patient } from "../patient.ts";
import { inProject } from "../project.ts";

const LONG = { timeout: 60_000 };
const PORT = 24_191;
const LISTENS = `require("net").createServer().listen(process.env.PORT, "127.0.0.1")`;
const agent = (name: string, spec: string): string =>
  `apiVersion: agent.dev/v1\nkind: Agent\nmetadata: {name: ${name}}\nspec:\n${spec}`;
const FILES = {
  "store/agent.yaml": agent(
    "store",
    `  command: [node, store.cjs]\n  ports: [{container: ${PORT}, host: ${PORT}}]\n  healthCheck: {port: ${PORT}}\n`,
  ),
  "store/store.cjs": LISTENS,
  "desk/agent.yaml": agent("desk", "  command: [sh, fails.sh]\n  dependsOn: [store]\n"),
  "desk/fails.sh": "sleep 0.1; echo why-it-fails; exit 7\n",
};

test("a doctor and a graph of agents that run, fail, and are left alone", LONG, async () => {
  await inProject("doctor", FILES, async (project) => {
    await project.aac("apply --yes --no-rollback");
    await until(
      "desk has failed",
      async () => /"state": "backoff"/.test((await project.aac("status -o json")).out),
      20_000,
    );
    const graph = await project.well("graph --status");
    expect(graph.out).toMatch(/^desk +✗ \w+$/m);
    expect(graph.out).toMatch(/^└─ store +✓ ready +waits until started$/m);

    const store = await patient(project, "doctor store");
    expect(store.out).toMatch(/^ {2}✓ ok {4}state +ready since /m);
    expect(store.out).toMatch(new RegExp(`^ {2}✓ ok {4}port ${PORT}/tcp +held by the agent itself$`, "m"));
    let desk = await patient(project, "doctor desk");
    // It runs for a moment at each try, and a doctor may come just then.
    await until(
      "a doctor comes while it waits for its next try",
      async () => desk.code === 1 || (desk = await patient(project, "doctor desk")).code === 1,
      30_000,
    );
    expect(desk.out).toMatch(/^ {2}✓ ok {4}last exit +exit 7/m);
    expect(desk.out).toContain("→ aac logs desk --previous");

    const all = await patient(project, "doctor");
    // The supervisor has a lock of its own, and keeps nobody waiting.
    expect(all.out).toMatch(/lock +nobody is applying/);
    expect(all.out).toMatch(/^ {2}✓ ok {4}supervisor +runs since \S+ \(pid \d+, aac [^)]+\)$/m);
    await project.well("daemon stop");
    const alone = await patient(project, "doctor");
    expect(alone.out).toMatch(
      /^ {2}! warn {2}supervisor +none runs: nobody restarts the 2 agents of this project$/m,
    );
    expect(alone.out).toContain("→ aac daemon start");
  });
});
