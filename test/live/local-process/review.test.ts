import { chmodSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { program } from "../../helpers/run-aac.ts";
import { aacIn, type Terminal, type TerminalOptions, terminalWith } from "../../helpers/terminal.ts";
import { inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const sleeper = (name: string, more = ""): string => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${name}}
spec:
  runtime: exec
  command: [sleep, "100000"]
  environment:
    - {name: GREETING, value: Hello from ${name}}
${more}`;

/** ana and bob, and carl who needs bob. */
const FILES = {
  "ana/agent.yaml": sleeper("ana"),
  "bob/agent.yaml": sleeper("bob"),
  "carl/agent.yaml": sleeper("carl", "  dependsOn: {bob: {condition: started}}\n"),
};

const open = new Set<Terminal>();

/** Where a test fails, nobody waits for an answer any more. */
async function inReviews(
  name: string,
  files: Readonly<Record<string, string>>,
  body: (project: Project) => Promise<void>,
): Promise<void> {
  await inProject(name, files, async (project) => {
    try {
      await body(project);
    } finally {
      for (const one of open) one.signal("SIGKILL");
      open.clear();
    }
  });
}

const homeOf = (project: Project): Readonly<Record<string, string>> => ({
  HOME: project.path("../home"),
  XDG_STATE_HOME: project.path("../state"),
  XDG_CACHE_HOME: project.path("../cache"),
  XDG_RUNTIME_DIR: project.path("../run"),
});

function at(project: Project, args: string, options: TerminalOptions = {}): Terminal {
  const terminal = aacIn(args.split(" "), {
    ...options,
    cwd: project.folder,
    environment: {
      ...homeOf(project),
      ...options.environment,
    },
  });
  open.add(terminal);
  void terminal.ended.then(() => open.delete(terminal));
  return terminal;
}

/** Where it ended otherwise, what is left on the screen says why. */
async function ends(terminal: Terminal, code: number): Promise<void> {
  const ended = await terminal.ended;
  expect(ended.code, terminal.scrollback().join("\n")).toBe(code);
}

const agents = async (project: Project): Promise<readonly string[]> =>
  (await project.status()).agents.map(({ agent }) => agent).sort();

/** A program that does what a person in an editor would: each call runs the next of these scripts. */
function editor(project: Project, ...scripts: readonly string[]): Readonly<Record<string, string>> {
  const path = project.path("../editor.sh");
  const calls = project.path("../calls");
  project.write(
    "../editor.sh",
    [
      "#!/bin/sh",
      `echo "$@" >> '${calls}'`,
      `n=$(wc -l < '${calls}')`,
      ...scripts.map((script, i) => `if [ "$n" = ${i + 1} ]; then ${script}; fi`),
      "",
    ].join("\n"),
  );
  chmodSync(path, 0o755);
  return { EDITOR: path };
}

const ESCAPES_OF_COLOUR = /\u001B\[(?:[0-9;]*;)?(?:3[0-7]|4[0-7]|9[0-7]|38|48)(?:;[0-9;]*)?m/;

describe("the review of an apply", () => {
  test("leaves out one agent with what needs it, applies the rest, and leaves the list on the screen", async () => {
    await inReviews("review", FILES, async (project) => {
      const terminal = at(project, "apply");
      await terminal.shows("y apply");
      expect(terminal.onAlternateScreen()).toBe(true);
      expect(terminal.screen().join("\n")).toContain("3 create");
      terminal.press("down", "down");
      terminal.press("space");
      await terminal.shows(
        "all is checked",
        (text) => text.includes("left out with bob, which it needs") && text.includes("ana can start"),
      );
      expect(terminal.screen().join("\n")).toContain("2 objects left out");
      await terminal.resize(50, 12);
      await terminal.shows("left out", (text) => text.includes("[ ] +   bob"));
      await terminal.resize(80, 24);
      terminal.type("y");
      await terminal.shows(`Apply 1 change to ${project.name} → local-process?  ‹no›`);
      terminal.type("y");
      await ends(terminal, 0);
      expect(terminal.onAlternateScreen()).toBe(false);
      const left = terminal.scrollback().join("\n");
      expect(left).toContain("1 create");
      expect(left).toMatch(/\+ +ana +process +create +new/);
      expect(left).not.toMatch(/bob|carl/);
      expect(left).toContain("applied in");
      expect(await agents(project)).toEqual(["ana"]);
    });
  });

  test("changes nothing where it is left, and where enter takes the answer that is chosen at first", async () => {
    await inReviews("declined", FILES, async (project) => {
      for (const keys of [["n"], ["\u0003"], ["\u001B"], ["y", "\r"]]) {
        const terminal = at(project, "apply");
        await terminal.shows("y apply");
        for (const key of keys) {
          terminal.type(key);
          if (key === "y") await terminal.shows("‹no›");
        }
        await ends(terminal, 1);
        expect(terminal.scrollback().join("\n")).toContain("declined: nothing was changed");
      }
      expect(await agents(project)).toEqual([]);
    });
  });

  test("takes no key for an answer that was typed before the question stood there", async () => {
    await inReviews("ahead", FILES, async (project) => {
      const terminal = at(project, "apply");
      // In one piece, and before anything is on the screen.
      terminal.type("yyy\r");
      await terminal.shows("y apply", (text) => text.includes("Apply 3 changes"));
      terminal.type("\u001B");
      await terminal.shows("y apply");
      terminal.type("y\ry");
      await terminal.shows("‹no›");
      terminal.type("\u001B");
      await terminal.shows("y apply");
      terminal.type("q");
      await ends(terminal, 1);
      expect(await agents(project)).toEqual([]);
    });
  });

  test("opens an editor at the line, shows faults of the files, and plans again what is left in", async () => {
    await inReviews("edit", FILES, async (project) => {
      await project.well("apply --yes");
      project.edit("ana/agent.yaml", "Hello from", "Good morning to");
      project.edit("bob/agent.yaml", "Hello from", "Good morning to");
      const file = project.path("ana/agent.yaml");
      const environment = editor(
        project,
        `sed -i 's/runtime: exec/runtme: exec/' '${file}'`,
        `sed -i 's/runtme: exec/runtime: exec/; s/Good morning to/Good evening to/' '${file}'`,
      );
      const terminal = at(project, "apply", { environment, columns: 100, rows: 30 });
      await terminal.shows("y apply");
      // Folded, bob stands below ana.
      terminal.type("z");
      terminal.press("home", "down", "space");
      await terminal.shows("1 object left out");
      terminal.press("home");
      terminal.type("e");
      await terminal.shows("no plan: the files have faults");
      expect(terminal.screen().join("\n")).toMatch(/AAC1004.*runtme/);
      terminal.type("e");
      await terminal.shows(
        "planned again",
        (text) => text.includes("planned again") && text.includes("1 object left out"),
      );
      terminal.type("z");
      await terminal.shows("Good evening to ana");
      terminal.type("y");
      await terminal.shows("Apply 1 change");
      await terminal.shows("‹no›");
      terminal.type("y");
      await ends(terminal, 0);
      expect(project.read("../calls").trim().split("\n")).toHaveLength(2);
      const { changes } = await project.plan();
      expect(changes.map(({ id }) => id.split("/")[0])).toEqual(["bob"]);
    });
  });

  test("keeps the former plan where the files have faults, and says so", async () => {
    await inReviews("former", FILES, async (project) => {
      const environment = editor(project, `echo 'spec: [' > '${project.path("ana/agent.yaml")}'`);
      const terminal = at(project, "apply", { environment });
      await terminal.shows("y apply");
      terminal.type("e");
      await terminal.shows("no plan: the files have faults");
      terminal.type("\u001B");
      await terminal.shows("the plan from before", (text) => text.includes("3 create"));
      terminal.type("n");
      await ends(terminal, 1);
      expect(await agents(project).catch(() => [])).toEqual([]);
      project.write("ana/agent.yaml", FILES["ana/agent.yaml"]);
    });
  });

  test("asks for the project's name before it destroys, and takes no other", async () => {
    await inReviews("name", FILES, async (project) => {
      await project.well("apply --yes");
      const terminal = at(project, "destroy");
      await terminal.shows("y apply");
      terminal.type("y");
      await terminal.shows(`Type ${project.name} to go on`);
      terminal.type("something");
      await terminal.shows("something");
      terminal.press("enter");
      await terminal.shows(`that is not ${project.name}`);
      expect(await agents(project)).toEqual(["ana", "bob", "carl"]);
      terminal.press("ctrl+u");
      terminal.type(project.name);
      await terminal.shows(`go on: ${project.name}`);
      terminal.press("enter");
      await ends(terminal, 0);
      expect(terminal.scrollback().join("\n")).toContain("taken down");
      expect(await agents(project)).toEqual([]);
    });
  });

  test("applies exactly what was shown, or nothing: what somebody else did meanwhile is named", async () => {
    await inReviews("meanwhile", { "ana/agent.yaml": FILES["ana/agent.yaml"] }, async (project) => {
      await project.well("apply --yes");
      project.edit("ana/agent.yaml", "Hello", "Welcome");
      const terminal = at(project, "apply");
      await terminal.shows("y apply");
      project.edit("ana/agent.yaml", "Welcome", "Farewell");
      await project.well("apply --yes");
      const pid = await project.pidOf("ana");
      terminal.type("y");
      await terminal.shows("‹no›");
      terminal.type("y");
      await ends(terminal, 3);
      expect(terminal.scrollback().join("\n")).toContain("AAC3001");
      expect(await project.pidOf("ana")).toBe(pid);
    });
  });

  test("changes nothing where the terminal goes away, whatever is on it", async () => {
    await inReviews("gone", FILES, async (project) => {
      for (const before of ["", "y"]) {
        const terminal = at(project, "apply");
        await terminal.shows("y apply");
        if (before !== "") {
          terminal.type(before);
          await terminal.shows("‹no›");
        }
        terminal.hangUp();
        await terminal.ended;
      }
      const terminal = at(project, "apply");
      await terminal.shows("y apply");
      terminal.signal("SIGTERM");
      await ends(terminal, 143);
      expect(terminal.onAlternateScreen()).toBe(false);
      expect(await agents(project)).toEqual([]);
    });
  });
});

describe("a review that is stopped", () => {
  test("goes on where it was, and nothing was said meanwhile", async () => {
    await inReviews("stopped", FILES, async (project) => {
      const terminal = terminalWith(["/bin/bash", "--norc", "--noprofile", "-i"], {
        cwd: project.folder,
        environment: { ...homeOf(project), PS1: "shell> " },
      });
      open.add(terminal);
      await terminal.shows("shell>");
      terminal.type(`'${process.execPath}' '${program}' apply\r`);
      await terminal.shows("y apply");
      terminal.press("down", "down", "space");
      await terminal.shows("2 objects left out");
      terminal.press("ctrl+z");
      await terminal.shows("Stopped");
      expect(terminal.onAlternateScreen()).toBe(false);
      terminal.type("fg\r");
      await terminal.shows("2 objects left out");
      terminal.type("n");
      await terminal.shows("the shell again", (text) =>
        /declined: nothing was changed\s+shell>$/.test(text.trimEnd()),
      );
      terminal.type("exit\r");
      await ends(terminal, 1);
      expect(await agents(project)).toEqual([]);
    });
  });
});

describe("where no screen can be drawn", () => {
  test("a small terminal gets lines, and is told why", async () => {
    await inReviews("small", { "ana/agent.yaml": FILES["ana/agent.yaml"] }, async (project) => {
      const terminal = at(project, "apply", { columns: 39, rows: 20 });
      await terminal.shows("help [no]:");
      expect(terminal.onAlternateScreen()).toBe(false);
      expect(terminal.scrollback().join("")).toContain("the terminal is 39×20");
      terminal.type("\r");
      await ends(terminal, 1);
      expect(await agents(project)).toEqual([]);
    });
  });

  test("a dumb one gets no byte that does anything, and all that a review can do", async () => {
    await inReviews("dumb", FILES, async (project) => {
      const environment = { TERM: "dumb", ...editor(project, "true") };
      const terminal = at(project, "apply", { environment, columns: 120, rows: 50 });
      await terminal.shows("help [no]:");
      const says = async (line: string, what: string): Promise<void> => {
        terminal.type(`${line}\r`);
        await terminal.shows(what, (text) => text.includes(what) && /: *$/.test(text.trimEnd()));
      };
      await says("exclude bob", "carl: left out with bob, which it needs");
      await says("include bob", "now: 3 create");
      await says("exclude ana", "now: 2 create");
      await says("edit carl", "planned again");
      await says("what", "`what` is no answer");
      await says("details", "2 create");
      terminal.type("yes\r");
      await ends(terminal, 0);
      expect(await agents(project)).toEqual(["bob", "carl"]);
      // oxlint-disable-next-line no-control-regex
      expect(terminal.written()).not.toMatch(/\u001B/);
    });
  });

  test("ears get one thing a line, words beside signs, and numbers to answer with", async () => {
    await inReviews("ears", FILES, async (project) => {
      const terminal = at(project, "apply", { environment: { AAC_ACCESSIBLE: "1" }, columns: 100, rows: 60 });
      await terminal.shows("Answer:");
      expect(terminal.onAlternateScreen()).toBe(false);
      expect(terminal.screen().join("\n")).toContain("Change 1 of 3: + create ana, process");
      expect(terminal.screen().join("\n")).not.toMatch(/[─│┌▸▾…]/);
      terminal.type("4\r");
      await terminal.shows("Which one?");
      terminal.type("1\r");
      await terminal.shows(
        "now: 2 create",
        (text) => text.includes("now: 2 create") && text.trimEnd().endsWith("Answer:"),
      );
      terminal.type("2\r");
      await ends(terminal, 0);
      expect(await agents(project)).toEqual(["bob", "carl"]);
    });
  });

  test("the end of the input is a no, and so is a line that was typed before the question", async () => {
    await inReviews("end", FILES, async (project) => {
      const terminal = at(project, "apply --ui plain");
      terminal.type("yes\r");
      await terminal.shows("help [no]:");
      terminal.press("ctrl+d");
      await ends(terminal, 1);
      expect(terminal.scrollback().join("\n")).toContain("declined: nothing was changed");
      expect(await agents(project)).toEqual([]);
    });
  });

  test("without a terminal nobody is asked: exit 2 names --yes", async () => {
    await inReviews("alone", { "ana/agent.yaml": FILES["ana/agent.yaml"] }, async (project) => {
      const told = await project.aac("apply");
      expect(told).toMatchObject({ code: 2 });
      expect(told.err).toContain("--yes");
      const looking = await project.aac("plan -i");
      expect(looking).toMatchObject({ code: 2 });
      expect(looking.err).toContain("`--interactive` needs a terminal");
    });
  });

  test("NO_COLOR leaves weight and marks, and no colour", async () => {
    await inReviews("colour", FILES, async (project) => {
      await project.well("apply --yes");
      project.edit("ana/agent.yaml", "Hello from ana", "Hello to ana");
      const plain = at(project, "apply", { environment: { NO_COLOR: "1" } });
      await plain.shows("y apply");
      await plain.shows("Hello [-from-] ana");
      plain.type("n");
      await plain.ended;
      expect(plain.written()).not.toMatch(ESCAPES_OF_COLOUR);
      const coloured = at(project, "apply");
      await coloured.shows("Hello from ana");
      coloured.type("n");
      await coloured.ended;
      expect(coloured.written()).toMatch(ESCAPES_OF_COLOUR);
    });
  });
});

describe("aac plan -i", () => {
  test("keeps what is chosen in a file, and says the command for it", async () => {
    await inReviews("look", FILES, async (project) => {
      const terminal = at(project, "plan -i");
      await terminal.shows("w write");
      terminal.type("y");
      terminal.press("space");
      await terminal.shows(
        "all is checked",
        (text) => text.includes("1 object left out") && text.includes("can start"),
      );
      terminal.type("q");
      await ends(terminal, 0);
      expect(terminal.scrollback().join("\n")).toContain("Next: aac apply --exclude ana");
      const second = at(project, "plan -i --exclude ana");
      await second.shows("w write");
      second.type("w");
      await second.shows("write the plan to:");
      second.type("kept.json\r");
      await second.shows("saved to kept.json");
      second.type("n");
      await ends(second, 0);
      expect(second.scrollback().join("\n")).toContain("Next: aac apply kept.json");
      await project.well("apply kept.json");
      expect(await agents(project)).toEqual(["bob", "carl"]);
    });
  });
});
