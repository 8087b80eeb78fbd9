import type { Json } from "../base/canonical.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { Handle } from "../model/control.ts";
import type { Failure } from "../model/target.ts";
import { agentIn, byIn, holdIn, putIn, secretsIn } from "./shapes.ts";
import type { Supervisor } from "./supervisor.ts";

/** What a command may ask of a supervisor, by the word that it says on the socket. */
export function verbs(supervisor: Supervisor, quit: () => void): Handle {
  return async (verb, body, reply) => {
    switch (verb) {
      case "put": {
        const put = putIn(body);
        if (put === undefined) return wrong(verb);
        const why = supervisor.put(put.charge, put.secrets, put.how, put.by);
        return why === undefined ? ok(null) : failure(why);
      }
      case "remove": {
        const agent = agentIn(body);
        if (agent === undefined) return wrong(verb);
        const survivors = await supervisor.remove(agent, byIn(body));
        return survivors.length === 0
          ? ok(null)
          : failure(`${survivors.length} of its processes could not be ended: ${survivors.join(" ")}`);
      }
      case "stop": {
        const agent = agentIn(body);
        const held = holdIn(body);
        if (agent === undefined || held === undefined) return wrong(verb);
        return ok(answer(await supervisor.stop(agent, held.hold, byIn(body) ?? held.hold?.by)));
      }
      case "start": {
        const agent = agentIn(body);
        const secrets = secretsIn(body);
        if (agent === undefined || secrets === undefined) return wrong(verb);
        return ok({ is: supervisor.start(agent, secrets, byIn(body)) });
      }
      case "restart": {
        const agent = agentIn(body);
        return agent === undefined ? wrong(verb) : ok({ is: supervisor.restart(agent, byIn(body)) });
      }
      case "hold": {
        const agent = agentIn(body);
        const held = holdIn(body)?.hold;
        if (agent === undefined || held === undefined) return wrong(verb);
        const why = supervisor.hold(agent, held);
        return why === undefined ? ok(null) : failure(why);
      }
      case "release": {
        const agent = agentIn(body);
        if (agent === undefined) return wrong(verb);
        const released = supervisor.release(agent, byIn(body));
        return typeof released === "string" ? ok({ is: released }) : failure(released.why);
      }
      case "pause": {
        const agent = agentIn(body);
        const held = holdIn(body)?.hold;
        if (agent === undefined || held === undefined) return wrong(verb);
        const answer = await supervisor.pause(agent, held);
        return answer.is === "failed" ? failure(answer.why) : ok({ is: answer.is });
      }
      case "resume": {
        const agent = agentIn(body);
        if (agent === undefined) return wrong(verb);
        const answer = await supervisor.resume(agent, byIn(body));
        return answer.is === "failed" ? failure(answer.why) : ok({ is: answer.is });
      }
      case "reload": {
        const agent = agentIn(body);
        return agent === undefined ? wrong(verb) : ok(supervisor.signal(agent, "SIGHUP"));
      }
      case "status":
        if (body !== null) return wrong(verb);
        return ok(supervisor.statuses() as unknown as Json);
      case "watch": {
        if (body !== null) return wrong(verb);
        // The snapshot first, then what changes: nothing is lost between, because both happen in one turn.
        reply.send({ all: supervisor.statuses() as unknown as Json });
        const stop = supervisor.watch((told) => reply.send(told as unknown as Json));
        await new Promise<void>((resolve) => {
          if (reply.signal.aborted) resolve();
          reply.signal.addEventListener("abort", () => resolve(), { once: true });
        });
        stop();
        return ok(null);
      }
      case "quit":
        if (body !== null) return wrong(verb);
        quit();
        return ok(null);
      default:
        return failure(`this supervisor does not know \`${verb}\``);
    }
  };
}

const wrong = (verb: string): Result<Json, Failure> =>
  failure(`\`${verb}\` was asked for in a shape that it does not have`);
const failure = (message: string): Result<Json, Failure> => err({ message, lines: [], passing: false });

function answer(stopped: Awaited<ReturnType<Supervisor["stop"]>>): Json {
  return stopped.is === "survivors" ? { is: stopped.is, pids: stopped.pids } : { is: stopped.is };
}
