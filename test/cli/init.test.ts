import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type InitPlan, type InitRequest, planInit } from "../../src/cli/init/plan.ts";
import { RUNTIMES, TEMPLATES } from "../../src/cli/init/shapes.ts";
import { check } from "../../src/document/check.ts";
import { parse } from "../../src/document/parse.ts";
import { explainRefused } from "../../src/document/validate.ts";

const plan = (files: Readonly<Record<string, string>> = {}, request: Partial<InitRequest> = {}): InitPlan =>
  planInit(
    { name: "helper", project: "shop", template: "http", ...request },
    { files: new Map(Object.entries(files)) },
  );

const paths = (made: InitPlan): readonly string[] => made.files.map(({ path }) => path);
const textOf = (made: InitPlan, path = "agent.yaml"): string =>
  made.files.find((one) => one.path === path)?.text ?? "";

function problems(text: string): readonly string[] {
  const parsed = parse("agent.yaml", text);
  const found = [...parsed.diagnostics];
  const odd: string[] = [];
  for (const document of parsed.documents) {
    const checked = check(document, { lookup: () => undefined });
    found.push(...checked.diagnostics);
    found.push(...explainRefused(checked.refused));
    odd.push(...(checked.agent?.odd ?? []).map(({ text }) => `odd ${text}`));
  }
  return [...found.map(({ code, message }) => `${code} ${message}`), ...odd];
}

