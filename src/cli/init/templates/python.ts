import type { PlannedFile, Starter } from "../shapes.ts";

const LOG = String.raw`LEVELS = {"trace": 0, "debug": 1, "info": 2, "warn": 3, "error": 4, "fatal": 5}
LOG_LEVEL = LEVELS.get(os.environ.get("LOG_LEVEL", "info"), 2)


def log(level, message, **fields):
    """One JSON line on standard output: aac logs shows it."""
    if LEVELS[level] >= LOG_LEVEL:
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        print(json.dumps({"time": now, "level": level, "message": message, **fields}), flush=True)
`;

const MODEL = String.raw`MODEL = {key: os.environ.get(f"AAC_MODEL_{key.upper()}", "none") for key in ("provider", "name")}


def answer(question):
    """Call your model here. Until then the answer says which model it would be."""
    return f"{MODEL['name']} of {MODEL['provider']} would answer: {question}"
`;

const SERVE = String.raw`    def reply(self, status, body=None):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def body(self):
        """The JSON of the request, or None if it is too long or no JSON object."""
        try:
            length = int(self.headers.get("Content-Length", "0"))
            value = json.loads(self.rfile.read(length)) if 0 < length <= MAX_BODY else None
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def log_message(self, format, *args):
        log("debug", format % args)


def main():
    port = int(os.environ.get("PORT", "8080"))
    server = ThreadingHTTPServer(("", port), Handler)

    def stop(_signal, _frame):
        # shutdown() waits for the loop that this very thread runs, so another one calls it.
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    log("info", "listening", port=port, model=MODEL["name"])
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    log("info", "stopped")


if __name__ == "__main__":
    main()
`;

const IMPORTS = String.raw`import json
import os
import signal
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
`;

const http = (name: string): readonly PlannedFile[] => [
  {
    path: "main.py",
    text: String.raw`"""${name}: answers POST /ask and GET /health, with nothing but the standard library."""

${IMPORTS}
MAX_BODY = 1024 * 1024
${LOG}

${MODEL}

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            self.reply(200, {"status": "ok", "agent": "${name}"})
        elif self.path == "/":
            self.reply(200, {"agent": "${name}", "model": MODEL, "ask": "POST /ask {\"question\": \"…\"}"})
        else:
            self.reply(404, {"error": "not found"})

    def do_POST(self):
        if self.path != "/ask":
            self.reply(404, {"error": "not found"})
            return
        body = self.body()
        question = body.get("question") if body else None
        if not isinstance(question, str):
            self.reply(400, {"error": "send {\"question\": \"…\"} as JSON"})
            return
        log("info", "asked", characters=len(question))
        self.reply(200, {"answer": answer(question), "model": MODEL})

${SERVE}`,
  },
];

const mcp = (name: string): readonly PlannedFile[] => [
  {
    path: "main.py",
    text: String.raw`"""${name}: an MCP server over HTTP at POST /mcp, with nothing but the standard library."""

${IMPORTS}from urllib.parse import urlsplit

MAX_BODY = 1024 * 1024
PROTOCOLS = ["2025-06-18", "2025-03-26"]
${LOG}

${MODEL}

TOOLS = [
    {
        "name": "ask",
        "description": "Asks the model of this agent a question.",
        "inputSchema": {"type": "object", "properties": {"question": {"type": "string"}}, "required": ["question"]},
    }
]


def failure(code, message):
    return {"error": {"code": code, "message": message}}


def call(method, params):
    """What one method answers: a result or an error."""
    if method == "initialize":
        wanted = params.get("protocolVersion")
        version = wanted if wanted in PROTOCOLS else PROTOCOLS[0]
        about = {"capabilities": {"tools": {}}, "serverInfo": {"name": "${name}", "version": "0.1.0"}}
        return {"result": {"protocolVersion": version, **about}}
    if method == "ping":
        return {"result": {}}
    if method == "tools/list":
        return {"result": {"tools": TOOLS}}
    if method == "tools/call":
        if params.get("name") != "ask":
            return failure(-32602, "unknown tool")
        arguments = params.get("arguments")
        question = arguments.get("question") if isinstance(arguments, dict) else None
        wrong = not isinstance(question, str)
        text = "question must be text" if wrong else answer(question)
        return {"result": {"content": [{"type": "text", "text": text}], "isError": wrong}}
    return failure(-32601, "method not found")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            self.reply(200, {"status": "ok", "agent": "${name}"})
        else:
            self.reply(405 if self.path == "/mcp" else 404, {"error": "POST /mcp, or GET /health"})

    def do_POST(self):
        if self.path != "/mcp":
            self.reply(404, {"error": "POST /mcp, or GET /health"})
            return
        # A page in somebody's browser must not reach this server through the visitor's machine.
        origin = self.headers.get("Origin")
        if origin and urlsplit(origin).hostname not in ("localhost", "127.0.0.1", "::1"):
            self.reply(403, {"error": "this origin may not call"})
            return
        body = self.body()
        if body is None:
            self.reply(400, {"jsonrpc": "2.0", "id": None, **failure(-32700, "no JSON object")})
            return
        if "id" not in body:
            self.reply(202)  # a notification wants no answer
            return
        method, params = body.get("method"), body.get("params")
        log("info", "called", method=method)
        answered = call(method, params if isinstance(params, dict) else {})
        self.reply(200, {"jsonrpc": "2.0", "id": body["id"], **answered})

${SERVE}`,
  },
];

const worker = (name: string): readonly PlannedFile[] => [
  {
    path: "main.py",
    text: String.raw`"""${name}: does one unit of work every WORK_INTERVAL seconds."""
import json
import os
import signal
import time
from datetime import datetime, timezone
from pathlib import Path

# The health check looks for this file: it is there while the last unit of work went well.
HEALTH_FILE = Path(os.environ.get("HEALTH_FILE", "/tmp/${name}.healthy"))
INTERVAL = float(os.environ.get("WORK_INTERVAL", "10"))
${LOG}

${MODEL}

running = True


def stop(_signal, _frame):
    global running
    running = False


def work(number):
    """Replace this with what the agent is for."""
    log("info", "worked", unit=number, answer=answer(f"unit {number}"))


def rest(seconds):
    # In short steps: a signal does not end a sleep.
    end = time.monotonic() + seconds
    while running and time.monotonic() < end:
        time.sleep(min(0.2, seconds))


def main():
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    HEALTH_FILE.unlink(missing_ok=True)
    log("info", "started", interval=INTERVAL, model=MODEL["name"])
    number = 0
    while running:
        number += 1
        try:
            work(number)
            HEALTH_FILE.touch()
        except Exception as error:
            HEALTH_FILE.unlink(missing_ok=True)
            log("error", "work failed", unit=number, error=str(error))
        rest(INTERVAL)
    HEALTH_FILE.unlink(missing_ok=True)
    log("info", "stopped")


if __name__ == "__main__":
    main()
`,
  },
];

export const python: Starter = { ignore: ["__pycache__/", ".venv/"], templates: { http, worker, mcp } };
