import { describe, expect, test } from "vitest";
import { screenOf } from "../../src/cli/terminal/screen.ts";
import { aacIn } from "../helpers/terminal.ts";
import { folderOf, GOOD } from "../helpers/run-aac.ts";

const terminal = { isTTY: true, columns: 80 };

describe("what the output may look like", () => {
  test.each([
    ["vscode by its name", { TERM_PROGRAM: "vscode" }, true],
    ["kitty by its variable", { KITTY_WINDOW_ID: "1" }, true],
    ["a VTE that is new enough", { VTE_VERSION: "7200" }, true],
    ["an old VTE", { VTE_VERSION: "4900" }, false],
    ["a terminal nobody knows", {}, false],
    ["tmux in between", { TERM_PROGRAM: "vscode", TMUX: "/run/tmux,1,0" }, false],
    ["no colour wanted", { TERM_PROGRAM: "vscode", NO_COLOR: "1" }, false],
    ["a pipeline", { TERM_PROGRAM: "vscode", CI: "true" }, false],
    ["a dumb terminal", { TERM_PROGRAM: "vscode", TERM: "dumb" }, false],
    ["asked for", { FORCE_HYPERLINK: "1" }, true],
    ["asked not to", { TERM_PROGRAM: "vscode", FORCE_HYPERLINK: "0" }, false],
  ])("links: %s", (_, environment: Record<string, string>, links) => {
    expect(screenOf({ TERM: "xterm-256color", ...environment }, terminal, undefined).links).toBe(links);
  });
});

test("a place in a message is a link where the terminal knows links, and only there", async () => {
  const folder = folderOf({ "odd name;1/agent.yaml": GOOD.replace("runtime: python", "runtime: pythn") });
  const run = async (environment: Record<string, string>): Promise<string> => {
    const opened = aacIn(["validate", "odd name;1"], { cwd: folder, environment });
    await opened.ended;
    await opened.shows("error AAC");
    return opened.written();
  };
  const link = "\u001B]8;;";
  const linked = await run({ TERM_PROGRAM: "vscode", AAC_EDITOR_URL: "vscode://file{path}:{line}:{column}" });
  expect(linked).toContain(
    `${link}vscode://file${folder}/odd%20name%3B1/agent.yaml:6:12\u001B\\odd name;1/agent.yaml:6:12${link}\u001B\\`,
  );
  expect(await run({})).not.toContain(link);
});
