import { describe, expect, test, vi } from "vitest";
import { atTerminal } from "../at-terminal.ts";
import { ask, desk, deskIn } from "../desk.ts";
import { footerOn, pressFor } from "../footer.ts";
import { inProject } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

/** `carl` needs `bob`; `ana` is ready once a file is beside it. */
const FILES = {
  ...deskIn("ana", desk("ana", 16211, { path: "/ready" })),
  ...deskIn("bob", desk("bob", 16212)),
  ...deskIn("carl", desk("carl", 16213, { more: ["dependsOn: [bob]"] })),
};

describe("somebody who has never seen any of it, and reads the last line of the screen", () => {
  test("reviews, leaves one out, applies, watches, opens top, follows the logs and leaves", async () => {
    const size = { columns: 80, rows: 24 };
    await inProject("newcomer", FILES, async (project) => {
      await atTerminal(project, "apply", size, async (terminal) => {
        await terminal.shows("three agents", (text) => /3 create/.test(text));
        // Down to the agent that is not wanted, whatever is unfolded above it.
        for (let i = 0; i < 20 && !/^› .*bob/m.test(terminal.screen().join("\n")); i++) {
          const before = terminal.screen().join("\n");
          await pressFor(terminal, "move");
          await terminal.shows("that it moved", (text) => text !== before);
        }
        await pressFor(terminal, "exclude");
        await terminal.shows("it is left out", (text) => /› .*\[ \].*bob/.test(text));
        await terminal.shows("one is left", (text) => /1 create/.test(text) && !text.includes("checking"));
        await pressFor(terminal, "apply");
        // The question has stood there for a moment, as it does before somebody has read it.
        await terminal.shows("the question", (text) => text.includes("Apply 1 change"));
        await terminal.shows("no is chosen", (text) => text.includes("‹no›"));
        await pressFor(terminal, "yes");
        await terminal.shows("what it waits for", (text) => /creating +ana/.test(text));
        expect(footerOn(terminal).has("stop")).toBe(true);
        project.write("ana/ready", "");
        expect(await terminal.ended).toMatchObject({ code: 0 });
        const left = terminal.scrollback().join("\n");
        expect(left).toMatch(/ana · process +created/);
        expect(left).not.toMatch(/(?:bob|carl) · process +created/);
      });
      expect((await project.status()).agents.map(({ agent }) => agent)).toEqual(["ana"]);

      await atTerminal(project, "top", size, async (terminal) => {
        await terminal.shows("ana is ready", (text) => /› ana +✓ ready/.test(text));
        await pressFor(terminal, "logs");
        await terminal.shows("its logs", (text) => text.includes("following") && text.includes("| open"));
        await pressFor(terminal, "follow");
        await terminal.shows("it stands still", (text) => !text.includes("following"));
        await ask(16211, "/say?text=after+that");
        await pressFor(terminal, "follow");
        await terminal.shows(
          "what came since",
          (text) => text.includes("following") && text.includes("after that"),
        );
        await ask(16211, "/say?text=and+on");
        await terminal.shows("what comes", (text) => text.includes("and on"));
        if (!footerOn(terminal).has("leave")) await pressFor(terminal, "to agents");
        await pressFor(terminal, "leave");
        expect(await terminal.ended).toMatchObject({ code: 0 });
        expect(terminal.onAlternateScreen()).toBe(false);
      });
    });
  });
});
