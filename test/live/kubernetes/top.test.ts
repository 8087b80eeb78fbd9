import { expect, test } from "vitest";
import { textAt } from "../../../targets/kubernetes/answers.ts";
import { until } from "../../helpers/until.ts";
import { atTerminal } from "../at-terminal.ts";
import { describeOn } from "../engines.ts";
import { inCluster } from "./in-cluster.ts";
import { shellAgent } from "./namespace.ts";

const TALKS = "trap exit TERM; while :; do echo tick; sleep 0.2; done";
const SIZE = { columns: 110, rows: 32 };

await describeOn("kubernetes", "top in a cluster", (environment) => {
  test("reads pods, opens a shell in one, and starts it anew", { timeout: 180_000 }, async () => {
    await inCluster({ environment }, { "agent.yaml": shellAgent("ana", TALKS) }, async (project) => {
      await project.well("apply --yes");
      const pods = async (): Promise<readonly unknown[]> =>
        (await project.hands.list("pods")).map((pod) => textAt(pod, "metadata", "name"));
      const before = await pods();
      const own = { KUBECONFIG: project.kubeconfig(environment["KUBECONFIG"] ?? "") };
      await atTerminal(project, "top", { ...SIZE, environment: own }, async (terminal) => {
        await terminal.shows("it is ready", (text) => / ana +✓ ready/.test(text));
        await terminal.shows("what it prints", (text) => /ana +\| tick/.test(text));
        terminal.type("x");
        await terminal.shows(
          "its prompt",
          (text) => /a shell in ana[^]*[#$] $/.test(`${text.trimEnd()} `),
          20_000,
        );
        terminal.type("until stty size | grep -qx '32 110'; do sleep 0.1; done; exit 3\r");
        await terminal.shows("the screen is back", (text) =>
          text.includes("✓ ana: the shell has ended with 3"),
        );
        // The cluster looks at a new pod in its own time, so the new start comes last.
        await terminal.shows("its use", (text) => /\d[KM]i\/32Mi +\d+%/.test(text), 90_000);
        terminal.press("enter");
        await terminal.shows("details", (text) => /measured by (?:metrics API|kubelet)/.test(text));
        terminal.press("esc");
        await terminal.shows("the table", (text) => text.includes("AGENT▾"));
        terminal.type("r");
        await terminal.shows("the question", (text) => text.includes("Restart ana?"));
        terminal.type("y");
        await terminal.shows("it is done", (text) => text.includes("✓ ana: restarted"), 60_000);
        await until(
          "the former one is gone",
          async () => !(await pods()).some((name) => before.includes(name)),
          30_000,
        );
        await terminal.shows("the new one alone", (text) => text.includes(" · 1 agent, 1 ready"));
        terminal.type("q");
        expect((await terminal.ended).code).toBe(0);
        expect(terminal.scrollback().join("\n")).toMatch(
          / → kubernetes\nAGENT +REPLICA +STATE[^\n]*\nana +0 +ready/,
        );
      });
    });
  });
});
