import { connect } from "../../src/control/client.ts";
import { err, ok, type Result } from "../../src/base/result.ts";
import { type Connection, socketPath } from "../../src/model/control.ts";
import { type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";
import { HOME } from "../../src/model/supervision.ts";
import type { System } from "../../src/model/system.ts";
import type { Place, Supervising, SupervisorStatus } from "../../src/model/target.ts";

const CONNECT_MS = 3000;
const START_MS = 15_000;

/**
 * Starts a dead daemon again, after 1, 2, 4 … 60 seconds, and does nothing else: it is so small that there is
 * nothing in it to die of. A daemon that ends in order ends it too, and so does one that has no home any more (2).
 */
const KEEPER = `trap '' HUP
pause=1
while :; do
  "$@" && exit 0
  [ $? -eq 2 ] && exit 0
  sleep $pause
  pause=$((pause * 2)); [ $pause -gt 60 ] && pause=60
done`;

/** The supervisor of a place, if one runs. */
export async function findDaemon(
  system: System,
  place: Place,
): Promise<Result<Connection | undefined, Diagnostic>> {
  const found = await connect(system.sockets, socketPath(place), system.host.version, CONNECT_MS);
  if (found.ok) return ok(found.value);
  if (found.error.is === "absent") return ok(undefined);
  return err(
    diagnostic(
      "AAC4007",
      undefined,
      `the supervisor of ${place.project} cannot be reached: ${found.error.why}`,
      {
        notes: [found.error.repair],
      },
    ),
  );
}

/** The supervisor of a place, started where none runs, or where the one that runs lost its home or is older. */
export async function ensureDaemon(system: System, place: Place): Promise<Result<Connection, Diagnostic>> {
  const found = await findDaemon(system, place);
  if (!found.ok) return found;
  const connection = found.value;
  if (connection !== undefined) {
    const home = system.files.stat(place.home)?.identity;
    const { hello } = connection;
    if (hello.home.identity === home && hello.version === system.host.version) return ok(connection);
    if (hello.home.identity === home && isNewer(hello.version, system.host.version)) {
      connection.close();
      return err(
        diagnostic(
          "AAC4007",
          undefined,
          `the supervisor of ${place.project} is aac ${hello.version}, and this is the older ${system.host.version}`,
          { notes: ["use the newer one; agents and their records are its own"] },
        ),
      );
    }
    // Its agents are left alone: the next one finds them.
    await connection.call("quit", null);
    await connection.closed;
  }
  return start(system, place);
}

async function start(system: System, place: Place): Promise<Result<Connection, Diagnostic>> {
  prepare(system, place);
  const log = `${HOME.daemon(place.home)}/daemon.log`;
  const started = system.processes.detach({
    command: [
      "/bin/sh",
      "-c",
      KEEPER,
      "aac-keeper",
      ...small(system.host.self),
      "daemon",
      "start",
      "--home",
      place.home,
    ],
    cwd: "/",
    environment: ownVariables(system.host.environment),
    stdout: log,
    stderr: log,
  });
  const failed = (why: string): Result<Connection, Diagnostic> =>
    err(
      diagnostic("AAC4007", undefined, `the supervisor could not be started: ${why}`, {
        notes: [...lastLines(system, log), `its log: ${log}`],
      }),
    );
  if (started.is === "not started") return failed(started.why);
  const deadline = system.clock.now() + START_MS;
  for (let pause = 5; system.clock.now() < deadline; pause = Math.min(50, pause * 2)) {
    const found = await connect(system.sockets, socketPath(place), system.host.version, CONNECT_MS);
    if (found.ok) return ok(found.value);
    if (found.error.is === "other protocol" || found.error.is === "refused") return failed(found.error.why);
    await new Promise<void>((resolve) => void system.clock.after(pause, resolve));
  }
  return failed(`it did not answer within ${START_MS / 1000} s`);
}

/** It is there for weeks and does little: what it holds matters more than how fast it takes out its rubbish. */
function small([node, ...rest]: readonly [string, ...string[]]): readonly string[] {
  return [node, "--max-semi-space-size=1", "--v8-pool-size=1", ...rest];
}

/** What a supervisor finds in its home: whose it is. */
function prepare({ files }: System, place: Place): void {
  const folder = HOME.daemon(place.home);
  files.makePrivateFolder(folder);
  files.makePrivateFolder(place.runtime);
  files.replace(`${folder}/place.json`, JSON.stringify(place), 0o600);
}

/** What a supervisor needs of the caller's variables: nothing secret, and nothing that an agent would inherit. */
function ownVariables(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const kept = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR", "AAC_TREE_KILL"];
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && (kept.includes(name) || name.startsWith("XDG_") || name.startsWith("LC_"))
        ? [[name, value]]
        : [],
    ),
  );
}

function lastLines(system: System, path: string): readonly string[] {
  const read = system.files.read(path, 1024 * 1024);
  if (read.is !== "read") return [];
  return new TextDecoder().decode(read.bytes).trimEnd().split("\n").slice(-5);
}

/** By the numbers of both versions. */
function isNewer(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => text.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < 3; i++) if ((a?.[i] ?? 0) !== (b?.[i] ?? 0)) return (a?.[i] ?? 0) > (b?.[i] ?? 0);
  return false;
}

/** The supervisor itself, for those who look after it. */
export function supervisingOf(system: System, place: Place): Supervising {
  const told = ({ hello }: Connection): SupervisorStatus => ({
    pid: hello.pid,
    version: hello.version,
    since: hello.since,
    log: `${HOME.daemon(place.home)}/daemon.log`,
  });
  return {
    async status() {
      const found = await findDaemon(system, place);
      if (!found.ok || found.value === undefined) return found.ok ? ok(undefined) : found;
      found.value.close();
      return ok(told(found.value));
    },
    async start() {
      system.files.makePrivateFolder(place.home);
      const found = await ensureDaemon(system, place);
      if (!found.ok) return found;
      found.value.close();
      return ok(told(found.value));
    },
    prepare: () => prepare(system, place),
    async stop() {
      const found = await findDaemon(system, place);
      if (!found.ok) return found;
      if (found.value === undefined) return ok(false);
      await found.value.call("quit", null);
      await found.value.closed;
      return ok(true);
    },
  };
}
