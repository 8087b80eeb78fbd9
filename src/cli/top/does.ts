import type { Result } from "../../base/result.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Operates, Outcome } from "../../model/operates.ts";
import { pause } from "../../model/pause.ts";
import type { Place } from "../../model/target.ts";
import { system } from "../../system/system.ts";
import type { Shown } from "../../ui/ink/host.tsx";
import type { Said, TopEffect, TopState } from "../../ui/top/state.ts";
import * as update from "../../ui/top/update.ts";
import { flat } from "../../ui/visible.ts";
import { noteByHand } from "../events/noted.ts";
import type { Context } from "../table.ts";
import { isSaid, isUsageError } from "../usage.ts";
import { comparedWithFiles, needsOf } from "./files.ts";

export interface Hands {
  readonly context: Context;
  readonly operates: Operates;
  readonly place: Place;
  readonly redact: (text: string) => string;
  /** Something was done: what is live may be another now. */
  readonly look: () => void;
  readonly leave: () => void;
  /** A fault of ours: the screen goes before it is told. */
  readonly broke: (error: unknown) => void;
}

export interface Doing {
  readonly effect: (effect: TopEffect, shown: Shown<TopState>) => void;
  /** Somebody else has the terminal. */
  readonly isLent: () => boolean;
}

/** What keys ask for and no view can do: each ends in one line on the screen. */
export function doing(hands: Hands): Doing {
  const { context, operates, leave, broke } = hands;
  let lent = false;
  const begin = (work: Promise<void>): void => void work.catch(broke);
  const effect: Doing["effect"] = (asked, shown) => {
    switch (asked.is) {
      case "leave":
        leave();
        return;
      case "restart":
        begin(change(hands, shown, asked.agent, RESTART, operates.restart([asked.agent])));
        return;
      case "start":
        begin(change(hands, shown, asked.agent, START, operates.start([asked.agent])));
        return;
      case "pause":
      case "resume": {
        const by = { by: system.host.user };
        const done =
          asked.is === "pause" ? operates.pause?.([asked.agent], by) : operates.resume?.([asked.agent]);
        if (done === undefined)
          shown.change((state) =>
            update.told(state, { tone: "failed", text: "agents cannot be frozen here" }),
          );
        else begin(change(hands, shown, asked.agent, asked.is === "pause" ? PAUSE : RESUME, done));
        return;
      }
      case "stop": {
        const { agent, reason } = asked;
        const by = { by: system.host.user, ...(reason === undefined ? {} : { reason }) };
        begin(change(hands, shown, agent, { ...STOP, reason }, operates.stop([agent], by)));
        return;
      }
      case "exec":
        if (lent) return;
        lent = true;
        begin(
          shell(context, shown, asked).then((said) => {
            lent = false;
            shown.change((state) => update.told(state, said));
            hands.look();
          }),
        );
        return;
      case "drift":
        begin(
          comparedWithFiles(context, asked.agent).then((drift) =>
            shown.change((state) => update.sawDrift(state, asked.agent, drift)),
          ),
        );
        return;
      case "needs":
        begin(needsOf(context).then((needs) => shown.change((state) => update.sawNeeds(state, needs))));
        return;
      default:
        asked satisfies never;
    }
  };
  return { effect, isLent: () => lent };
}

/** Said while it is done, and noted once it is. */
interface Verb {
  readonly doing: string;
  readonly what: string;
  readonly reason?: string | undefined;
}

const RESTART: Verb = { doing: "restarting", what: "restarted" };
const START: Verb = { doing: "starting", what: "started" };
const STOP: Verb = { doing: "stopping", what: "stopped" };
const PAUSE: Verb = { doing: "freezing", what: "paused" };
const RESUME: Verb = { doing: "thawing", what: "resumed" };

async function change(
  { place, redact, look }: Hands,
  shown: Shown<TopState>,
  agent: string,
  verb: Verb,
  done: Promise<Result<readonly Outcome[], Diagnostic>>,
): Promise<void> {
  const say = (said: Said): void => shown.change((state) => update.told(state, said));
  say({ tone: "doing", text: `${verb.doing} ${flat(agent)}` });
  const told = await done;
  if (!told.ok) say({ tone: "failed", text: flat(redact(told.error.message)) });
  else {
    // A screen is up: that it could not be noted has no place on it.
    noteByHand({ error: () => undefined }, place, { ...verb, what: () => verb.what }, told.value);
    const bad = told.value.find(({ ok }) => !ok);
    const one = bad ?? told.value[0];
    say({
      tone: bad === undefined ? "done" : "failed",
      text: flat(redact(`${agent}: ${one?.text ?? "done"}`)),
    });
  }
  look();
}

/** As `aac exec AGENT` does it; what that would say is said when the screen is back. */
async function shell(
  context: Context,
  shown: Shown<TopState>,
  { agent, replica }: Extract<TopEffect, { is: "exec" }>,
): Promise<Said> {
  let complaint = "";
  let code = 0;
  await shown.suspend(async () => {
    context.out(`a shell in ${flat(agent)}: exit brings you back\n`);
    const { run } = await import("../commands/exec.ts");
    try {
      code = await run({
        ...context,
        screen: { ...context.screen, colour: false },
        args: [agent],
        options: { ...context.options, replica: String(replica) },
        error: (text) => void (complaint += text),
      });
    } catch (error) {
      if (!isUsageError(error) && !isSaid(error)) throw error;
      complaint += isUsageError(error) ? error.message : "";
      code = 1;
    }
    // Input that was paused stops a turn later; taken up again before that it would stay silent.
    await pause(system.clock, 0);
  });
  const [first] = complaint.split("\n").filter((line) => line.trim() !== "");
  if (first !== undefined)
    return { tone: "failed", text: flat(first.replace(/^error(?: AAC\d+)?:?\s*/, "")) };
  return { tone: "done", text: `${flat(agent)}: the shell has ended${code === 0 ? "" : ` with ${code}`}` };
}
