import { ok, type Result } from "../../base/result.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { pause } from "../../model/pause.ts";
import type { RevisionHead } from "../../model/revision.ts";
import { HOME } from "../../model/supervision.ts";
import type { System } from "../../model/system.ts";
import { eventsPath, type Noted, readEvents } from "../../state/events.ts";
import { fileRevisions } from "../../state/revisions.ts";
import type { Opened } from "../project/place-only.ts";
import { tailOf } from "./file-tail.ts";
import { appliesIn, eventsOf, inOrder, isAsked } from "./merge.ts";
import { beginWindow } from "./window.ts";

export interface Asked {
  readonly agents: readonly string[];
  /** UTC, ISO 8601. */
  readonly since: string | undefined;
  readonly signal: AbortSignal;
}

export interface Told {
  /** Oldest first. */
  readonly events: readonly Noted[];
  /** Applies as they were written down, from whichever machine. */
  readonly heads: readonly RevisionHead[];
  /** One line each: what could not be read. */
  readonly notes: readonly string[];
  /** The platform did not answer: there may have been more. */
  readonly fault?: Diagnostic;
}

const EACH_MS = 250;
/** Others write down an apply when it begins and when it ends: nobody waits for that to the second. */
const REVISIONS_EACH_MS = 5000;

/** What aac did here, and what the supervisor did: two files, so that neither has to wait for the other. */
const filesOf = (home: string): readonly string[] => [eventsPath(home), eventsPath(HOME.daemon(home))];

/** Everything that is known up to now, from wherever it is known. */
export async function gather(system: System, opened: Opened, asked: Asked): Promise<Told> {
  const { session, place } = opened;
  const isMeant = isAsked(asked.agents, asked.since);
  const read = filesOf(place.home).map((path) => ({ path, ...readEvents(system.files, path) }));
  const noted = read.flatMap(({ events }) => events);
  const store = session.revisions ?? fileRevisions(system, place.home);
  const heads = await store.heads();
  const platform: Noted[] = [];
  const told = await listen(opened, asked, false, (event) => platform.push(event));
  const past = heads.ok ? eventsOf(heads.value, appliesIn(noted)) : [];
  return {
    events: inOrder([...noted, ...past, ...platform].filter(isMeant)),
    heads: heads.ok ? heads.value : [],
    notes: [
      ...read.flatMap(({ path, damaged, why }) => [
        ...(why === undefined ? [] : [`${path} is not read: ${why}`]),
        ...(damaged > 0 ? [`${damaged} damaged lines of ${path} are passed over`] : []),
      ]),
      ...(heads.ok ? [] : [`revisions are not read: ${heads.error.message}`]),
    ],
    ...(told.ok ? {} : { fault: told.error }),
  };
}

/** From here on, until it is told to stop: in order, as far as they come within a second of each other. */
export async function follow(
  system: System,
  opened: Opened,
  asked: Asked,
  already: Told,
  tell: (event: Noted) => void,
): Promise<Result<void, Diagnostic>> {
  const { clock } = system;
  const { session, place } = opened;
  // What happened while it was gathered comes once more, and is known by then.
  const since = already.events.at(-1)?.at ?? clock.wall();
  const isMeant = isAsked(asked.agents, asked.since);
  const window = beginWindow(already.events);
  const add = (event: Noted): void => {
    if (isMeant(event)) window.add(event, clock.now());
  };
  const tails = filesOf(place.home).map((path) => tailOf(system.files, path));
  const known = new Set(appliesIn(already.events));
  const others = othersOf(opened, known, already.heads);
  const ended = new AbortController();
  const listening = listen(opened, { ...asked, since }, true, add).then((done) => {
    // The platform's own may end by itself, such as where there is none: files go on.
    if (!done.ok) ended.abort();
    return done;
  });
  let look = clock.now() + REVISIONS_EACH_MS;
  while (!asked.signal.aborted && !ended.signal.aborted) {
    for (const event of tails.flatMap((more) => more())) {
      if (event.apply !== undefined) known.add(event.apply);
      add(event);
    }
    if (clock.now() >= look) {
      look = clock.now() + REVISIONS_EACH_MS;
      for (const event of await others()) add(event);
    }
    for (const event of window.due(clock.now())) tell(event);
    await pause(clock, EACH_MS, asked.signal, ended.signal);
  }
  for (const event of window.rest()) tell(event);
  return session.operates.events === undefined ? ok(undefined) : listening;
}

/** Applies from other machines, where these are written down for all to see. */
function othersOf(
  { session: { revisions } }: Opened,
  known: ReadonlySet<string>,
  told: readonly RevisionHead[],
): () => Promise<readonly Noted[]> {
  const stateOf = ({ apply, outcome }: RevisionHead): string => `${apply} ${outcome}`;
  const done = new Set(told.map(stateOf));
  let before = new Set<string>();
  return async () => {
    const heads = await revisions?.heads();
    if (heads?.ok !== true) return [];
    const fresh = heads.value.filter((one) => !done.has(stateOf(one)));
    // One of this machine stands in its notes by the second look.
    const seen = fresh.filter((one) => before.has(stateOf(one)));
    for (const one of seen) done.add(stateOf(one));
    before = new Set(fresh.map(stateOf));
    return eventsOf(seen, known);
  };
}

async function listen(
  { session: { operates } }: Opened,
  { agents, since, signal }: Asked,
  follows: boolean,
  event: (event: Noted) => void,
): Promise<Result<void, Diagnostic>> {
  if (operates.events === undefined) return ok(undefined);
  return operates.events({
    agents,
    ...(since === undefined ? {} : { since }),
    follow: follows,
    signal,
    event,
  });
}
