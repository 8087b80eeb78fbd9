import { describe, expect, test } from "vitest";
import { agent, named, wanted } from "./wanted.ts";

/** Our recipe for an agent with these lines, and these files in its folder. */
async function recipe(lines: readonly string[], ...files: readonly string[]): Promise<string> {
  const code = Object.fromEntries(files.map((path) => [path, "1"]));
  const all = await wanted({ "agent.yaml": agent("desk", ...lines) }, { facts: { desk: { code } } });
  const { dockerfile } = named(all, "desk/image/main").fields;
  if (typeof dockerfile !== "string") throw new Error("the image has no recipe");
  return dockerfile;
}

const linesOf = async (...given: Parameters<typeof recipe>): Promise<readonly string[]> =>
  (await recipe(...given)).replaceAll(" \\\n && ", " && ").split("\n");

const starting = async (word: string, ...given: Parameters<typeof recipe>): Promise<readonly string[]> =>
  (await linesOf(...given)).filter((line) => line.startsWith(`${word} `));

const PYTHON = "runtime: python";
const NODE = "runtime: nodejs";

describe("the recipe of an agent", () => {
  test("in python", async () => {
    const lines = [
      PYTHON,
      "dependencies: ['fastapi==0.115.0', 'uvicorn>=0.30,<1']",
      "volumes: [{source: notes, target: /notes}, {source: ./seed, target: /seed}, {source: old, target: /old, readOnly: true}]",
      "environment: [{name: OPENAI_API_KEY, from: secret}]",
    ];
    expect(await recipe(lines, "main.py", "requirements.txt")).toMatchInlineSnapshot(`
      "# Written for desk. One of your own takes its place: build: {dockerfile: Dockerfile}
      FROM python:3.11-slim
      ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
      WORKDIR /app

      # Packages come first: an edit of the code installs none again.
      RUN printf '%s\\n' 'fastapi==0.115.0' 'uvicorn>=0.30,<1' > /tmp/requirements.txt \\
       && pip install --no-cache-dir --disable-pip-version-check -r /tmp/requirements.txt \\
       && rm /tmp/requirements.txt

      RUN mkdir -p /notes && chown 1000:1000 /app /notes
      COPY --chown=1000:1000 . .
      ENV HOME=/app
      USER 1000:1000
      CMD ["python", "main.py"]
      "
    `);
  });

  test("in nodejs", async () => {
    expect(await recipe([NODE], "index.js", "package.json", "package-lock.json")).toMatchInlineSnapshot(`
      "# Written for desk. One of your own takes its place: build: {dockerfile: Dockerfile}
      FROM node:24-slim
      ENV NODE_ENV=production
      WORKDIR /app

      # Packages come first: an edit of the code installs none again.
      COPY package-lock.json package.json ./
      RUN mkdir -p /tmp/npm \\
       && export TMPDIR=/tmp/npm XDG_CACHE_HOME=/tmp/npm XDG_DATA_HOME=/tmp/npm XDG_STATE_HOME=/tmp/npm \\
       && npm ci --omit=dev --no-audit --no-fund --cache /tmp/npm \\
       && rm -rf /tmp/npm

      RUN chown 1000:1000 /app
      COPY --chown=1000:1000 . .
      ENV HOME=/app
      USER 1000:1000
      CMD ["node", "index.js"]
      "
    `);
  });

  test("is the same whatever order packages and volumes are written in", async () => {
    const one = [
      PYTHON,
      "dependencies: [a, b]",
      "volumes: [{source: a, target: /a}, {source: b, target: /b}]",
    ];
    const two = [
      PYTHON,
      "dependencies: [b, a, b]",
      "volumes: [{source: b, target: /b}, {source: a, target: /a/}]",
    ];
    expect(await recipe(one)).toBe(await recipe(two));
  });

  test("holds no value of a variable", async () => {
    const lines = [
      PYTHON,
      "environment: [{name: GREETING, value: something-to-say}]",
      "build: {args: {INDEX: 'https://example.com/simple'}}",
    ];
    const text = await recipe(lines);
    expect(text).not.toContain("something-to-say");
    expect(text).not.toContain("example.com");
    expect(text).toContain("\nARG INDEX\n");
  });
});

describe("what it begins with", () => {
  test.each([
    ["runtime: python", "python:3.11-slim"],
    ["runtime: python:3.12", "python:3.12-slim"],
    ["runtime: python:3.13.0rc1", "python:3.13.0rc1-slim"],
    ["runtime: python:3.12-alpine", "python:3.12-alpine"],
    ["runtime: python:slim", "python:slim"],
    ["runtime: nodejs", "node:24-slim"],
    ["runtime: nodejs:22", "node:22-slim"],
  ])("%s is %s", async (line, image) => {
    expect(await starting("FROM", [line])).toEqual([`FROM ${image}`]);
  });

  test("is what its author names", async () => {
    const lines = [PYTHON, "build: {baseImage: 'registry.example.com/python:3'}"];
    expect(await starting("FROM", lines)).toEqual(["FROM registry.example.com/python:3"]);
  });
});

