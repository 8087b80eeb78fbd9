import { spawnSync } from "node:child_process";
import { readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { answer } from "../../../src/cli/complete/main.ts";
import { COMMANDS, COMMON } from "../../../src/cli/table.ts";
import { argumentsOf, flagsOf } from "../../../src/cli/table/flags.ts";
import type { Files } from "../../../src/model/system.ts";
import { system } from "../../../src/system/system.ts";
import { folderOf } from "../../helpers/run-aac.ts";

const named = (name: string): string => `apiVersion: agent.dev/v1\nkind: Agent\nmetadata:\n  name: ${name}\n`;
const PLAN = '{\n "apiVersion": "agent.dev/v1",\n "desired": []\n}\n';
const HOSTILE = "$(touch PWNED)";

const root = folderOf({
  "project/.aac.yaml": "project: trial\nenvironments:\n  live: {production: true}\n  lab: {}\n",
  "project/agents/store/agent.yaml": `${named("store")}profiles:\n  laptop: {}\n  \${HOME}: {}\n`,
  "project/agents/chatbot/agent.yaml": named("chatbot"),
  "project/node_modules/x/agent.yaml": named("not-ours"),
  [`project/agents/hostile/${HOSTILE}.agent.yaml`]: named("behind-a-name"),
  "project/agents/hostile/agent.yaml": named(HOSTILE),
  "project/desk.plan.json": PLAN,
  "project/package.json": "{}\n",
  "project/-f.yaml": "",
  [`project/${HOSTILE}.json`]: PLAN,
  "project/with blank/agent.yaml": named("blank"),
  "project/.hidden/agent.yaml": "",
  "home/.kube/config": `contexts:\n- context: {cluster: c}\n  name: ana@one\n- context:\n    namespace: desks\n  name: two\n- context:\n    namespace: ${HOSTILE}\n  name: "${HOSTILE}"\n`,
  "other/kubeconfig": "contexts:\n- context:\n    namespace: lab\n  name: three\n",
  "home/.local/state/aac/trial/docker/agents/older/0/record.json": "{}",
  "home/.local/state/aac/someone/docker/agents/theirs/0/record.json": "{}",
});
const cwd = join(root, "project");
const world = { files: system.files, cwd, home: join(root, "home"), environment: {} };

const lines = async (...words: readonly string[]): Promise<string[]> =>
  (await answer(words, world)).split("\n").slice(0, -1);
const values = async (...words: readonly string[]): Promise<string[]> =>
  (await lines(...words)).map((line) => line.split("\t")[0] ?? "");

describe("TAB", () => {
  test("offers each command that is built, with what it does", async () => {
    const built = COMMANDS.flatMap(({ name, about, load }) =>
      load === undefined ? [] : [`${name}\t${about}`],
    );
    expect(await lines("")).toEqual(built);
    expect(await values("val")).toEqual(["validate"]);
    expect(await values("-")).toEqual(["--help", "--version"]);
    expect(await values("nowhere", "")).toEqual([]);
    expect(await values("build", "")).toEqual([]);
  });

  test.each(COMMANDS.filter(({ load }) => load !== undefined).map((one) => [one.name, one] as const))(
    "offers all flags of %s, and each choice of each of them in both forms",
    async (name, { options }) => {
      const all = [...options, ...COMMON];
      expect(await values(name, "-")).toEqual([...all.map((one) => flagsOf(one).long), "--help"]);
      for (const option of all) {
        const { long, short } = flagsOf(option);
        if (option.choices === undefined) continue;
        expect(await values(name, long, "")).toEqual(option.choices);
        expect(await values(name, `${long}=`)).toEqual(option.choices.map((one) => `${long}=${one}`));
        if (short !== undefined) expect(await values(name, short, "")).toEqual(option.choices);
      }
    },
  );

  test("offers a flag once, unless it may be repeated, and none after --", async () => {
    const after = await values("plan", "-o", "json", "--destroy", "--exclude", "store", "-");
    expect(after).not.toContain("--output");
    expect(after).not.toContain("--destroy");
    expect(after).toEqual(expect.arrayContaining(["--exclude", "--file", "--color"]));
    expect(await values("plan", "--output=json", "--ou")).toEqual(["--out"]);
    expect(await values("status", "-ao", "w")).toEqual(["wide"]);
    expect(await values("status", "--", "-")).toEqual([]);
    expect(await values("plan", "-o")).toEqual(["-o"]);
  });

  test("offers the words of a usage line", async () => {
    expect(await values("daemon", "")).toEqual(["start", "stop", "restart", "status"]);
    expect(await values("daemon", "stop", "x")).toEqual([]);
    expect(await values("emit", "k")).toEqual(["kubernetes"]);
    expect(await values("completion", "p")).toEqual(["powershell"]);
    expect(await values("help", "exit")).toEqual(["exit-codes"]);
    expect(await values("help", "pl")).toEqual(["plan"]);
  });

  test("offers codes, fields and what stands in them", async () => {
    expect(await values("explain", "run")).toEqual(["runtime", "runtimes"]);
    expect(await values("explain", "AAC2103")).toEqual(["AAC2103"]);
    expect(await values("explain", "spec.healthCheck.inter")).toEqual(["spec.healthCheck.interval"]);
    expect(await values("explain", "ports.con")).toEqual(["ports.container"]);
    expect(await values("explain", "nowhere.")).toEqual([]);
    expect((await values("explain", "")).length).toBeGreaterThan(20);
  });
});

describe("live names", () => {
  test("agents come from the files of the project and from its state folder, each once", async () => {
    expect(await lines("logs", "")).toEqual([
      "behind-a-name\tagents/hostile/$(touch PWNED).agent.yaml",
      "blank\twith blank/agent.yaml",
      "chatbot\tagents/chatbot/agent.yaml",
      "older\tapplied earlier",
      "store\tagents/store/agent.yaml",
    ]);
    expect(await values("logs", "store", "s")).toEqual([]);
    expect(await values("plan", "--target-agent", "st")).toEqual(["store"]);
    expect(await values("apply", "--exclude", "store", "--exclude", "s")).toEqual([]);
    expect(await values("inspect", "store", "s")).toEqual([]);
    expect(await values("status", "--project", "someone", "th")).toEqual(["theirs"]);
  });

  test("what follows an agent in exec is a command of its own", async () => {
    expect(await values("exec", "st")).toEqual(["store"]);
    expect(await lines("exec", "store", "l")).toEqual([":files"]);
    expect(await lines("exec", "-it", "store", "--", "-")).toEqual([":files"]);
  });

  test("contexts and namespaces come from kubeconfig files", async () => {
    expect(await values("plan", "--context", "")).toEqual(["ana@one", "two"]);
    expect(await values("plan", "--context=an")).toEqual(["--context=ana@one"]);
    expect(await values("plan", "--namespace", "")).toEqual(["desks"]);
    expect(await values("plan", "--context", "ana@one", "--namespace", "")).toEqual([]);
    expect(await values("plan", "--kubeconfig", "../other/kubeconfig", "--context", "")).toEqual(["three"]);
    const environment = { KUBECONFIG: "../other/kubeconfig:../home/.kube/config" };
    expect(await answer(["plan", "--namespace", ""], { ...world, environment })).toBe("desks\nlab\n");
  });

  test("targets, environments and profiles", async () => {
    expect(await values("plan", "-t", "")).toEqual(["docker", "kubernetes", "local-process"]);
    expect(await values("plan", "--target=l")).toEqual(["--target=local-process"]);
    expect(await values("plan", "--env", "")).toEqual(["lab", "live"]);
    expect(await values("plan", "--profile", "")).toEqual(["laptop"]);
  });

  test("plans that were kept, folders and agent files continue a path", async () => {
    expect(await lines("apply", "")).toEqual([
      "agents/",
      "desk.plan.json\ta saved plan",
      "node_modules/",
      ":files",
    ]);
    expect(await values("show", "./d")).toEqual(["./desk.plan.json", ":files"]);
    expect(await lines("plan", "-f", "agents/store/")).toEqual([
      "agents/store/agent.yaml\tan agent file",
      ":files",
    ]);
    expect(await values("validate", ".h")).toEqual([".hidden/", ":files"]);
    expect(await values("plan", "--file=agents/s")).toEqual(["--file=agents/store/", ":files"]);
    expect(await values("apply", "-f", "~/")).toEqual([":files"]);
    expect(await values("plan", "--kubeconfig", "")).toEqual([":files"]);
  });

  test.each([
    ["logs", ""],
    ["plan", "--context", ""],
    ["plan", "--namespace", ""],
    ["plan", "--profile", ""],
    ["apply", ""],
    ["plan", "-f", ""],
    ["plan", "-f", "agents/hostile/"],
  ])("a name that a shell would take for more than text is not offered: %s %s %s", async (...words) => {
    const found = await values(...words);
    expect(found.length).toBeGreaterThan(0);
    for (const value of found) expect(value).toMatch(/^[\w.:][\w.@:/-]*$/);
  });

  test("folders without end keep nobody waiting", async () => {
    let asked = 0;
    const files: Files = {
      ...system.files,
      list: () => {
        asked++;
        return [{ name: "deeper", is: "folder" }];
      },
    };
    expect(await answer(["logs", "x"], { ...world, cwd: folderOf({}), files })).toBe("");
    expect(asked).toBeGreaterThan(1000);
    expect(asked).toBeLessThan(5000);
  });

  test("a link into a circle or into nowhere, and a pipe, keep nobody waiting", async () => {
    const odd = folderOf({ ".aac.yaml": "project: odd\n", "a/agent.yaml": named("found") });
    symlinkSync(odd, join(odd, "a", "circle"));
    symlinkSync("nowhere", join(odd, "b.agent.yaml"));
    spawnSync("mkfifo", [join(odd, "c.agent.yaml"), join(odd, "d.plan.json")]);
    expect(await answer(["logs", ""], { ...world, cwd: odd })).toBe("found\ta/agent.yaml\n");
    expect(await answer(["show", ""], { ...world, cwd: odd })).toBe("a/\n:files\n");
  });

  test("nothing is written", async () => {
    const everything = (): string => readdirSync(root, { recursive: true }).map(String).toSorted().join("\n");
    const before = everything();
    await answer(["logs", ""], world);
    await answer(["plan", "--context", ""], world);
    expect(everything()).toEqual(before);
  });
});

test("each argument of each usage line is a word, or one that completion knows", () => {
  const known = [
    "AGENT",
    "AGENT=NUMBER",
    "KIND/NAME",
    "PATH",
    "PLANFILE",
    "TOPIC",
    "REV",
    "FIELD",
    "CODE",
    "COMMAND",
    "NAME",
  ];
  const strange = COMMANDS.filter(({ load }) => load !== undefined).flatMap(({ name, usage }) =>
    argumentsOf(usage)
      .flatMap((argument) => argument.names)
      .filter((one) => !known.includes(one) && !/^[-a-z]+$/.test(one))
      .map((one) => `${name}: ${one}`),
  );
  expect(strange).toEqual([]);
});
