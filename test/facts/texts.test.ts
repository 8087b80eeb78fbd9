import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gatherFacts } from "../../src/facts/facts.ts";
import { memoryFiles } from "./memory-files.ts";
import { type Asked, gather, HEAD, irOf, outside } from "./sources.ts";

async function gathered(spec: string, texts: Readonly<Record<string, string>> = {}, asked: Asked = {}) {
  const all = Object.entries({ "agent.yaml": HEAD + spec, ...texts });
  const files = memoryFiles(Object.fromEntries(all.map(([path, text]) => [`/project/${path}`, text])));
  const { facts, diagnostics } = await gather(files, "/project", asked);
  const desk = facts["desk"];
  if (desk === undefined) throw new Error("no agent");
  return { ...desk, diagnostics: diagnostics.map(({ code, message }) => `${code} ${message}`) };
}

const entry = (text: string): string => `  runtime: python\n  environment:\n    - {name: MODE, ${text}}\n`;

describe("a variable of the caller", () => {
  test("is the caller's, else the default, else absent where it may be, else an error", async () => {
    const env = entry("from: env, envKey: DESK_MODE");
    const set = { variables: { DESK_MODE: "loud" } };
    expect((await gathered(env, {}, set)).texts).toEqual({ MODE: "loud" });
    expect((await gathered(env.replace("}", ", defaultValue: calm}"), {}, set)).texts).toEqual({
      MODE: "loud",
    });
    expect((await gathered(env.replace("}", ", defaultValue: calm}"))).texts).toEqual({ MODE: "calm" });
    const absent = await gathered(env.replace("}", ", optional: true}"));
    expect([absent.texts, absent.absent, absent.diagnostics]).toEqual([{}, ["MODE"], []]);
    expect((await gathered(env)).diagnostics).toEqual([
      "AAC1053 `DESK_MODE` is not set, and `desk` takes `MODE` from it",
    ]);
  });

  test("that is empty is set, unless there is a default for that case", async () => {
    const env = entry("from: env, envKey: DESK_MODE");
    const set = { variables: { DESK_MODE: "" } };
    expect((await gathered(env, {}, set)).texts).toEqual({ MODE: "" });
    expect((await gathered(env.replace("}", ", defaultValue: calm}"), {}, set)).texts).toEqual({
      MODE: "calm",
    });
  });

  test.each([
    ["DESK_TOKEN", "plain"],
    ["DESK_URL", "https://me:hunter2hunter@example.org"],
    ["DESK_MODE", "ghp_0123456789abcdefghij"],
  ])("is a secret where its name or its text says so: %s", async (name, text) => {
    const found = await gathered(entry(`from: env, envKey: ${name}`), {}, { variables: { [name]: text } });
    expect(found.texts).toEqual({});
    expect(found.secrets["MODE"]).toMatchObject({ is: "known", origin: { from: "variable", name } });
    expect(JSON.stringify(found)).not.toContain(text);
  });
});

describe("files of the project", () => {
  test("a key of a configmap is the text of its file", async () => {
    const spec = entry("from: configmap, configMapName: modes, configMapKey: day");
    expect((await gathered(spec, { ".aac/config/modes/day": "calm\n" })).texts).toEqual({ MODE: "calm" });
    expect((await gathered(spec)).diagnostics).toEqual([
      "AAC1010 `MODE` of `desk` is missing: looked for .aac/config/modes/day",
    ]);
    expect((await gathered(spec.replace("}", ", optional: true}"))).absent).toEqual(["MODE"]);
  });

  test("a variable from a file is kept as a secret: nobody knows what is in it", async () => {
    const found = await gathered(entry("from: file, path: mode.txt"), { "mode.txt": "calm\n" });
    expect(found.secrets["MODE"]).toMatchObject({ origin: { from: "file", path: "/project/mode.txt" } });
    expect([found.texts, Object.keys(found.code)]).toEqual([{}, []]);
  });

  test("env files give what the file itself does not say, the later one last, secrets apart", async () => {
    const spec = `${entry("value: calm")}  envFile: [a.env, b.env]\n  logging: {level: debug}\n`;
    const found = await gathered(spec, {
      "a.env": "MODE=loud\nCOLOUR=blue\nSIZE=1\nLOG_LEVEL=error\n",
      "b.env": "COLOUR=red\nAPI_KEY=abcdef\n",
    });
    expect(found.texts).toEqual({ COLOUR: "red", LOG_LEVEL: "error", SIZE: "1" });
    expect(found.secrets).toMatchObject({
      API_KEY: { is: "known", origin: { from: "variable", name: "API_KEY" } },
    });
    expect(Object.keys(found.code)).toEqual([]);
  });

  test("an env file that is not there is an error that names it", async () => {
    const found = await gathered("  runtime: python\n  envFile: [a.env]\n");
    expect(found.diagnostics).toEqual([
      "AAC1010 the env file `a.env` of `desk` cannot be read: it is not there",
    ]);
  });
});

