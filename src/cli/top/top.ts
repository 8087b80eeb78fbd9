import type { Status } from "../../model/operates.ts";
import { system } from "../../system/system.ts";
import type { Shown } from "../../ui/ink/host.tsx";
import { statusTable } from "../../ui/status/table.ts";
import { LogBuffer } from "../../ui/top/log-buffer.ts";
import { opening, type TopState } from "../../ui/top/state.ts";
import * as update from "../../ui/top/update.ts";
import { topView } from "../../ui/top/view.ts";
import { paintOf } from "../project/checked.ts";
import type { Opened } from "../project/place-only.ts";
import { redactorOf } from "../redact.ts";
import { stageOf } from "../terminal/stage.ts";
import type { Context } from "../table.ts";
import { doing } from "./does.ts";
import { optionsOf } from "./options.ts";
import { readLive, type Wanted, wantedOf } from "./reader.ts";

const TICK_MS = 1000;

/** The project on the whole screen until somebody leaves; after that its state stays in the scrollback. */
export async function onScreen(
  context: Context,
  opened: Opened,
  wanted: Wanted,
  first: Status,
): Promise<number> {
  const { place, session } = opened;
  const { clock } = system;
  const buffer = new LogBuffer();
  const scene = {
    project: place.project,
    target: place.target,
    options: optionsOf(context),
    readOnly: context.options["readOnly"] === true,
    intervalMs: wanted.intervalMs,
    offsetMinutes: -new Date().getTimezoneOffset(),
  };
  const stop = new AbortController();
  const broken = Promise.withResolvers<never>();
  const { show, stage } = await stageOf(context, true);
  const does = doing({
    context,
    operates: session.operates,
    place,
    redact: (text) => redactorOf(session)(text),
    look: () => reader.look(),
    leave: () => stop.abort(),
    broke: broken.reject,
  });
  const opens = opening(scene, buffer, clock.wall());
  const named = wantedOf(first, wanted, redactorOf(session));
  const shown: Shown<TopState> = show(
    topView,
    update.sawStatus(opens, named, clock.wall()),
    stage,
    does.effect,
  );
  let code = 0;
  const signals = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((name) => {
    const handler = (): void => {
      // The keyboard's signals belong to whoever has the terminal now.
      if (name === "SIGINT" && does.isLent()) return;
      code = name === "SIGINT" ? 0 : 143;
      stop.abort();
    };
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  const reader = readLive(
    { operates: session.operates, clock, redactor: () => redactorOf(session) },
    wanted,
    {
      status: (status, at) => shown.change((state) => update.sawStatus(state, status, at)),
      stats: (stats) => shown.change((state) => update.sawStats(state, stats)),
      trouble: (why, nextTry) => shown.change((state) => update.sawTrouble(state, { why, nextTry })),
      noStats: (why) => shown.change((state) => update.sawNoStats(state, why)),
      line: (line) => {
        buffer.add(line);
        // Nobody draws what nobody sees.
        if (shown.state().logs.open) shown.change(update.printed);
      },
      logs: (why) => shown.change((state) => update.logsTrouble(state, why)),
    },
    stop.signal,
  );
  let cancel = (): void => undefined;
  const tick = (): void => {
    shown.change((state) => update.ticked(state, clock.wall()));
    cancel = clock.after(TICK_MS, tick);
  };
  tick();
  does.effect({ is: "needs" }, shown);
  try {
    await Promise.race([reader.ended, broken.promise, aborted(stop.signal)]);
  } finally {
    stop.abort();
    cancel();
    await shown.close();
    for (const off of signals) off();
  }
  const { live } = shown.state();
  const lines = statusTable(live.status, { paint: paintOf(context), wide: false, now: clock.wall() });
  context.out(`${place.project} → ${place.target}\n${lines}`);
  return code;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
