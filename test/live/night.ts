import { expect } from "vitest";
import type { Project } from "./project.ts";

/** Where the story plays. */
export interface Night {
  readonly project: Pick<Project, "write" | "aac" | "well" | "plan" | "status">;
  /** The file of an agent in a release; a bad one never comes up. */
  readonly file: (agent: string, release: number, isBad: boolean) => string;
  /** What runs of an agent, by an independent look: the releases of what is up; empty where it is stopped. */
  readonly runs: (agent: string) => Promise<readonly string[]>;
}

const AGENTS = ["clerk", "desk"] as const;
const PIPELINE = { environment: { CI: "true", BUILD_URL: "ci.example/desk/run/7" } };

interface Told {
  readonly agent: string;
  readonly what: string;
  readonly why?: string;
  readonly by?: string;
}

interface Head {
  readonly number: number;
  readonly outcome: string;
  readonly does: string;
  readonly to?: number;
  readonly by: { readonly ci?: string | null };
}

/**
 * A bad release is applied by a pipeline and rolled back by itself; a person stops an agent by hand, and the next
 * pipeline respects it; an agent goes back to an earlier revision, is held there, and is let go in the morning.
 */
export async function night({ project, file, runs }: Night): Promise<void> {
  const release = (number: number, bad: readonly string[] = []): void => {
    for (const agent of AGENTS)
      project.write(`${agent}/agent.yaml`, file(agent, number, bad.includes(agent)));
  };
  const pipeline = (args: string): ReturnType<Project["aac"]> => project.aac(args, PIPELINE);
  const good = async (number: number): Promise<void> => {
    release(number);
    const applied = await pipeline("apply --yes");
    expect(applied.code, applied.out + applied.err).toBe(0);
  };
  for (const number of [1, 2, 3]) await good(number);
  expect(await runs("desk")).toEqual(["3"]);

  // 02:02: a bad release. It is back before anybody wakes up.
  release(4, ["desk"]);
  const bad = await pipeline("apply --yes --timeout 8s --retries 0");
  expect(bad.code, bad.out + bad.err).toBe(4);
  expect(bad.out).toContain("rolled back");
  expect([await runs("clerk"), await runs("desk")]).toEqual([["3"], ["3"]]);
  release(3);
  expect((await pipeline("plan --detailed-exitcode")).code).toBe(0);

  // 02:14: somebody stops it all the same, and says why.
  const stopped = await project.aac(["stop", "desk", "--reason", "leaks"].join(" "));
  expect(stopped.code, stopped.out + stopped.err).toBe(0);
  expect(await runs("desk")).toEqual([]);

  // 03:00: the next release leaves alone what somebody holds.
  release(5);
  const planned = await project.plan("", PIPELINE);
  expect(planned.held).toMatchObject([{ reason: "leaks" }]);
  const respected = await pipeline("apply --yes");
  expect(respected.code, respected.out + respected.err).toBe(0);
  expect([await runs("clerk"), await runs("desk")]).toEqual([["5"], []]);

  // 03:12: back to what ran two revisions before the bad one, and it stays there.
  const to = 2;
  const back = await project.aac(`rollback ${to} --target-agent desk --release --yes --reason older`);
  expect(back.code, back.out + back.err).toBe(0);
  expect([await runs("clerk"), await runs("desk")]).toEqual([["5"], ["2"]]);
  const held = (await project.status()).agents.find(({ agent }) => agent === "desk")?.held;
  expect(held).toContain(`rolled back to revision ${to}`);
  release(6);
  expect((await pipeline("apply --yes")).code).toBe(0);
  expect([await runs("clerk"), await runs("desk")]).toEqual([["6"], ["2"]]);

  // In the morning it is let go, and everything is as the files say.
  const released = await project.aac("apply --yes --release");
  expect(released.code, released.out + released.err).toBe(0);
  expect([await runs("clerk"), await runs("desk")]).toEqual([["6"], ["6"]]);
  expect((await pipeline("plan --detailed-exitcode")).code).toBe(0);

  await tellsHistory(project, to);
  await tellsEvents(project, to);
}

async function tellsHistory(project: Night["project"], to: number): Promise<void> {
  const { revisions } = JSON.parse((await project.well("history -o json")).out) as {
    readonly revisions: readonly Head[];
  };
  expect(revisions.map(({ outcome, does }) => `${does} ${outcome}`).toReversed()).toEqual([
    "apply applied",
    "apply applied",
    "apply applied",
    "apply rolledBack",
    "apply applied",
    "rollback applied",
    "apply applied",
    "apply applied",
  ]);
  expect(revisions.find(({ does }) => does === "rollback")?.to).toBe(to);
  expect(revisions.filter(({ by }) => typeof by.ci === "string").length).toBe(6);
  expect((await project.well(`history ${to}`)).out).toContain("desk");
}

/** What matters of it, in the order in which it happened; what else is told between is nobody's lie. */
async function tellsEvents(project: Night["project"], to: number): Promise<void> {
  const events = (await project.well("events --tail all -o jsonl")).out
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Told);
  const story: readonly (readonly [agent: string, what: string, why: RegExp])[] = [
    ["desk", "created", /new/],
    ["", "apply ended", /applied, revision 1/],
    ["desk", "failed", /./],
    ["desk", "rolled back", /./],
    ["", "apply ended", /rolled back/],
    ["desk", "stopped", /leaks/],
    ["clerk", "replaced|updated", /./],
    ["", "rollback began", /rollback 2/],
    ["desk", "replaced|updated", /./],
    ["desk", "held", new RegExp(`rolled back to revision ${to}`)],
    ["", "apply ended", /applied/],
  ];
  let from = 0;
  for (const [agent, what, why] of story) {
    const at = events.findIndex(
      (one, i) =>
        i >= from &&
        one.agent === agent &&
        new RegExp(`^(?:${what})$`).test(one.what) &&
        why.test(one.why ?? ""),
    );
    const rest = events
      .slice(from)
      .map((one) => `${one.agent || "(project)"}: ${one.what}: ${one.why ?? ""}`);
    expect(at, `after what was found, no ${agent} ${what} ${why.source} in\n${rest.join("\n")}`).not.toBe(-1);
    from = at + 1;
  }
}