test("a service that nobody offers leaves an optional variable absent", async () => {
  const found = await gathered(entry("from: service, service: post, optional: true"));
  expect([found.absent, found.texts, found.diagnostics]).toEqual([["MODE"], {}, []]);
});

test("agents that share a folder are asked of git once each folder, and a new agent not at all", async () => {
  const files = memoryFiles({
    "/project/a.agent.yaml": `${HEAD.replace("desk", "one")}  runtime: python\n`,
    "/project/b.agent.yaml": `${HEAD.replace("desk", "two")}  runtime: python\n`,
    "/project/c.agent.yaml": `${HEAD.replace("desk", "new")}  runtime: python\n`,
    "/project/main.py": "",
    "/project/made.py": "",
  });
  const asked: string[] = [];
  const { facts } = await gather(files, "/project", {
    remembered: (agent) => (agent === "new" ? undefined : new Set(["main.py"])),
    tracked: (folder) => {
      asked.push(folder);
      return new Set(["main.py"]);
    },
  });
  expect(asked).toEqual(["/project"]);
  expect(Object.entries(facts).map(([name, one]) => [name, Object.keys(one.code)])).toEqual([
    ["new", ["made.py", "main.py"].sort()],
    ["one", ["main.py"]],
    ["two", ["main.py"]],
  ]);
});

test("no value of a secret is in the facts, wherever it comes from", async () => {
  const spec = `  runtime: python
  envFile: [some.env]
  model: {provider: openai, name: gpt-4o, config: {api_key: "\${MODEL_KEY}"}}
  environment:
    - {name: NAMED, from: secret, secretName: s, secretKey: k}
    - {name: BARE_TOKEN, from: secret}
    - {name: MIXED, value: "x://\${PART_PASSWORD}@host"}
    - {name: READ, from: file, path: keys/read}
    - {name: CALLED, from: env, envKey: CALLER_SECRET}
    - {name: ADDRESS, from: env, envKey: PLAIN_ADDRESS}
  secrets:
    - {name: declared-one, from: file, path: keys/declared}
    - {name: declared-two, from: env, envKey: OTHER_PASSWORD}
`;
  const ir = await irOf(memoryFiles({ "/project/agent.yaml": HEAD + spec }), "/project");
  const canary = fc.stringMatching(/^[A-Za-z0-9+=_$"'{}%-]{4,30}$/).map((middle) => `canary${middle}canary`);
  fc.assert(
    fc.property(canary, canary, (one, two) => {
      const files = memoryFiles({
        "/project/agent.yaml": HEAD + spec,
        "/project/main.py": "",
        "/project/keys/read": one,
        "/project/keys/declared": two,
        "/project/.aac/secrets/s/k": one,
        "/project/some.env": `FILE_TOKEN='${one.replaceAll("'", "")}'\nPLAIN=x\n`,
      });
      const variables = {
        MODEL_KEY: one,
        BARE_TOKEN: two,
        PART_PASSWORD: one,
        CALLER_SECRET: two,
        OTHER_PASSWORD: one,
        PLAIN_ADDRESS: "https://user:canarypasswordcanary@host",
      };
      const found = gatherFacts({ ir, ...outside(files, "/project", { variables }) });
      const known = Object.entries(found.facts["desk"]?.secrets ?? {}).flatMap(([name, fact]) =>
        fact.is === "known" ? [name] : [],
      );
      expect(known).toEqual([
        "AAC_MODEL_API_KEY",
        "ADDRESS",
        "BARE_TOKEN",
        "CALLED",
        "DECLARED_ONE",
        "DECLARED_TWO",
        "FILE_TOKEN",
        "MIXED",
        "NAMED",
        "READ",
      ]);
      expect(Object.keys(found.facts["desk"]?.code ?? {})).toEqual(["main.py"]);
      expect(JSON.stringify(found)).not.toContain("canary");
    }),
  );
});

test("the same world gives the same bytes", async () => {
  const spec = `${entry("from: env, envKey: A, defaultValue: b")}  envFile: [x.env]\n`;
  const texts = { "x.env": "B=1\nA=2\n", "b.py": "", "a.py": "" };
  const first = JSON.stringify(await gathered(spec, texts));
  const turned = Object.fromEntries(Object.entries(texts).toReversed());
  expect(JSON.stringify(await gathered(spec, turned))).toBe(first);
});
