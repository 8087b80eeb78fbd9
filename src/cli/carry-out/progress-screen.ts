import { system } from "../../system/system.ts";
import { type ApplyScreen, happened, stopped, ticked } from "../../ui/apply/screen/state.ts";
import { progressView } from "../../ui/apply/screen/view.ts";
import type { Interrupt } from "./interrupts.ts";
import { stageOf } from "../terminal/stage.ts";
import { now } from "../stopwatch.ts";
import type { Context } from "../table.ts";
import type { Teller } from "./telling.ts";

/** One turn of what shows that something runs. */
const TICK_MS = 100;
/** A terminal that is gone takes nothing any more, and nobody waits for it. */
const GONE_MS = 500;

/** An apply on a terminal, drawn over as it goes on. At its end nothing of it is left. */
export async function onScreen(
  context: Context,
  first: ApplyScreen,
  interrupt: (by: Interrupt) => void,
): Promise<Teller> {
  const { clock } = system;
  const { show, stage } = await stageOf(context, false);
  const asleep = sleeping(stage.sleep);
  const shown = show(
    progressView,
    first,
    { ...stage, ...(asleep === undefined ? {} : { sleep: asleep.sleep }) },
    () => interrupt("SIGINT"),
  );
  const woken = asleep?.listen((rest) => void shown.suspend(rest));
  // A window that is closed mostly sends a signal; one that is cut off ends its input, or takes no output.
  const lost = (): void => interrupt("SIGHUP");
  stage.input.on("end", lost).on("error", lost);
  stage.output.on("error", lost);
  let cancel = clock.after(TICK_MS, function tick(): void {
    shown.change((screen) => ticked(screen, now()));
    cancel = clock.after(TICK_MS, tick);
  });
  return {
    happened: (event) => shown.change((screen) => happened(screen, event, now())),
    stopping: (how) => shown.change((screen) => stopped(screen, how)),
    async end() {
      cancel();
      woken?.();
      let hurry: () => void = () => undefined;
      const late = new Promise<void>((resolve) => (hurry = clock.after(GONE_MS, resolve)));
      await Promise.race([shown.close(), late]);
      hurry();
      stage.input.off("end", lost).off("error", lost);
      stage.output.off("error", lost);
    },
  };
}

interface Sleeping {
  /** The terminal is given back, the shell has its turn, and somebody types `fg`. */
  readonly sleep: () => Promise<void>;
  listen(suspend: (rest: () => Promise<void>) => void): () => void;
}

/**
 * Ctrl-Z comes as a key, or as a signal from outside. For either the terminal is given back first; a stop that
 * nobody announced leaves it as it was, and it is set right when we go on.
 */
function sleeping(stop: (() => Promise<void>) | undefined): Sleeping | undefined {
  if (stop === undefined) return undefined;
  let isAsleep = false;
  let toStop: () => void = () => undefined;
  let toGoOn: () => void = () => undefined;
  const on = (): void => void process.on("SIGTSTP", toStop).on("SIGCONT", toGoOn);
  const off = (): void => void process.off("SIGTSTP", toStop).off("SIGCONT", toGoOn);
  const sleep = async (): Promise<void> => {
    isAsleep = true;
    // With a listener the signal would not stop us.
    off();
    await stop();
    on();
    isAsleep = false;
  };
  return {
    sleep,
    listen(suspend) {
      toStop = () => (isAsleep ? undefined : suspend(sleep));
      toGoOn = () => (isAsleep ? undefined : suspend(() => Promise.resolve()));
      on();
      return off;
    },
  };
}
