import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EXIT_CODES, VARIABLES } from "../../../src/cli/reference/general.ts";
import { markdown, plain, reference } from "../../../src/cli/reference/markdown.ts";
import { exitCodesPage, groups, overviewPage, pageOf, type Page } from "../../../src/cli/reference/page.ts";
import { escaped, roff } from "../../../src/cli/reference/roff.ts";
import { COMMANDS, COMMON, type CommandSpec } from "../../../src/cli/table.ts";
import { flagsOf } from "../../../src/cli/table/flags.ts";
import { PROGRESS_KEYS } from "../../../src/ui/apply/screen/keys.ts";
import { APPLYING, ASKING, LOOKING } from "../../../src/ui/review/keys.ts";
import { keyLines } from "../../../src/ui/screen/keys.ts";
import { allKeys } from "../../../src/ui/top/keys.ts";
import { aac } from "../../helpers/run-aac.ts";

const BUILT = COMMANDS.filter(({ load }) => load !== undefined);
const dist = new URL("../../../dist/", import.meta.url).pathname;

/** A command whose words do all that words can do to a page. */
const ODD: CommandSpec = {
  name: "odd",
  usage: "[THING…]",
  about: "'quotes', \"marks\", back\\slashes, `code` and dashes --like-this; in two lines\n.SH OF ITS OWN",
  examples: [
    [".so /etc/passwd", "'\\\" a request, or what looks like one"],
    ["aac odd | sh", "<b>, *stars*, _lines_ and [links](x) mean nothing"],
  ],
  options: [
    {
      flags: "-w, --with <a thing>",
      about:
        "so long that lines of its source .begin .with .a .dot .wherever .they .are .broken .so .that .each .would .be .a .request .of .its .own",
      choices: ["one", "two"],
      preset: "one",
    },
    { flags: "--ünusual", about: "…→ beyond ASCII ~^" },
  ],
};
const SMALL: Page = {
  ...pageOf(ODD),
  sections: pageOf(ODD).sections.filter(({ title }) => ["Examples", "Options"].includes(title)),
};

