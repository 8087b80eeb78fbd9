import type { PlannedFile, Starter } from "../shapes.ts";

const LOG = String.raw`const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"];
const LOG_LEVEL = LEVELS.includes(process.env.LOG_LEVEL) ? process.env.LOG_LEVEL : "info";

/** One JSON line on standard output: aac logs shows it. */
function log(level, message, fields = {}) {
  if (LEVELS.indexOf(level) < LEVELS.indexOf(LOG_LEVEL)) return;
  process.stdout.write(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }) + "\n");
}
`;

const MODEL = String.raw`const MODEL = {
  provider: process.env.AAC_MODEL_PROVIDER ?? "none",
  name: process.env.AAC_MODEL_NAME ?? "none",
};

/** Call your model here. Until then the answer says which model it would be. */
async function answer(question) {
  return MODEL.name + " of " + MODEL.provider + " would answer: " + question;
}
`;

const SERVE = String.raw`function reply(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** The JSON of the request, or undefined if it is too long or no JSON object. */
async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  try {
    const value = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    log("error", "request failed", { error: String(error) });
    if (response.headersSent) response.destroy();
    else reply(response, 500, { error: "internal error" });
  });
});

function stop() {
  server.close(() => log("info", "stopped"));
  server.closeIdleConnections();
  // What is still being answered gets half a second more.
  setTimeout(() => server.closeAllConnections(), 500).unref();
}

process.once("SIGTERM", stop);
process.once("SIGINT", stop);
const port = Number(process.env.PORT ?? 8080);
server.listen(port, () => log("info", "listening", { port, model: MODEL.name }));
`;

const manifest = (name: string): PlannedFile => ({
  path: "package.json",
  text: `${JSON.stringify(
    {
      name,
      version: "0.1.0",
      private: true,
      type: "module",
      main: "index.js",
      scripts: { start: "node index.js" },
    },
    undefined,
    2,
  )}\n`,
});

const http = (name: string): readonly PlannedFile[] => [
  manifest(name),
  {
    path: "index.js",
    text: String.raw`// ${name}: answers POST /ask and GET /health, with nothing but Node itself.
import { createServer } from "node:http";

const MAX_BODY = 1024 * 1024;
${LOG}
${MODEL}
async function handle(request, response) {
  const { pathname } = new URL(request.url ?? "/", "http://agent");
  const route = request.method + " " + pathname;
  if (route === "GET /health") return reply(response, 200, { status: "ok", agent: "${name}" });
  if (route === "GET /") {
    return reply(response, 200, { agent: "${name}", model: MODEL, ask: 'POST /ask {"question": "…"}' });
  }
  if (route !== "POST /ask") return reply(response, 404, { error: "not found" });
  const question = (await read(request))?.question;
  if (typeof question !== "string") {
    return reply(response, 400, { error: 'send {"question": "…"} as JSON' });
  }
  log("info", "asked", { characters: question.length });
  return reply(response, 200, { answer: await answer(question), model: MODEL });
}

${SERVE}`,
  },
];

const mcp = (name: string): readonly PlannedFile[] => [
  manifest(name),
  {
    path: "index.js",
    text: String.raw`// ${name}: an MCP server over HTTP at POST /mcp, with nothing but Node itself.
import { createServer } from "node:http";

const MAX_BODY = 1024 * 1024;
const PROTOCOLS = ["2025-06-18", "2025-03-26"];
${LOG}
${MODEL}
const TOOLS = [
  {
    name: "ask",
    description: "Asks the model of this agent a question.",
    inputSchema: { type: "object", properties: { question: { type: "string" } }, required: ["question"] },
  },
];

/** What one method answers: { result } or { error }. */
async function call(method, params) {
  switch (method) {
    case "initialize": {
      const wanted = params.protocolVersion;
      return {
        result: {
          protocolVersion: PROTOCOLS.includes(wanted) ? wanted : PROTOCOLS[0],
          capabilities: { tools: {} },
          serverInfo: { name: "${name}", version: "0.1.0" },
        },
      };
    }
    case "ping":
      return { result: {} };
    case "tools/list":
      return { result: { tools: TOOLS } };
    case "tools/call": {
      if (params.name !== "ask") return { error: { code: -32602, message: "unknown tool" } };
      const question = params.arguments?.question;
      const isError = typeof question !== "string";
      const text = isError ? "question must be text" : await answer(question);
      return { result: { content: [{ type: "text", text }], isError } };
    }
    default:
      return { error: { code: -32601, message: "method not found" } };
  }
}

/** A page in somebody's browser must not reach this server through the visitor's machine. */
function foreign(origin) {
  if (origin === undefined) return false;
  const host = URL.canParse(origin) ? new URL(origin).hostname : "";
  return !["localhost", "127.0.0.1", "[::1]"].includes(host);
}

async function handle(request, response) {
  const { pathname } = new URL(request.url ?? "/", "http://agent");
  if (request.method === "GET" && pathname === "/health") {
    return reply(response, 200, { status: "ok", agent: "${name}" });
  }
  if (pathname !== "/mcp") return reply(response, 404, { error: "POST /mcp, or GET /health" });
  if (request.method !== "POST") return reply(response, 405, { error: "POST /mcp" });
  if (foreign(request.headers.origin)) return reply(response, 403, { error: "this origin may not call" });
  const body = await read(request);
  if (body === undefined) {
    const error = { code: -32700, message: "no JSON object" };
    return reply(response, 400, { jsonrpc: "2.0", id: null, error });
  }
  if (body.id === undefined) return reply(response, 202); // a notification wants no answer
  log("info", "called", { method: String(body.method) });
  return reply(response, 200, { jsonrpc: "2.0", id: body.id, ...(await call(body.method, body.params ?? {})) });
}

${SERVE}`,
  },
];

const worker = (name: string): readonly PlannedFile[] => [
  manifest(name),
  {
    path: "index.js",
    text: String.raw`// ${name}: does one unit of work every WORK_INTERVAL seconds.
import { rmSync, writeFileSync } from "node:fs";
import { setTimeout as rest } from "node:timers/promises";

// The health check looks for this file: it is there while the last unit of work went well.
const HEALTH_FILE = process.env.HEALTH_FILE ?? "/tmp/${name}.healthy";
const INTERVAL = Number(process.env.WORK_INTERVAL ?? 10);
${LOG}
${MODEL}
/** Replace this with what the agent is for. */
async function work(number) {
  log("info", "worked", { unit: number, answer: await answer("unit " + number) });
}

const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());
process.once("SIGINT", () => stopping.abort());

rmSync(HEALTH_FILE, { force: true });
log("info", "started", { interval: INTERVAL, model: MODEL.name });
for (let number = 1; !stopping.signal.aborted; number++) {
  try {
    await work(number);
    writeFileSync(HEALTH_FILE, "");
  } catch (error) {
    rmSync(HEALTH_FILE, { force: true });
    log("error", "work failed", { unit: number, error: String(error) });
  }
  // The signal ends the rest at once, which is no failure.
  await rest(INTERVAL * 1000, undefined, { signal: stopping.signal }).catch(() => undefined);
}
rmSync(HEALTH_FILE, { force: true });
log("info", "stopped");
`,
  },
];

export const nodejs: Starter = { ignore: ["node_modules/"], templates: { http, worker, mcp } };
