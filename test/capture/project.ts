/** What the pictures show: a desk of four agents, each with something to do. */

const AGENT = `const { createServer } = require("node:http");
const [name, work = "0", slow = "0"] = process.argv.slice(2);
const kept = [];
let ready = false;
setTimeout(() => { ready = true; console.log("ready to take questions"); }, Number(slow));
createServer((request, response) => {
  response.writeHead(ready ? 200 : 503).end(ready ? "well" : "warming up");
}).listen(Number(process.env.PORT), "127.0.0.1");
console.log(name + " starts with model " + (process.env.MODEL ?? "none"));
let n = 0;
setInterval(() => {
  const until = Date.now() + Number(work) * (0.6 + 0.8 * Math.abs(Math.sin(n / 4)));
  while (Date.now() < until);
  if (kept.length < 40) kept.push(Buffer.alloc(Number(work) * 40_000, 1));
  n++;
  if (n % 4 === 0) console.log("answered question " + n / 4 + " in " + (12 + (n * 7) % 30) + " ms");
  if (name === "chatbot" && n % 18 === 0) console.error("warning: the queue holds " + (n % 7) + " questions");
}, 250);
process.on("SIGTERM", () => process.exit(0));
`;

interface Agent {
  readonly name: string;
  readonly port: number;
  readonly args: string;
  readonly model?: string;
  readonly level?: string;
  readonly memory?: string;
  readonly replicas?: number;
  readonly needs?: string;
}

function file({
  name,
  port,
  args,
  model = "small-1",
  level = "INFO",
  memory = "128Mi",
  ...rest
}: Agent): string {
  return [
    "apiVersion: agent.dev/v1",
    "kind: Agent",
    "metadata:",
    `  name: ${name}`,
    "spec:",
    "  runtime: exec",
    `  command: [node, main.js, ${name}, ${args}]`,
    "  ports:",
    `    - {container: ${port}, host: ${port}}`,
    "  healthCheck: {path: /health, interval: 500ms, startPeriod: 30s}",
    "  environment:",
    `    - {name: MODEL, value: ${model}}`,
    `    - {name: LOG_LEVEL, value: ${level}}`,
    "  resources:",
    `    limits: {cpu: "1", memory: ${memory}}`,
    ...(rest.needs === undefined ? [] : [`  dependsOn: [${rest.needs}]`]),
    "",
  ].join("\n");
}

const agents = (of: readonly Agent[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    of.flatMap((one) => [
      [`agents/${one.name}/agent.yaml`, file(one)],
      [`agents/${one.name}/main.js`, AGENT],
    ]),
  );

const INDEXER: Agent = { name: "indexer", port: 18341, args: '"90"', memory: "512Mi" };
const RESEARCHER: Agent = { name: "researcher", port: 18342, args: '"30", "2500"', needs: "indexer" };
const CHATBOT: Agent = { name: "chatbot", port: 18343, args: '"12"', needs: "researcher" };

/** As it is applied first. */
export const BEFORE = { ".aac.yaml": "project: desk\n", ...agents([INDEXER, RESEARCHER, CHATBOT]) };

/** As somebody left it after a morning's work. */
export const AFTER = agents([
  { ...INDEXER, level: "DEBUG" },
  { ...RESEARCHER, model: "large-2", memory: "256Mi" },
  CHATBOT,
  { name: "summarizer", port: 18344, args: '"5", "4000"', needs: "researcher" },
]);
