import { describe, expect, test, vi } from "vitest";
import { ownWords } from "../../src/cli/own-words.ts";
import { EXEC } from "../../src/cli/table/exec.ts";
import { aac, folderOf } from "../helpers/run-aac.ts";

vi.setConfig({ testTimeout: 30_000 });

const own = (line: string): string => ownWords(EXEC, EXEC.options, line.split(" ")).join(" ");

describe("words of a command that runs another one", () => {
  test("end at the first that is no flag of ours and no value of one", () => {
    expect(own("-it desk ls --help")).toBe("-it");
    expect(own("--target docker desk -h")).toBe("--target docker");
    expect(own("--target=docker desk -h")).toBe("--target=docker");
    expect(own("--replica 1 -i desk")).toBe("--replica 1 -i");
    expect(own("-i -- desk --help")).toBe("-i");
    expect(own("-i --help desk")).toBe("-i --help");
    expect(own("--help")).toBe("--help");
  });

  test("of every other command they are all of them", () => {
    expect(ownWords({}, [], ["a", "--help"])).toEqual(["a", "--help"]);
  });
});

describe("aac exec without a terminal", () => {
  const cwd = folderOf({ ".aac.yaml": "project: exec-words\n" });

  test("refuses one, and a shell that would need one, with a way out", () => {
    for (const args of [["-t"], ["-it"], ["--tty", "--interactive"]]) {
      const { code, out, err } = aac(["exec", ...args, "desk", "ls"], { cwd });
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toBe(
        "error: `-t` needs a terminal, and standard input is none\n  = without it: aac exec -i desk -- COMMAND\n",
      );
    }
    expect(aac(["exec", "desk"], { cwd })).toEqual({
      code: 2,
      out: "",
      err: "error: there is no terminal for a shell: standard input is none\n  = name a command: aac exec desk -- COMMAND\n",
    });
    expect(aac(["exec"], { cwd })).toMatchObject({ code: 2, err: expect.stringContaining("name an agent") });
    expect(aac(["exec", "--replica", "x", "desk", "ls"], { cwd })).toMatchObject({ code: 2 });
  });

  test("leaves the flags of the command alone, and knows its own", () => {
    expect(aac(["exec", "desk", "ls", "--help"], { cwd })).toMatchObject({
      code: 1,
      err: expect.stringContaining("no agent `desk` lives here"),
    });
    expect(aac(["exec", "desk", "--", "terraform", "-auto-approve"], { cwd })).toMatchObject({ code: 1 });
    expect(aac(["exec", "--help", "desk"], { cwd }).out).toMatch(/^aac exec \[-i\] \[-t\] AGENT/);
    expect(aac(["exec", "--repliac", "1", "desk", "ls"], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining("Did you mean --replica?"),
    });
    expect(aac(["exec", "--target", "dokcer", "desk", "ls"], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining("did you mean `docker`?"),
    });
  });
});
