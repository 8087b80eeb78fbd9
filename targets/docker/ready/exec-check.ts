import { attempt, type Engine } from "../engine.ts";
import { all } from "../container/config-volume.ts";
import { demultiplexer } from "../logs/demultiplex.ts";
import type { Container } from "../live/look.ts";
import type { Answer } from "../verbs/status.ts";
import { request, stream } from "../container/request.ts";

const LIMIT = 64 * 1024;

/**
 * Asks the check of a container once, inside it, as the engine would. An engine asks for the first time after a whole
 * interval, and nobody wants to wait that long for an agent that is up in a second.
 */
export async function askInside(
  { docker }: Engine,
  container: Container,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const command = commandIn(container.Config.Healthcheck?.Test ?? []);
  if (command === undefined) return undefined;
  const answered = await attempt(async (): Promise<Answer> => {
    const exec = await docker
      .getContainer(container.Id)
      .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
    const path = `/exec/${exec.id}`;
    const output = await stream(docker, { method: "POST", path: `${path}/start`, body: BODY, signal });
    const text = lastLine(await all(output, LIMIT));
    const state = await request(docker, { method: "GET", path: `${path}/json` });
    const code = typeof state === "object" && state !== null && "ExitCode" in state ? state.ExitCode : 1;
    return { ok: code === 0, text: text === "" ? `exit ${String(code)}` : text };
  });
  return answered.ok ? answered.value : undefined;
}

const BODY = { Detach: false, Tty: false };

function commandIn([how, ...words]: readonly string[]): readonly string[] | undefined {
  if (words.length === 0) return undefined;
  if (how === "CMD") return words;
  return how === "CMD-SHELL" ? ["/bin/sh", "-c", words.join(" ")] : undefined;
}

function lastLine(output: Uint8Array): string {
  const log = demultiplexer(false);
  const printed = [...log.take(output), ...log.end()];
  return (printed.findLast(({ text }) => text.trim() !== "")?.text ?? "").trim().slice(0, 200);
}
