import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fixText } from "../../src/document/fix.ts";
import { formatText, sameComments } from "../../src/document/format.ts";
import { sameMeaning } from "../../src/document/layout/same.ts";
import { find, type Node } from "../../src/document/node.ts";
import { parse } from "../../src/document/parse.ts";
import { rewriteSpellings } from "../../src/document/spellings/rewrite.ts";
import { SPELLINGS } from "../../src/document/spellings/table.ts";

const WILD = new URL("../../fixtures/wild/", import.meta.url);
const wild = readdirSync(WILD).map((name) => ({
  name,
  text: readFileSync(new URL(`${name}/agent.yaml`, WILD), "utf8"),
}));

function fixed(text: string): string {
  const result = fixText("agent.yaml", text);
  expect(formatText("agent.yaml", result.text).text).toBe(result.text);
  expect(fixText("agent.yaml", result.text)).toMatchObject({ text: result.text, changes: 0 });
  expect(sameComments(text, result.text)).toBe(true);
  return result.text;
}

const left = (text: string): readonly string[] =>
  fixText("agent.yaml", text).diagnostics.map((one) => `${one.code} ${one.message}`);

/** A spec, two spaces in. */
const spec = (text: string): string => `spec:\n${text.replaceAll(/^(?=.)/gm, "  ")}`;

describe("another spelling", () => {
  test("a key that is renamed keeps its place and its comments", () => {
    expect(
      fixed(
        spec(
          "runtime: python\n\n# is it there\nhealthcheck: # often\n  # where\n  path: /h # here\nimage: a\n",
        ),
      ),
    ).toBe(
      spec(
        "runtime: python\n\n# is it there\nhealthCheck: # often\n  # where\n  path: /h # here\nimage: a\n",
      ),
    );
  });

  test("a key that is moved takes its comments along", () => {
    expect(
      fixed(spec("# two of them\nreplicas: 2 # for now\nruntime: go\nscaling: {min: 1, max: 5}\n")),
    ).toBe(
      spec(
        "runtime: go\nscaling:\n  minReplicas: 1\n  maxReplicas: 5\n  # two of them\n  replicas: 2 # for now\n",
      ),
    );
  });

  test("brackets stay where nothing with a comment comes in", () => {
    expect(fixed(spec("scaling: { min: 1, max: 5 }\n"))).toBe(
      spec("scaling: {minReplicas: 1, maxReplicas: 5}\n"),
    );
  });

  test("a block that is spread over others leaves no comment behind", () => {
    expect(
      fixed(
        spec(
          "# what we watch\nmonitoring: # all\n  # on\n  prometheus: true\n  # lines\n  logging:\n    level: INFO # loud\n  port: 9090\n  # end\nmetrics: {path: /m}\n",
        ),
      ),
    ).toBe(
      spec(
        "observability:\n  metrics:\n    # on\n    enabled: true\n    # what we watch\n    # all\n    # end\n    port: 9090\n    path: /m\n# lines\nlogging:\n  level: info # loud\n",
      ),
    );
  });

  test("ports as text become maps, and their comments stay beside them", () => {
    expect(fixed(spec('ports:\n# web\n- "8080:80/udp" # http\n- 127.0.0.1:1:2\n# both\n- "3, 4"\n'))).toBe(
      spec(
        'ports:\n  # web\n  - container: 80 # http\n    host: 8080\n    protocol: udp\n  - container: 2\n    host: 1\n    hostIP: "127.0.0.1"\n  # both\n  - container: 3\n  - container: 4\n',
      ),
    );
    expect(fixed(spec('ports: "8080:80" # web\n'))).toBe(
      spec("ports:\n  - container: 80 # web\n    host: 8080\n"),
    );
    expect(fixed(spec('network: {ports: ["8080:80"]}\n'))).toBe(
      spec("network:\n  ports:\n    - container: 80\n      host: 8080\n"),
    );
  });

  test("volumes as text become maps", () => {
    expect(fixed(spec("volumes: [./data:/data:ro, /cache]\n"))).toBe(
      spec("volumes:\n  - source: ./data\n    target: /data\n    readOnly: true\n  - target: /cache\n"),
    );
  });

  test("an environment map becomes a list: comments above a key stand above its item, values stay as written", () => {
    expect(
      fixed(
        spec(
          "environment: # env\n  # one\n  A: 1.10 # ten\n\n  B: '0755'\n  # three\n  TOKEN: # secret\n    # from where\n    from: secret\n  NO: ${X:-y}\n  # last\n",
        ),
      ),
    ).toBe(
      spec(
        "environment: # env\n  # one\n  - name: A\n    value: 1.10 # ten\n\n  - name: B\n    value: '0755'\n  # three\n  # secret\n  - name: TOKEN\n    # from where\n    from: secret\n  - name: \"NO\"\n    value: ${X:-y}\n  # last\n",
      ),
    );
  });

  test("words are replaced, with quotes where another reader would take them for something else", () => {
    expect(
      fixed(
        spec(
          "supervision:\n  restart: Never # once\nlogging: {level: WARNING}\nupdate: {strategy: 'RollingUpdate'}\n",
        ),
      ),
    ).toBe(
      spec('supervision:\n  restart: "no" # once\nlogging: {level: warn}\nupdate: {strategy: rolling}\n'),
    );
  });

  test("security and network rules are written in our words", () => {
    expect(
      fixed(
        spec(
          'security:\n  # never\n  runAsNonRoot: true # yes\nnetwork:\n  egress:\n    # api\n    - to: [a.org, "b.org"] # both\n      ports: [443]\n  ingress:\n    - port: 7 # seven\n',
        ),
      ),
    ).toBe(
      spec(
        "security:\n  # never\n  # yes\n  runAsUser: 1000\nnetwork:\n  security:\n    # api\n    # both\n    allowExternalConnections: false\n    allowedHosts:\n      - a.org:443\n      - b.org:443\nports:\n  - container: 7 # seven\n",
      ),
    );
  });

  test("free choices of shape are left to the author", () => {
    const text = spec(
      "dependsOn: [redis]\nresources: {limits: {cpu: 0.50}}\nhealthCheck: {command: [CMD, ls]}\nargs: [8080]\n",
    );
    expect(fixText("agent.yaml", text)).toEqual({ text, diagnostics: [], changes: 0 });
  });

  test("profiles and each document of a file are rewritten too", () => {
    expect(
      fixed(
        "spec: {replicas: 1}\nprofiles:\n  prod:\n    # more\n    replicas: 3\n---\napiVersion: agent.as.code/v1 # old\n",
      ),
    ).toBe(
      "spec:\n  scaling:\n    replicas: 1\nprofiles:\n  prod:\n    scaling:\n      # more\n      replicas: 3\n---\napiVersion: agent.dev/v1 # old\n",
    );
  });

  test("each row of the table is written as its canonical form", () => {
    for (const one of SPELLINGS) {
      const result = fixText("agent.yaml", `${JSON.stringify(one.example)}\n`);
      expect([one.path, result.changes > 0]).toEqual([one.path, one.says !== ""]);
      expect([one.path, result.diagnostics]).toEqual([one.path, []]);
    }
  });
});

