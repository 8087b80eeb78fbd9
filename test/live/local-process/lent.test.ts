import { chmodSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { atTerminal } from "../at-terminal.ts";
import { desk, deskIn } from "../desk.ts";
import { inProject } from "../project.ts";

vi.setConfig({ testTimeout: 90_000 });

const LINES = Array.from({ length: 12 }, (_, i) => `line-${i}`);

/** Writes down each line that reaches it, so that one that somebody else has read is missed. */
const EDITOR = `#!/bin/sh
echo ready >> edited.log
for i in ${LINES.map((_, i) => i).join(" ")}; do read line; echo "$line" >> edited.log; done
`;

test("whoever the terminal is lent to gets every key: a shell from top, an editor from a review", async () => {
  const files = { ...deskIn(".", desk("ana", 16_241)), "editor.sh": EDITOR };
  await inProject("lent", files, async (project) => {
    await project.well("apply --yes");
    await atTerminal(project, "top", { columns: 80, rows: 24 }, async (terminal) => {
      await terminal.shows("ready");
      // Twice: what is taken back has to be let go of again.
      for (const round of [1, 2]) {
        terminal.type("x");
        await terminal.shows("exit brings you back");
        terminal.type(`cd ${project.folder}; echo open >> shell${round}.log\r`);
        await until("the shell has opened", () => project.has(`shell${round}.log`));
        for (const line of LINES) terminal.type(`echo ${line} >> shell${round}.log\r`);
        await until("it has them all", () => project.read(`shell${round}.log`).includes(LINES.at(-1) ?? ""));
        expect(project.read(`shell${round}.log`).trim().split("\n")).toEqual(["open", ...LINES]);
        terminal.type("exit\r");
        await terminal.shows("the shell has ended");
        await terminal.shows("restart");
      }
      terminal.type("q");
      expect((await terminal.ended).code).toBe(0);
    });

    project.edit("agent.yaml", "retries: 3", "retries: 4");
    chmodSync(project.path("editor.sh"), 0o755);
    const environment = { EDITOR: project.path("editor.sh") };
    await atTerminal(project, "apply", { columns: 80, rows: 24, environment }, async (terminal) => {
      await terminal.shows("y apply");
      terminal.type("e");
      await until("the editor has opened", () => project.has("edited.log"));
      for (const line of LINES) {
        terminal.type(`${line}\r`);
        await until(`it has ${line}`, () => project.read("edited.log").includes(`${line}\n`), 5000);
      }
      expect(project.read("edited.log").trim().split("\n")).toEqual(["ready", ...LINES]);
      await terminal.shows("y apply");
      terminal.type("n");
      expect((await terminal.ended).code).toBe(1);
    });
  });
});