describe("packages", () => {
  const LIST = "/tmp/requirements.txt";
  const copied = (...given: Parameters<typeof recipe>): Promise<readonly string[]> =>
    starting("COPY", ...given);
  const CODE = "COPY --chown=1000:1000 . .";

  test("of the agent file are the whole list", async () => {
    const lines = [PYTHON, "dependencies: [left]"];
    expect(await copied(lines, "requirements.txt", "uv.lock")).toEqual([CODE]);
    expect(await starting("RUN", lines, "requirements.txt")).toEqual([
      `RUN printf '%s\\n' 'left' > ${LIST} && pip install --no-cache-dir --disable-pip-version-check -r ${LIST} && rm ${LIST}`,
      "RUN chown 1000:1000 /app",
    ]);
  });

  test("cannot say anything but packages", async () => {
    const lines = [PYTHON, 'dependencies: ["left\\nUSER root", "it\'s; rm -rf /", "$(id) `id`"]'];
    const all = await linesOf(lines);
    expect(all.filter((line) => /^(?:USER|FROM)/.test(line))).toEqual([
      "FROM python:3.11-slim",
      "USER 1000:1000",
    ]);
    expect(all.find((line) => line.startsWith("RUN printf"))).toContain(
      "printf '%s\\n' '$(id) `id`' 'USER root' 'it'\\''s; rm -rf /' 'left' >",
    );
  });

  test("in folders of the agent come after its code", async () => {
    expect(await copied([PYTHON, "dependencies: [./wheels/a.whl]"])).toEqual(["COPY . .", CODE]);
    expect(await copied([PYTHON, "dependencies: ['a @ file:///app/a.whl']"])).toEqual(["COPY . .", CODE]);
    expect(await copied([NODE, "dependencies: ['file:./a']"])).toEqual(["COPY . .", CODE]);
    expect(await copied([NODE, "dependencies: ['@scope/a@1']"])).toEqual([CODE]);
  });

  test.each([
    [["uv.lock", "pyproject.toml", "requirements.txt"], "COPY pyproject.toml uv.lock ./", "uv export"],
    [["poetry.lock", "pyproject.toml"], "COPY poetry.lock pyproject.toml ./", "poetry export"],
    [["requirements.txt", "pyproject.toml"], "COPY requirements.txt ./", "pip install"],
    [["pyproject.toml"], "COPY pyproject.toml ./", "tomllib"],
  ])("of %s in python", async (files, copy, how) => {
    expect(await copied([PYTHON], "main.py", ...files)).toEqual([copy, CODE]);
    const [install = ""] = await starting("RUN", [PYTHON], ...files);
    expect(install).toContain(how);
    expect(install.endsWith("-r requirements.txt") || install.includes("&& rm ")).toBe(true);
  });

  test("of a list that takes in others are installed with those", async () => {
    const files = ["requirements.txt", "requirements-base.txt", "constraints.txt", "requirements/web.txt"];
    expect(await copied([PYTHON], ...files)).toEqual([
      "COPY constraints.txt requirements-base.txt requirements.txt ./",
      "COPY requirements/ ./requirements/",
      CODE,
    ]);
  });

  test.each([
    [
      ["package-lock.json", "package.json", ".npmrc"],
      "COPY .npmrc package-lock.json package.json ./",
      "npm ci --omit=dev",
    ],
    [
      ["pnpm-lock.yaml", "package.json"],
      "COPY package.json pnpm-lock.yaml ./",
      "pnpm install --prod --frozen-lockfile",
    ],
    [
      ["yarn.lock", "package.json"],
      "COPY package.json yarn.lock ./",
      "yarn@1 install --production --frozen-lockfile",
    ],
    [["package.json"], "COPY package.json ./", "npm install --omit=dev"],
  ])("of %s in nodejs", async (files, copy, how) => {
    expect(await copied([NODE], "index.js", ...files)).toEqual([copy, CODE]);
    const [install = ""] = await starting("RUN", [NODE], ...files);
    expect(install).toContain(how);
    expect(install).toMatch(/ && rm -rf \/tmp\/npm$/);
  });

  test("are none where nobody asks for any", async () => {
    expect(await starting("RUN", [PYTHON], "main.py")).toEqual(["RUN chown 1000:1000 /app"]);
    expect(await starting("RUN", [NODE], "index.js")).toEqual(["RUN chown 1000:1000 /app"]);
  });
});

describe("whoever runs in it", () => {
  test("owns the code, and the places of its data", async () => {
    const lines = [
      PYTHON,
      "security: {runAsUser: 1500, runAsGroup: 1600}",
      "volumes: [{source: a, target: '/my data'}]",
    ];
    expect(await linesOf(lines)).toEqual(
      expect.arrayContaining([
        "RUN mkdir -p '/my data' && chown 1500:1600 /app '/my data'",
        "COPY --chown=1500:1600 . .",
        "USER 1500:1600",
      ]),
    );
  });
});