describe("a new agent", () => {
  const offered = RUNTIMES.flatMap((runtime) => TEMPLATES.map((template) => ({ runtime, template }))).filter(
    ({ runtime, template }) => template === "http" || runtime === "python" || runtime === "nodejs",
  );

  test.each(offered)("$runtime as $template is valid without a warning", ({ runtime, template }) => {
    const made = plan({}, { runtime, template, model: "ollama/llama3:8b" });
    expect(made.errors).toEqual([]);
    expect(problems(textOf(made))).toEqual([]);
    expect(textOf(made)).toMatch(/^# yaml-language-server: \$schema=https:\/\/agent\.dev\//);
    expect(textOf(made)).toContain('    name: "llama3:8b"\n');
    expect(paths(made)).toEqual(expect.arrayContaining(["agent.yaml", ".aac.yaml", ".gitignore"]));
    expect(textOf(made, ".aac.yaml")).toContain("project: shop\n");
    expect(textOf(made, ".gitignore")).toMatch(/^\.aac\/\n/);
  });

  test("without a runtime is python, and that is said", () => {
    const made = plan({ "README.md": "", LICENSE: "" });
    expect(paths(made)).toContain("main.py");
    expect(made.guesses).toEqual([
      "runtime python: none was asked for; --runtime takes python, nodejs, go, rust, java",
    ]);
  });

  test("keeps the version of its runtime", () => {
    expect(textOf(plan({}, { runtime: "python:3.12" }))).toContain('  runtime: "python:3.12"\n');
  });

  test("quotes a name that YAML would read as something else", () => {
    const made = plan({}, { name: "123", project: "no" });
    expect(problems(textOf(made))).toEqual([]);
    expect(textOf(made)).toContain('  name: "123"\n');
    expect(textOf(made, ".aac.yaml")).toContain('project: "no"\n');
  });

  test("adds its line to a .gitignore that is there, once", () => {
    const added = plan({ ".gitignore": "*.log" });
    expect(added.files.find(({ path }) => path === ".gitignore")).toEqual({
      path: ".gitignore",
      text: "\n.aac/\n",
      append: true,
    });
    expect(added.guesses.join("\n")).toContain("`.aac/` is added");
    expect(paths(plan({ ".gitignore": "*.log\n/.aac\n" }))).not.toContain(".gitignore");
  });

  test.each([
    [
      { runtime: "go", template: "mcp" },
      "there is no template mcp for go: python and nodejs have it, and go has http",
    ],
    [{ runtime: "node" }, "invalid runtime 'node', did you mean `nodejs`?"],
    [
      { name: "My Agent" },
      "the name `My Agent` is not made of at most 52 lower-case letters, digits and hyphens; `my-agent` would do",
    ],
    [{ model: "gpt-4o" }, "the model `gpt-4o` is not PROVIDER/NAME"],
  ] as const)("%o is refused and nothing is written", (request, message) => {
    const made = plan({}, request);
    expect(made.errors).toEqual([expect.stringContaining(message)]);
    expect(made.files).toEqual([]);
  });
});

describe("a folder with code", () => {
  test("python: entry, port, route and variables are read", () => {
    const made = plan({
      "app.py": [
        "import os",
        "from flask import Flask",
        "app = Flask(__name__)",
        'key = os.environ["OPENAI_API_KEY"]',
        'region = os.getenv("REGION", "eu")',
        'home = os.environ.get("HOME")',
        '@app.get("/healthz")',
        "def ok(): return 'ok'",
        'if __name__ == "__main__":',
        '    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5001)))',
      ].join("\n"),
      "requirements.txt": "flask",
      "tests/test_app.py": 'import os\nos.environ["TEST_TOKEN"]\n',
    });
    expect(paths(made)).toEqual(["agent.yaml", ".aac.yaml"]);
    const text = textOf(made);
    expect(problems(text)).toEqual([]);
    expect(text).toContain("  runtime: python\n  command: [python, app.py]\n");
    expect(text).toContain("- container: 5001 ");
    expect(text).toContain("    path: /healthz\n    port: 5001\n");
    expect(text).toContain("    - name: OPENAI_API_KEY\n      from: secret\n      optional: true");
    expect(text).toContain("    - name: REGION\n      from: env\n      optional: true\n");
    expect(text).not.toMatch(/HOME|TEST_TOKEN|name: PORT/);
    expect(made.guesses).toEqual([
      "runtime python: found app.py, requirements.txt",
      "entry `python app.py`",
      "port 5001: app.py line 10",
      "health check GET /healthz: app.py line 7",
      "secrets that the code reads: OPENAI_API_KEY",
      "variables that the code reads: REGION",
      "put `.aac/` into .gitignore: it will hold state and secrets",
    ]);
  });

  test("python: an application that nothing runs is given to its server", () => {
    const text = textOf(
      plan({ "app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "pyproject.toml": "" }),
    );
    expect(text).toContain(
      'command: [python, "-m", uvicorn, "app.main:app", "--host", "0.0.0.0", "--port", "8000"]',
    );
    expect(text).toContain("- container: 8000 ");
    expect(problems(text)).toEqual([]);
  });

  test("nodejs: scripts.start is the entry", () => {
    const made = plan({
      "package.json": JSON.stringify({ scripts: { start: "node src/server.js" } }),
      "src/server.js":
        "const { DB_PASSWORD, PORT = 3000 } = process.env;\nconst x = process.env.REGION;\nserver.listen(PORT);\n",
    });
    const text = textOf(made);
    expect(problems(text)).toEqual([]);
    expect(text).toContain("command: [node, src/server.js]");
    expect(text).toContain("- container: 3000 ");
    expect(text).toContain("    - name: DB_PASSWORD\n      from: secret\n");
    expect(text).toContain("  healthCheck:\n    port: 3000 ");
    expect(textOf(plan({ "package.json": '{"scripts":{"start":"next start"}}' }))).toContain(
      "command: [npm, start]",
    );
    expect(textOf(plan({ "package.json": "{", "index.js": "" }))).not.toContain("command:");
  });

  test.each([
    [
      "go",
      {
        "go.mod": "",
        "main.go": 'package main\nfunc main() { os.Getenv("API_KEY"); http.ListenAndServe(":9090", nil) }',
      },
      9090,
    ],
    [
      "go",
      {
        "go.mod": "",
        "main.go":
          'package main\nport := os.Getenv("PORT")\nif port == "" {\n\tport = "8081"\n}\nos.Getenv("API_KEY")',
      },
      8081,
    ],
    [
      "rust",
      {
        "Cargo.toml": '[package]\nname = "app"\n',
        "src/main.rs": 'env::var("API_KEY"); TcpListener::bind("0.0.0.0:7000")',
      },
      7000,
    ],
    [
      "java",
      { "pom.xml": "", "src/main/java/A.java": 'System.getenv("API_KEY"); new InetSocketAddress(7070)' },
      7070,
    ],
  ] as const)("%s: port and variables are read", (runtime, files, port) => {
    const text = textOf(plan(files));
    expect(problems(text)).toEqual([]);
    expect(text).toContain(`  runtime: ${runtime}\n`);
    expect(text).not.toContain("command:");
    expect(text).toContain(`- container: ${port} `);
    expect(text).toContain("    - name: API_KEY\n      from: secret\n");
  });

  test("rust: a program of another name is started by it", () => {
    expect(textOf(plan({ "Cargo.toml": '[package]\nname = "bot"\n[lib]\nname = "x"\n' }))).toContain(
      'command: ["./target/release/bot"]',
    );
  });

  test("only a Dockerfile: it is built", () => {
    const text = textOf(plan({ Dockerfile: "FROM nginx:1.27\nEXPOSE 8088\n" }));
    expect(problems(text)).toEqual([]);
    expect(text).toContain("  build: {} #");
    expect(text).toContain("- container: 8088 ");
  });

  test("a port that is somebody else's is not taken", () => {
    const made = plan({ "main.py": "connect(\n    host='db',\n    port=5432,\n)\n" });
    expect(problems(textOf(made))).toEqual([]);
    expect(textOf(made)).not.toMatch(/ports:|healthCheck:/);
    expect(made.guesses.join("\n")).toContain("no port found");
  });

  test("what is there stays and is named", () => {
    const made = plan({ "main.py": "", "agent.yml": "x", ".aac.yaml": "project: old\n" });
    expect(made).toMatchObject({ files: [], kept: ["agent.yml", ".aac.yaml"], errors: [] });
  });

  test("files that tell no runtime are refused", () => {
    expect(plan({ "data.csv": "1" }).errors).toEqual([
      expect.stringContaining("say --runtime python|nodejs"),
    ]);
  });

  test("a long hostile line is read in time", () => {
    const began = performance.now();
    for (const bit of ["{", "process.env.", '"PORT")', "--port ", ".run(", "[1, 1, ", "x = ", "{ PORT = 1 "])
      plan({ "main.py": bit.repeat(30_000) });
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe("a new agent runs", () => {
  const undo: (() => void)[] = [];
  afterEach(() => undo.splice(0).forEach((one) => one()));

  const until = async <T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> => {
    const deadline = performance.now() + 10_000;
    while (performance.now() < deadline) {
      const value = await look();
      if (value !== undefined) return value;
      await new Promise((again) => setImmediate(again));
    }
    throw new Error(`waited in vain for ${what}`);
  };

  const freePort = (): Promise<number> =>
    new Promise((done) => {
      const server = createServer().listen(0, () => {
        const address = server.address();
        server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
      });
    });

  async function start(
    command: readonly [string, string],
    request: Partial<InitRequest>,
    env: Readonly<Record<string, string>>,
  ) {
    const folder = mkdtempSync(join(tmpdir(), "aac-init-"));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    for (const { path, text } of plan({}, request).files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const model = { AAC_MODEL_PROVIDER: "ollama", AAC_MODEL_NAME: "llama3" };
    const stdio = ["ignore", "pipe", "inherit"] as const;
    const child: ChildProcess = spawn(command[0], [command[1]], {
      cwd: folder,
      env: { PATH: process.env["PATH"], ...model, ...env },
      stdio: [...stdio],
    });
    undo.push(() => child.kill("SIGKILL"));
    const lines: string[] = [];
    child.stdout
      ?.setEncoding("utf8")
      .on("data", (text: string) => lines.push(...text.split("\n").filter(Boolean)));
    const ended = new Promise((done) => child.once("close", (code, signal) => done(code ?? signal)));
    return { child, ended, lines };
  }

  const programs = [
    ["python", ["python3", "main.py"]],
    ["nodejs", [process.execPath, "index.js"]],
  ] as const;

  async function stop({ child, ended, lines }: Awaited<ReturnType<typeof start>>) {
    const asked = performance.now();
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(performance.now() - asked).toBeLessThan(1000);
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), message: expect.any(String) });
    expect(lines.at(-1)).toContain("stopped");
  }

  test.each(programs)("%s over HTTP", { timeout: 20_000 }, async (runtime, command) => {
    const port = await freePort();
    const agent = await start(command, { runtime }, { PORT: String(port) });
    const url = `http://127.0.0.1:${port}`;
    const health = await until("health", () => fetch(`${url}/health`).catch(() => undefined));
    expect(health.status).toBe(200);
    expect(await health.json()).toEqual({ status: "ok", agent: "helper" });
    const asked = await fetch(`${url}/ask`, { method: "POST", body: '{"question":"why?"}' });
    expect(await asked.json()).toMatchObject({ answer: "llama3 of ollama would answer: why?" });
    expect((await fetch(`${url}/ask`, { method: "POST", body: "[" })).status).toBe(400);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    await stop(agent);
  });

  test.each(programs)("%s as an MCP server", { timeout: 20_000 }, async (runtime, command) => {
    const port = await freePort();
    const agent = await start(command, { runtime, template: "mcp" }, { PORT: String(port) });
    const url = `http://127.0.0.1:${port}`;
    await until("health", () => fetch(`${url}/health`).catch(() => undefined));
    const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
      fetch(`${url}/mcp`, { method: "POST", body: JSON.stringify(body), headers });
    const call = async (method: string, params: unknown): Promise<unknown> =>
      (await post({ jsonrpc: "2.0", id: 7, method, params })).json();
    expect(await call("initialize", { protocolVersion: "2025-03-26" })).toMatchObject({
      id: 7,
      result: { protocolVersion: "2025-03-26", serverInfo: { name: "helper" }, capabilities: { tools: {} } },
    });
    expect((await post({ jsonrpc: "2.0", method: "notifications/initialized" })).status).toBe(202);
    expect(await call("tools/list", {})).toMatchObject({ result: { tools: [{ name: "ask" }] } });
    expect(await call("tools/call", { name: "ask", arguments: { question: "why?" } })).toMatchObject({
      result: { content: [{ type: "text", text: "llama3 of ollama would answer: why?" }], isError: false },
    });
    expect(await call("nothing", null)).toMatchObject({ error: { code: -32601 } });
    expect((await post({ id: 1, method: "ping" }, { origin: "https://evil.example" })).status).toBe(403);
    await stop(agent);
  });

  test.each(programs)("%s as a worker", { timeout: 20_000 }, async (runtime, command) => {
    const folder = mkdtempSync(join(tmpdir(), "aac-init-"));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "healthy");
    const agent = await start(
      command,
      { runtime, template: "worker" },
      { HEALTH_FILE: file, WORK_INTERVAL: "60" },
    );
    await until("the health file", () => (existsSync(file) ? true : undefined));
    await stop(agent);
    expect(existsSync(file)).toBe(false);
  });
});
