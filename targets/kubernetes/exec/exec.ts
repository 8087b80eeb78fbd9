import type { Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { ExecRequest } from "../../../src/model/operates.ts";
import { runningReplica } from "../../../src/wanted/replicas.ts";
import { isGone, saidBy, textAt, unanswered } from "../answers.ts";
import { listBoth, type On } from "../live/lists.ts";
import { objectPath } from "../manifest/paths.ts";
import { podsOf } from "../verbs/pods.ts";
import { statusOf } from "../verbs/status.ts";
import { canEndInput, CHANNEL, END_OF_INPUT, endingIn, message, PROTOCOLS, sizeMessage } from "./channels.ts";
import { openWebSocket, type WebSocketLine } from "./websocket.ts";

const STOPPED = 130;
const KEEP_MS = 20_000;
/** A server takes no larger messages from everybody. */
const PIECE = 32 * 1024;

export async function execIn(on: On, request: ExecRequest): Promise<Result<number, Diagnostic>> {
  const { cluster, namespace, system } = on;
  const { input, terminal, signal } = request;
  const found = await replicaFor(on, request);
  if (!found.ok) return found;
  const query = new URLSearchParams([
    ...request.command.map((word): [string, string] => ["command", word]),
    ["container", found.value.container],
    ["stdin", String(input !== undefined)],
    ["stdout", "true"],
    // With a terminal both are one.
    ["stderr", String(terminal === undefined)],
    ["tty", String(terminal !== undefined)],
  ]);
  const path = `${objectPath(namespace, "Pod", found.value.pod)}/exec?${query.toString()}`;
  const opened = await openWebSocket({
    cluster,
    digests: system.digests,
    path,
    protocols: PROTOCOLS,
    signal,
  });
  if (signal.aborted) return ok(STOPPED);
  if (!opened.ok)
    return err(
      isGone(opened.error)
        ? diagnostic("AAC4008", undefined, `\`${request.agent}\` does not run any more`, {
            notes: [saidBy(opened.error)],
          })
        : unanswered(cluster.server, opened.error, `run commands in pods of ${namespace}`),
    );
  const line = opened.value;
  if (input !== undefined && terminal === undefined && !canEndInput(line.protocol)) {
    line.destroy();
    return err(
      diagnostic("AAC4014", undefined, "this cluster cannot be told where input ends", {
        notes: ["it is older than Kubernetes 1.30", "without -i, or with -it in a terminal, it works"],
      }),
    );
  }
  const status = await converse(on, line, request);
  if (signal.aborted) return ok(STOPPED);
  return ended(on, request, status);
}

async function replicaFor(
  on: On,
  request: ExecRequest,
): Promise<Result<{ readonly pod: string; readonly container: string }, Diagnostic>> {
  const lists = await listBoth(on);
  if (!lists.ok) return lists;
  const { agents } = statusOf({ ...lists.value, namespace: on.namespace, now: on.system.clock.wall() });
  const pods = new Map(podsOf(lists.value.pods).map((pod) => [pod.name, pod]));
  const chosen = runningReplica(
    request,
    agents.map(({ agent, replica, state, id }) => {
      const pod = id === undefined ? undefined : pods.get(id);
      const isUp = pod?.main.state.is === "running";
      return { agent, replica, state, isUp, pod: pod?.name ?? "", container: pod?.main.name ?? "" };
    }),
  );
  return chosen;
}

/** Until the cluster has nothing more to say; its last word comes back. */
async function converse(on: On, line: WebSocketLine, request: ExecRequest): Promise<Json | undefined> {
  const { input, terminal, output, signal } = request;
  const leave = (): void => line.destroy();
  signal.addEventListener("abort", leave);
  const unraw = input === undefined ? undefined : terminal?.raw();
  const tellSize = (): void => {
    if (terminal !== undefined) void line.send(sizeMessage(terminal.size()));
  };
  tellSize();
  const unsized = terminal?.resized(tellSize);
  const unkept = keepAlive(on, line);
  let status = "";
  try {
    if (input !== undefined) void feed(line, input);
    for await (const whole of line.messages) {
      const bytes = whole.subarray(1);
      if (whole[0] === CHANNEL.end) status += new TextDecoder().decode(bytes);
      else if (bytes.length === 0) continue;
      else if (whole[0] === CHANNEL.stdout) await output(bytes, "stdout");
      else if (whole[0] === CHANNEL.stderr) await output(bytes, "stderr");
    }
  } finally {
    signal.removeEventListener("abort", leave);
    unkept();
    unsized?.();
    unraw?.();
    line.destroy();
  }
  return parsed(status);
}

async function feed(line: WebSocketLine, input: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const bytes of input) {
      for (let at = 0; at < bytes.length; at += PIECE)
        if (!(await line.send(message(CHANNEL.stdin, bytes.subarray(at, at + PIECE))))) return;
    }
  } catch {
    // An input that breaks off has ended.
  }
  if (canEndInput(line.protocol)) void line.send(END_OF_INPUT);
}

function keepAlive({ system: { clock } }: On, line: WebSocketLine): () => void {
  let cancel = (): void => undefined;
  const wind = (): void => {
    cancel = clock.after(KEEP_MS, () => {
      line.ping();
      wind();
    });
  };
  wind();
  return () => cancel();
}

async function ended(
  { cluster }: On,
  { agent, output }: ExecRequest,
  status: Json | undefined,
): Promise<Result<number, Diagnostic>> {
  const say = (text: string): Promise<void> => output(new TextEncoder().encode(`${text}\n`), "stderr");
  if (status === undefined) {
    await say(`aac exec: the connection to ${agent} was cut, and nobody knows how the command ends`);
    return ok(1);
  }
  const ending = endingIn(status);
  if (ending === undefined)
    return err(
      diagnostic("AAC4014", undefined, `the cluster at ${cluster.server} cannot run it`, {
        notes: [textAt(status, "message") ?? "it does not say why"],
      }),
    );
  if (ending.why !== undefined) await say(`aac exec: ${ending.why}`);
  return ok(ending.code);
}

function parsed(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
