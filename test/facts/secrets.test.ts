import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resolveSecret } from "../../src/facts/secrets.ts";
import type { AgentFacts } from "../../src/model/facts.ts";
import { files as real } from "../../src/system/files.ts";
import { type MemoryFile, memoryFiles } from "./memory-files.ts";
import { type Asked, gather, HEAD, irOf, keyed, outside } from "./sources.ts";

type Texts = Readonly<Record<string, string | MemoryFile>>;

const project = (spec: string, texts: Texts = {}) =>
  memoryFiles({
    "/project/agent.yaml": HEAD + spec,
    ...Object.fromEntries(Object.entries(texts).map(([path, text]) => [`/project/${path}`, text])),
  });

async function factsOf(spec: string, texts: Texts = {}, asked: Asked = {}): Promise<AgentFacts> {
  const { facts } = await gather(project(spec, texts), "/project", asked);
  const found = facts["desk"];
  if (found === undefined) throw new Error("no agent");
  return found;
}

/** The value itself, or where it was looked for. */
async function valueOf(spec: string, variable: string, texts: Texts = {}, asked: Asked = {}) {
  const files = project(spec, texts);
  const agent = (await irOf(files, "/project")).agents["desk"];
  if (agent === undefined) throw new Error("no agent");
  const found = resolveSecret({ ...outside(files, "/project", asked), agent, variable });
  return found.ok ? found.value.value.reveal() : found.error.looked;
}

const NAMED = `  runtime: python
  environment:
    - {name: TOKEN, from: secret, secretName: llm, secretKey: api-key}
`;
const BARE = `  runtime: python
  environment:
    - {name: OPENAI_API_KEY, from: secret}
`;

describe("a named secret", () => {
  test("is read from its private file first, without the line end of an editor", async () => {
    const texts = { ".aac/secrets/llm/api-key": "first\n\n" };
    const variables = { LLM_API_KEY: "second" };
    expect(await valueOf(NAMED, "TOKEN", texts, { variables })).toBe("first\n");
    const facts = await factsOf(NAMED, texts, { variables });
    expect(facts.secrets).toEqual({
      TOKEN: {
        is: "known",
        digest: keyed("first\n"),
        origin: { from: "file", path: "/project/.aac/secrets/llm/api-key" },
      },
    });
  });

  test("else from the variable that is called after both", async () => {
    expect(await valueOf(NAMED, "TOKEN", {}, { variables: { LLM_API_KEY: "second" } })).toBe("second");
    const facts = await factsOf(NAMED, {}, { variables: { LLM_API_KEY: "second" }, keyed: () => undefined });
    expect(facts.secrets["TOKEN"]).toEqual({
      is: "known",
      origin: { from: "variable", name: "LLM_API_KEY" },
    });
  });

  test("names both places when it is in neither, and an empty variable is nothing", async () => {
    const looked = [".aac/secrets/llm/api-key", "variable LLM_API_KEY"];
    expect((await factsOf(NAMED)).secrets["TOKEN"]).toEqual({ is: "missing", looked });
    expect(await valueOf(NAMED, "TOKEN")).toEqual(looked);
    expect(await valueOf(NAMED, "TOKEN", {}, { variables: { LLM_API_KEY: "" } })).toEqual([
      ".aac/secrets/llm/api-key",
      "variable LLM_API_KEY (set, but empty)",
    ]);
  });

  test("that is optional and nowhere is absent", async () => {
    const facts = await factsOf(NAMED.replace("}", ", optional: true}"));
    expect(facts.secrets["TOKEN"]).toEqual({ is: "absent", optional: true });
    expect(facts.absent).toEqual(["TOKEN"]);
  });

  test.each<[string, MemoryFile, string]>([
    [
      "open to others",
      { text: "x", mode: 0o640 },
      "is open to other users: `chmod 600 .aac/secrets/llm/api-key`",
    ],
    [
      "another user's",
      { text: "x", uid: 7 },
      "belongs to another user: `chown 1000 .aac/secrets/llm/api-key`",
    ],
    ["no text", { text: "a\0b" }, "is not UTF-8 text, so no variable can hold it"],
    ["endless", { text: "x".repeat(200_000) }, "has 200000 bytes: a variable holds 131072 at the most"],
  ])("whose file is %s is refused, and no other place is tried", async (_, file, why) => {
    const path = ".aac/secrets/llm/api-key";
    const asked = { variables: { LLM_API_KEY: "second" } };
    expect(await valueOf(NAMED, "TOKEN", { [path]: file }, asked)).toEqual([`${path} ${why}`]);
    // Optional is what may be missing, not what may be wrong.
    const facts = await factsOf(NAMED.replace("}", ", optional: true}"), { [path]: file }, asked);
    expect(facts.secrets["TOKEN"]).toEqual({ is: "missing", looked: [`${path} ${why}`] });
  });
});

