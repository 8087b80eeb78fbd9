import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isLong, pagerOf } from "../../src/cli/terminal/pager.ts";
import { aac, folderOf } from "../helpers/run-aac.ts";
import { aacIn, type Terminal } from "../helpers/terminal.ts";

/** A pager that keeps what it is given, and says with which options it was called. */
const PAGER = '#!/bin/sh\ncat > "$KEEP"\necho "paged$*by $LESS"\n';

function folderWith(pager: string = PAGER, more: Readonly<Record<string, string>> = {}): string {
  const folder = folderOf({ "bin/pager": pager, "bin/less": pager, ...more });
  for (const name of ["pager", "less"]) chmodSync(join(folder, "bin", name), 0o755);
  return folder;
}

interface Ended {
  readonly code: number;
  readonly text: string;
  /** What the pager got; undefined where it was not asked. */
  readonly kept: string | undefined;
}

function inTerminal(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Terminal {
  return aacIn(args, {
    cwd: folder,
    rows: 24,
    environment: {
      KEEP: join(folder, "kept"),
      PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
      XDG_STATE_HOME: join(folder, "state"),
      ...environment,
    },
  });
}

async function run(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const terminal = inTerminal(folder, args, environment);
  const { code } = await terminal.ended;
  const path = join(folder, "kept");
  const kept = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  return { code, text: terminal.written(), kept };
}

const EXPLAIN = aac(["explain"]).out;

describe("a long text in a terminal", { timeout: 30_000 }, () => {
  test("goes to less, with the options that people know", async () => {
    const { code, text, kept } = await run(folderWith(), ["explain"]);
    expect({ code, kept }).toEqual({ code: 0, kept: EXPLAIN });
    expect(text).toBe("paged-FRXby FRX\r\n");
  });

  test("goes to PAGER, and before it to AAC_PAGER, each with options of its own", async () => {
    const PAGER = "pager one";
    expect((await run(folderWith(), ["explain"], { PAGER })).text).toBe("pagedoneby FRX\r\n");
    const both = await run(folderWith(), ["explain"], { PAGER, AAC_PAGER: "pager 'two  words'", LESS: "R" });
    expect(both).toEqual({ code: 0, text: "pagedtwo  wordsby R\r\n", kept: EXPLAIN });
  });

  test("is the same for the help of a command, in any form", async () => {
    const help = await run(folderWith(), ["apply", "--help"]);
    expect(help.kept).toBe(aac(["apply", "--help"]).out);
    const all = await run(folderWith(), ["help", "--all", "-o", "markdown"]);
    expect(all.kept).toBe(aac(["help", "--all", "-o", "markdown"]).out);
  });

  test.each([
    ["--no-pager", ["--no-pager"], {}],
    ["CI", [], { CI: "true" }],
    ["a screen reader", [], { AAC_ACCESSIBLE: "1" }],
    ["PAGER=cat", [], { PAGER: "cat" }],
    ["an empty AAC_PAGER", [], { AAC_PAGER: "", PAGER: "pager" }],
  ] as const)("is printed plainly with %s", async (_, flags, environment) => {
    const { code, text, kept } = await run(folderWith(), ["explain", ...flags], environment);
    expect(kept).toBeUndefined();
    expect({ code, text: text.replaceAll("\r\n", "\n") }).toEqual({ code: 0, text: EXPLAIN });
    if (flags.length > 0)
      expect((await run(folderWith(), ["apply", "--help", ...flags], environment)).kept).toBeUndefined();
  });

  test.each(["/nowhere/pager", "no-such-pager -R"])(
    "is printed plainly where %s cannot be started",
    async (name) => {
      const { code, text } = await run(folderWith(), ["explain"], { PAGER: name });
      expect(code).toBe(0);
      expect(text.replaceAll("\r\n", "\n")).toMatch(/not found\n/);
      expect(text.replaceAll("\r\n", "\n").endsWith(EXPLAIN)).toBe(true);
    },
  );

  test("is left early without an error", async () => {
    const { code, text } = await run(folderWith(), ["help", "--all"], { PAGER: "head -n 1" });
    expect({ code, text }).toEqual({ code: 0, text: "aac init [NAME]\r\n" });
    expect(await run(folderWith(), ["explain"], { PAGER: "true" })).toMatchObject({ code: 0, text: "" });
  });

  test("is the pager's while it is there: Ctrl-C does not take it away", async () => {
    const pager =
      '#!/bin/sh\ntrap "" INT\ncat >/dev/null\necho reading\nread key </dev/tty\necho "left with $key"\n';
    const terminal = inTerminal(folderWith(pager), ["explain"], {});
    await terminal.shows("reading");
    terminal.press("ctrl+c");
    terminal.type("q\r");
    await terminal.shows("left with q");
    expect((await terminal.ended).code).toBe(0);
  });

  test("leaves the exit code to the command, and errors to standard error", async () => {
    const agent = (name: string): string =>
      `apiVersion: agent.dev/v1\nkind: Agent\nmetadata: {name: ${name}}\nspec: {runtime: python, command: [sleep, "1000"]}\n`;
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [`desk-${i}/agent.yaml`, agent(`desk-${i}`)]),
    );
    const folder = folderWith(`${PAGER}exit 9\n`, { ".aac.yaml": "project: paged\n", ...files });
    const plan = await run(folder, ["plan", "--expect-no-changes", "--color", "never"]);
    expect(plan.code).toBe(1);
    expect(plan.kept).toContain("12 create");
    expect(plan.text).toBe("paged-FRXby FRX\r\n");
    const wrong = await run(folderWith(), ["explain", "nowhere"]);
    expect(wrong).toMatchObject({ code: 2, kept: undefined });
    expect(wrong.text).toContain("agent.yaml has no `nowhere`");
  });
});

test("a short text stays in the terminal", async () => {
  const { text, kept } = await run(folderWith(), ["explain", "runtime"]);
  expect(kept).toBeUndefined();
  expect(text).toContain("spec.runtime");
});

describe("what is long", () => {
  test("is more rows than there are, as lines are broken there; one row is the next prompt's", () => {
    expect(isLong("a\n".repeat(23), 24, 80)).toBe(false);
    expect(isLong("a\n".repeat(24), 24, 80)).toBe(true);
    expect(isLong("a".repeat(160), 4, 80)).toBe(false);
    expect(isLong("a".repeat(241), 4, 80)).toBe(true);
    expect(isLong(`\u001B[31m${"a".repeat(80)}\u001B[0m\n`.repeat(3), 4, 80)).toBe(false);
    expect(isLong("", 24, 80)).toBe(false);
  });

  test("cannot be told where nobody knows how large the terminal is", () => {
    expect(isLong("a\n".repeat(1000), 0, 80)).toBe(false);
    expect(isLong("a\n".repeat(1000), 24, 0)).toBe(false);
  });
});

test("there is no pager without a shell to start it or keys to leave it, nor where less is not installed", () => {
  const less = folderWith();
  const PATH = `:relative:${join(less, "bin")}`;
  expect(pagerOf({ PATH }, "linux")).toEqual([join(less, "bin/less"), "-FRX"]);
  expect(pagerOf({ PATH: "/nowhere" }, "linux")).toBeUndefined();
  expect(pagerOf({}, "linux")).toBeUndefined();
  expect(pagerOf({ PATH, PAGER: "more" }, "win32")).toBeUndefined();
  expect(pagerOf({ PATH, PAGER: "more", TERM: "dumb" }, "linux")).toBeUndefined();
  expect(pagerOf({ PATH, PAGER: "more -s" }, "linux")).toEqual(["/bin/sh", "-c", "more -s"]);
});
