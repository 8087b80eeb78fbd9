import { cpSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { program } from "../../helpers/run-aac.ts";
import { type Terminal, terminalWith } from "../../helpers/terminal.ts";
import { desk, deskIn } from "../desk.ts";
import { inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

/** A copy of the program, which an upgrade may take away. */
function installed(project: Project): { readonly program: string; readonly replace: () => void } {
  const root = join(project.root, "installed");
  mkdirSync(join(root, "src/cli"), { recursive: true });
  cpSync(join(program, "../../../dist"), join(root, "dist"), { recursive: true });
  cpSync(program, join(root, "src/cli/aac.cjs"));
  return {
    program: join(root, "src/cli/aac.cjs"),
    replace: () => renameSync(join(root, "dist"), join(root, "dist-of-before")),
  };
}

async function at(
  project: Project,
  file: string,
  args: string,
  environment: Readonly<Record<string, string>>,
  body: (terminal: Terminal) => Promise<void>,
): Promise<void> {
  const terminal = terminalWith([process.execPath, file, args], {
    columns: 100,
    rows: 30,
    cwd: project.folder,
    environment: {
      HOME: join(project.root, "home"),
      XDG_STATE_HOME: join(project.root, "state"),
      XDG_CACHE_HOME: join(project.root, "cache"),
      XDG_RUNTIME_DIR: join(project.root, "run"),
      ...environment,
    },
  });
  try {
    await body(terminal);
  } finally {
    terminal.signal("SIGKILL");
    await terminal.ended;
  }
}

describe("an upgrade while somebody looks at a plan", () => {
  test.each([
    ["on a screen", {}, ["y", "y"]],
    ["in lines", { AAC_ACCESSIBLE: "1" }, ["yes\r"]],
  ])("takes nothing from the apply that follows, %s", async (_, environment, keys) => {
    await inProject("upgraded", deskIn("ana", desk("ana", 16221)), async (project) => {
      await project.well("apply --yes");
      project.edit("ana/agent.yaml", "desk.js", "desk.js, again");
      const { program: file, replace } = installed(project);
      await at(project, file, "apply", environment, async (terminal) => {
        await terminal.shows("the plan", (text) => text.includes("y apply") || text.includes("Answer:"));
        if (keys.length > 1) {
          terminal.type("y");
          await terminal.shows("‹no›");
        }
        // The question has stood there for a while: what is needed from here on was read meanwhile.
        await terminal.shows("the question", (text) => text.includes("Apply 1 change"));
        replace();
        terminal.type(keys.at(-1) ?? "");
        expect(await terminal.ended, terminal.scrollback().join("\n")).toMatchObject({ code: 0 });
        expect(terminal.scrollback().join("\n")).toContain("applied in");
      });
      expect((await project.plan()).changes).toEqual([]);
    });
  });

  test("ends what would need more of it in words, and nothing was changed", async () => {
    await inProject("removed", deskIn("ana", desk("ana", 16222)), async (project) => {
      await project.well("apply --yes");
      const pid = await project.pidOf("ana");
      project.edit("ana/agent.yaml", "desk.js", "desk.js, again");
      const { program: file, replace } = installed(project);
      const environment = { EDITOR: "true" };
      await at(project, file, "apply", environment, async (terminal) => {
        await terminal.shows("y apply");
        replace();
        project.edit("ana/agent.yaml", "runtime: exec", "runtme: exec");
        terminal.type("e");
        expect(await terminal.ended).toMatchObject({ code: 1 });
        expect(terminal.onAlternateScreen()).toBe(false);
        const left = terminal.scrollback().join("\n");
        expect(left).toContain("aac itself was replaced or removed while it ran");
        expect(left).not.toContain("a fault of aac");
      });
      expect(await project.pidOf("ana")).toBe(pid);
    });
  });
});
