import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import type { Json } from "../../src/base/canonical.ts";
import { printYaml } from "../../src/document/print-yaml.ts";
import { EMITTERS } from "../../targets/registry.ts";
import { FIXTURES } from "../helpers/load-fixture.ts";
import { aac, folderOf, program } from "../helpers/run-aac.ts";

const USUAL = join(FIXTURES, "usual");
const FORMATS = Object.keys(EMITTERS).sort();

/** An agent in its folder; what is written here stands below `spec`. */
const agent = (name: string, spec: string): string =>
  `apiVersion: agent.dev/v1\nkind: Agent\nmetadata: {name: ${name}, version: 1.0.0}\nspec:\n${spec}`;

const DESK = agent("desk", "  runtime: python\n");
const project = (files: Readonly<Record<string, string>>): string =>
  folderOf({ ".aac.yaml": "project: shop\n", ...files });

/** What stands at a path of one document. */
function at(text: string, ...path: readonly string[]): unknown {
  const whole: unknown = parse(text);
  return path.reduce<unknown>(
    (found, step) =>
      typeof found === "object" && found !== null ? new Map(Object.entries(found)).get(step) : undefined,
    whole,
  );
}

describe("what is asked for", () => {
  test("is one of the formats, and what comes later says so", () => {
    expect(aac(["emit"])).toMatchObject({ code: 2, out: "" });
    expect(aac(["emit"]).err).toContain("one of compose, dockerfile, kubernetes");
    expect(aac(["emit", "kubernets"]).err).toContain("did you mean `kubernetes`?");
    expect(aac(["emit", "compose", "agent.yaml"]).err).toContain("`agent.yaml` is one word too many");
    const later = aac(["emit", "systemd"]);
    expect(later).toMatchObject({ code: 2, out: "" });
    expect(later.err).toContain("error AAC9001: `aac emit systemd` is not built yet");
  });

  test("of one agent is named, where there are several", () => {
    const { code, out, err } = aac(["emit", "dockerfile", "-f", USUAL]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("there are 4: clerk, desk, porter, store");
    const one = aac(["emit", "dockerfile", "-f", USUAL, "--target-agent", "store"]);
    expect(one).toMatchObject({ code: 0, err: "" });
    expect(one.out).toContain("six==1.16.0");
    expect(aac(["emit", "dockerfile", "-f", join(USUAL, "store")]).out).toBe(one.out);
    expect(aac(["emit", "compose", "-f", USUAL, "--target-agent", "baker"]).err).toContain(
      "names no agent of these files",
    );
  });

  test("is not made where a file has a fault, or a variable is not set", () => {
    const faulty = aac(["emit", "compose"], { cwd: project({ "agent.yaml": DESK.replace("spec", "spek") }) });
    expect(faulty).toMatchObject({ code: 2, out: "" });
    expect(faulty.err).toContain("AAC1004");
    const cwd = project({
      "agent.yaml": `${DESK}  environment:\n    - {name: SHELF, from: env}\n    - {name: ROOM, value: "room \${ROOM}"}\n`,
    });
    const unset = aac(["emit", "kubernetes"], { cwd });
    expect(unset).toMatchObject({ code: 2, out: "" });
    expect(unset.err).toContain("`ROOM` is not set");
    const still = aac(["emit", "kubernetes", "--set", "ROOM=4"], { cwd });
    expect(still).toMatchObject({ code: 2, out: "" });
    expect(still.err).toContain("AAC1053  `SHELF` is not set");
    const set = aac(["emit", "kubernetes", "--set", "ROOM=4", "--set", "SHELF=top"], { cwd });
    expect(set.code).toBe(0);
    expect(set.out).toContain("value: room 4");
    expect(set.out).toContain("value: top");
  });
});

describe("standard output", () => {
  test("is the file alone, and what is lost stands beside it, a line a field", () => {
    const { code, out, err } = aac(["emit", "compose", "-f", USUAL, "--profile", "laptop"]);
    expect(code).toBe(0);
    expect(at(out, "services", "store", "image")).toBe("store:1.0.0");
    expect(err.split("\n")[0]).toBe("clerk: 2 fields are approximated");
    expect(err).toMatch(/^ {2}≈ healthCheck {2}who is unhealthy is shown.*store\/agent\.yaml:\d+$/m);
  });

  test("needs no engine and no cluster, and leaves nothing behind", () => {
    const cwd = project({ "desk/agent.yaml": DESK, "desk/main.py": "print(1)\n" });
    const environment = {
      DOCKER_HOST: "unix:///nowhere/docker.sock",
      KUBECONFIG: "/nowhere/config",
      XDG_STATE_HOME: join(cwd, "state"),
      XDG_RUNTIME_DIR: join(cwd, "run"),
    };
    for (const format of FORMATS) expect(aac(["emit", format], { cwd, environment }).code, format).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual([".aac.yaml", "desk"]);
  });

  test("is made without a client of an engine or a cluster, and so is the page of a field", () => {
    const cwd = project({ "agent.yaml": DESK, "main.py": "" });
    const loadedBy = (...args: readonly string[]): readonly string[] => {
      const folder = folderOf({});
      aac(args, { cwd, environment: { NODE_V8_COVERAGE: folder } });
      const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
      return [...text.join("\n").matchAll(/\/dist\/([\w/.-]+)\.js"/g)].map((match) => match[1] ?? "");
    };
    for (const args of [...FORMATS.map((format) => ["emit", format]), ["explain", "volumes.size"]]) {
      const loaded = loadedBy(...args);
      expect(loaded, args.join(" ")).toContain("main");
      expect(loaded, args.join(" ")).toContain(`lazy/src-cli-commands-${args[0] ?? ""}`);
      expect(
        loaded.filter((one) => /dockerode|kubernetes-client/.test(one)),
        args.join(" "),
      ).toEqual([]);
    }
    expect(existsSync(join(dirname(program), "../../dist/lazy/dockerode.js"))).toBe(true);
  });

  test("gives way to a file, whose paths are counted from its folder", () => {
    const cwd = project({ "desk/agent.yaml": DESK, "desk/main.py": "print(1)\n", "out/keep": "" });
    expect(aac(["emit", "compose", "-o", "out/compose.yaml"], { cwd })).toMatchObject({ code: 0, out: "" });
    const written = readFileSync(join(cwd, "out/compose.yaml"), "utf8");
    expect(at(written, "services", "desk", "build", "context")).toBe("../desk");
    const here = aac(["emit", "compose"], { cwd }).out;
    expect(at(here, "services", "desk", "build", "context")).toBe("./desk");
    expect(aac(["emit", "compose", "-o", "out"], { cwd }).err).toContain("`-o out` names no file");
  });

  test("stays empty under --strict, where something is lost", () => {
    const cwd = project({ "agent.yaml": `${DESK}  priority: high\n`, "main.py": "" });
    const loose = aac(["emit", "compose"], { cwd });
    expect(loose.code).toBe(0);
    expect(loose.err).toBe(
      "desk: 1 field cannot be carried\n  ✗ priority  not built for containers yet  agent.yaml:6\n",
    );
    const strict = aac(["emit", "compose", "--strict", "-o", "compose.yaml"], { cwd });
    expect(strict).toMatchObject({ code: 1, out: "" });
    expect(strict.err).toContain("✗ priority");
    expect(existsSync(join(cwd, "compose.yaml"))).toBe(false);
    const plain = project({ "agent.yaml": DESK, "main.py": "" });
    expect(aac(["emit", "compose", "--strict"], { cwd: plain })).toMatchObject({ code: 0, err: "" });
  });

  test("is not written where a target refuses a value: without it the agent would be another", () => {
    const cwd = project({
      "agent.yaml": `${DESK}  volumes: [{source: settings, target: /settings, type: configmap}]\n`,
    });
    const { code, out, err } = aac(["emit", "compose"], { cwd });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("AAC2303");
  });
});

describe("a secret", () => {
  const CANARY = "canary-7f3a91c2";
  const spec = `  runtime: python
  envFile: [desk.env]
  environment:
    - {name: NAMED, from: secret, secretName: till, secretKey: pin-code}
    - {name: OWN_TOKEN, from: secret}
    - {name: MAY_TOKEN, from: secret, optional: true}
    - {name: CALLED_TOKEN, from: env, envKey: OUTER_TOKEN}
    - {name: STORE, value: "postgres://desk:\${DB_PASSWORD}@store/$$shop"}
  secrets:
    - {name: declared, from: env, envKey: OUTER_DECLARED}
`;
  const files = {
    "desk/agent.yaml": agent("desk", spec),
    "desk/main.py": "print(1)\n",
    "desk/desk.env": `FILED_TOKEN=${CANARY}1\nPLAIN=seen\n`,
    "desk/.env": `DB_PASSWORD=${CANARY}2\n`,
    ".aac/secrets/till/pin-code": `${CANARY}3\n`,
  };
  const environment = Object.fromEntries(
    ["OWN_TOKEN", "MAY_TOKEN", "OUTER_TOKEN", "OUTER_DECLARED", "TILL_PIN_CODE"].map((name, i) => [
      name,
      `${CANARY}${i + 4}`,
    ]),
  );

  test.each(FORMATS)("is never in %s, nor in what is said beside it", (format) => {
    const told = aac(["emit", format], { cwd: project(files), environment });
    expect(`${told.out}${told.err}`).not.toContain(CANARY);
    // A cluster has no variables of a caller: that is refused, and shows nothing either.
    expect(told.code).toBe(format === "kubernetes" ? 2 : 0);
  });

  test("is asked for by the name that aac itself looks for", () => {
    const { out } = aac(["emit", "compose"], { cwd: project(files), environment });
    expect(at(out, "services", "desk", "environment")).toEqual({
      CALLED_TOKEN: "${OUTER_TOKEN:?desk needs it}",
      FILED_TOKEN: "${FILED_TOKEN:?desk needs it}",
      MAY_TOKEN: null,
      NAMED: "${TILL_PIN_CODE:?desk needs it}",
      OWN_TOKEN: "${OWN_TOKEN:?desk needs it}",
      PLAIN: "seen",
      STORE: "postgres://desk:${DB_PASSWORD:?desk needs it}@store/$$shop",
      declared: "${OUTER_DECLARED:?desk needs it}",
    });
  });

  test("is a key of a Secret in a cluster", () => {
    const own = "  runtime: python\n  environment:\n    - {name: OWN_TOKEN, from: secret}\n";
    const cwd = project({ "agent.yaml": agent("desk", own), "main.py": "" });
    const { code, out } = aac(["emit", "kubernetes"], { cwd, environment });
    expect(code).toBe(0);
    expect(out).toContain(
      "secretKeyRef:\n                  key: OWN_TOKEN\n                  name: desk-secrets",
    );
  });
});

describe("compose", () => {
  test("takes no text of ours for a variable of its own", () => {
    const spec = `  runtime: python
  command: [python, -c, "print('$$HOME $$1')"]
  environment: [{name: PRICE, value: "5$$ or $\${MORE}"}]
  config: {greeting: "costs $$5"}
`;
    const cwd = project({ "agent.yaml": agent("desk", spec), "main.py": "" });
    const { out } = aac(["emit", "compose"], { cwd });
    expect(at(out, "services", "desk", "environment", "PRICE")).toBe("5$$ or $${MORE}");
    expect(at(out, "services", "desk", "entrypoint")).toEqual(["python", "-c", "print('$$HOME $$1')"]);
    expect(at(out, "configs", "desk-config", "content")).toContain("costs $$5");
  });

  test("builds from the agent's code, and not from what else is in the folder", () => {
    const cwd = project({
      "desk/agent.yaml": DESK,
      "desk/main.py": "import lib.words\n",
      "desk/lib/words.py": "",
      "desk/lib/two words.py": "",
      "desk/.env": "A=1\n",
      "desk/notes.log": "",
    });
    const text = at(aac(["emit", "compose"], { cwd }).out, "services", "desk", "build", "dockerfile_inline");
    expect(String(text).match(/^COPY.*$/gm)).toEqual([
      'COPY --chown=1000:1000 ["lib/two words.py", "lib/words.py", "./lib/"]',
      "COPY --chown=1000:1000 main.py ./",
    ]);
    const { out } = aac(["emit", "dockerfile"], { cwd });
    expect(out).toBe(String(text));
  });

  test("names a recipe of the author's, and says what goes along with it", () => {
    const cwd = project({
      "desk/agent.yaml": agent("desk", "  build: {dockerfile: Dockerfile}\n"),
      "desk/Dockerfile": "FROM busybox\n",
    });
    const { out, err } = aac(["emit", "compose"], { cwd });
    expect(at(out, "services", "desk", "build")).toEqual({ context: "./desk", dockerfile: "Dockerfile" });
    expect(err).toContain(
      "≈ build  the whole folder is sent, .env and .aac too: a .dockerignore keeps them out",
    );
    const alone = aac(["emit", "dockerfile"], { cwd });
    expect(alone).toMatchObject({ code: 2, out: "" });
    expect(alone.err).toContain("`desk` has a recipe of its own: Dockerfile");
  });

  test("waits for the health of those that have a check inside, and says of whom it cannot", () => {
    const waits = `  runtime: python\n  dependsOn: {till: {condition: healthy}, safe: {condition: healthy}}\n`;
    const cwd = project({
      "desk/agent.yaml": agent("desk", waits),
      "desk/main.py": "",
      "till/agent.yaml": agent("till", "  image: till:1\n  ports: [8080]\n  healthCheck: {path: /}\n"),
      "safe/agent.yaml": agent("safe", "  image: safe:1\n  healthCheck: {command: [look]}\n"),
    });
    const { out, err } = aac(["emit", "compose"], { cwd });
    expect(at(out, "services", "desk", "depends_on")).toEqual({
      safe: { condition: "service_healthy" },
      till: { condition: "service_started" },
    });
    expect(err).toContain("≈ dependsOn.till  it waits until till runs: the engine cannot ask for its health");
    expect(err).toMatch(/✗ healthCheck +it is asked inside, where nothing in the image could do it/);
    const alone = aac(["emit", "compose", "-f", "desk"], { cwd });
    expect(at(alone.out, "services", "desk", "depends_on")).toBeUndefined();
    expect(alone.err).toContain("✗ dependsOn.till  till is not in this file");
  });
});

describe("manifests", () => {
  test("need a project that another machine knows too", () => {
    const cwd = folderOf({ "agent.yaml": DESK, "main.py": "" });
    expect(aac(["emit", "kubernetes"], { cwd }).err).toContain("this project has no name");
    expect(aac(["emit", "kubernetes", "--project", "shop"], { cwd }).code).toBe(0);
    expect(aac(["emit", "compose"], { cwd }).code).toBe(0);
  });

  test("stand in a namespace where one is chosen, and else where they are applied", () => {
    const cwd = project({ "agent.yaml": `${DESK}  config: {a: 1}\n`, "main.py": "" });
    const namespaces = (...more: readonly string[]): readonly unknown[] =>
      parseAllDocuments(aac(["emit", "kubernetes", ...more], { cwd }).out).map((one) =>
        one.getIn(["metadata", "namespace"]),
      );
    expect(namespaces()).toEqual([undefined, undefined]);
    expect(namespaces("--namespace", "shop")).toEqual(["shop", "shop"]);
  });

  test("say whose they are, as an apply does", () => {
    const { out } = aac(["emit", "kubernetes"], { cwd: project({ "agent.yaml": DESK, "main.py": "" }) });
    const [manifest] = parseAllDocuments(out);
    expect(manifest?.getIn(["metadata", "labels"])?.toString()).toContain("agent.dev/project");
    expect(manifest?.getIn(["metadata", "annotations", "agent.dev/source"])).toBe("agent.yaml");
  });
});

describe("YAML", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom("\n", " ", "\t", "a", ":", "#", "-", "'", '"', "\r", "\u2028", "\u0085"),
    }),
    fc.constantFrom(
      "yes",
      "NO",
      "on",
      "0o17",
      "017",
      "1_000",
      "1e3",
      "12:30:45",
      "~",
      "null",
      "<<",
      "=",
      ".5",
      "0x1F",
    ),
  );
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(text, tie("value"), { maxKeys: 4 }),
    ),
  }));

  test("that is printed is read as the same again, by readers of both versions", () => {
    fc.assert(
      fc.property(value, (one) => {
        const printed = printYaml([one]);
        expect(parse(printed)).toEqual(one);
        expect(parse(printed, { version: "1.1", merge: false })).toEqual(one);
      }),
      { numRuns: 500 },
    );
  });

  test("has nothing in it that a terminal would obey, and no line that a reader would break elsewhere", () => {
    const printed = printYaml([{ a: "red \u001B[31m", b: "one\u2028two", c: "\u009Bx", d: "plain\ttab" }]);
    expect(printed).toBe('a: "red \\e[31m"\nb: "one\\u2028two"\nc: "\\u009bx"\nd: plain\ttab\n');
  });
});
