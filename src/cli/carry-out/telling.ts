import type { Change } from "../../model/plan.ts";
import type { ApplyEvent, Task } from "../../model/step.ts";
import { system } from "../../system/system.ts";
import { eventLine, turnLine } from "../../ui/apply/json.ts";
import { beginTelling, tell } from "../../ui/apply/plain.ts";
import { beginProgress } from "../../ui/apply/progress.ts";
import { beginScreen } from "../../ui/apply/screen/state.ts";
import type { Paint } from "../../ui/paint.ts";
import { flat } from "../../ui/visible.ts";
import { word } from "../commands/request.ts";
import type { Interrupt, Stopping } from "./interrupts.ts";
import { now } from "../stopwatch.ts";
import type { Way } from "../terminal/stage.ts";
import type { Context } from "../table.ts";

/** Tells what happens while it does: on a screen, in lines, as events, or not at all. */
export interface Teller {
  readonly happened: (event: ApplyEvent) => void;
  readonly stopping: (how: Stopping, by: Interrupt) => void;
  /** What was only there for the time of it is taken away: what is printed after this stays. */
  readonly end: () => Promise<void>;
}

export interface Told {
  readonly way: Way;
  readonly place: string;
  readonly changes: readonly Change[];
  readonly tasks: readonly Task[];
  /** By object, from earlier runs, in milliseconds. */
  readonly expected: ReadonlyMap<string, number>;
  readonly parallel: number;
  readonly paint: Paint;
  /** Why there is something to do at all, where that is no matter of course. */
  readonly because?: string;
  /** Somebody pressed Ctrl-C, or closed the terminal. */
  readonly interrupt: (by: Interrupt) => void;
}

/** `--ui json` is what `-o jsonl` prints: each event as it happens, and the report at the end. */
export function outputOf({ options }: Pick<Context, "options">): string {
  const output = word(options["output"]) ?? "text";
  return output === "text" && word(options["ui"]) === "json" ? "jsonl" : output;
}

export async function tellerOf(context: Context, told: Told): Promise<Teller> {
  const output = outputOf(context);
  if (output === "jsonl" && told.because !== undefined)
    context.out(turnLine(told.because, system.clock.wall()));
  if (output === "jsonl")
    return {
      ...silent(context),
      happened: (event) => context.out(eventLine(event, system.clock.wall())),
    };
  if (output === "json" || context.options["quiet"] === true) return silent(context);
  if (told.way.is === "screen" && output === "text") {
    const { onScreen } = await import("./progress-screen.ts");
    const progress = beginProgress(told.changes, told.tasks, now());
    return onScreen(context, beginScreen(told.place, progress, told), told.interrupt);
  }
  return inLines(context, told);
}

/** Whoever interrupts is answered all the same. */
function silent(context: Context): Teller {
  return {
    happened: () => undefined,
    stopping: (how, by) => context.error(stoppingWords(how, by)),
    end: () => Promise.resolve(),
  };
}

function inLines(context: Context, told: Told): Teller {
  const { changes, tasks, paint } = told;
  const gapMs = context.screen.terminal ? 1000 : 5000;
  // A document has no room for what happens meanwhile.
  const say = outputOf(context) === "markdown" ? context.error : context.out;
  let telling = beginTelling(changes, tasks, now(), { paint, gapMs });
  // What happens stands apart from what was planned, and from what came of it.
  say(told.because === undefined ? "\n" : `\n${paint.bold(flat(told.because))}\n`);
  return {
    ...silent(context),
    happened(event) {
      const next = tell(telling, event, now());
      telling = next.telling;
      for (const line of next.lines) say(`${line}\n`);
    },
    end() {
      say("\n");
      return Promise.resolve();
    },
  };
}

function stoppingWords(how: Stopping, by: Interrupt): string {
  if (how === "at once") return "ending what runs\n";
  return by === "SIGINT"
    ? "\nstopping after the steps that run now; Ctrl-C again ends them too\n"
    : "\nstopping after the steps that run now\n";
}
