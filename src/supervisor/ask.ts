import type { Probe } from "../model/ir.ts";
import type { System } from "../model/system.ts";
import type { Outcome } from "./health.ts";

const HOST = "127.0.0.1";

/** Asks one check once. A redirect counts by its own status: it is an answer, and is not followed elsewhere. */
export async function ask(
  probe: Probe,
  cwd: string,
  environment: Readonly<Record<string, string>>,
  { net, processes, files, clock }: System,
): Promise<Outcome> {
  const timeoutMs = probe.timeout.ms;
  switch (probe.type) {
    case "http": {
      const began = clock.now();
      const got = await net.get({ host: HOST, port: probe.port, path: probe.path, timeoutMs });
      if (got.is === "failed") return failed(got.why);
      const text = `${got.status} in ${Math.round(clock.now() - began)} ms`;
      if (got.status < 200 || got.status >= 400) return failed(text);
      return leadsAway(got.location)
        ? failed(`${got.status}: a redirect to another host`)
        : { is: "passed", text };
    }
    case "tcp": {
      const opened = await net.connect(HOST, probe.port, timeoutMs);
      return opened.is === "open" ? { is: "passed", text: "it accepts connections" } : failed(opened.why);
    }
    case "file":
      return files.kind(probe.file.startsWith("/") ? probe.file : `${cwd}/${probe.file}`) === "absent"
        ? failed(`${probe.file} is not there`)
        : { is: "passed", text: `${probe.file} is there` };
    case "command": {
      const [program, ...args] = probe.command;
      if (program === undefined) return failed("it has no command");
      const command: [string, ...string[]] = program.includes("/")
        ? [program, ...args]
        : ["/usr/bin/env", program, ...args];
      const ran = await processes.run({ command, cwd, environment, timeoutMs });
      switch (ran.is) {
        case "ended":
          return ran.code === 0
            ? { is: "passed", text: "exit 0" }
            : failed(`exit ${ran.code}${lastLine(ran.output)}`);
        case "signalled":
          return failed(`ended by ${ran.signal}`);
        case "timed out":
          return failed(`no end within ${probe.timeout.text}`);
        case "stopped":
          return { is: "void" };
        case "not started":
          return failed(ran.why);
      }
    }
  }
}

const failed = (text: string): Outcome => ({ is: "failed", text });

function lastLine(output: string): string {
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  return line === "" ? "" : `: ${line.slice(0, 200)}`;
}

function leadsAway(location: string | undefined): boolean {
  const host = /^https?:\/\/([^/:?#]+)/i.exec(location ?? "")?.[1];
  return host !== undefined && !["127.0.0.1", "localhost", "[::1]"].includes(host);
}
