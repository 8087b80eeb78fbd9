import { readFileSync, readlinkSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { holdsInATerminal, holdsInPipes, worldOf } from "../exec-laws.ts";
import { inProject } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const desk = (more = ""): string => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: desk}
spec:
  runtime: exec
  command: [sleep, "1000"]
  environment: [{name: GREETING, value: hello}, {name: DESK_KEY, from: secret}]
  resources: {limits: {pids: 60, files: 300}}
  supervision: {stopGracePeriod: 1s}
${more}`;
const CALL = { environment: { DESK_KEY: "walrus-of-the-caller" } };

test("a command inside an agent of this machine keeps its code, its streams and its terminal", async () => {
  await inProject("exec", { "agent.yaml": desk() }, async (project) => {
    await project.well("apply --yes", CALL);
    const world = worldOf(project);
    await Promise.all([holdsInPipes(world), holdsInATerminal(world)]);
  });
});

test("it runs beside the agent: in its folder, its groups and its namespaces, with its values and limits", async () => {
  const environment = { AAC_TREE_KILL: "namespace" };
  await inProject("exec-beside", { "at/agent.yaml": desk() }, async (project) => {
    const applied = { environment: { ...CALL.environment, ...environment } };
    await project.well("apply --yes", applied);
    const run = async (command: string): Promise<string> =>
      (await project.well(`exec desk -- ${command}`, { environment })).out;
    const pid = await project.pidOf("desk");
    const [value, folder, files, groups, space] = await Promise.all([
      run("printenv DESK_KEY"),
      run("pwd"),
      run("sh -c ulimit${IFS}-n"),
      run("cat /proc/self/cgroup"),
      run("readlink /proc/self/ns/pid"),
    ]);
    expect(value).toBe("walrus-of-the-caller\n");
    expect(folder).toBe(`${project.path("at")}\n`);
    expect(files).toBe("300\n");
    expect(groups).toBe(readFileSync(`/proc/${pid}/cgroup`, "utf8"));
    expect(space).toBe(`${readlinkSync(`/proc/${pid}/ns/pid`)}\n`);

    const beside = project.begin("exec desk -- sh -c echo${IFS}up;sleep${IFS}60", { environment });
    await until("it runs", () => beside.out() === "up\n");
    // Nobody takes it for the agent, and it does not outlive what it was put into.
    expect((await project.aac("status")).out).not.toContain("record is gone");
    await project.well("stop desk", { environment });
    expect((await beside.ended).code).toBe(137);
    expect(await project.aac("exec desk -- true")).toMatchObject({
      code: 1,
      err: expect.stringContaining("`desk` does not run now: stopped\n   = start it: aac start desk"),
    });
  });
});
