import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { until } from "../../helpers/until.ts";
import { badDay, type BadDay, walk } from "./bad-day.ts";

const SLOW = 120_000;
const TOKEN = 'Zq7/vX+"w\\k2 ~é&9rT=';
const FILED = "c0ffee-Kd83hf?Lq0/2nV";
const PASSWORD = "hunter2hunter2";
const DESK_URL = `https://desk:${PASSWORD}@example.test/inbox`;

/** Prints everything that it was given, in each way in which programs write things down. */
const LEAK = `const { TOKEN, FILED, DESK_URL } = process.env;
for (const value of [TOKEN, FILED, DESK_URL]) {
  console.log("plain " + value);
  console.log("base64 " + Buffer.from(value).toString("base64"));
  console.log("header " + Buffer.from("desk:" + value).toString("base64"));
  console.log("token " + Buffer.from(value).toString("base64url"));
  console.error("address https://example.test/?q=" + encodeURIComponent(value));
  console.error("form " + new URLSearchParams({ q: value }));
  console.error("json " + JSON.stringify({ value }));
  console.error("twice " + JSON.stringify(JSON.stringify({ value })));
}
console.log("another https://who:open-sesame@example.test/");
`;
const STAYS = `${LEAK}setInterval(() => undefined, 1000);\nprocess.on("SIGTERM", () => process.exit(0));\n`;
const DIES = `${LEAK}process.exit(7);\n`;

const agent = (
  name: string,
  code: string,
  more: readonly string[] = [],
): Readonly<Record<string, string>> => ({
  [`${name}/agent.yaml`]: [
    "apiVersion: agent.dev/v1",
    "kind: Agent",
    `metadata: {name: ${name}}`,
    "spec:",
    "  runtime: exec",
    "  command: [node, leak.js]",
    "  environment:",
    "    - {name: TOKEN, from: secret, optional: true}",
    "    - {name: DESK_URL, from: env, optional: true}",
    "  secrets:",
    "    - {name: FILED, secretName: vault, secretKey: filed, optional: true}",
    "  supervision: {stopGracePeriod: 2s}",
    ...more,
    "",
  ].join("\n"),
  [`${name}/leak.js`]: code,
});

const QUIET = agent("quiet", "setInterval(() => undefined, 1000);\n");

/** Every form of every value, computed here anew and not by the code that hides them. */
const FORMS = [TOKEN, FILED, PASSWORD].flatMap((value) => [
  value,
  Buffer.from(value).toString("base64").replace(/=+$/, ""),
  Buffer.from(value).toString("base64url"),
  encodeURIComponent(value),
  new URLSearchParams({ q: value }).toString().slice(2),
  JSON.stringify(value).slice(1, -1),
]);

function clean(text: string): void {
  for (const form of [...FORMS, "open-sesame"]) expect(text).not.toContain(form);
}

const environment = { TOKEN, DESK_URL };

/** A secret in a file of the project. */
function hide(day: BadDay): void {
  day.write(".aac/secrets/vault/filed", `${FILED}\n`);
  chmodSync(day.path(".aac/secrets/vault/filed"), 0o600);
}

async function told(day: BadDay, args: string): Promise<string> {
  const { out, err } = await day.aac(args, { environment });
  return out + err;
}

describe("an agent that prints what it was given in confidence", () => {
  test("no command shows it: not apply, logs, status, inspect and plan", { timeout: SLOW }, () =>
    badDay("hostile-leak", agent("parrot", STAYS), async (day) => {
      hide(day);
      clean(await told(day, "plan"));
      clean(await told(day, "apply --yes"));
      // The shell of whoever looks later does not have to have the secrets.
      await until("it has printed all", async () => (await day.aac("logs parrot")).out.includes("another"));
      for (const args of ["logs parrot", "logs parrot -o jsonl", "logs parrot --tail all --timestamps"]) {
        const { out, err } = await day.aac(args);
        expect(out.match(/\(secret\)/g)?.length).toBeGreaterThan(20);
        clean(out + err);
      }
      for (const args of [
        "status",
        "status -o wide",
        "status -o json",
        "inspect parrot",
        "plan",
        "plan -o json",
        "plan -o markdown",
        "destroy --yes",
      ])
        clean(await told(day, args));
    }),
  );

  test("a start that fails tells its last lines without it, and so does the journal", { timeout: SLOW }, () =>
    badDay(
      "hostile-dies",
      agent("parrot", DIES, ['  healthCheck: {command: ["false"], interval: 1s, startPeriod: 30s}']),
      async (day) => {
        hide(day);
        for (const form of ["", " -o json", " -o jsonl", " -o markdown"]) {
          const text = await told(day, `apply --yes${form}`);
          expect(text).toContain("(secret)");
          clean(text);
          await told(day, "destroy --yes");
        }
        clean(readFileSync(join(day.home, "journal.jsonl"), "utf8"));
      },
    ),
  );
});

