import { jsonLines } from "../../../src/base/json-lines.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { EventsRequest } from "../../../src/model/operates.ts";
import { growing, pause } from "../../../src/model/pause.ts";
import { stream } from "../container/request.ts";
import { attempt, type Engine } from "../engine.ts";
import { livesOf } from "../live/lives.ts";
import { isOurs } from "../labels.ts";
import { adoptedIn } from "../live/adopted.ts";
import { volumesOf } from "../live/look.ts";
import { LABEL } from "../names.ts";
import { faultOf } from "../verbs/fault.ts";
import { toldBy, together } from "./from-containers.ts";
import { type Happened, inTurn, type Said, saidIn } from "./happened.ts";

/** What happened to containers of the project: as far back as the engine and they themselves remember, and from then on. */
export async function eventsOf(engine: Engine, request: EventsRequest): Promise<Result<void, Diagnostic>> {
  const { agents, since, follow, signal } = request;
  const { clock } = engine.system;
  const from = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since);
  const tell = ({ event }: Happened): void => {
    const isMeant = agents.length === 0 || agents.includes(event.agent);
    if (isMeant && Date.parse(event.at) >= from) request.event(event);
  };
  const turn = inTurn();
  const past: Happened[] = [];
  let last: Said | undefined;
  let adopted: ReturnType<typeof adoptedIn> = new Map();
  let until = Date.parse(clock.wall()) / 1000;
  const read = await attempt(async () => {
    // First: what the engine tells after that has all of it, and nothing comes twice.
    const lives = await livesOf(engine);
    until = Date.parse(clock.wall()) / 1000;
    adopted = adoptedIn(await volumesOf(engine));
    for await (const said of saidOn(engine, adopted, { since: "1", until: until.toFixed(9), signal })) {
      last = said;
      const one = turn(said);
      if (one !== undefined) past.push(one);
    }
    return lives;
  });
  if (signal.aborted) return ok(undefined);
  if (!read.ok) return err(faultOf(engine, "its events cannot be read", read.error));
  const own = read.value.all.flatMap(({ container }) => toldBy(container));
  for (const one of together(past, own)) tell(one);
  if (!follow) return ok(undefined);
  // One that answered once is waited for when it goes away; what it remembers of meanwhile is told then.
  let failures = 0;
  while (!signal.aborted) {
    const begin = last === undefined ? until.toFixed(9) : secondsOf(last.nanos);
    const followed = await attempt(async () => {
      for await (const said of saidOn(engine, adopted, { since: begin, signal })) {
        failures = 0;
        if (last !== undefined && said.nanos <= last.nanos) continue;
        last = said;
        const one = turn(said);
        if (one !== undefined && !signal.aborted) tell(one);
      }
    });
    failures = followed.ok ? 1 : failures + 1;
    if (!signal.aborted) await pause(clock, growing(failures), signal);
  }
  return ok(undefined);
}

/** A number of nanoseconds is too long for a number of ours; the engine counts more exactly than that matters. */
const secondsOf = (nanos: number): string => (nanos / 1e9).toFixed(6);

async function* saidOn(
  { docker, place }: Engine,
  adopted: ReturnType<typeof adoptedIn>,
  { signal, ...times }: { readonly since: string; readonly until?: string; readonly signal: AbortSignal },
): AsyncGenerator<Said> {
  // What was adopted has none of our labels: then all is listened to, and most of it passed over.
  const label = [`${LABEL.project}=${place.project}`, `${LABEL.kind}=container`];
  const filters = { type: ["container"], ...(adopted.size === 0 ? { label } : {}) };
  const answer = await stream(docker, {
    method: "GET",
    path: "/events",
    query: { ...times, filters: JSON.stringify(filters) },
    signal,
  });
  const lines = jsonLines();
  for await (const chunk of answer)
    for (const told of lines(chunk)) {
      const said = saidIn(told);
      if (said === undefined) continue;
      const labels = adopted.get(said.container);
      if (labels !== undefined) yield { ...said, attributes: { ...said.attributes, ...labels } };
      else if (isOurs(said.attributes, place.project, "container")) yield said;
    }
}
