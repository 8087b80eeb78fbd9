import { expect, test } from "vitest";
import { does } from "../answers.ts";
import { ask, desk, deskIn } from "../desk.ts";
import { inProject } from "../project.ts";

const PORT = 15_731;

test("an agent of this machine under another name is moved: one exchange, and its port is free for it", async () => {
  await inProject("renamed", deskIn("ana", desk("ana", PORT)), async (project) => {
    await project.well("apply --yes");
    project.edit("ana/agent.yaml", "name: ana", "name: desk, renamedFrom: ana");
    expect(does(await project.plan())).toEqual(["replace desk/process/0"]);
    const planned = await project.well("plan");
    expect(planned.out).toContain("renamed from ana");
    await project.well("apply --yes");
    expect(await ask(PORT, "/health")).toBe('"health"');
    expect((await project.status()).agents.map(({ agent }) => agent)).toEqual(["desk"]);
    await project.well("plan --expect-no-changes");
    // The line may stay where it is, or go: the move has been made.
    project.edit("ana/agent.yaml", ", renamedFrom: ana", "");
    await project.well("plan --expect-no-changes");
    // The way back is a move as well, and so is the way there again: it is the same agent all the time.
    const back = await project.well("rollback 1 --yes --no-hold");
    expect(back.out.replaceAll(/\s+/g, " ")).toContain("1 replace");
    expect(back.out).toContain("renamed from desk");
    expect((await project.status()).agents.map(({ agent }) => agent)).toEqual(["ana"]);
    expect((await project.well("rollback 2 --yes --no-hold")).out).toContain("renamed from ana");
    expect((await project.status()).agents.map(({ agent }) => agent)).toEqual(["desk"]);
    expect(await ask(PORT, "/health")).toBe('"health"');
  });
});

test("a move that fails leaves the agent under its former name", async () => {
  await inProject("renamed-back", deskIn("ana", desk("ana", PORT + 1)), async (project) => {
    await project.well("apply --yes");
    const text = project.read("ana/agent.yaml");
    project.edit("ana/agent.yaml", "name: ana", "name: desk, renamedFrom: ana");
    project.edit("ana/agent.yaml", "command: [", "command: [false, ");
    const failed = await project.aac("apply --yes --timeout 5s --retries 0");
    expect([failed.code, failed.out]).toEqual([4, expect.stringContaining("rolled back")]);
    expect((await project.status()).agents.map(({ agent }) => agent)).toEqual(["ana"]);
    expect(await ask(PORT + 1, "/health")).toBe('"health"');
    project.write("ana/agent.yaml", text);
    await project.well("plan --expect-no-changes");
  });
});
