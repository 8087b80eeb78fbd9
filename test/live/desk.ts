/**
 * An agent for tests: it answers over HTTP, does what it is told there, and writes down what it lived through.
 * `/health` is well unless the file `ill` is beside it; `/ready` needs the file `ready`.
 */
export const DESK = `const { createServer } = require("node:http");
const { appendFileSync, existsSync } = require("node:fs");
const seen = {};
createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://desk");
  seen[pathname] = (seen[pathname] ?? 0) + 1;
  const answer = (status, value) => response.writeHead(status).end(JSON.stringify(value));
  if (pathname === "/health") return answer(existsSync("ill") ? 503 : 200, "health");
  if (pathname === "/ready") return answer(existsSync("ready") ? 200 : 503, "ready");
  if (pathname === "/seen") return answer(200, seen);
  if (pathname === "/say") { console.log(searchParams.get("text")); return answer(200, "said"); }
  if (pathname === "/cry") { console.error(searchParams.get("text")); return answer(200, "cried"); }
  if (pathname === "/exit") { answer(200, "bye"); process.exit(Number(searchParams.get("code"))); }
  answer(404, "nothing here");
}).listen(Number(process.env.PORT), "127.0.0.1", () => {
  appendFileSync("started.log", process.hrtime.bigint() + "\\n");
  console.log("open");
});
process.on("SIGTERM", () => process.exit(0));
`;

export interface DeskOptions {
  readonly args?: readonly string[];
  /** Of the check; `none` leaves it out. */
  readonly path?: string;
  /** Lines of YAML below `spec`. */
  readonly more?: readonly string[];
}

/** The file of such an agent, with short times everywhere. */
export function desk(name: string, port: number, options: DeskOptions = {}): string {
  const { args = [], path = "/health", more = [] } = options;
  return [
    "apiVersion: agent.dev/v1",
    "kind: Agent",
    `metadata: {name: ${name}}`,
    "spec:",
    "  runtime: exec",
    `  command: [node, desk.js${args.map((one) => `, ${one}`).join("")}]`,
    "  ports:",
    `    - {container: ${port}, host: ${port}}`,
    ...(path === "none"
      ? []
      : [
          `  healthCheck: {path: ${path}, port: ${port}, interval: 200ms, timeout: 2s, retries: 3, startPeriod: 20s}`,
        ]),
    ...more.map((line) => `  ${line}`),
    "",
  ].join("\n");
}

/** A folder with one such agent. */
export function deskIn(folder: string, text: string): Readonly<Record<string, string>> {
  const below = folder === "." ? "" : `${folder}/`;
  return { [`${below}agent.yaml`]: text, [`${below}desk.js`]: DESK };
}

/** Asks the agent; undefined where it does not answer. */
export async function ask(port: number, path: string): Promise<string | undefined> {
  try {
    return await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  } catch {
    return undefined;
  }
}

/** How often a path of the agent was asked for. */
export async function asked(port: number, path: string): Promise<number> {
  const seen: unknown = JSON.parse((await ask(port, "/seen")) ?? "{}");
  const found = typeof seen === "object" && seen !== null ? new Map(Object.entries(seen)).get(path) : 0;
  return Number(found ?? 0);
}