describe("on a real disk", () => {
  test("a private file that is a link, or lies below one, is refused", async () => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), "secrets-")));
    try {
      const uid = process.getuid?.() ?? 0;
      writeFileSync(join(root, "agent.yaml"), HEAD + NAMED);
      const agent = (await irOf(real, root)).agents["desk"];
      if (agent === undefined) throw new Error("no agent");
      const look = () => {
        const found = resolveSecret({ ...outside(real, root, { uid }), agent, variable: "TOKEN" });
        return found.ok ? found.value.value.reveal() : found.error.looked.join();
      };
      mkdirSync(join(root, ".aac/secrets/llm"), { recursive: true });
      writeFileSync(join(root, "elsewhere"), "value\n", { mode: 0o600 });
      symlinkSync(join(root, "elsewhere"), join(root, ".aac/secrets/llm/api-key"));
      expect(look()).toContain("is reached by a link");
      rmSync(join(root, ".aac/secrets/llm"), { recursive: true });
      mkdirSync(join(root, "outside"));
      writeFileSync(join(root, "outside/api-key"), "value\n", { mode: 0o600 });
      symlinkSync(join(root, "outside"), join(root, ".aac/secrets/llm"));
      expect(look()).toContain("is reached by a link");
      rmSync(join(root, ".aac/secrets/llm"));
      mkdirSync(join(root, ".aac/secrets/llm"));
      const path = join(root, ".aac/secrets/llm/api-key");
      writeFileSync(path, "value\n", { mode: 0o600 });
      expect(look()).toBe("value");
      chmodSync(path, 0o644);
      expect(look()).toContain("is open to other users");
      rmSync(path);
      mkdirSync(path);
      expect(look()).toContain("is not a file");
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe("a secret without a name", () => {
  test("is a variable of the caller", async () => {
    expect(await valueOf(BARE, "OPENAI_API_KEY", {}, { variables: { OPENAI_API_KEY: "abc" } })).toBe("abc");
    expect(await valueOf(BARE, "OPENAI_API_KEY")).toEqual(["variable OPENAI_API_KEY"]);
  });

  test.each<[string, Texts, Readonly<Record<string, string>>, string | readonly string[]]>([
    ["from: env, envKey: HOME_KEY", {}, { HOME_KEY: "abc" }, "abc"],
    ["from: file, path: keys/openai", { "keys/openai": { text: "abc\r\n", mode: 0o644 } }, {}, "abc"],
    [
      "from: kubernetes-secret, secretName: llm, secretKey: key",
      { ".aac/secrets/llm/key": "abc" },
      {},
      "abc",
    ],
    ["secretName: llm, secretKey: key", {}, { LLM_KEY: "abc" }, "abc"],
    ["secretKey: openai", {}, { OPENAI_API_KEY: "abc" }, "abc"],
    [
      "from: docker-secret, secretName: llm",
      {},
      { OPENAI_API_KEY: "abc" },
      [
        "`from: docker-secret` works in a swarm alone: write `from: file` with the path of `llm`, or `from: env`",
      ],
    ],
  ])("is what `secrets` says of that name: {%s}", async (entry, texts, variables, expected) => {
    const spec = `${BARE}  secrets:\n    - {name: OPENAI_API_KEY, ${entry}}\n`;
    expect(await valueOf(spec, "OPENAI_API_KEY", texts, { variables })).toEqual(expected);
    const alone = `  runtime: python\n  secrets:\n    - {name: OPENAI_API_KEY, ${entry}}\n`;
    expect(await valueOf(alone, "OPENAI_API_KEY", texts, { variables })).toEqual(expected);
    expect((await factsOf(alone, texts, { variables })).secrets["OPENAI_API_KEY"]?.is).toBe(
      typeof expected === "string" ? "known" : "missing",
    );
  });

  test("that `secrets` calls optional may be absent", async () => {
    const spec = `${BARE}  secrets:\n    - {name: OPENAI_API_KEY, from: env, envKey: K, optional: true}\n`;
    expect((await factsOf(spec)).secrets["OPENAI_API_KEY"]).toEqual({ is: "absent", optional: true });
  });
});

describe("a text with secrets in it", () => {
  const spec = (text: string): string => `  runtime: python
  environment:
    - {name: STORE, value: ${JSON.stringify(text)}}
  services:
    - {name: db, host: db.example.org, port: 5432}
`;

  test("is filled in once: a value that looks like a part stays as it is", async () => {
    const variables = { DB_PASSWORD: "$$a${OTHER_KEY}", OTHER_KEY: "no" };
    const text = "store://me:${DB_PASSWORD}@${DB_HOST}:${DB_PORT}/$$x";
    expect(await valueOf(spec(text), "STORE", {}, { variables })).toBe(
      "store://me:$$a${OTHER_KEY}@db.example.org:5432/$x",
    );
    const facts = await factsOf(spec(text), {}, { variables });
    expect(facts.secrets["STORE"]).toMatchObject({
      is: "known",
      origin: { from: "variable", name: "DB_PASSWORD" },
    });
    expect(facts.texts).toEqual({});
  });

  test("names every part that is missing", async () => {
    expect(await valueOf(spec("${A_KEY}:${B_KEY}"), "STORE", {}, { variables: {} })).toEqual([
      "variable A_KEY",
      "variable B_KEY",
    ]);
  });

  test("an address that only a target knows is asked of it, and never guessed", async () => {
    const files = memoryFiles({
      "/project/desk.agent.yaml": `${HEAD}  runtime: python
  environment: [{name: STORE, value: "x://\${STORE_KEY}@\${DB_HOST}"}]
  services: [{name: db}]
`,
      "/project/db.agent.yaml": `${HEAD.replace("desk", "db")}  runtime: python
  ports: [{container: 5432}]
  services: [{name: db, port: 5432}]
`,
    });
    const agent = (await irOf(files, "/project")).agents["desk"];
    if (agent === undefined) throw new Error("no agent");
    const request = {
      ...outside(files, "/project", { variables: { STORE_KEY: "k" } }),
      agent,
      variable: "STORE",
    };
    const alone = resolveSecret(request);
    expect(alone.ok ? "" : alone.error.looked).toEqual([
      "the service of `DB_HOST`, whose address is not known here",
    ]);
    const told = resolveSecret({
      ...request,
      late: (name) => (name === "DB_HOST" ? "127.0.0.1" : undefined),
    });
    expect(told.ok ? told.value.value.reveal() : "").toBe("x://k@127.0.0.1");
    const { facts } = await gather(files, "/project", { variables: { STORE_KEY: "k" } });
    expect(facts["desk"]?.secrets["STORE"]?.is).toBe("known");
  });
});

test("a variable that is no secret of the agent is refused", async () => {
  expect(await valueOf(BARE, "PATH", {}, { variables: { PATH: "/bin" } })).toEqual([
    "`PATH` is no secret of `desk`",
  ]);
});
