import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { ask, asked, desk, deskIn } from "../desk.ts";
import { end, inProject, type Project, type Running } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Not ready before the file `ready` is beside it: whoever applies it has the lock until then. */
const slow = (port: number): Readonly<Record<string, string>> =>
  deskIn(".", desk("ana", port, { path: "/ready" }));

async function holding(project: Project, port: number): Promise<Running> {
  const first = project.begin("apply --yes --timeout 50s");
  await until("the first one has the lock, and waits", async () => (await asked(port, "/ready")) > 0);
  return first;
}

const starts = (project: Project): number => project.read("started.log").trim().split("\n").length;

test("who waits says for whom, and after Ctrl-C has changed nothing and kept nobody", async () => {
  const port = 15_711;
  await inProject("patience", slow(port), async (project) => {
    const first = await holding(project, port);
    const second = project.begin("apply --yes --lock-timeout 5m");
    await until("it waits", () => second.err().includes("waiting for"));
    expect(second.err()).toMatch(
      new RegExp(
        `^waiting for pid ${first.child.pid} on \\S+, since \\d\\d:\\d\\d UTC, (?:just now|\\d+ s ago): aac apply --yes --timeout 50s\\n {2}for at most 5m;`,
        "m",
      ),
    );
    second.child.kill("SIGINT");
    const told = await second.ended;
    expect(told).toMatchObject({ code: 130 });
    expect(told.err.split("waiting for")).toHaveLength(2);
    expect(told.err).toContain("stopped before anything was begun: nothing was changed");
    project.write("ready", "");
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(starts(project)).toBe(1);
  });
});

test("who is refused says so as JSON too, and is told nothing but the truth", async () => {
  const port = 15_712;
  await inProject("refused", slow(port), async (project) => {
    const first = await holding(project, port);
    const second = await project.aac("apply --yes -o json");
    expect(second).toMatchObject({ code: 5 });
    expect(JSON.parse(second.out)).toMatchObject({ outcome: "locked", objects: [] });
    expect(second.err).toContain(`pid ${first.child.pid} on `);
    // Whoever only looks is told that what they see is about to change.
    expect((await project.aac("plan")).out.replaceAll(/\s+/g, " ")).toContain(
      `this is being changed by pid ${first.child.pid} on `,
    );
    const gone = await project.aac("destroy --yes");
    expect(gone).toMatchObject({ code: 5 });
    expect(await ask(port, "/health")).toBe('"health"');
    project.write("ready", "");
    expect(await first.ended).toMatchObject({ code: 0 });
    expect((await project.well("plan")).out).not.toContain("being changed");
  });
});

test("the lock of one that was killed is had at once, without a word from anybody", async () => {
  const port = 15_713;
  await inProject("killed", slow(port), async (project) => {
    const first = await holding(project, port);
    const second = project.begin("apply --yes --lock-timeout 5m");
    await until("it waits", () => second.err().includes("waiting for"));
    first.child.kill("SIGKILL");
    await first.ended;
    await until("it goes on", () => second.err().includes("its lock is free, going on"));
    expect(second.err()).toContain(`the apply of pid ${first.child.pid} died`);
    project.write("ready", "");
    expect(await second.ended).toMatchObject({ code: 0 });
    await project.well("plan --expect-no-changes");
    expect((await project.well("apply --yes")).err).not.toContain("died");
  });
});

test("who waited carries out no plan that another apply has overtaken", async () => {
  const port = 15_715;
  await inProject("overtaken", slow(port), async (project) => {
    const first = await holding(project, port);
    const second = project.begin("apply --yes --lock-timeout 5m");
    await until("it waits", () => second.err().includes("waiting for"));
    project.edit("agent.yaml", "spec:", "spec:\n  environment: [{name: X, value: one}]");
    project.write("ready", "");
    expect(await first.ended).toMatchObject({ code: 0 });
    const told = await second.ended;
    expect(told, told.out + told.err).toMatchObject({ code: 0 });
    expect(told.err).toContain("another apply was at work while this one was planned: planning again");
    // What was edited while it waited is in the plan that it made then, and one that nobody needs is not carried out.
    expect(starts(project)).toBe(2);
    await project.well("plan --expect-no-changes");
    expect((await project.well("apply --yes")).err).not.toContain("planning again");
  });
});

test("one that is halted has not gone: it keeps the lock, and goes on when it may", async () => {
  const port = 15_714;
  await inProject("halted", slow(port), async (project) => {
    const first = await holding(project, port);
    const { pid = 0 } = first.child;
    end(pid, "SIGSTOP");
    await until("it is halted", () => / T /.test(readFileSync(`/proc/${pid}/stat`, "utf8")));
    expect(await project.aac("apply --yes")).toMatchObject({ code: 5 });
    project.write("ready", "");
    end(pid, "SIGCONT");
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(starts(project)).toBe(1);
    await project.well("plan --expect-no-changes");
  });
});