describe("what stays as it is", () => {
  test("a text that only its variables make readable", () => {
    const text = spec('ports:\n  - "8080:${PORT}"\nvolumes:\n  - "${DATA:-./d}:/data"\n');
    expect(fixText("agent.yaml", text)).toMatchObject({ text, changes: 0 });
    expect(left(text)).toEqual([]);
    expect(fixed(spec('ports: ["8080:${PORT}", "81"]\n'))).toBe(
      spec('ports:\n  - "8080:${PORT}"\n  - container: 81\n'),
    );
  });

  test("what stands behind an anchor or comes in by a merge", () => {
    const text = `x-env: &env {A: 1}\nx-ports: &ports ["80:80"]\nx-one: &one "81:81"\nx-m: &m {replicas: 2}\n${spec("<<: *m\nenvironment: *env\nports: *ports\n")}`;
    expect(fixText("agent.yaml", text)).toMatchObject({ text, changes: 0 });
    expect(left(text)).toHaveLength(3);
    expect(left(text).every((one) => one.startsWith("AAC1101"))).toBe(true);
    expect(fixed(`x-one: &one "81:81"\n${spec("ports: [*one, '82']\nhealthcheck: &h {path: /a}\n")}`)).toBe(
      `x-one: &one "81:81"\n${spec("ports:\n  - *one\n  - container: 82\nhealthCheck: &h {path: /a}\n")}`,
    );
  });

  test("what is left is told at its place in the text before, whatever its line ends", () => {
    const text = "\r\nspec:\r\n  replicas: 2\r\n  events: {at: 'https://u:pw@x.org'}\r\n";
    const result = fixText("agent.yaml", text);
    expect(result).toMatchObject({
      changes: 1,
      text: "spec:\n  scaling:\n    replicas: 2\n  events: {at: 'https://u:pw@x.org'}\n",
    });
    const at = result.diagnostics[0]?.at;
    expect(text.slice(at?.start, at?.end)).toBe("events");
  });

  test("two values for one thing, for nobody could tell which one holds", () => {
    const text = spec("replicas:   2\nscaling: {replicas: 3}\nhealthcheck: {path: /a}\n");
    expect(fixText("agent.yaml", text)).toMatchObject({ text, changes: 0 });
    expect(left(text)).toContainEqual(expect.stringContaining("AAC1103"));
  });

  test("a text where the canonical form has a map: it would be lost", () => {
    const text = spec("replicas: 2\nscaling: big\n");
    expect(fixText("agent.yaml", text)).toMatchObject({ text, changes: 0 });
  });

  test("a file that cannot be read", () => {
    const text = "spec: [\n";
    expect(fixText("agent.yaml", text)).toMatchObject({
      text,
      changes: 0,
      diagnostics: [{ code: "AAC1001" }],
    });
  });
});

