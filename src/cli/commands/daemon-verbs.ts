import type { Diagnostic } from "../../model/diagnostic.ts";
import type { SupervisorStatus } from "../../model/target.ts";
import { tellFaults } from "../project/checked.ts";
import { noteByHand } from "../events/noted.ts";
import { openOnly } from "../project/place-only.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { keep } from "./daemon.ts";

export async function daemon(context: Context): Promise<number> {
  const [verb, more] = context.args;
  if (verb === undefined || more !== undefined || !["start", "stop", "restart", "status"].includes(verb))
    throw new UsageError("say what to do with it", "aac daemon start|stop|restart|status");
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const { session, place } = opened;
  const { supervising } = session;
  if (supervising === undefined) throw new UsageError(`${place.target} needs no supervisor of ours`);
  const told = (one: SupervisorStatus): void =>
    context.out(
      `supervisor of ${place.project}: pid ${one.pid}, aac ${one.version}, since ${one.since}\n  log  ${one.log}\n`,
    );
  const failed = async (fault: Diagnostic): Promise<number> => {
    await tellFaults(context, [fault]);
    return 1;
  };
  if (verb === "status") {
    const found = await supervising.status();
    if (!found.ok) return failed(found.error);
    if (found.value === undefined) {
      context.out(`supervisor of ${place.project}: not running\nNext: aac daemon start\n`);
      return 1;
    }
    told(found.value);
    return 0;
  }
  const noted = (what: string): void =>
    noteByHand(context, place, { what: () => `supervisor ${what}` }, [{ agent: "", ok: true }]);
  if (verb !== "start") {
    const stopped = await supervising.stop();
    if (!stopped.ok) return failed(stopped.error);
    if (stopped.value) noted("stopped");
    if (verb === "stop") {
      context.out(
        stopped.value ? "stopped: agents go on, and nobody restarts them\n" : "it was not running\n",
      );
      return 0;
    }
  }
  if (context.options["foreground"] === true) {
    const running = await supervising.status();
    if (running.ok && running.value !== undefined) {
      context.error(`it runs already, pid ${running.value.pid}\n`);
      return 1;
    }
    supervising.prepare();
    return keep(place.home, context);
  }
  const started = await supervising.start();
  if (!started.ok) return failed(started.error);
  noted("started");
  told(started.value);
  return 0;
}
