import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { atTerminal } from "../at-terminal.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";
import { agentFile } from "./on-engine.ts";

const TALKS = `[sh, -c, "trap 'exit 0' TERM; while :; do echo tick; sleep 0.2; done"]`;

/** Between the command line and the engine, so that the engine can go away for it alone. */
interface Between {
  open(): Promise<void>;
  cut(): Promise<void>;
}

function between(path: string, host: string): Between {
  const behind = /^unix:\/\/(.+)$/.exec(host)?.[1];
  const url = new URL(host.replace(/^(?:unix|tcp):/, "http:"));
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  return {
    open: () =>
      new Promise((resolve) => {
        server = createServer((near) => {
          const far = behind === undefined ? connect(Number(url.port), url.hostname) : connect(behind);
          for (const [one, other] of [
            [near, far],
            [far, near],
          ] as const) {
            sockets.add(one);
            one.pipe(other);
            one.on("error", () => other.destroy()).on("close", () => sockets.delete(one));
          }
        });
        server.listen(path, () => resolve());
      }),
    cut: () =>
      new Promise((resolve) => {
        for (const one of sockets) one.destroy();
        if (server === undefined) resolve();
        else server.close(() => resolve());
      }),
  };
}

await describeOn("docker", "top on an engine", (environment) => {
  test("reads containers, goes on where the engine goes away, and opens a shell in one", {
    timeout: 90_000,
  }, async () => {
    const { at } = await byCommand(environment);
    const limits = `  image: busybox\n  command: ${TALKS}\n  resources: {limits: {cpu: "0.5", memory: 64Mi}}\n`;
    const files = { "agent.yaml": agentFile("ana", limits) };
    await onPlatform("top", at, files, async (project) => {
      await project.well("apply --yes");
      const path = join(project.root, "engine.sock");
      const line = between(path, environment["DOCKER_HOST"] ?? "");
      await line.open();
      const seat = { columns: 110, rows: 32, environment: { DOCKER_HOST: `unix://${path}` } };
      await atTerminal(project, "top --interval 500ms", seat, async (terminal) => {
        await terminal.shows("it is ready", (text) => / ana +✓ ready/.test(text));
        await terminal.shows("its use", (text) => /\d\/0\.50 .*Ki\/64Mi +\d+%|Mi\/64Mi +\d+%/.test(text));
        await terminal.shows("what it prints", (text) => /ana +\| tick/.test(text));
        await line.cut();
        await terminal.shows("since when it is old", (text) => /! not refreshed since/.test(text), 20_000);
        terminal.press("enter");
        await terminal.shows("keys answer", (text) => text.includes("Seen since this was opened"));
        await line.open();
        await terminal.shows("it is there again", (text) => !text.includes("not refreshed"), 30_000);
        terminal.press("esc");
        await terminal.shows("the table", (text) => text.includes("AGENT▾"));
        terminal.type("x");
        await terminal.shows("its prompt", (text) => /a shell in ana[^]*# $/.test(`${text.trimEnd()} `));
        // As large as this one, soon after it has begun.
        terminal.type("until stty size | grep -qx '32 110'; do sleep 0.1; done; exit 3\r");
        await terminal.shows("the screen is back", (text) =>
          text.includes("✓ ana: the shell has ended with 3"),
        );
        // Keys are ours again.
        terminal.press("enter");
        await terminal.shows("details", (text) => text.includes("measured by engine"));
        terminal.type("q");
        expect((await terminal.ended).code).toBe(0);
        expect(terminal.scrollback().join("\n")).toContain("32 110");
      });
      await line.cut();
    });
  });
});
