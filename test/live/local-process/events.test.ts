import { describe, expect, test, vi } from "vitest";
import { faultsOf } from "../../helpers/published-schemas.ts";
import { until } from "../../helpers/until.ts";
import { end, inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const agent = (name: string): string =>
  `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${name}}
spec:
  runtime: exec
  command: [sleep, "1000"]
  supervision: {stopGracePeriod: 1s, backoff: {initial: 100ms}}
`;
const FILES = { "store/agent.yaml": agent("store"), "desk/agent.yaml": agent("desk") };

interface Told {
  readonly at: string;
  readonly agent: string;
  readonly what: string;
  readonly why?: string;
  readonly by?: string;
}

async function events(project: Project, args = ""): Promise<readonly Told[]> {
  const { out } = await project.well(`events -o json ${args}`.trim());
  expect(faultsOf("events", out)).toEqual([]);
  return (JSON.parse(out) as { readonly events: readonly Told[] }).events;
}

/** In that order, with others between them. */
function expectInOrder(told: readonly string[], expected: readonly RegExp[]): void {
  let from = 0;
  for (const pattern of expected) {
    const at = told.findIndex((line, i) => i >= from && pattern.test(line));
    expect(at, `${pattern} after line ${from} of\n${told.join("\n")}`).toBeGreaterThanOrEqual(0);
    from = at + 1;
  }
}

const lineOf = ({ agent: name, what, why = "", by = "" }: Told): string => `${name}|${what}|${why}|${by}`;

describe("events of processes", () => {
  test("tell in order what an apply, the supervisor and a person did, and why", async () => {
    await inProject("events", FILES, async (project) => {
      await project.well("apply --yes");
      const pid = await project.pidOf("store");
      end(pid, "SIGKILL");
      await until("it runs again", async () => {
        const { agents } = await project.status();
        const store = agents.find((one) => one.agent === "store");
        return store?.id !== undefined && store.id !== String(pid) && store.state === "ready";
      });
      await project.well("stop store --reason leaks");
      await project.well("start store");
      const told = await events(project);
      expect(told.map(({ at }) => at)).toEqual(told.map(({ at }) => at).toSorted());
      const lines = told.map(lineOf);
      expectInOrder(lines, [
        /^\|apply began\|aac apply --yes\|/,
        /^store\|created\|process: new\|/,
        /^\|apply ended\|applied, revision 1\|/,
        /^store\|exited\|.*SIGKILL.*\|supervisor$/,
        /^store\|stopped\|by hand: leaks\|/,
        /^store\|started\|by hand\|/,
      ]);
      expect(lines.filter((line) => line.startsWith("|apply began")).length).toBe(1);
      expect(lines.filter((line) => /^store\|stopped\|/.test(line)).length).toBe(1);
      const stopped = told.find(({ why }) => why === "by hand: leaks");
      expect((await events(project, `--since ${stopped?.at ?? ""}`))[0]?.at).toBe(stopped?.at);
      expect((await events(project, "--tail 2")).length).toBe(2);
      expect(new Set((await events(project, "desk")).map(({ agent: name }) => name))).toEqual(
        new Set(["desk"]),
      );
    });
  });

  test("are followed as they happen, until somebody has seen enough", async () => {
    await inProject("following", FILES, async (project) => {
      await project.well("apply --yes");
      const running = project.begin("events -f --tail 1");
      await until("it shows the last one", () => running.out().includes("apply ended"));
      await project.well("restart desk");
      await until("it shows the restart", () => /desk +restarted +by hand/.test(running.out()));
      running.child.kill("SIGINT");
      const { code, err } = await running.ended;
      expect([code, err]).toEqual([0, ""]);

      const lines = project.begin("events -w --tail 0 -o jsonl store");
      await until("it has begun", () => lines.child.pid !== undefined);
      await until(
        "a line comes",
        async () => {
          await project.well("restart store");
          return lines.out().includes('"what":"restarted"');
        },
        20_000,
      );
      lines.child.stdout?.destroy();
      await project.well("restart store");
      expect((await lines.ended).err).toBe("");
      for (const line of lines.out().trim().split("\n"))
        expect(JSON.parse(line)).toMatchObject({ kind: "Event", agent: "store" });
    });
  });

  test("of what nobody ever heard of are none, and the nearest name is said", async () => {
    await inProject("unheard", { "agent.yaml": agent("store") }, async (project) => {
      expect((await project.well("events")).out).toBe("nothing happened here as far as is known\n");
      await project.well("apply --yes");
      const { out, err } = await project.well("events stroe");
      expect([out, err]).toEqual([
        "nothing happened to stroe as far as is known\n",
        "nothing is known of `stroe`: did you mean `store`?\n",
      ]);
      await project.well("destroy --yes");
      const lines = (await events(project, "store")).map(lineOf);
      expect(lines.at(-1)).toMatch(/^store\|(?:deleted|stopped)\|/);
    });
  });
});
