import { looksSecret } from "../../base/secret-words.ts";
import type { Variable } from "./shapes.ts";

/** Where something was found, for people. */
export interface Found<T> {
  readonly value: T;
  readonly where: string;
}

type Sources = readonly (readonly [path: string, text: string])[];

const VARIABLES: readonly RegExp[] = [
  /\benviron(?:\.get|\.setdefault)?[[(]\s{0,8}["']([A-Za-z_]\w{0,99})["']/g,
  /\b[gG]etenv\(\s{0,8}["']([A-Za-z_]\w{0,99})["']/g,
  /\bLookupEnv\(\s{0,8}"([A-Za-z_]\w{0,99})"/g,
  /\bgetenv\(\)\.(?:get|getOrDefault)\(\s{0,8}"([A-Za-z_]\w{0,99})"/g,
  /\bprocess\.env\??\.([A-Za-z_]\w{0,99})/g,
  /\bprocess\.env(?:\?\.)?\[\s{0,8}["']([A-Za-z_]\w{0,99})["']/g,
  /\benv::var(?:_os)?\(\s{0,8}"([A-Za-z_]\w{0,99})"/g,
];

/** `const { HOST, API_KEY: key = "" } = process.env`; no inner braces, which keeps it linear. */
const DESTRUCTURED = /\{([^{}]{1,500})\}\s{0,8}=\s{0,8}process\.env\b/g;

/** What every program gets anyway, or gets from another line of the agent's file. */
const GIVEN =
  /^(?:PORT|PORT_\w+|HOME|PATH|USER|PWD|SHELL|TERM|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|HOSTNAME|NODE_ENV|PYTHON\w+|LOG_LEVEL|AAC_\w+|OTEL_\w+)$/;
const MODEL_GIVEN = /^(?:MODEL_PROVIDER|MODEL_NAME|MODEL_BASE_URL)$/;

export function variablesIn(sources: Sources, hasModel: boolean): readonly Variable[] {
  const names = new Set<string>();
  for (const [, text] of sources) {
    for (const pattern of VARIABLES) for (const match of text.matchAll(pattern)) names.add(match[1] ?? "");
    for (const match of text.matchAll(DESTRUCTURED)) {
      for (const part of (match[1] ?? "").split(","))
        names.add(/^\s*([A-Za-z_]\w{0,99})/.exec(part)?.[1] ?? "");
    }
  }
  return [...names]
    .filter((name) => name !== "" && !GIVEN.test(name) && !(hasModel && MODEL_GIVEN.test(name)))
    .sort()
    .map((name) => ({ is: looksSecret(name) ? "secret" : "env", name }));
}

/** The surest first: a default of PORT, then an address that is listened on, then what only looks like it. */
const PORTS: readonly RegExp[] = [
  /["']PORT["'],\s{0,8}["']?:?(\d{2,5})\b/g,
  /\.PORT\)?\s{0,8}(?:\|\||\?\?|,)\s{0,8}["']?(\d{2,5})\b/g,
  /\{[^{}]{0,200}\bPORT\s{0,4}=\s{0,4}["']?(\d{2,5})\b[^{}]{0,200}\}\s{0,8}=\s{0,8}process\.env\b/g,
  // `env::var("PORT")…unwrap_or("8080")`, `if port == "" { port = "8080" }`: the next number of four digits.
  /["']PORT["'][)\]][^;]{0,160}?["'|(: ](\d{4,5})\b/g,
  /\.run(?:_app)?\([^()]{0,200}?\bport\s{0,4}=\s{0,4}(\d{2,5})\b/g,
  /--port["']?[ =,]{1,4}["']?(\d{2,5})\b/g,
  /\.listen\(\s{0,8}(?:\{\s{0,8}port:\s{0,4})?(\d{2,5})\b/g,
  /\bListenAndServe(?:TLS)?\(\s{0,8}"[^":\n]{0,40}:(\d{2,5})"/g,
  /\bAddr:\s{0,8}"[^":\n]{0,40}:(\d{2,5})"/g,
  /\.(?:Run|Start|Listen)\(\s{0,8}"[^":\n]{0,40}:(\d{2,5})"/g,
  /"(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::1?\]):(\d{2,5})"/g,
  /\[\d{1,3}, ?\d{1,3}, ?\d{1,3}, ?\d{1,3}\], ?(\d{2,5})\)/g,
  /\b(?:InetSocketAddress|ServerSocket)\((?:"[^"\n]{0,60}", ?)?(\d{2,5})\)/g,
  /\bserver\.port\s{0,4}[=:]\s{0,4}(?:\$\{PORT:)?(\d{2,5})\b/g,
  /\b(?:HTTP|TCP)Server\(\s{0,8}\(\s{0,8}["'][^"'\n]{0,60}["'],\s{0,8}(\d{2,5})\)/g,
  // At the start of a line or after a keyword only: `port=5432,` in a call is somebody else's port.
  /^(?:[ \t]{0,12}(?:(?:export|const|let|var|static|final|private|public|int) ){1,5})?(?:DEFAULT_|SERVER_|HTTP_)?(?:PORT|[pP]ort)(?:: ?\w{1,10})? ?= ?["']?:?(\d{2,5})\b/gm,
  /\bport := ":?(\d{2,5})"/g,
  /^EXPOSE[ \t]{1,8}(\d{2,5})\b/gim,
];

/** What a framework takes where nothing is said. */
const USUAL: readonly (readonly [pattern: RegExp, port: number, framework: string])[] = [
  [/\bFastAPI\(|\bStarlette\(|\buvicorn\b/, 8000, "uvicorn"],
  [/\bFlask\(/, 5000, "Flask"],
  [/\bSpringApplication\b/, 8080, "Spring Boot"],
  [/\bgin\.Default\(\)/, 8080, "gin"],
];

export function portIn(sources: Sources): Found<number> | undefined {
  for (const pattern of PORTS) {
    for (const [path, text] of sources) {
      for (const match of text.matchAll(pattern)) {
        const value = Number(match[1]);
        if (value >= 1 && value <= 65535) return { value, where: place(path, text, match.index) };
      }
    }
  }
  for (const [pattern, value, framework] of USUAL) {
    if (sources.some(([, text]) => pattern.test(text)))
      return { value, where: `the usual one of ${framework}` };
  }
  return undefined;
}

/** A route is a literal of its own, perhaps with its method: `"/health"`, `"GET /health"`. */
const ROUTE = /["'`](?:GET )?(\/(?:api\/)?(?:healthz?|livez|readyz?|ready))\/?["'`]/g;
const LIKED = [
  "/health",
  "/healthz",
  "/api/health",
  "/api/healthz",
  "/livez",
  "/ready",
  "/readyz",
  "/api/ready",
];

export function healthPathIn(sources: Sources): Found<string> | undefined {
  const found = new Map<string, string>();
  for (const [path, text] of sources) {
    for (const match of text.matchAll(ROUTE)) {
      const route = match[1] ?? "";
      if (!found.has(route)) found.set(route, place(path, text, match.index));
    }
  }
  for (const value of [...LIKED, ...found.keys()]) {
    const where = found.get(value);
    if (where !== undefined) return { value, where };
  }
  return undefined;
}

function place(path: string, text: string, offset: number): string {
  return `${path} line ${text.slice(0, offset).split("\n").length}`;
}
