import { describe, expect, test } from "vitest";
import { editorCommand } from "../../src/cli/plans/editor.ts";

const none = (): boolean => false;
const words = (environment: Readonly<Record<string, string>>, has: (program: string) => boolean = none) =>
  editorCommand(environment, "/desk/it's here.yaml", 14, has);

describe("the editor of whoever reviews a plan", () => {
  test.each([
    ["vi", ["+14", "/desk/it's here.yaml"]],
    ["/usr/bin/nvim -p", ["+14", "/desk/it's here.yaml"]],
    ["nano", ["+14", "/desk/it's here.yaml"]],
    ["emacs -nw", ["+14", "/desk/it's here.yaml"]],
    ["code", ["--wait", "--goto", "/desk/it's here.yaml:14"]],
    ["codium --wait", ["--goto", "/desk/it's here.yaml:14"]],
    ["hx", ["/desk/it's here.yaml:14"]],
    ["zed", ["--wait", "/desk/it's here.yaml:14"]],
    ["subl", ["-w", "/desk/it's here.yaml:14"]],
    ["ed", ["/desk/it's here.yaml"]],
  ])("%s is told the line in its own way", (EDITOR, args) => {
    expect(words({ EDITOR })).toEqual(["/bin/sh", "-c", `${EDITOR} "$@"`, "aac", ...args]);
  });

  test("is VISUAL before EDITOR, an empty one is none, and without either what is there", () => {
    expect(words({ VISUAL: "hx", EDITOR: "vi" })?.[2]).toBe('hx "$@"');
    expect(words({ VISUAL: " ", EDITOR: "ed" })?.[2]).toBe('ed "$@"');
    expect(words({}, () => true)?.[2]).toBe('vi "$@"');
    expect(words({}, (program) => program === "nano")?.[2]).toBe('nano "$@"');
    expect(words({})).toBeUndefined();
  });
});
