import { demultiplexer } from "../logs/demultiplex.ts";
import { attempt, type Engine } from "../engine.ts";
import { byCodeUnit } from "../../../src/base/canonical.ts";
import type { Container } from "../live/look.ts";

/** What it printed last, without times; nothing where its log cannot be read. */
export async function lastLines(
  { docker }: Engine,
  { Id, Config }: Pick<Container, "Id" | "Config">,
  count: number,
): Promise<readonly string[]> {
  const answer = await attempt(() =>
    docker
      .getContainer(Id)
      .logs({ follow: false, stdout: true, stderr: true, timestamps: true, tail: count }),
  );
  if (!answer.ok) return [];
  const log = demultiplexer(Config.Tty);
  const printed = [...log.take(answer.value), ...log.end()];
  return printed
    .toSorted((a, b) => byCodeUnit(a.at, b.at))
    .map(({ text }) => text)
    .slice(-count);
}