const LITERAL = "sk-proj-4f9aKd83hfLq02nVxT7m";
const literalFile = `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: quiet}
spec:
  command: [sleep, "60"]
  environment:
    - {name: API_KEY, value: ${LITERAL}}
`;

describe("what is kept", () => {
  test(
    "state, journal and a saved plan hold references and keyed digests, never a value",
    { timeout: SLOW },
    () =>
      badDay("hostile-kept", QUIET, async (day) => {
        hide(day);
        await told(day, "apply --yes");
        writeFileSync(join(day.folder, "quiet/new"), "code");
        await told(day, "plan --out agents.plan --replace quiet");
        const files = [...walk(join(day.root, "state")), ...walk(join(day.root, "run"))].filter(
          ({ kind }) => kind === "file",
        );
        expect(files.length).toBeGreaterThan(8);
        for (const { path } of files) clean(readFileSync(path, "latin1"));
        clean(day.read("agents.plan"));
        const digest = /"TOKEN": ?"([0-9a-f]{6}:[0-9a-f]{32})"/.exec(day.read("agents.plan"))?.[1];
        expect(digest).toBeDefined();
      }),
  );

  test(
    "a changed secret is shown as changed, without its values, and asks for a new start",
    { timeout: SLOW },
    () =>
      badDay("hostile-rotate", QUIET, async (day) => {
        hide(day);
        expect((await day.aac("apply --yes", { environment })).code).toBe(0);
        expect((await day.aac("plan --expect-no-changes", { environment })).code).toBe(0);
        const other = { ...environment, TOKEN: "another-Token-123" };
        const { out, code } = await day.aac("plan --detailed-exitcode", { environment: other });
        expect(code).toBe(2);
        expect(out).toMatch(/TOKEN.*\(sensitive\).*changed|TOKEN.*secret.*changed|secret.*TOKEN/);
        expect(out).not.toContain("another-Token-123");
        clean(out);
      }),
  );

  test("a secret written into the file is refused before anything starts", { timeout: SLOW }, () =>
    badDay("hostile-literal", QUIET, async (day) => {
      day.write("quiet/agent.yaml", literalFile);
      expect(await day.says("apply --yes", 2, "AAC2201")).not.toContain(LITERAL);
      expect(day.processes()).toEqual([]);
      expect(existsSync(day.home)).toBe(false);
    }),
  );
});

describe("what an agent prints to play with the terminal", () => {
  const EVIL = String.raw`const bad = "\x1b[2J\x1b]52;c;ZXZpbA==\x07\x1b]0;owned\x07\x1bP1$tx\x1b\\\x9b31m\x1b]8;;http://evil.test\x07a\b\rb\u202egnp\u200b";
console.log("said " + bad); console.error("cried " + bad);
`;
  const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e\u200b]/;
  test(
    "is shown as visible escapes in logs, failure lines, answers of checks and status",
    { timeout: SLOW },
    () =>
      badDay(
        "hostile-terminal",
        {
          "evil/agent.yaml": [
            "apiVersion: agent.dev/v1",
            "kind: Agent",
            "metadata: {name: evil}",
            "spec:",
            "  runtime: exec",
            "  command: [node, evil.js]",
            "  healthCheck: {command: [node, check.js], interval: 300ms, timeout: 5s, retries: 1, startPeriod: 0s}",
            "  lifecycle: {onStart: {command: [node, check.js], timeout: 5s}}",
            "  supervision: {stopGracePeriod: 1s, maxRestarts: 0}",
            "",
          ].join("\n"),
          "evil/evil.js": `${EVIL}setTimeout(() => process.exit(3), 1500);\n`,
          "evil/check.js": `${EVIL}process.exit(1);\n`,
        },
        async (day) => {
          const applied = await day.aac("apply --yes --timeout 10s --no-rollback");
          expect(applied.code).toBe(7);
          const all = [applied];
          for (const args of [
            "logs evil",
            "logs evil -o jsonl",
            "status -a",
            "status -a -o json",
            "inspect evil",
          ])
            all.push(await day.aac(args));
          for (const { out, err } of all) expect(out + err).not.toMatch(controls);
          expect(applied.out).toContain(String.raw`\x1b[2J`);
          expect(all[1]?.out).toContain(String.raw`said \x1b[2J\x1b]52;c;ZXZpbA==\x07`);
        },
      ),
  );
});