describe("a page of the manual", () => {
  test("of a command whose words do all that words can do", async () => {
    await expect(roff(SMALL, "1.2.3")).toMatchFileSnapshot("expect/aac-odd.1");
    await expect(markdown(SMALL)).toMatchFileSnapshot("expect/aac-odd.md");
  });

  test("of a real command", async () => {
    const show = BUILT.find(({ name }) => name === "show");
    if (show === undefined) throw new Error("there is no `aac show`");
    await expect(roff(pageOf(show), "1.2.3")).toMatchFileSnapshot("expect/aac-show.1");
    await expect(markdown(pageOf(show))).toMatchFileSnapshot("expect/aac-show.md");
  });

  const pages = [overviewPage(), exitCodesPage(), pageOf(ODD), ...BUILT.map(pageOf)];

  test.each(pages.map((page) => [page.name, roff(page, "1.2.3")] as const))(
    "%s holds our own macros and escapes alone, in ASCII and in short lines",
    (_, text) => {
      for (const line of text.trimEnd().split("\n")) {
        expect(line).toMatch(/^[ -~]+$/);
        if (line.startsWith(".")) expect(line).toMatch(/^\.(?:TP|SH NAME|SH SYNOPSIS|SH "[A-Z: ]+"|TH ".*)$/);
        else expect(line).not.toMatch(/^'/);
        // What is no word of its own is broken before the 80th column.
        if (line.length > 80) expect(line).not.toContain(" ");
        expect(
          line.replaceAll(/\\(?:-|e|&|\((?:aq|ga|ha|ti|dq)|\[u[0-9A-F]{4,6}\]|f[BIR])/g, ""),
        ).not.toContain("\\");
      }
    },
  );

  test.each(BUILT.map((one) => [one.name, one] as const))(
    "aac-%s has its words, each flag, each choice and each example",
    (name, spec) => {
      const page = roff(pageOf(spec), "1.2.3").replaceAll("\n", " ");
      const text = markdown(pageOf(spec));
      const all = [...spec.options, ...COMMON];
      expect(page).toContain(escaped(spec.about).split(" ").slice(0, 3).join(" "));
      expect(text).toContain(plain(spec.about));
      for (const { long, short } of all.map(flagsOf)) {
        const shown = short === undefined ? long : `${short}, ${long}`;
        expect(page).toContain(`.TP \\fB${escaped(shown)}\\fR`);
        expect(text).toMatch(new RegExp(`^- \`${shown}[ \`]`, "m"));
      }
      for (const choice of all.flatMap(({ choices }) => choices ?? [])) {
        expect(page).toContain(`\\fB${escaped(choice)}\\fR`);
        expect(text).toContain(`\`${choice}\``);
      }
      for (const [command] of spec.examples) expect(page).toContain(escaped(command));
      expect(overviewPage().sections.flatMap(({ rows }) => rows)).toContainEqual([`aac ${name}`, spec.about]);
    },
  );

  const checker = "mandoc";
  const isThere = spawnSync(checker, ["-Tlint"], { input: "" }).error === undefined;
  if (!isThere) process.stderr.write("mandoc -Tlint: not run, there is no mandoc here\n");
  test.runIf(isThere).each(pages.map((page) => [page.name, roff(page, "1.2.3")] as const))(
    "%s has no fault that mandoc knows of",
    (_, input) => {
      expect(spawnSync(checker, ["-Tlint"], { input, encoding: "utf8" }).stdout).toBe("");
    },
  );
});

describe("what the build writes", () => {
  test("is a page for each command, one for all, and the reference", () => {
    const names = [...BUILT.map(({ name }) => `aac-${name}.1`), "aac-exit-codes.1", "aac.1"];
    expect(readdirSync(join(dist, "man")).toSorted()).toEqual(names.toSorted());
    expect(readFileSync(join(dist, "reference.md"), "utf8")).toBe(reference());
  });

  test("is listed in package.json, where npm looks for pages of a manual", () => {
    const { man, files } = JSON.parse(readFileSync(join(dist, "../package.json"), "utf8")) as {
      readonly man: readonly string[];
      readonly files: readonly string[];
    };
    expect(man).toEqual(
      readdirSync(join(dist, "man"))
        .toSorted()
        .map((name) => `dist/man/${name}`),
    );
    expect(files).toContain("dist");
  });

  test("the reference names each command and flag once where it is its own, and exit codes and variables once", () => {
    const text = reference();
    for (const { name, options } of BUILT) {
      const [own = ""] = text
        .split(`\n### \`aac ${name}\`\n`)
        .slice(1)
        .map((rest) => rest.split("\n### ")[0] ?? "");
      for (const { long } of options.map(flagsOf)) expect(own, name).toMatch(new RegExp(`${long}[ \`]`));
    }
    for (const [term] of [...EXIT_CODES, ...VARIABLES])
      expect(text.split(`\n- \`${term}\`:`)).toHaveLength(2);
  });
});

describe("aac help", { timeout: 30_000 }, () => {
  test("prints a command as text, as a page and as Markdown", () => {
    const help = aac(["plan", "--help"]).out;
    expect(aac(["help", "plan"]).out).toBe(help);
    expect(aac(["help", "plan", "-o", "text"]).out).toBe(help);
    expect(aac(["help", "plan", "-o", "man"]).out).toBe(readFileSync(join(dist, "man/aac-plan.1"), "utf8"));
    expect(aac(["help", "plan", "-o", "markdown"]).out).toMatch(/^# `aac plan`\n/);
    expect(aac(["help", "-o", "man"]).out).toBe(readFileSync(join(dist, "man/aac.1"), "utf8"));
  });

  test("prints all commands at once", () => {
    expect(aac(["help", "--all", "-o", "markdown"]).out).toBe(reference());
    const all = aac(["help", "--all"]).out;
    for (const { name } of BUILT) expect(all).toContain(`aac ${name}`);
  });

  test("tells exit codes", () => {
    const { code, out } = aac(["help", "exit-codes"]);
    expect(code).toBe(0);
    for (const [exit] of EXIT_CODES) expect(out).toMatch(new RegExp(`^  ${exit} `, "m"));
    expect(aac(["help", "exit-codes", "-o", "man"]).out).toContain('.SH "EXIT STATUS"');
  });

  test("answers what it does not know", () => {
    const near = aac(["help", "pln"]);
    expect(near).toMatchObject({ code: 2, out: "" });
    expect(near.err).toContain("did you mean `aac help plan`?");
    expect(aac(["help", "up"]).err).toContain("here this is `aac apply`");
    expect(aac(["help", "build", "-o", "man"]).err).toContain("not built yet");
    expect(aac(["help", "plan", "apply"])).toMatchObject({ code: 2 });
  });
});

test("each key of each screen is on the page of its command", () => {
  const shown = (name: string): string => {
    const command = groups()
      .flatMap(({ commands }) => commands)
      .find((one) => one.name === name);
    return command === undefined ? "" : markdown(pageOf(command));
  };
  const screens = { apply: [APPLYING, ASKING, PROGRESS_KEYS], plan: [LOOKING], top: allKeys(false) };
  for (const [name, tables] of Object.entries(screens))
    for (const { keys, about } of keyLines(tables).flatMap(({ lines }) => lines)) {
      expect(shown(name)).toContain(plain(about));
      expect(shown(name)).toContain(keys.includes("`") ? keys.replaceAll("`", "") : keys);
    }
});
