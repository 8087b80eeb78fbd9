import type { Check, Finding, Question } from "../../../src/model/doctor.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { cwdOf } from "../orders/charge.ts";
import { workingFolder } from "../folders.ts";
import type { LocalAgent } from "../local-facts.ts";
import { environmentOf, localAgents, programOf } from "./programs.ts";

type OfAgent = Extract<Question, { readonly is: "agent" }>;

/** So much of a command tells whose it is. */
const HOLDER = 60;

/** What stands in the way of one agent on this machine. */
export function agentChecks(system: System, place: Place, question: OfAgent): readonly Check[] {
  const { agent, facts, ir } = question;
  return [
    {
      about: "program",
      async look() {
        const local = await localAgents(system, place, ir, { [agent.name]: facts });
        const own = local?.[agent.name];
        if (own === undefined) return [];
        return [
          ...programOf(system, agent, own),
          ...environmentOf(system, place, own),
          folderOf(system, cwdOf(workingFolder(agent), place.root)),
          ...portsOf(system, question, own),
        ];
      },
    },
  ];
}

function folderOf({ files }: System, cwd: string): Finding {
  const kind = files.kind(cwd);
  const about = "folder";
  if (kind === "folder") return { about, is: "ok", found: cwd };
  return {
    about,
    is: "fail",
    found: `${cwd} ${kind === "absent" ? "is not there" : "is no folder"}`,
    repair: "make it, or change `workingDir`",
  };
}

function portsOf({ net }: System, { agent, live }: OfAgent, { ports }: LocalAgent): readonly Finding[] {
  const own = new Set(live.flatMap(({ ports, id }) => (id === undefined ? [] : ports)).map(portIn));
  return Object.entries(ports).map(([key, port]): Finding => {
    const about = `port ${key}`;
    const written = agent.ports[key];
    const other = String(port) === key.split("/")[0] ? "" : `, by way of ${port} of this machine`;
    const holder = net.holder(port, written?.hostIP ?? "127.0.0.1", key.endsWith("/udp") ? "udp" : "tcp");
    if (holder.is === "free") return { about, is: "ok", found: `free${other}` };
    if (own.has(port)) return { about, is: "ok", found: `held by the agent itself${other}` };
    const who = holder.command === undefined ? "a program" : holder.command.slice(0, HOLDER);
    const by = holder.pid === undefined ? "by somebody" : `by ${who} (pid ${holder.pid})`;
    return {
      about,
      is: "fail",
      found: `${port} is already in use ${by}`,
      repair: `end that program, or write another port in ${agent.source.file}`,
    };
  });
}

/** Of an address as a status tells it. */
const portIn = (address: string): number => Number(/:(\d+)$/.exec(address)?.[1] ?? 0);