describe("a block that nothing carries out", () => {
  test("moves under config with its comments", () => {
    expect(
      fixed(
        spec(
          "# nightly\nbackup: # dead\n  # when\n  every: day\n  keep: 1.10\nruntime: go\nconfig:\n  # mine\n  a: 1\n",
        ),
      ),
    ).toBe(
      spec(
        "runtime: go\nconfig:\n  # mine\n  a: 1\n  # nightly\n  backup: # dead\n    # when\n    every: day\n    keep: 1.10\n",
      ),
    );
    expect(fixed(spec("build: {optimization: true}\nconfig:\n"))).toBe(
      spec("build: {}\nconfig:\n  optimization: true\n"),
    );
  });

  test.each([
    ["a secret variable", "storage: {login: '${DB_PASSWORD}'}"],
    ["a variable under a secret key", "access: {api_key: '${X}'}"],
    ["a literal under a secret key", "access: {password: [hunter2]}"],
    ["a known key", "audit: {send: ghp_abcdefghijklmnopqrstuvwxyz0123456789}"],
    ["a password in a URL", "events: {at: 'https://u:pw@x.org'}"],
    ["a name that config has with another value", "cost: 1\nconfig: {cost: 2}"],
    ["a config that is no map", "cost: 1\nconfig: text"],
  ])("stays where it is with %s", (_, text) => {
    expect(fixText("agent.yaml", spec(`${text}\n`))).toMatchObject({ text: spec(`${text}\n`), changes: 0 });
    expect(left(spec(`${text}\n`))).toEqual([expect.stringContaining("AAC1102")]);
  });

  test("goes where config holds the same already", () => {
    expect(fixed(spec("# note\ncost: {a: 1}\nconfig: {cost: {a: 1}}\n"))).toBe(
      spec("# note\nconfig: {cost: {a: 1}}\n"),
    );
  });
});

/** Without dead blocks, which stand under config afterwards. */
function withoutConfig(root: Node): Node {
  const inner = find(root, "spec")?.value;
  if (inner?.is === "map")
    inner.entries.splice(0, inner.entries.length, ...inner.entries.filter((entry) => entry.key !== "config"));
  return root;
}

describe("files of the wild", () => {
  test.each(wild)("$name has no spelling left to fix, and means what it meant", ({ text }) => {
    if (parse("agent.yaml", text).diagnostics.length > 0) {
      expect(fixText("agent.yaml", text).text).toBe(text);
      return;
    }
    const after = fixed(text);
    const [before] = parse("agent.yaml", text).documents;
    const [now] = parse("agent.yaml", after).documents;
    if (before === undefined || now === undefined) throw new Error("no document");
    rewriteSpellings("agent.yaml", before.root);
    expect(rewriteSpellings("agent.yaml", now.root).filter((one) => one.fixable === true)).toEqual([]);
    expect(sameMeaning(withoutConfig(before.root), withoutConfig(now.root))).toBe(true);
  });
});
